import CCurl
import Dispatch
import Foundation
import Synchronization

/// The few threads that block in libcurl. Each sends one message at a time; what comes on top waits its turn.
final class SMTPThreads: Sendable {
    /// Mail services allow a client ten to twenty connections at once.
    static let count = 8
    private static let isStarted = curl_start() == CURLE_OK

    private struct State {
        var waiting: [(call: SMTPCall, session: SMTPSession)] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// As often as something waits; at the close, once for each thread.
    private let signal = DispatchSemaphore(value: 0)

    init() throws(MailError) {
        guard Self.isStarted else {
            throw MailError(.invalid, "libcurl, by which emails are sent, cannot be started.")
        }
        for index in 0..<Self.count {
            let thread = Thread { self.serve() }
            thread.name = "smtp-\(index)"
            thread.start()
        }
    }

    func submit(_ call: SMTPCall, _ session: SMTPSession) {
        let isTaken = state.withLock { state in
            if !state.isClosed { state.waiting.append((call, session)) }
            return !state.isClosed
        }
        guard isTaken else { return call.finish(.failure(Self.closed)) }
        signal.signal()
    }

    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for (call, _) in waiting { call.finish(.failure(Self.closed)) }
        for _ in 0..<Self.count { signal.signal() }
    }

    private static let closed = MailError(.unreachable, "The program is ending; the email was not sent.")

    // MARK: On a thread

    private func serve() {
        Self.blockBrokenPipes()
        while true {
            signal.wait()
            let (next, isClosed) = state.withLock { state in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isClosed)
            }
            if let (call, session) = next { send(call, session) }
            if isClosed { return }
        }
    }

    private func send(_ call: SMTPCall, _ session: SMTPSession) {
        guard !call.isOver else { return }
        let transfer = SMTPTransfer(call, session) { call.isOver || self.state.withLock { $0.isClosed } }
        guard let transfer else {
            return call.finish(.failure(MailError(.unreachable, "libcurl does not take the email in.")))
        }
        call.finish(transfer.perform())
        // Goodbye is said to the server only now, when the transfer is freed: it may take its time for that.
        withExtendedLifetime(transfer) {}
    }

    /// A write to a connection that the server closed must not end the program.
    private static func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
