import Foundation
import Synchronization

/// Hands emails in at one server, a new connection for each.
package final class SMTPClient: Sendable {
    private let session: SMTPSession
    private let timeout: Duration
    private let threads: SMTPThreads

    /// - Parameters:
    ///   - greeting: the domain by which we introduce ourselves (EHLO).
    ///   - timeout: for one message in all, the wait for others included.
    ///   - environment: `SSL_CERT_FILE` and `SSL_CERT_DIR` name the authorities that certificates may be from, as
    ///     OpenSSL's own programs take them; the system's when they are not set.
    /// - Throws: `.invalid` when libcurl cannot be used.
    package init(
        server: SMTPServer, greeting: String, timeout: Duration = .seconds(60),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(MailError) {
        session = SMTPSession(
            server: server, greeting: greeting, authorityFile: environment["SSL_CERT_FILE"],
            authorityFolder: environment["SSL_CERT_DIR"])
        self.timeout = timeout
        threads = try SMTPThreads()
    }

    /// Hands in one message. When it returns, the server has taken it over.
    /// - Throws: `MailError` when it was not taken, or may not have been; `CancellationError` when the task was cancelled,
    ///   in which case the message may have been taken, too.
    package func send(_ message: MailMessage) async throws {
        try Task.checkCancellation()
        let running = Mutex<SMTPCall?>(nil)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let call = SMTPCall(message, timeout: timeout) { continuation.resume(with: $0) }
                running.withLock { $0 = call }
                // Cancelled before there was a call to end.
                if Task.isCancelled { call.finish(.failure(CancellationError())) }
                threads.submit(call, session)
            }
        } onCancel: {
            running.withLock { $0 }?.finish(.failure(CancellationError()))
        }
    }

    /// Breaks off what is under way, within a second, and takes in nothing more.
    package func close() { threads.close() }
}
