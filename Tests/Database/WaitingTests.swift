import Database
import Dispatch
import TestSupport
import Testing

private let table = Migration(1, "notes") { dialect in
    ["CREATE TABLE notes (id \(dialect.identity), text TEXT NOT NULL)"]
}

@Suite(.timeLimit(.minutes(1))) struct WaitingTests {
    @Test(arguments: Engine.all)
    func `beyond the limit a transaction is refused at once, and those before it are served`(
        on engine: Engine
    ) async throws {
        try await withBusyDatabase(on: engine, waitingLimit: 2, stored: 3) { database, gate in
            await withTaskGroup(of: (any Error)?.self) { group in
                for _ in 0..<3 { group.addTask { await database.add() } }
                let refusal = await group.next() as? DatabaseError
                #expect(refusal?.code == .busy)
                #expect(refusal?.isRetryable == true)
                gate.signal()
                for await error in group { #expect(error == nil) }
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a transaction that waits ends with its task and never runs`(on engine: Engine) async throws {
        try await withBusyDatabase(on: engine, waitingLimit: 1, stored: 1) { database, gate in
            await withTaskGroup(of: (any Error)?.self) { group in
                for _ in 0..<2 { group.addTask { await database.add() } }
                // Once one of them is refused, the other waits.
                #expect((await group.next() as? DatabaseError)?.code == .busy)
                group.cancelAll()
                #expect(await group.next() is CancellationError)
                gate.signal()
            }
        }
    }

    @Test(arguments: Engine.all)
    func `a transaction that has begun is waited for`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let gate = DispatchSemaphore(value: 0)
            let task = Task {
                try await test.database.write { connection in
                    begin.yield()
                    gate.wait()
                    try connection.execute("INSERT INTO notes (text) VALUES ('a')")
                }
            }
            for await _ in begun { break }
            task.cancel()
            gate.signal()
            try await task.value
            let count = try await test.database.count()
            #expect(count == 1)
        }
    }

    @Test(arguments: Engine.all)
    func `a task that is cancelled already can clean up behind itself`(on engine: Engine) async throws {
        try await withDatabase(on: engine, migrations: [table]) { test in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    #expect(Task.isCancelled)
                    #expect(await test.database.add() == nil)
                }
            }
            let count = try await test.database.count()
            #expect(count == 1)
        }
    }
}

extension Database {
    fileprivate func add() async -> (any Error)? {
        do {
            try await write { try $0.execute("INSERT INTO notes (text) VALUES ('a')") }
            return nil
        } catch {
            return error
        }
    }

    fileprivate func count() async throws -> Int { try await read { try $0.rows("SELECT * FROM notes").count } }
}

/// A database whose one writing thread is in a transaction, which ends, and stores a row, when `body` opens the gate.
/// When all that waited has had its turn, `stored` rows must be there.
private func withBusyDatabase(
    on engine: Engine, waitingLimit: Int, stored: Int,
    _ body: @Sendable (Database, DispatchSemaphore) async throws -> Void
) async throws {
    try await withDatabase(on: engine, migrations: [table]) { test in
        var options = DatabaseOptions()
        options.connections = 1
        options.waitingLimit = waitingLimit
        let database = try Database.open(test.url, options: options, logger: quiet)
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        async let holder = database.write { connection in
            begin.yield()
            gate.wait()
            return try connection.execute("INSERT INTO notes (text) VALUES ('holder')")
        }
        for await _ in begun { break }
        try await body(database, gate)
        #expect(try await holder == 1)
        await database.close()
        let count = try await test.database.count()
        #expect(count == stored)
    }
}
