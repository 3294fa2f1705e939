import Synchronization

/// What all calls to a server have in common.
struct SMTPSession: Sendable {
    let server: SMTPServer
    let greeting: String
    let authorityFile: String?
    let authorityFolder: String?
}

/// One message on its way, between the task that waits for it and the thread that sends it.
final class SMTPCall: Sendable {
    typealias Done = @Sendable (Result<Void, any Error>) -> Void

    let sender: EmailAddress
    let recipient: EmailAddress
    let message: [UInt8]
    /// The wait for a thread is part of its time.
    let deadline: ContinuousClock.Instant
    private let done: Mutex<Done?>

    init(_ message: MailMessage, timeout: Duration, done: @escaping Done) {
        sender = message.from
        recipient = message.to
        self.message = message.bytes
        deadline = .now + timeout
        self.done = Mutex(done)
    }

    /// Nobody waits for it any more.
    var isOver: Bool { done.withLock { $0 == nil } }

    /// The first end counts.
    func finish(_ result: Result<Void, any Error>) {
        let done = done.withLock { done in
            defer { done = nil }
            return done
        }
        done?(result)
    }
}
