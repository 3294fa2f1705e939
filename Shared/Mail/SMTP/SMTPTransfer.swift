import CCurl
import Security

/// One message as libcurl sends it. Lives on one thread.
final class SMTPTransfer {
    private let handle: UnsafeMutableRawPointer
    private let call: SMTPCall
    private let session: SMTPSession
    private let conversation: SMTPConversation
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var recipients: UnsafeMutablePointer<curl_slist>?

    /// `nil` when libcurl refuses a setting or has no memory.
    init?(_ call: SMTPCall, _ session: SMTPSession, isUnwanted: @escaping () -> Bool) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.call = call
        self.session = session
        conversation = SMTPConversation(message: call.message, isUnwanted: isUnwanted)
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        recipients = curl_slist_append(nil, "<\(call.recipient.text)>")
        guard recipients != nil, prepare() else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(recipients)
        errorText.deallocate()
    }

    // MARK: Before

    private func prepare() -> Bool {
        let server = session.server
        // The path is what EHLO says.
        var settings = [
            text(CURLOPT_URL, "\(server.scheme)://\(server.place)/\(session.greeting)"),
            // Nothing from the environment comes between us and the server that was named.
            text(CURLOPT_PROXY, ""),
            text(CURLOPT_MAIL_FROM, "<\(call.sender.text)>"),
            curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
            number(CURLOPT_UPLOAD, 1),
            curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(call.message.count)),
            number(CURLOPT_NOSIGNAL, 1),
            curl_set_error_buffer(handle, errorText),
        ]
        settings += encryption(server)
        if let login = server.login {
            settings += [
                text(CURLOPT_USERNAME, login.user), text(CURLOPT_PASSWORD, login.password.exposed),
                // Those that a name and a password are for.
                text(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5"),
            ]
        }
        settings += conversation.attach(to: handle)
        return settings.allSatisfy { $0 == CURLE_OK }
    }

    private func encryption(_ server: SMTPServer) -> [CURLcode] {
        let need = server.mustEncrypt ? CURLUSESSL_ALL : CURLUSESSL_TRY
        var settings = [
            number(CURLOPT_USE_SSL, Int(need.rawValue)),
            number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            number(CURLOPT_SSL_VERIFYPEER, 1), number(CURLOPT_SSL_VERIFYHOST, 2),
        ]
        // libcurl's own default would hide what OpenSSL takes from the environment.
        if let file = session.authorityFile { settings.append(text(CURLOPT_CAINFO, file)) }
        if let folder = session.authorityFolder { settings.append(text(CURLOPT_CAPATH, folder)) }
        return settings
    }

    private func text(_ option: CURLoption, _ value: String) -> CURLcode { curl_set_text(handle, option, value) }

    private func number(_ option: CURLoption, _ value: Int) -> CURLcode { curl_set_number(handle, option, value) }

    // MARK: Sending

    /// Blocks until the server has answered, or until the time is over.
    func perform() -> Result<Void, any Error> {
        let rest = ContinuousClock.now.duration(to: call.deadline)
        guard rest > .zero else {
            return .failure(MailError(.unreachable, "The email waited too long for those before it."))
        }
        let milliseconds = max(1, Int(rest / .milliseconds(1)))
        _ = number(CURLOPT_TIMEOUT_MS, milliseconds)
        _ = number(CURLOPT_CONNECTTIMEOUT_MS, min(milliseconds, 30_000))
        // For the goodbye, which the time in all does not count for.
        _ = number(CURLOPT_SERVER_RESPONSE_TIMEOUT, milliseconds / 1000 + 1)
        let code = curl_easy_perform(handle)
        guard code != CURLE_OK else { return .success(()) }
        let detail = String(cString: errorText.pointee == 0 ? curl_easy_strerror(code) : UnsafePointer(errorText))
        return .failure(conversation.error(after: code, detail: detail, at: session.server))
    }
}
