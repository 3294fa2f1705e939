import Synchronization

/// The faults that are set. They are kept in memory only: a restarted sandbox behaves.
final class FaultBook: Sendable {
    private let state = Mutex(State())

    private struct State {
        var calls: [Fault] = []
        var webhooks: [WebhookFault] = []
    }

    func add(_ fault: Fault) { state.withLock { $0.calls.append(fault) } }

    func add(_ fault: WebhookFault) { state.withLock { $0.webhooks.append(fault) } }

    func removeAll() {
        state.withLock {
            $0.calls = []
            $0.webhooks = []
        }
    }

    /// False when there is no such fault.
    func remove(_ id: String) -> Bool {
        state.withLock { state in
            let before = state.calls.count + state.webhooks.count
            state.calls.removeAll { $0.id == id }
            state.webhooks.removeAll { $0.id == id }
            return state.calls.count + state.webhooks.count < before
        }
    }

    /// The fault that this call meets, if any: the first that was set. It counts as used.
    func meet(method: String, path: String, scope: AccountScope, idempotencyKey: String?) -> Fault? {
        state.withLock { state in
            for index in state.calls.indices {
                guard
                    state.calls[index].match.matches(
                        method: method, path: path, scope: scope, idempotencyKey: idempotencyKey)
                else { continue }
                if state.calls[index].skip > 0 {
                    state.calls[index].skip -= 1
                    continue
                }
                let fault = state.calls[index]
                if let times = fault.times {
                    if times <= 1 { state.calls.remove(at: index) } else { state.calls[index].times = times - 1 }
                }
                return fault
            }
            return nil
        }
    }

    /// What becomes of a delivery that nothing was decided about yet.
    /// - Parameter now: µs since 1970.
    func fate(of delivery: RecordAddress, type: String, now: Int64) -> DeliveryFate {
        state.withLock { state in
            guard
                let index = state.webhooks.firstIndex(where: {
                    ($0.type.map { Glob.matches(type, $0) } ?? true)
                        && ($0.account == nil || $0.account == delivery.scope.account)
                })
            else { return .send }
            let fate = Self.fate(of: delivery, &state.webhooks[index], now: now)
            if let times = state.webhooks[index].times {
                if times <= 1 { state.webhooks.remove(at: index) } else { state.webhooks[index].times = times - 1 }
            }
            return fate
        }
    }

    private static func fate(
        of delivery: RecordAddress, _ fault: inout WebhookFault, now: Int64
    ) -> DeliveryFate {
        let later = Int64(fault.seconds * 1_000_000)
        switch fault.mode {
        case .duplicate: return .sendAgain(copies: fault.copies, after: fault.seconds)
        case .delay: return .postpone(until: now + later)
        case .drop: return .drop
        case .reorder:
            // Whoever came later is due a little sooner; what is due within the same moment is sent in that order.
            let held = fault.held ?? (since: now, deliveries: [])
            fault.held = (held.since, held.deliveries + [delivery])
            if fault.times == 1 { return .release([delivery] + held.deliveries.reversed()) }
            return .postpone(until: max(now, held.since + later) - Int64(held.deliveries.count))
        }
    }

    /// What is set, as it was asked for, with what is left of it.
    func list() -> [JSON] {
        state.withLock { state in
            state.calls.map { fault in
                fault.source.merging(["id": .string(fault.id), "times": fault.times.map { JSON($0) } ?? "always"])
            }
                + state.webhooks.map { fault in
                    fault.source.merging(["id": .string(fault.id), "times": fault.times.map { JSON($0) } ?? "always"])
                }
        }
    }
}
