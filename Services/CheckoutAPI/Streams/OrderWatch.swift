import Commerce
import Database
import Logging
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// The event streams of orders, all fed by one wait on the database.
///
/// A stream sends the order as it is, then again after each change, **until it ends**: until the checkout is over one
/// way or the other (`OrderStatus.isSettled`), which `event: end` tells, with the order once more. `failed` is not the end, for the buyer may
/// still pay with another card. A stream that stops without `event: end` (a restart, an hour has passed) is to be
/// opened again.
///
/// A wake-up (or, for one that was lost, the poll) reads the watched orders again. So the cost of a change grows with
/// the orders that are watched, not with the connections times the changes.
final class OrderWatch: Service {
    private let database: Database
    private let poll: Duration
    private let longest: Duration
    private let capacity: Int
    private let logger: Logger
    private let watchers = Mutex<[ObjectIdentifier: OrderWatcher]>([:])
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// Orders read in one transaction: a reader of the pool is soon free again.
    private static let batch = 100

    init(
        database: Database, poll: Duration = .seconds(2), longest: Duration = .seconds(3600), capacity: Int = 5_000,
        logger: Logger
    ) {
        self.database = database
        self.poll = poll
        self.longest = longest
        self.capacity = capacity
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many streams are open.
    var count: Int { watchers.withLock { $0.count } }

    /// - Parameter order: as it was just read.
    /// - Throws: 503 when as many streams are open as this process takes.
    func follow(_ order: Order) throws -> AsyncStream<ServerSentEvent> {
        let watcher = OrderWatcher(order, closing: .now + longest)
        let id = ObjectIdentifier(watcher)
        let isFull = watchers.withLock { watchers in
            guard watchers.count < capacity else { return true }
            watchers[id] = watcher
            return false
        }
        guard !isFull else { throw APIError.tooManyStreams }
        watcher.whenOver { [weak self] in self?.forget(id) }
        try watcher.observe(order)
        // What changed since `order` was read would otherwise wait for the next change.
        signal.yield()
        return watcher.events
    }

    private func forget(_ id: ObjectIdentifier) {
        _ = watchers.withLock { $0.removeValue(forKey: id) }
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [database, signal] in
                for await _ in database.wakeUps(on: OrderStore.channel) { signal.yield() }
            }
            group.addTask { [poll, signal] in
                while (try? await Task.sleep(for: poll)) != nil { signal.yield() }
            }
            await withTaskCancellationOrGracefulShutdownHandler {
                for await _ in signals { await readAgain() }
            } onCancelOrGracefulShutdown: { [signal] in
                signal.finish()
            }
            group.cancelAll()
        }
        for watcher in watchers.withLock({ Array($0.values) }) { watcher.cutOff() }
    }

    private func readAgain() async {
        let now = ContinuousClock.now
        let watchers = watchers.withLock { Array($0.values) }
        for watcher in watchers where watcher.closing <= now { watcher.cutOff() }
        for start in stride(from: 0, to: watchers.count, by: Self.batch) {
            let batch = watchers[start..<min(start + Self.batch, watchers.count)]
            do {
                let orders = try await database.read { connection in
                    try batch.map { try OrderStore.get($0.order, for: $0.scope, in: connection) }
                }
                for (watcher, order) in zip(batch, orders) {
                    if let order { try watcher.observe(order) }
                }
            } catch {
                // The next poll tries again; the streams stay open meanwhile.
                logger.warning("Followed orders could not be read", metadata: ["error": "\(error)"])
                return
            }
        }
    }
}
