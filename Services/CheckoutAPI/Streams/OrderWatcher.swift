import Commerce
import ServiceRuntime
import Synchronization

/// One open stream of an order: which version it was told last, and how to tell it more.
///
/// A reader too slow for two changes in a row gets the second alone, which is whole in itself.
final class OrderWatcher: Sendable {
    let order: OrderID
    let scope: TenantScope
    /// A key may be revoked or expire while a stream is open; whoever reads on shows it again after a while.
    let closing: ContinuousClock.Instant

    private let sink: AsyncStream<ServerSentEvent>.Continuation
    private let told: Mutex<Int64>

    /// A watcher and what it sends.
    ///
    /// The watcher does not hold on to `events`: an answer that is dropped before anybody read it drops them, and that
    /// is what ends the watcher.
    /// - Parameter order: as it is now: the first event.
    static func open(
        _ order: Order, closing: ContinuousClock.Instant
    ) -> (watcher: OrderWatcher, events: AsyncStream<ServerSentEvent>) {
        // The last state and the end, which come together, must both find room.
        let (events, sink) = AsyncStream<ServerSentEvent>.makeStream(bufferingPolicy: .bufferingNewest(2))
        return (OrderWatcher(order, closing: closing, sink), events)
    }

    private init(
        _ order: Order, closing: ContinuousClock.Instant, _ sink: AsyncStream<ServerSentEvent>.Continuation
    ) {
        self.order = order.id
        self.scope = order.scope
        self.closing = closing
        self.sink = sink
        told = Mutex(order.version - 1)
    }

    /// The version of the order that was sent last.
    var version: Int64 { told.withLock { $0 } }

    /// Sends the order as the database has it now, unless it was sent before. A settled one is the last.
    func observe(_ order: Order) throws {
        let isNews = told.withLock { version in
            defer { version = max(version, order.version) }
            return order.version > version
        }
        guard isNews else { return }
        let text = try JSON.text(OrderJSON(order))
        sink.yield(ServerSentEvent(event: "order", data: text))
        guard order.status.isSettled else { return }
        sink.yield(ServerSentEvent(event: "end", data: text))
        sink.finish()
    }

    /// Ends the stream without an `end`: the reader is to connect again.
    func cutOff() { sink.finish() }

    /// Calls `body` once nobody reads the stream any more.
    func whenOver(_ body: @escaping @Sendable () -> Void) {
        sink.onTermination = { _ in body() }
    }
}
