import Synchronization

/// A caller's closure on its way through an engine: run on the engine's thread, answered after the commit.
protocol Transaction: Sendable {
    /// Runs the closure and keeps its result; throws what it throws.
    func run(_ connection: Connection) throws
    /// Hands the kept result to the caller.
    func succeed()
    func fail(_ error: any Error)
}

final class TransactionOf<Result: Sendable>: Transaction {
    private let body: @Sendable (Connection) throws -> Result
    private let continuation: CheckedContinuation<Result, any Error>
    private let result = Mutex<Result?>(nil)

    init(
        _ body: @escaping @Sendable (Connection) throws -> Result,
        _ continuation: CheckedContinuation<Result, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func run(_ connection: Connection) throws {
        let value = try body(connection)
        if let failure = connection.failure { throw failure }
        result.withLock { $0 = value }
    }

    func succeed() {
        if let value = result.withLock({ $0 }) {
            continuation.resume(returning: value)
        } else {
            continuation.resume(throwing: DatabaseError(.misuse, "A transaction was answered before it ran."))
        }
    }

    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}
