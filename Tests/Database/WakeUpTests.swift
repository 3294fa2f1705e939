import Database
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct WakeUpTests {
    @Test(arguments: Engine.all)
    func `a commit wakes whoever waits on its channel, in its own pool and in others`(
        on engine: Engine
    ) async throws {
        try await withDatabase(on: engine) { test in
            let other = try test.openAgain()
            let streams = [test.database, other].map { $0.wakeUps(on: "things") }
            // The listener announces itself once; what follows comes from the commits.
            if engine == .postgres { for stream in streams { await next(of: stream) } }
            for _ in 0..<20 {
                try await test.database.write { $0.wake("things") }
                for stream in streams { await next(of: stream) }
            }
            await other.close()
        }
    }

    @Test(arguments: Engine.all)
    func `the end of a database ends its streams`(on engine: Engine) async throws {
        try await withDatabase(on: engine) { test in
            let other = try test.openAgain()
            let stream = other.wakeUps(on: "things")
            await other.close()
            for await _ in stream {}
        }
    }

    #if compiler(>=6.3)
        @Test(arguments: Engine.all)
        func `a commit of another process wakes this one`(on engine: Engine) async throws {
            try await withDatabase(on: engine) { test in
                var wakeUps = test.database.wakeUps(on: "things").makeAsyncIterator()
                if engine == .postgres { await wakeUps.next() }
                await #expect(processExitsWith: .success) { [url = test.url.text as String] in
                    let database = try Database.open(DatabaseURL(parsing: url), logger: quiet)
                    try await database.write { $0.wake("things") }
                    await database.close()
                }
                await wakeUps.next()
            }
        }
    #endif
}

private func next(of stream: AsyncStream<Void>) async {
    for await _ in stream { break }
}
