import CCurl

/// What was said between us and the server: how far it went, and the server's last words. libcurl's own result does not
/// tell a refused recipient from a full disk.
final class SMTPConversation {
    /// What the server was last asked for.
    private enum Stage: Comparable {
        case greeting, sender, recipient, data
        /// The message itself is on its way, or there.
        case message
    }

    private static let commands: [(start: String, stage: Stage)] = [
        ("MAIL FROM:", .sender), ("RCPT TO:", .recipient), ("DATA", .data),
    ]

    private let message: [UInt8]
    private let isUnwanted: () -> Bool
    private var sent = 0
    private var stage = Stage.greeting
    private var answer: [UInt8] = []
    private var isOver = false

    /// - Parameter isUnwanted: whether to break off; asked at least once a second.
    init(message: [UInt8], isUnwanted: @escaping () -> Bool) {
        self.message = message
        self.isUnwanted = isUnwanted
    }

    /// Has `handle` read the message from here, tell here what is said, and ask here whether to go on. It must be freed
    /// before this is.
    func attach(to handle: UnsafeMutableRawPointer) -> [CURLcode] {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let reader: curl_read_callback = { buffer, size, count, context in
            guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
            let conversation = Unmanaged<SMTPConversation>.fromOpaque(context).takeUnretainedValue()
            return conversation.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        let listener: curl_debug_callback = { _, kind, bytes, count, context in
            guard let bytes, let context else { return 0 }
            let conversation = Unmanaged<SMTPConversation>.fromOpaque(context).takeUnretainedValue()
            conversation.hear(kind, UnsafeRawBufferPointer(start: bytes, count: count))
            return 0
        }
        let watcher: curl_xferinfo_callback = { context, _, _, _, _ in
            guard let context else { return 0 }
            return Unmanaged<SMTPConversation>.fromOpaque(context).takeUnretainedValue().isUnwanted() ? 1 : 0
        }
        return [
            curl_set_reader(handle, reader, context), curl_set_listener(handle, listener, context),
            curl_set_watcher(handle, watcher, context),
        ]
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = message[sent...].prefix(buffer.count)
        buffer.copyBytes(from: part)
        sent += part.count
        return part.count
    }

    /// What we say may be a password: only where it stands in the protocol is kept.
    private func hear(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case _ where isOver: break
        case CURLINFO_HEADER_OUT where bytes.starts(with: "QUIT".utf8):
            isOver = true
        case CURLINFO_HEADER_OUT:
            answer = []
            if let command = Self.commands.first(where: { bytes.starts(with: $0.start.utf8) }) { stage = command.stage }
        case CURLINFO_DATA_OUT:
            answer = []
            stage = .message
        case CURLINFO_HEADER_IN:
            answer += bytes.prefix(max(0, 2000 - answer.count))
        default: break
        }
    }

    // MARK: The end

    func error(after code: CURLcode, detail: String, at server: SMTPServer) -> MailError {
        let who = "The SMTP server \(server.place)"
        if let (status, words) = reply, status >= 400, !Self.interruptions.contains(code) {
            let said = "\(who) answered: \(words)"
            // RFC 4954: these are about our login, whatever they answer.
            let isAboutUs = stage == .greeting || [530, 534, 535, 538].contains(status)
            if isAboutUs { return MailError(status >= 500 ? .account : .unreachable, said) }
            return MailError(status >= 500 ? .refused : .putOff, said)
        }
        if code == CURLE_USE_SSL_FAILED {
            return MailError(
                .account, "\(who) does not offer STARTTLS, and the password is not sent in clear; use smtps://.")
        }
        let doubt = stage == .message ? " The message was on its way and may have been taken." : ""
        return MailError(.unreachable, "\(who) took no email: \(detail).\(doubt)")
    }

    /// Whatever was answered before, these say that the talk broke off.
    private static let interruptions = [
        CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
    ]

    /// The answer to the last command: its code, and its lines as one.
    private var reply: (status: Int, words: String)? {
        let text = String(decoding: answer, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        guard let last = lines.last, let status = Int(last.prefix(3)) else { return nil }
        let words = lines.map { $0.dropFirst(4) }.joined(separator: " ")
        return (status, HeaderText.flattened("\(status) \(words.prefix(300))"))
    }
}
