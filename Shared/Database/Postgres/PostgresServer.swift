import Foundation

/// One thread of the pool: takes a transaction, runs it, answers it.
struct PostgresServer {
    private let session: PostgresSession
    private let hub: WakeUpHub
    private let bell: PostgresBell

    /// Deadlocks and serialization failures are gone at the next try, or it is a fault of ours.
    private static let tries = 5

    init(_ session: PostgresSession, hub: WakeUpHub, bell: PostgresBell) {
        self.session = session
        self.hub = hub
        self.bell = bell
    }

    func serve(_ queue: WorkQueue<PostgresWork>) {
        while true {
            waitForOthers(queue)
            guard let items = queue.take(1) else { return }
            for item in items { serve(item, queue) }
        }
    }

    private func serve(_ item: PostgresWork, _ queue: WorkQueue<PostgresWork>) {
        do {
            _ = try session.connected()
            answer(item)
        } catch {
            // Given back where this thread cannot connect and another one is.
            if session.restOfPause > .zero, queue.putBack(item) { return }
            if item.transaction.start() { item.transaction.fail(error) }
        }
    }

    /// A thread that cannot connect would fail work in microseconds, faster than all connected ones could do it.
    private func waitForOthers(_ queue: WorkQueue<PostgresWork>) {
        while session.restOfPause > .zero, !queue.isClosed { Thread.sleep(forTimeInterval: 0.02) }
    }

    private func answer(_ item: PostgresWork) {
        guard item.transaction.start() else { return }
        var tries = 0
        while true {
            tries += 1
            do {
                let wakes = try perform(item)
                item.transaction.succeed()
                notify(wakes)
                return
            } catch let error as DatabaseError where error.code == .conflict && tries < Self.tries {
                Thread.sleep(forTimeInterval: Double.random(in: 0.001...0.01) * Double(tries))
            } catch let error as DatabaseError where error.code == .connectionLost && item.isRead && tries == 1 {
                // Once more on a new connection: this one was cut, or a migration made the plans that it kept useless.
                continue
            } catch {
                item.transaction.fail(error)
                return
            }
        }
    }

    private func perform(_ item: PostgresWork) throws -> Set<String> {
        let connection = try begin(item)
        let face = Connection(dialect: .postgres, driver: connection)
        do {
            try item.transaction.run(face)
        } catch {
            if connection.isAlive { try? connection.command("ROLLBACK") }
            if !connection.isIdle { session.drop() }
            if (error as? DatabaseError)?.code == .connectionLost { session.drop() }
            throw error
        }
        do {
            try connection.command("COMMIT")
        } catch  where error.code == .connectionLost {
            session.drop()
            throw item.isRead
                ? error
                : DatabaseError(.commitUnknown, "PostgreSQL was lost during a commit; it may or may not be stored.")
        } catch {
            if !connection.isIdle { session.drop() }
            throw error
        }
        return face.wakes
    }

    /// Opens the transaction; a connection that died unnoticed since its last use is replaced once.
    private func begin(_ item: PostgresWork) throws -> PostgresConnection {
        let statement = item.beginning
        let connection = try session.connected()
        do {
            try connection.command(statement)
            return connection
        } catch {
            // The wait for a lock ended, for one: nothing is wrong with the connection.
            if connection.isAlive, (try? connection.command("ROLLBACK")) != nil { throw error }
            session.drop()
            let fresh = try session.connected()
            try fresh.command(statement)
            return fresh
        }
    }

    /// After the caller has its answer: a notification is a hint, and polling finds what it misses.
    private func notify(_ wakes: Set<String>) {
        guard !wakes.isEmpty else { return }
        for channel in wakes { hub.signal(channel) }
        bell.ring(wakes)
        for channel in bell.take() {
            _ = try? session.connected().run(
                // A transaction of its own, and not worth a sync.
                "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)",
                [.text(PostgresListener.channel), .text(channel)])
        }
    }
}
