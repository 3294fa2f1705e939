import HeapModule

/// Which delivery comes next at each endpoint, without looking at all that wait.
///
/// Entries are never taken out when a delivery is put off or made: an entry that no longer says what its delivery says is
/// passed over when it comes up.
struct DeliveryIndex {
    private var lanes: [RecordAddress: Heap<Entry>] = [:]

    private struct Entry: Comparable {
        let due: Int64
        let sequence: Int64
        let delivery: RecordAddress

        static func < (one: Self, other: Self) -> Bool {
            (one.due, one.sequence) < (other.due, other.sequence)
        }

        static func == (one: Self, other: Self) -> Bool {
            (one.due, one.sequence) == (other.due, other.sequence)
        }
    }

    /// A delivery was queued, or its time has changed.
    mutating func note(_ delivery: Record, in scope: AccountScope) {
        guard let lane = delivery.lane, let due = delivery["due"].int else { return }
        lanes[lane, default: Heap()].insert(
            Entry(
                due: due, sequence: delivery.sequence, delivery: RecordAddress(scope: scope, id: delivery.id)))
    }

    /// - Parameter dueNow: when a delivery is due by its record; nil when it is gone.
    mutating func due(
        now: Int64, busy: Set<RecordAddress>, dueNow: (RecordAddress) -> Int64?
    ) -> (due: [RecordAddress], next: Int64?) {
        var due: [RecordAddress] = []
        var next: Int64?
        for lane in lanes.keys where !busy.contains(lane) {
            while let first = lanes[lane]?.min, dueNow(first.delivery) != first.due { lanes[lane]?.removeMin() }
            guard let first = lanes[lane]?.min else {
                lanes[lane] = nil
                continue
            }
            if first.due <= now { due.append(first.delivery) } else { next = min(next ?? first.due, first.due) }
        }
        return (due, next)
    }
}
