import HeapModule

/// Which record is due next, without looking at all that wait.
///
/// Entries are never taken out when a record is put off or is gone: an entry that no longer says what its record says is
/// passed over when it comes up.
struct DueList {
    private var heap = Heap<Entry>()

    private struct Entry: Comparable {
        let due: Int64
        let sequence: Int64
        let address: RecordAddress

        static func < (one: Self, other: Self) -> Bool {
            (one.due, one.sequence) < (other.due, other.sequence)
        }

        static func == (one: Self, other: Self) -> Bool {
            (one.due, one.sequence) == (other.due, other.sequence)
        }
    }

    /// A record was put here, or its time has changed.
    mutating func note(_ record: Record, in scope: AccountScope) {
        guard let due = record["due"].int else { return }
        heap.insert(
            Entry(due: due, sequence: record.sequence, address: RecordAddress(scope: scope, id: record.id)))
    }

    /// - Parameter dueNow: when a record is due (µs since 1970); nil when it is gone.
    mutating func first(dueNow: (RecordAddress) -> Int64?) -> (address: RecordAddress, due: Int64)? {
        while let first = heap.min {
            if dueNow(first.address) == first.due { return (first.address, first.due) }
            heap.removeMin()
        }
        return nil
    }

    mutating func removeFirst() { heap.removeMin() }
}
