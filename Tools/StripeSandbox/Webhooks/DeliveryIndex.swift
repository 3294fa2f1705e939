/// Which delivery comes next at each endpoint.
struct DeliveryIndex {
    private var lanes: [RecordAddress: DueList] = [:]

    /// A delivery was queued, or its time has changed.
    mutating func note(_ delivery: Record, in scope: AccountScope) {
        guard let lane = delivery.lane else { return }
        lanes[lane, default: DueList()].note(delivery, in: scope)
    }

    /// - Parameter dueNow: when a delivery is due by its record; nil when it is gone.
    mutating func due(
        now: Int64, busy: Set<RecordAddress>, dueNow: (RecordAddress) -> Int64?
    ) -> (due: [RecordAddress], next: Int64?) {
        var due: [RecordAddress] = []
        var next: Int64?
        for lane in lanes.keys where !busy.contains(lane) {
            guard let first = lanes[lane]?.first(dueNow: dueNow) else {
                lanes[lane] = nil
                continue
            }
            if first.due <= now { due.append(first.address) } else { next = min(next ?? first.due, first.due) }
        }
        return (due, next)
    }
}
