import Database
import Messaging

extension Assignment {
    /// Does the operation as the services do it.
    func run(on database: Database) async throws {
        let queue = JobQueue(database)
        switch operation {
        case .recordEvents: try await recordEvents(EventInbox(database))
        case .recordShared: try await recordShared(EventInbox(database))
        case .enqueue: try await database.write { try Self.enqueue(in: $0) }
        case .claim: _ = try await queue.claim(Sample.kinds, limit: 20, lease: .seconds(60))
        case .renew: _ = try await queue.renew(try held.leases, by: .seconds(7200))
        case .completeWithEffects:
            let (lease, event) = (try held.eventJob.lease, EventID(rawValue: held.event))
            try await database.write { connection in
                try JobQueue.complete(lease, in: connection)
                try EventInbox.mark(event, .applied, in: connection)
                try JobQueue.enqueue(try Sample.delivery("activated", of: Sample.tenants[0]), in: connection)
            }
        case .completeMany: _ = try await queue.complete(try held.deliveries.map { try $0.lease })
        case .completeWithOthers: try await complete(try held.deliveries.map { try $0.lease }, queue)
        case .closeBreaker:
            let lease = try held.lastDelivery.lease
            try await database.write { connection in
                try JobQueue.complete(lease, in: connection)
                try CircuitBreaker.close(tenant: Sample.deadTenant, kind: Sample.deliver, in: connection)
            }
        case .retry: try await queue.retry(try held.deliveries[0].lease, after: .seconds(5), error: "500")
        case .retryUnreachable:
            try await queue.retry(
                try held.deliveries[0].lease, after: .seconds(5), error: "no answer", outcome: .timedOut,
                destination: (.unreachable, of: Sample.deliver, tenant: Sample.failingTenant))
        case .release: try await queue.release(try held.deliveries[0].lease, after: .zero, reason: "shutdown")
        case .releaseMany: try await queue.handBack(try held.leases, reason: "shutdown")
        case .bury:
            let (lease, event) = (try held.eventJob.lease, EventID(rawValue: held.event))
            try await database.write { connection in
                try JobQueue.bury(lease, error: "cannot be applied", in: connection)
                try EventInbox.mark(event, .failed, in: connection)
            }
        case .removeOld: try await database.write { try Sample.age.removeSome(limit: 100, in: $0) }
        case .takeDuty: _ = try await Sample.freeDuty.take(in: database)
        case .keepDuty:
            let turn = try held.dutyTurn
            try await database.write { connection in
                try turn.keep(in: connection)
                return try Sample.age.removeSome(limit: 100, in: connection)
            }
        case .finishDuty: try await held.dutyTurn.finish(in: database)
        case .migrate: _ = try await database.migrate(MessagingSchema.migrations)
        }
    }

    /// Ends jobs at the same time: the queue decides by itself which of them it ends together.
    private func complete(_ leases: [Lease], _ queue: JobQueue) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lease in leases { group.addTask { try await queue.finish(lease) } }
            try await group.waitForAll()
        }
    }

    /// One event, of an account at Stripe that all tenants share.
    private func recordShared(_ inbox: EventInbox) async throws {
        _ = try await inbox.record(Sample.tenants.map { Sample.event("evt_shared", of: $0, subject: "shared") })
    }

    private static func enqueue(in connection: Connection) throws {
        var jobs = try (1...9).map { try Sample.delivery("new \($0)", of: Sample.tenants[$0 % 3], subject: "new") }
        jobs.append(try Sample.delivery(Sample.longText, of: Sample.tenants[1]))
        try JobQueue.enqueue(jobs, in: connection)
        for key in ["free", Sample.takenKey] {
            try JobQueue.enqueue(
                try Sample.delivery(Sample.longText, of: Sample.tenants[0], key: key, delay: .seconds(5)),
                in: connection)
        }
    }

    /// Delivers a dozen events at once. The inbox writes the first few on their own, each as it comes, and the others
    /// together; so the first are ones that it holds already, and what is new is in one group, one event twice.
    private func recordEvents(_ inbox: EventInbox) async throws {
        let known = Sample.knownEvents.map { Sample.event($0, of: Sample.tenants[0], subject: "known") }
        let new = ["1", "2", "3", "3", "4", "5", "6", "kept"].map {
            Sample.event("evt_new_\($0)", of: Sample.tenants[1], subject: $0 == "kept" ? nil : "order \($0)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for event in known + new { group.addTask { _ = try await inbox.record(event) } }
            try await group.waitForAll()
        }
    }
}
