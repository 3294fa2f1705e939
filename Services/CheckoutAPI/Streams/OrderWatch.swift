import Commerce
import Database
import Logging
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// The event streams of orders, all fed by one wait on the database.
///
/// A stream sends the order as it is, then again after each change, **until it ends**: until the checkout is over one
/// way or the other (`OrderStatus.isSettled`), which `event: end` tells, with the order once more. `failed` is not the
/// end, for the buyer may still pay with another card. A stream that stops without `event: end` (a restart, an hour has
/// passed) is to be opened again.
///
/// A wake-up (or, for one that was lost, the poll) asks for the versions of the watched orders, and reads those that
/// grew. Wake-ups may come with every commit of any process, so a pass is followed by a pause: what happens meanwhile
/// is one more pass.
final class OrderWatch: Service {
    private let database: Database
    private let poll: Duration
    private let longest: Duration
    private let logger: Logger
    private let pause: @Sendable (Duration) async -> Void
    private let streams: Mutex<OpenStreams>
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// The least time between two passes.
    private static let pace: Duration = .milliseconds(100)

    /// - Parameter pause: waits between two passes.
    init(
        database: Database, poll: Duration = .seconds(2), longest: Duration = .seconds(3600), capacity: Int = 5_000,
        perOrder: Int = 20, logger: Logger,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.database = database
        self.poll = poll
        self.longest = longest
        self.logger = logger
        self.pause = pause
        streams = Mutex(OpenStreams(capacity: capacity, perOrder: perOrder))
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many streams are open.
    var count: Int { streams.withLock { $0.count } }

    /// - Parameter order: as it was just read.
    /// - Returns: the events; a place is taken for as long as somebody holds them.
    /// - Throws: 429 when as many streams of this order are open as one may have, 503 when as many are open as this
    ///   process takes.
    func follow(_ order: Order) throws -> AsyncStream<ServerSentEvent> {
        let (watcher, events) = OrderWatcher.open(order, closing: .now + longest)
        try streams.withLock { try $0.add(watcher) }
        watcher.whenOver { [weak self, weak watcher] in
            if let watcher { self?.forget(watcher) }
        }
        try watcher.observe(order)
        // What changed since `order` was read would otherwise wait for the next change.
        signal.yield()
        return events
    }

    private func forget(_ watcher: OrderWatcher) {
        streams.withLock { $0.remove(watcher) }
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
                for await _ in signals {
                    await readAgain()
                    await pause(Self.pace)
                }
            } onCancelOrGracefulShutdown: { [signal] in
                signal.finish()
            }
            group.cancelAll()
        }
        for watcher in streams.withLock({ $0.all }) { watcher.cutOff() }
    }

    private func readAgain() async {
        let now = ContinuousClock.now
        let open = streams.withLock { $0.byOrder }
        for watcher in open.flatMap(\.watchers) where watcher.closing <= now { watcher.cutOff() }
        // A transaction a batch: a reader of the pool is soon free again.
        for start in stride(from: 0, to: open.count, by: OrderVersions.batch) {
            let batch = open[start..<min(start + OrderVersions.batch, open.count)]
            do {
                for (order, watchers) in try await changed(Array(batch)) {
                    for watcher in watchers { try watcher.observe(order) }
                }
            } catch {
                // The next poll tries again; the streams stay open meanwhile.
                logger.warning("Followed orders could not be read", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    /// The orders that somebody has yet to be told of.
    private func changed(
        _ batch: [(order: OrderID, watchers: [OrderWatcher])]
    ) async throws -> [(Order, [OrderWatcher])] {
        try await database.read { connection in
            let versions = try OrderVersions.read(batch.map(\.order), in: connection)
            return try batch.compactMap { id, watchers in
                guard let version = versions[id], let behind = watchers.first(where: { $0.version < version }),
                    let order = try OrderStore.get(id, for: behind.scope, in: connection)
                else { return nil }
                return (order, watchers)
            }
        }
    }
}
