import Commerce
import Database
import Messaging
import TestSupport
import Testing

@Suite struct ReconcileTests {
    @Test(arguments: Engine.all)
    func `a sweep's cursor only goes forward, and its count of missed events adds up`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let scope = shop.scope
            func state() async throws -> ReconcileState? {
                try await shop.database.read { try ReconcileStore.state(of: scope, in: $0) }
            }
            #expect(try await state() == nil)
            try await shop.database.write { connection in
                for cursor: Int64 in [100, 300, 200] {
                    try ReconcileStore.began(scope, in: connection)
                    try ReconcileStore.advance(to: cursor, missed: 2, for: scope, in: connection)
                }
                try ReconcileStore.finished(scope, error: "Stripe was away", in: connection)
            }
            let failed = try await state()
            #expect(failed?.cursor == 300 && failed?.missedTotal == 6 && failed?.lastError == "Stripe was away")
            #expect(failed?.lastStarted != nil && failed?.lastFinished == nil)
            try await shop.database.write { try ReconcileStore.finished(scope, in: $0) }
            let done = try await state()
            #expect(done?.lastError == nil && done?.lastFinished != nil)
            #expect(try await shop.database.read { try ReconcileStore.states(in: $0) } == [done])
        }
    }

    @Test(arguments: Engine.all)
    func `one runner at a time sweeps a tenant, others sweep theirs`(on engine: Engine) async throws {
        try await withShop(on: engine) { shop in
            let neighbour = try await shop.neighbour().tenant.scope
            let mine = try #require(try await ReconcileStore.duty(for: shop.scope).take(in: shop.database))
            #expect(try await ReconcileStore.duty(for: shop.scope).take(in: shop.database) == nil)
            #expect(try await ReconcileStore.duty(for: neighbour).take(in: shop.database) != nil)
            try await mine.finish(in: shop.database)
            #expect(try await ReconcileStore.duty(for: shop.scope).take(in: shop.database) != nil)
            try await shop.database.write { connection in
                for _ in 0..<2 { try JobQueue.enqueue(ReconcilePayload.job(for: shop.scope), in: connection) }
                try JobQueue.enqueue(ReconcilePayload.job(for: neighbour), in: connection)
            }
            let jobs = try await JobQueue(shop.database).jobs(JobFilter(kind: .reconcileAccount), limit: 9)
            #expect(jobs.count == 2)
        }
    }
}
