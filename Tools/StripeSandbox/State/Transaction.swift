/// What one call does to the books: all of it or nothing, then written to disk as one.
///
/// Used only inside `StateStore.transaction`, by one thread.
final class Transaction {
    let world: World
    private(set) var scope: AccountScope
    /// µs since 1970, the same for the whole call.
    let time: Int64
    /// Seconds since 1970, as Stripe tells time: the same as `time`, but within `at` what a test clock shows.
    private(set) var now: Int64
    /// What caused the events of this transaction; none for what the sandbox does by itself.
    let cause: Cause?
    private var before: [RecordAddress: Record?] = [:]
    private var touched: [RecordAddress] = []

    struct Cause: Sendable {
        let requestID: String
        let idempotencyKey: String?
    }

    init(world: World, scope: AccountScope, time: Int64, cause: Cause?) {
        self.world = world
        self.scope = scope
        self.time = time
        self.now = time / 1_000_000
        self.cause = cause
    }

    /// Does something at another time: what it makes was made then. Events alone are told of at the real time.
    /// - Parameter now: seconds since 1970.
    func at<Result, Failure: Error>(
        _ now: Int64, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let before = self.now
        defer { self.now = before }
        self.now = now
        return try body()
    }

    /// Does something in another account's books: a platform's, about what happens at one that it connected.
    func acting<Result>(in other: AccountScope, _ body: () -> Result) -> Result {
        let own = scope
        defer { scope = own }
        scope = other
        return body()
    }

    func record(_ kind: ResourceKind, _ id: String) -> Record? {
        guard let record = world.record(id, in: scope), record.kind == kind else { return nil }
        return record
    }

    /// Every record of a kind, newest first.
    func newest(_ kind: ResourceKind) -> some Sequence<Record> {
        world.ids(of: kind, in: scope).reversed().lazy.compactMap { self.world.record($0, in: self.scope) }
    }

    /// Keeps a new record, in these books or in another account's.
    @discardableResult
    func insert(
        _ kind: ResourceKind, id: String, _ body: JSON, hidden: JSON = [:], in other: AccountScope? = nil
    )
        -> Record
    {
        let record = Record(kind: kind, id: id, sequence: world.nextSequence(), body: body, hidden: hidden)
        put(record, in: other)
        return record
    }

    func put(_ record: Record, in other: AccountScope? = nil) {
        let address = RecordAddress(scope: other ?? scope, id: record.id)
        remember(address)
        world.put(record, in: address.scope)
    }

    func remove(_ id: String) {
        let address = RecordAddress(scope: scope, id: id)
        remember(address)
        world.remove(id, in: scope)
    }

    /// Lets the oldest records of a kind go: a few at each call, so that no call pays for all.
    func prune(_ kind: ResourceKind, where isOver: (Record) -> Bool) {
        for id in world.ids(of: kind, in: scope).prefix(3) {
            guard let record = record(kind, id), isOver(record) else { return }
            remove(id)
        }
    }

    /// Takes everything back.
    func undo() {
        for address in touched.reversed() {
            if case .some(.some(let record)) = before[address] {
                world.put(record, in: address.scope)
            } else {
                world.remove(address.id, in: address.scope)
            }
        }
        touched = []
        before = [:]
    }

    /// What has changed, for the disk; a record that is gone has no content.
    func changes() -> [Change] {
        touched.map { Change(address: $0, record: world.record($0.id, in: $0.scope)) }
    }

    /// Whether there is a record of this kind among the changes.
    func leaves(_ kind: ResourceKind) -> Bool {
        touched.contains { $0.id.hasPrefix(kind.prefix) && world.record($0.id, in: $0.scope)?.kind == kind }
    }

    private func remember(_ address: RecordAddress) {
        guard before[address] == nil else { return }
        before[address] = .some(world.record(address.id, in: address.scope))
        touched.append(address)
    }
}

struct RecordAddress: Hashable, Sendable {
    let scope: AccountScope
    let id: String
}

struct Change: Sendable {
    let address: RecordAddress
    let record: Record?
}
