/// The writer thread: group commit.
///
/// A sync costs milliseconds, whatever it carries. So all writes that wait go into one SQLite transaction, each in a
/// savepoint of its own: one that throws is rolled back alone. They are answered after the one commit.
struct SQLiteWriter {
    private let connection: SQLiteConnection
    private let hub: WakeUpHub
    private let bell: SQLiteBell

    /// No write waits behind a group that others keep filling for longer than this.
    private static let groupTime: Duration = .milliseconds(15)

    init(_ connection: SQLiteConnection, hub: WakeUpHub, bell: SQLiteBell) {
        self.connection = connection
        self.hub = hub
        self.bell = bell
    }

    func serve(_ queue: WorkQueue<any Transaction>) {
        while let waiting = queue.take(1024) {
            var rest = waiting[...]
            while !rest.isEmpty { rest = commitTogether(rest) }
        }
    }

    /// Commits the first of `transactions` and as many more as fit into the time; returns those left over.
    private func commitTogether(_ transactions: ArraySlice<any Transaction>) -> ArraySlice<any Transaction> {
        var rest = transactions
        var done: [any Transaction] = []
        var wakes: Set<String> = []
        let end = ContinuousClock.now + Self.groupTime
        do {
            // Decided for all that wait, though some may be left for the next group: SQLite takes no change inside a
            // transaction.
            try connection.sync(transactions.contains { $0.durability == .synced } ? .synced : .relaxed)
            try connection.command("BEGIN IMMEDIATE")
            repeat {
                let transaction = rest.removeFirst()
                guard transaction.start() else { continue }
                do {
                    wakes.formUnion(try run(transaction))
                    done.append(transaction)
                } catch {
                    transaction.fail(error)
                    // A full disk may have rolled back everything, the savepoint and its group with it.
                    guard connection.isInTransaction else { throw error }
                }
            } while !rest.isEmpty && ContinuousClock.now < end
            try connection.command("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.command("ROLLBACK") }
            // Where not even the lock could be had, all that waited have waited long enough.
            let nothingRan = rest.count == transactions.count
            for transaction in nothingRan ? Array(rest) : done { transaction.fail(error) }
            return nothingRan ? [] : rest
        }
        for transaction in done { transaction.succeed() }
        for channel in wakes { hub.signal(channel) }
        if !wakes.isEmpty { bell.ring() }
        return rest
    }

    private func run(_ transaction: any Transaction) throws -> Set<String> {
        let face = Connection(dialect: .sqlite, driver: connection)
        try connection.command("SAVEPOINT member")
        do {
            try transaction.run(face)
            try connection.command("RELEASE SAVEPOINT member")
            return face.wakes
        } catch {
            if connection.isInTransaction { undoMember() }
            throw error
        }
    }
}

extension SQLiteWriter {
    /// Takes back what one member wrote; where even that fails, the whole group, for it must not be committed with the rest.
    private func undoMember() {
        do {
            try connection.command("ROLLBACK TO SAVEPOINT member")
            try connection.command("RELEASE SAVEPOINT member")
        } catch {
            try? connection.command("ROLLBACK")
        }
    }
}

/// A reader thread: each read sees one snapshot and delays no write.
struct SQLiteReader {
    private let connection: SQLiteConnection

    init(_ connection: SQLiteConnection) { self.connection = connection }

    func serve(_ queue: WorkQueue<any Transaction>) {
        while let waiting = queue.take(1) {
            for transaction in waiting where transaction.start() {
                do {
                    try connection.command("BEGIN")
                    try transaction.run(Connection(dialect: .sqlite, driver: connection))
                    try connection.command("COMMIT")
                    transaction.succeed()
                } catch {
                    if connection.isInTransaction { try? connection.command("ROLLBACK") }
                    transaction.fail(error)
                }
            }
        }
    }
}
