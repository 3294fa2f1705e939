/// All accounts' books, in memory. Not to be shared: it lives inside the lock of `StateStore`.
final class World {
    private(set) var books: [AccountScope: Books] = [:]
    /// Idempotency keys whose first request has not been answered yet. A restart forgets them, as it ends the requests.
    var inFlight: Set<IdempotencySlot> = []
    /// What is to be delivered when.
    private(set) var deliveries = DeliveryIndex()
    /// For a connected account, the platform that made it.
    private(set) var platforms: [AccountScope: AccountScope] = [:]
    /// The last characters of the key that opened an account, for people to tell accounts apart.
    private(set) var keyEndings: [AccountScope: String] = [:]
    /// How long what Stripe does asynchronously takes here.
    let asyncDelay: Duration
    let billingRules: BillingRules
    private var appointments = DueList()
    private var lastSequence: Int64 = 0

    init(asyncDelay: Duration, billingRules: BillingRules) {
        self.asyncDelay = asyncDelay
        self.billingRules = billingRules
    }

    func nextSequence() -> Int64 {
        lastSequence += 1
        return lastSequence
    }

    /// Makes the books of an account that is named for the first time.
    func open(_ scope: AccountScope) {
        if books[scope] == nil { books[scope] = Books() }
    }

    func note(_ key: APIKey) {
        keyEndings[key.scope] = String(key.masked.suffix(4))
    }

    func record(_ id: String, in scope: AccountScope) -> Record? {
        books[scope]?.records[id]
    }

    /// Ids of a kind, oldest first.
    func ids(of kind: ResourceKind, in scope: AccountScope) -> [String] {
        books[scope]?.order[kind] ?? []
    }

    func put(_ record: Record, in scope: AccountScope) {
        books[scope, default: Books()].put(record)
        lastSequence = max(lastSequence, record.sequence)
        switch record.kind {
        case .account: platforms[AccountScope(account: record.id, livemode: scope.livemode)] = scope
        case .appointment: appointments.note(record, in: scope)
        case .delivery: deliveries.note(record, in: scope)
        default: break
        }
    }

    /// The first delivery that is due at each endpoint outside `busy`, and when the next one will be (µs).
    func dueDeliveries(now: Int64, busy: Set<RecordAddress>) -> (due: [RecordAddress], next: Int64?) {
        deliveries.due(now: now, busy: busy) { books[$0.scope]?.records[$0.id]?.body["due"].int }
    }

    /// What is to be done by now, which the caller will do, and when the next is (µs).
    func dueAppointments(now: Int64) -> (due: [RecordAddress], next: Int64?) {
        var due: [RecordAddress] = []
        while let first = appointments.first(dueNow: { books[$0.scope]?.records[$0.id]?.body["due"].int }) {
            guard first.due <= now else { return (due, first.due) }
            due.append(first.address)
            appointments.removeFirst()
        }
        return (due, nil)
    }

    func remove(_ id: String, in scope: AccountScope) {
        guard let record = books[scope]?.remove(id) else { return }
        if record.kind == .account {
            platforms[AccountScope(account: id, livemode: scope.livemode)] = nil
        }
    }
}

/// One account's records in one mode.
struct Books: Sendable {
    fileprivate(set) var records: [String: Record] = [:]
    fileprivate(set) var order: [ResourceKind: [String]] = [:]

    fileprivate mutating func put(_ record: Record) {
        guard records.updateValue(record, forKey: record.id) == nil else { return }
        guard let last = order[record.kind]?.last, sequence(of: last) > record.sequence else {
            order[record.kind, default: []].append(record.id)
            return
        }
        // A transaction removed it and took that back: it goes to its old place.
        let place = order[record.kind]?.firstIndex { sequence(of: $0) > record.sequence } ?? 0
        order[record.kind]?.insert(record.id, at: place)
    }

    private func sequence(of id: String) -> Int64 { records[id]?.sequence ?? 0 }

    fileprivate mutating func remove(_ id: String) -> Record? {
        guard let record = records.removeValue(forKey: id) else { return nil }
        // What is removed was mostly made last (a transaction undone) or first (what has expired).
        if order[record.kind]?.last == id {
            order[record.kind]?.removeLast()
        } else if let index = order[record.kind]?.firstIndex(of: id) {
            order[record.kind]?.remove(at: index)
        }
        return record
    }
}
