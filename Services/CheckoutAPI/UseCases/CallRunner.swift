import Commerce
import Database
import Logging
import ServiceRuntime

/// Runs a POST, once for each `Idempotency-Key`.
///
/// The key is taken in the transaction of the first step and kept with the answer in that of the last. In between, its
/// lock is short and renewed: a second request meets `idempotency_key_in_use` for as long as this process lives, and
/// soon after it died resumes what it left. Two that did run at once would still only repeat the same call to Stripe.
struct CallRunner: Sendable {
    let database: Database
    let store: IdempotencyStore
    let logger: Logger

    /// How long a key stays taken after the process that took it died.
    static let lockTime: Duration = .seconds(10)
    private static let renewal: Duration = .seconds(3)
    private static let tries = 3

    /// - Parameter request: nil without an `Idempotency-Key`.
    func run<Call: TwoStepCall>(_ call: Call, for request: IdempotentRequest?) async throws -> Reply {
        var triesLeft = Self.tries
        while true {
            triesLeft -= 1
            do {
                return try await runOnce(call, for: request)
            } catch let error as CommerceError where error.isRetryable && triesLeft > 0 {
                // Something else moved the same order or took the same key: what it did is the state to begin from.
            }
        }
    }

    private func runOnce<Call: TwoStepCall>(_ call: Call, for request: IdempotentRequest?) async throws -> Reply {
        let (note, lock): (Call.Note, IdempotencyLock?)
        switch try await begin(call, for: request) {
        case .replied(let reply): return reply
        case .inUse: throw APIError.idempotencyKeyInUse
        case .mismatch: throw APIError.idempotencyMismatch
        case .noted(let begun, let taken): (note, lock) = (begun, taken)
        }
        do {
            let answer = try await renewing(lock) { try await call.ask(by: note) }
            return try await database.write { connection in
                let reply = try call.finish(note, with: answer, in: connection)
                try keep(reply, lock, in: connection)
                return reply
            }
        } catch {
            await giveUp(call, note, lock, after: error)
            throw error
        }
    }

    private enum Start<Note: Sendable>: Sendable {
        case noted(Note, IdempotencyLock?)
        case replied(Reply)
        case inUse
        case mismatch
    }

    private func begin<Call: TwoStepCall>(
        _ call: Call, for request: IdempotentRequest?
    ) async throws -> Start<Call.Note> {
        try await database.write { connection in
            var lock: IdempotencyLock?
            var resumed: OrderID?
            if let request {
                switch try store.begin(request, in: connection) {
                case .replay(let status, let body):
                    return .replied(Reply(status: status, body: body, isReplayed: true))
                case .inFlight: return .inUse
                case .mismatch: return .mismatch
                case .proceed(let taken, let order): (lock, resumed) = (taken, order)
                }
            }
            switch try call.begin(resuming: resumed, in: connection) {
            case .answered(let reply):
                try keep(reply, lock, in: connection)
                return .replied(reply)
            case .noted(let note, let order):
                if let lock, let order { try store.link(lock, to: order, in: connection) }
                return .noted(note, lock)
            }
        }
    }

    private func keep(_ reply: Reply, _ lock: IdempotencyLock?, in connection: Connection) throws {
        if let lock { try store.finish(lock, status: reply.status, body: reply.body, in: connection) }
    }

    /// Runs `body` and keeps the lock from expiring meanwhile.
    private func renewing<Answer: Sendable>(
        _ lock: IdempotencyLock?, _ body: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        guard let lock else { return try await body() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await renew(lock) }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private func renew(_ lock: IdempotencyLock) async {
        while (try? await Task.sleep(for: Self.renewal)) != nil {
            do {
                try await database.write { connection in try store.renew(lock, in: connection) }
            } catch {
                // A lock that cannot be renewed may be lost; the last step finds out.
                logger.warning("The lock of an idempotency key was not renewed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// After a failure that another try may mend: with a key, the next request with it resumes; without one, nobody can.
    private func giveUp<Call: TwoStepCall>(
        _ call: Call, _ note: Call.Note, _ lock: IdempotencyLock?, after error: any Error
    ) async {
        do {
            try await database.write { connection in
                try call.giveUp(note, after: error, isRepeatable: lock != nil, in: connection)
                if let lock { try store.release(lock, in: connection) }
            }
        } catch let failure {
            // The lock then ends by itself, and the order stays as it was noted.
            logger.warning("A call that failed was not cleaned up", metadata: ["error": "\(failure)"])
        }
    }
}
