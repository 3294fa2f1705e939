import AsyncHTTPClient
import Logging
import ServiceLifecycle
import Synchronization

/// Sends webhooks: one at a time to each endpoint, tried again on the schedule, never in the way of an API call.
///
/// What is to be sent are records of the state, so a restarted sandbox goes on where it was.
final class DeliveryService: Service {
    private let store: StateStore
    private let faults: FaultBook
    private let sender: WebhookSender
    private let schedule: [Duration]
    private let log: DeliveryLog
    private let logger: Logger
    private let alarm: Alarm
    /// The endpoints that are being sent to.
    private let busy = Mutex<Set<RecordAddress>>([])

    /// - Parameter schedule: the gaps between tries; after the last one the delivery has failed.
    init(
        store: StateStore, faults: FaultBook, http: HTTPClient, schedule: [Duration], log: DeliveryLog, logger: Logger
    ) {
        self.store = store
        self.faults = faults
        self.sender = WebhookSender(http: http)
        self.schedule = schedule
        self.log = log
        self.alarm = Alarm(store.deliveries)
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                self.store.deliveries.ring()  // for what an earlier process left
                for await _ in self.store.deliveries.signals {
                    await self.startDue(&group)
                }
                group.cancelAll()
            }
        }
    }

    private func startDue(_ group: inout DiscardingTaskGroup) async {
        // What is sent must be on disk: nobody may hear of an event that a crash would undo.
        let now = store.clock()
        guard (try? await store.settle()) != nil else {
            return alarm.set(now + 1_000_000, now: now, in: &group)
        }
        let busy = self.busy.withLock { $0 }
        let (due, next) = store.look { $0.dueDeliveries(now: now, busy: busy) }
        for address in due {
            guard let delivery = store.look({ $0.pendingDelivery(address) }) else {
                await finish(address, .abandoned)
                store.deliveries.ring()
                continue
            }
            self.busy.withLock { _ = $0.insert(delivery.lane) }
            group.addTask {
                await self.handle(delivery)
                self.busy.withLock { _ = $0.remove(delivery.lane) }
                self.store.deliveries.ring()
            }
        }
        if let next { alarm.set(next, now: now, in: &group) }
    }

    private func handle(_ delivery: PendingDelivery) async {
        guard !delivery.isDecided else { return await attempt(delivery) }
        let now = store.clock()
        switch faults.fate(of: delivery.address, type: delivery.type, now: now) {
        case .send: await attempt(delivery)
        case .sendAgain(let copies, let seconds):
            // Noted first; it is due still, so it comes straight back.
            await finish(delivery.address, .planned(copies: copies, gap: .milliseconds(Int64(seconds * 1000))))
        case .postpone(let until): await finish(delivery.address, .postponed(until: until))
        case .release(let held):
            for (place, address) in held.enumerated() { await finish(address, .postponed(until: now + Int64(place))) }
        case .drop:
            log.add(delivery, state: "failed", status: nil, error: "dropped by a fault", at: store.clock())
            await finish(delivery.address, .abandoned)
        }
    }

    private func attempt(_ delivery: PendingDelivery) async {
        let start = store.clock()
        let result = await sender.send(delivery, at: start / 1_000_000)
        guard !Task.isCancelled else { return }  // It was not heard out; the next process tries again.
        if result.isDelivered {
            log.add(delivery, state: "delivered", status: result.status, error: nil, at: start)
            await finish(delivery.address, delivery.copies > 0 ? .again : .delivered)
            return
        }
        let gap = delivery.attempts < schedule.count ? schedule[delivery.attempts] : nil
        log.add(
            delivery, state: gap == nil ? "failed" : "pending", status: result.status, error: result.error, at: start,
            next: gap.map { start + $0.inMicroseconds })
        logger.debug(
            "Webhook not accepted",
            metadata: [
                "event.id": "\(delivery.event)", "endpoint": "\(delivery.endpoint.endpoint)",
                "attempt": "\(delivery.attempts + 1)", "status": "\(result.status ?? 0)",
            ])
        await finish(
            delivery.address, gap.map { .failed(retryAfter: $0, status: result.status) } ?? .abandoned)
    }

    private func finish(_ delivery: RecordAddress, _ end: DeliveryEnd) async {
        let now = store.clock()
        do {
            try await store.transaction(in: delivery.scope) { (transaction) throws(StripeFailure) in
                transaction.finishDelivery(delivery.id, end, at: now)
            }
        } catch {
            // In memory it is done; the disk catches up with the next change.
            logger.error("A delivery's end was not written to disk", metadata: ["error": "\(error)"])
        }
    }
}

extension Duration {
    var inMicroseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
