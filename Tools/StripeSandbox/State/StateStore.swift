import Synchronization

/// The sandbox's whole state: in memory behind one lock, written through to disk when there is a file.
final class StateStore: Sendable {
    private let world: Mutex<World>
    private let journal: Journal?
    /// Rings when there may be something to deliver.
    let deliveries = Bell()
    /// Rings when there is something to do later.
    let appointments = Bell()
    /// µs since 1970.
    let clock: @Sendable () -> Int64

    /// Without a journal, the state ends with the process.
    /// - Parameter asyncDelay: how long what Stripe does asynchronously takes here.
    init(
        journal: Journal? = nil, asyncDelay: Duration = .seconds(1), billingRules: BillingRules = BillingRules(),
        clock: @escaping @Sendable () -> Int64
    ) {
        self.world = Mutex(World(asyncDelay: asyncDelay, billingRules: billingRules))
        self.journal = journal
        self.clock = clock
    }

    /// Reads what an earlier process left on disk.
    func load() async throws {
        guard let journal else { return }
        let stored = try await journal.load()
        world.withLock { world in
            for (scope, record) in stored { world.put(record, in: scope) }
        }
    }

    /// Runs `body` alone, and returns once what it did is on disk. An error takes everything back, unless it is one that
    /// keeps its effects (a declined card leaves a failed charge).
    func transaction<Result: Sendable>(
        in scope: AccountScope, cause: Transaction.Cause? = nil,
        _ body: @Sendable (Transaction) throws(StripeFailure) -> Result
    ) async throws -> Result {
        let (outcome, delivers, appoints) = world.withLock { world in
            world.open(scope)
            let transaction = Transaction(world: world, scope: scope, time: clock(), cause: cause)
            let outcome = Self.outcome(of: body, in: transaction)
            journal?.append(transaction.changes())
            return (outcome, transaction.leaves(.delivery), transaction.leaves(.appointment))
        }
        // Also after a failure: what it reports may rest on another call's change that is not on disk yet.
        try await journal?.flush()
        if delivers { deliveries.ring() }
        if appoints { appointments.ring() }
        return try outcome.get()
    }

    private static func outcome<Result>(
        of body: (Transaction) throws(StripeFailure) -> Result, in transaction: Transaction
    ) -> Swift.Result<Result, StripeFailure> {
        do throws(StripeFailure) {
            return .success(try body(transaction))
        } catch {
            if !error.keepsEffects { transaction.undo() }
            return .failure(error)
        }
    }

    /// Looks at the state without changing it.
    func look<Result: Sendable>(_ body: (World) -> sending Result) -> Result {
        world.withLock { body($0) }
    }

    /// Returns once everything done so far is on disk.
    func settle() async throws {
        try await journal?.flush()
    }

    func close() async {
        await journal?.close()
    }
}
