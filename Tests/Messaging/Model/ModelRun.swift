import Database
import TestSupport

@testable import Messaging

/// Runs one sequence against inbox, queue and model, and compares them after each step.
struct ModelRun {
    let test: TestDatabase
    /// Claimers: each has its own memory of whose turn it is.
    let queues: [JobQueue]
    let inbox: EventInbox
    var model: QueueModel
    private(set) var leases: [Lease] = []
    /// How many there were before the last step.
    private(set) var leasesBefore = 0
    var ids: [JobID] = []
    var turns: [DutyTurn] = []

    /// Empties the database: a sequence starts from nothing.
    init(on test: TestDatabase) async throws {
        self.test = test
        queues = (0..<3).map { _ in JobQueue(test.database) }
        inbox = EventInbox(test.database)
        model = QueueModel(now: test.clock.now)
        try await test.database.write(.relaxed) { connection in
            for table in [
                "events", "jobs", "job_payloads", "job_attempts", "queue_pauses", "queue_shares", "queue_breakers",
                "duties",
            ] {
                try connection.execute("DELETE FROM \(table)")
            }
        }
    }

    mutating func run(_ steps: [Step]) async throws {
        for step in steps {
            try await perform(step)
            try await compare(after: step)
        }
        try await drain()
    }

    /// Nothing is left behind: with every pause and limit lifted, all that waits comes to its end.
    private mutating func drain() async throws {
        for pause in try await queues[0].pauses() { try await perform(.resume(pause.lanes)) }
        for share in try await queues[0].shares() { try await perform(.share(share.tenant, weight: 1, limit: nil)) }
        for breaker in model.breakers.keys { try await perform(.answer(breaker.tenant, breaker.kind)) }
        try await perform(.advance(seconds: 3600))
        for _ in 0..<(3 * ids.count + 3) {
            let end = leases.count
            try await perform(.claim(by: 0, kinds: Step.kinds, limit: 10, seconds: 10, suspects: true))
            for number in 0..<(leases.count - end) { try await perform(.completeWithEffects(number)) }
        }
        if let (id, job) = model.jobs.first(where: { $0.value.isUnfinished }) {
            throw Mismatch("\(id) is never claimed; it is \(job.state)")
        }
        try await compare(after: .advance(seconds: 0))
    }

    // MARK: Steps

    private mutating func perform(_ step: Step) async throws {
        leasesBefore = leases.count
        switch step {
        case .enqueue(let sketch): try await enqueue(sketch)
        case .claim(let claimer, let kinds, let limit, let seconds, let suspects):
            let claimed = try await queues[claimer].claim(
                kinds, limit: limit, lease: .seconds(seconds), suspects: suspects)
            leases += claimed.map(\.lease)
            try model.take(
                claimed, by: QueueModel.Claim(kinds: kinds, limit: limit, seconds: seconds, suspects: suspects))
        case .complete(let numbers):
            let chosen = leases(numbers).filter { !model.isExhausted($0) && model.jobs[$0.job]?.event == nil }
            try expect(try await queues[0].complete(chosen), lost: chosen)
            for lease in chosen where model.isHeld(lease) { model.finish(lease.job, as: .done) }
        case .renew(let numbers, let seconds):
            let chosen = leases(numbers)
            try expect(try await queues[0].renew(chosen, by: .seconds(seconds)), lost: chosen)
            for lease in chosen where model.isHeld(lease) { model.renew(lease, seconds: seconds) }
        case .releaseMany(let numbers):
            let chosen = leases(numbers).filter { !model.isExhausted($0) }
            try await queues[0].release(chosen, reason: "x")
            for lease in chosen where model.isHeld(lease) { model.handBack(lease.job, after: 0, isFailure: false) }
        case .completeWithEffects, .retry, .release, .bury: try await end(step)
        case .record, .replay, .retention: try await bring(step)
        case .takeDuty, .keepDuty, .finishDuty: try await attend(step)
        case .advance(let seconds):
            try await test.advance(by: .seconds(seconds))
            model.now = test.clock.now
        default: try await operate(step)
        }
    }

    private mutating func enqueue(_ sketch: Step.Sketch) async throws {
        let job = try NewJob(
            sketch.kind, tenant: sketch.tenant, payload: sketch.payload, subject: sketch.subject,
            priority: sketch.priority, uniqueKey: sketch.key, delay: .seconds(sketch.delay),
            maxAttempts: sketch.maxAttempts)
        let id = try await test.database.write(.relaxed) { try JobQueue.enqueue(job, in: $0) }
        if (id == nil) != model.isKeyTaken(sketch) {
            throw Mismatch("a job with key \(sketch.key ?? "-") was \(id == nil ? "refused" : "stored")")
        }
        guard let id else { return }
        ids.append(id)
        model.add(sketch, as: id)
    }

    /// How one lease ends. A job whose attempts are used up may only be buried. An event goes with its job.
    private mutating func end(_ step: Step) async throws {
        guard case let (number, action) = Self.ending(step), let lease = leases([number]).first else { return }
        let isHeld = model.isHeld(lease)
        let chosen = model.isExhausted(lease) ? .bury : action
        let queue = queues[0]
        let (event, sketch) = (model.jobs[lease.job]?.event, model.jobs[lease.job]?.sketch)
        var isLost = false
        do {
            switch chosen {
            case .complete:
                try await test.database.write(.relaxed) { connection in
                    try JobQueue.complete(lease, in: connection)
                    if let event { try EventInbox.mark(event, .applied, in: connection) }
                }
            case .bury:
                try await test.database.write(.relaxed) { connection in
                    try JobQueue.bury(lease, error: "x", in: connection)
                    if let event { try EventInbox.mark(event, .failed, in: connection) }
                }
            case .retry(let delay, let isUnreachable):
                try await queue.retry(
                    lease, after: .seconds(delay), error: "x",
                    destination: isUnreachable
                        ? sketch.map { (JobFailure.Destination.unreachable, of: $0.kind, tenant: $0.tenant) } : nil)
            case .release(let delay): try await queue.release(lease, after: .seconds(delay), reason: "x")
            }
        } catch is LeaseLost {
            isLost = true
        }
        if isLost == isHeld { throw Mismatch("the lease on \(lease.job) was \(isLost ? "lost" : "held")") }
        guard isHeld else { return }
        switch chosen {
        case .complete: model.finish(lease.job, as: .done)
        case .bury: model.bury(lease.job)
        case .retry(let delay, let isUnreachable):
            model.handBack(lease.job, after: delay, isFailure: true)
            if isUnreachable, let sketch { model.noteNoAnswer(.init(tenant: sketch.tenant, kind: sketch.kind)) }
        case .release(let delay): model.handBack(lease.job, after: delay, isFailure: false)
        }
    }

    private enum Ending {
        case complete, bury
        case retry(Int, isUnreachable: Bool)
        case release(Int)
    }

    private static func ending(_ step: Step) -> (Int, Ending) {
        switch step {
        case .retry(let lease, let delay, let isUnreachable): (lease, .retry(delay, isUnreachable: isUnreachable))
        case .release(let lease, let delay): (lease, .release(delay))
        case .bury(let lease): (lease, .bury)
        case .completeWithEffects(let lease): (lease, .complete)
        default: (0, .complete)
        }
    }

    private mutating func operate(_ step: Step) async throws {
        switch step {
        case .pause(let lanes):
            try await test.database.write(.relaxed) { try JobQueue.pause(lanes, in: $0) }
            model.pauses.insert(Self.name(of: lanes))
        case .resume(let lanes):
            let wasPaused = try await test.database.write(.relaxed) { try JobQueue.resume(lanes, in: $0) }
            if (model.pauses.remove(Self.name(of: lanes)) != nil) != wasPaused {
                throw Mismatch("resumed: \(wasPaused)")
            }
        case .share(let tenant, let weight, let limit):
            try await test.database.write(.relaxed) {
                try JobQueue.setShare(of: tenant, weight: weight, limit: limit, in: $0)
            }
            model.shares[tenant] = QueueModel.Share(weight: weight, limit: limit)
        case .noAnswer(let tenant, let kind, let times):
            for _ in 0..<times {
                try await note(.unreachable, tenant, kind)
                model.noteNoAnswer(.init(tenant: tenant, kind: kind))
            }
        case .answer(let tenant, let kind):
            try await note(.answered, tenant, kind)
            model.noteAnswer(.init(tenant: tenant, kind: kind))
        case .retryDead(let number):
            try await change(number) { job, event, connection in
                if let event { try EventInbox.mark(event, .pending, in: connection) }
                try JobQueue.retryDead(job, in: connection)
            } apply: {
                $0.retryDead($1)
            }
        case .discard(let number):
            try await change(number) { job, event, connection in
                if let event { try EventInbox.settle(event, in: connection) }
                try JobQueue.discard(job, in: connection)
            } apply: {
                $0.finish($1, as: .discarded)
            }
        default: break
        }
    }

    private func note(_ found: JobFailure.Destination, _ tenant: TenantID?, _ kind: JobKind) async throws {
        try await test.database.write(.relaxed) { connection in
            try CircuitBreaker.note(
                tenant == nil ? found.ofAllTenants : found, tenant: tenant ?? Step.tenants[0], kind: kind,
                in: connection)
        }
    }

    private mutating func change(
        _ number: Int, _ wish: @escaping @Sendable (JobID, EventID?, Connection) throws -> Void,
        apply: (inout QueueModel, JobID) -> Void
    ) async throws {
        guard let id = Self.pick(number, of: ids), let job = model.jobs[id] else { return }
        var refusal: QueueRefusal.Code?
        do {
            try await test.database.write(.relaxed) { [event = job.event] in try wish(id, event, $0) }
        } catch let error as QueueRefusal {
            refusal = error.code
        }
        switch refusal {
        case nil where job.state == .dead: apply(&model, id)
        case .notDead? where job.state != .dead: break
        case .keyTaken? where job.state == .dead && model.isKeyTaken(job.sketch): break
        default: throw Mismatch("\(id) is \(job.state); the wish was answered by \(String(describing: refusal))")
        }
    }

    // MARK: Names

    private func leases(_ numbers: [Int]) -> [Lease] {
        var chosen: [Lease] = []
        for lease in numbers.compactMap({ Self.pick($0, of: leases) }) where !chosen.contains(lease) {
            chosen.append(lease)
        }
        return chosen
    }

    static func pick<Item>(_ number: Int, of items: [Item]) -> Item? {
        items.isEmpty ? nil : items[items.count - 1 - number % items.count]
    }

    private static func name(of lanes: LaneSelector) -> String {
        "\(lanes.tenant?.rawValue ?? "")/\(lanes.kind?.rawValue ?? "")"
    }

    private func expect(_ lost: [Lease], lost chosen: [Lease]) throws {
        let expected = chosen.filter { !model.isHeld($0) }
        if lost != expected { throw Mismatch("lost were \(lost.map(\.job)), should be \(expected.map(\.job))") }
    }
}
