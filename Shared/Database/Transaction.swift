import Synchronization

/// A caller's closure on its way through an engine: started and run on the engine's thread, answered after the commit.
protocol Transaction: Sendable {
    var durability: Durability { get }
    /// The number of the lock that it holds from its beginning to its end.
    var lock: Int64? { get }
    /// From here on its caller waits for it. `false`: the caller has given up, so it must not run.
    func start() -> Bool
    /// Runs the closure and keeps its result; throws what it throws. May be called again after a failure.
    func run(_ connection: Connection) throws
    /// Hands the kept result to the caller.
    func succeed()
    func fail(_ error: any Error)
}

final class TransactionOf<Result: Sendable>: Transaction {
    private struct State {
        /// Who waits for the answer: `nil` before the start of the wait and after its end.
        var caller: CheckedContinuation<Result, any Error>?
        var isStarted = false
        var isCancelled = false
        var result: Result?
    }

    let durability: Durability
    let lock: Int64?
    private let body: @Sendable (Connection) throws -> Result
    private let state = Mutex(State())

    init(
        _ durability: Durability, alone lock: Int64? = nil, _ body: @escaping @Sendable (Connection) throws -> Result
    ) {
        self.durability = durability
        self.lock = lock
        self.body = body
    }

    /// Hands this to an engine by `send` and waits for the answer; see `Database.read` for what a cancellation does.
    func answer(_ send: (TransactionOf) -> Void) async throws -> Result {
        if Task.isCancelled { return try await sent(send) }
        return try await withTaskCancellationHandler {
            try await sent(send)
        } onCancel: {
            cancel()
        }
    }

    private func sent(_ send: (TransactionOf) -> Void) async throws -> Result {
        try await withCheckedThrowingContinuation { caller in
            let isCancelled = state.withLock { state in
                if !state.isCancelled { state.caller = caller }
                return state.isCancelled
            }
            if isCancelled { caller.resume(throwing: CancellationError()) } else { send(self) }
        }
    }

    private func cancel() {
        let caller = state.withLock { state -> CheckedContinuation<Result, any Error>? in
            guard !state.isStarted else { return nil }
            state.isCancelled = true
            return state.caller.take()
        }
        caller?.resume(throwing: CancellationError())
    }

    func start() -> Bool {
        state.withLock { state in
            if !state.isCancelled { state.isStarted = true }
            return !state.isCancelled
        }
    }

    func run(_ connection: Connection) throws {
        let value = try body(connection)
        if let failure = connection.failure { throw failure }
        state.withLock { $0.result = value }
    }

    func succeed() {
        let (caller, result) = state.withLock { ($0.caller.take(), $0.result) }
        if let result {
            caller?.resume(returning: result)
        } else {
            caller?.resume(throwing: DatabaseError(.misuse, "A transaction was answered before it ran."))
        }
    }

    func fail(_ error: any Error) {
        state.withLock { $0.caller.take() }?.resume(throwing: error)
    }
}
