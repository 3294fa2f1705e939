import Messaging

/// What the inbox and the queue promise, as a plain value: where each job and event is, and what may become of it. It has
/// no lanes, indexes or parked jobs: a job waits, or it does not.
struct QueueModel {
    enum State: Equatable {
        case waiting
        case leased(Lease, until: Int64)
        case done, dead, discarded
    }

    struct Job {
        var sketch: Step.Sketch
        /// What it applies.
        var event: EventID?
        var state = State.waiting
        var attempt = 0
        var failures = 0
        var crashes = 0
        var runAt: Int64
        var finishedAt: Int64?
        var history: [String] = []

        /// Its subject, within its tenant.
        var subject: String? { sketch.subject.map { "\(sketch.tenant)/\($0)" } }
        var isUnfinished: Bool {
            switch state {
            case .waiting, .leased: true
            case .done, .dead, .discarded: false
            }
        }
        var isLeased: Bool { if case .leased = state { true } else { false } }
    }

    /// Where jobs of a kind go: a tenant's, or those of all tenants.
    struct Destination: Hashable {
        let tenant: TenantID?
        let kind: JobKind
    }

    struct Breaker {
        var failures = 0
        var openUntil: Int64?
    }

    struct Share {
        var weight = 1
        var limit: Int?
    }

    /// µs since 1970
    var now: Int64
    var jobs: [JobID: Job] = [:]
    var pauses: Set<String> = []
    var shares: [TenantID: Share] = [:]
    var breakers: [Destination: Breaker] = [:]
    var events: [EventID: Event] = [:]
    var duty = DutyState()

    init(now: Int64) { self.now = now }

    // MARK: What is so

    /// Whether an unfinished job of the same tenant and kind has the key.
    func isKeyTaken(_ sketch: Step.Sketch) -> Bool {
        guard let key = sketch.key else { return false }
        return jobs.values.contains { job in
            (job.sketch.key, job.sketch.tenant, job.sketch.kind) == (key, sketch.tenant, sketch.kind)
                && job.isUnfinished
        }
    }

    func isHeld(_ lease: Lease) -> Bool {
        if case .leased(lease, _) = jobs[lease.job]?.state { true } else { false }
    }

    /// Held, with all attempts used up: it may only be buried.
    func isExhausted(_ lease: Lease) -> Bool {
        guard isHeld(lease), let job = jobs[lease.job] else { return false }
        return job.attempt > job.sketch.maxAttempts
    }

    func isPaused(_ job: Job) -> Bool {
        let (tenant, kind) = (job.sketch.tenant.rawValue, job.sketch.kind.rawValue)
        return ["/", "\(tenant)/", "/\(kind)", "\(tenant)/\(kind)"].contains { pauses.contains($0) }
    }

    /// Whether its destination gave no answer, and it is neither the time nor its turn to find out whether it does again.
    func isBarred(_ job: Job) -> Bool {
        [job.sketch.tenant, nil].contains { tenant in
            let destination = Destination(tenant: tenant, kind: job.sketch.kind)
            guard let until = breakers[destination]?.openUntil else { return false }
            return now < until || running(to: destination) > 0
        }
    }

    func running(to destination: Destination) -> Int {
        jobs.values.count { job in
            job.isLeased && job.sketch.kind == destination.kind
                && (destination.tenant == nil || destination.tenant == job.sketch.tenant)
        }
    }

    func running(of tenant: TenantID) -> Int {
        jobs.values.count(where: { $0.isLeased && $0.sketch.tenant == tenant })
    }

    func isBelowLimit(_ tenant: TenantID) -> Bool {
        shares[tenant]?.limit.map { running(of: tenant) < $0 } ?? true
    }

    /// When something is to be done next, as `nextDue` says it: exactly, or at once.
    var nextDue: Int64? {
        jobs.values.compactMap { job in
            switch job.state {
            case .waiting: max(0, job.runAt - now)
            case .leased(_, let until): max(0, until - now)
            default: nil
            }
        }.min()
    }

    /// Whether a claim of every kind would find something, as far as it is known without looking at how jobs are parked.
    var isClaimable: Bool {
        let running = Set(jobs.values.filter(\.isLeased).compactMap(\.subject))
        return dueJobs.contains { job in
            !isPaused(job) && !isBarred(job) && isBelowLimit(job.sketch.tenant)
                && job.subject.map { !running.contains($0) } ?? true
        }
    }

    var dueJobs: [Job] { jobs.values.filter { $0.state == .waiting && $0.runAt <= now } }

    // MARK: What happens

    mutating func add(_ sketch: Step.Sketch, as id: JobID, of event: EventID? = nil) {
        jobs[id] = Job(sketch: sketch, event: event, runAt: now + Int64(sketch.delay) * 1_000_000)
    }

    /// The first thing in each claim: what expired is no lease any more, and costs an attempt from the second time on.
    mutating func endExpired() {
        for (id, var job) in jobs {
            guard case .leased(_, let until) = job.state, until <= now else { continue }
            job.history.append("\(job.attempt) expired")
            if job.crashes == 0 { job.attempt -= 1 }
            job.crashes += 1
            job.state = .waiting
            jobs[id] = job
        }
    }

    mutating func take(_ lease: Lease, seconds: Int) {
        jobs[lease.job]?.attempt += 1
        jobs[lease.job]?.state = .leased(lease, until: now + Int64(seconds) * 1_000_000)
    }

    mutating func renew(_ lease: Lease, seconds: Int) {
        jobs[lease.job]?.state = .leased(lease, until: now + Int64(seconds) * 1_000_000)
    }

    mutating func finish(_ id: JobID, as state: State) {
        jobs[id]?.state = state
        jobs[id]?.finishedAt = now
        guard let event = jobs[id]?.event else { return }
        // That of a discarded dead letter has failed, and goes by its age from now on.
        if state == .done { events[event]?.state = .applied }
        events[event]?.settledAt = now
    }

    mutating func handBack(_ id: JobID, after seconds: Int, isFailure: Bool) {
        guard var job = jobs[id] else { return }
        if isFailure { job.history.append("\(job.attempt) failed") }
        job.failures += isFailure ? 1 : 0
        job.attempt -= isFailure ? 0 : 1
        job.state = .waiting
        if seconds > 0 { job.runAt = now + Int64(seconds) * 1_000_000 }
        jobs[id] = job
    }

    mutating func bury(_ id: JobID) {
        guard var job = jobs[id] else { return }
        job.history.append("\(job.attempt) buried")
        job.attempt = min(job.attempt, job.sketch.maxAttempts)
        job.state = .dead
        job.finishedAt = now
        jobs[id] = job
        if let event = job.event { events[event]?.state = .failed }
    }

    mutating func retryDead(_ id: JobID) {
        guard var job = jobs[id] else { return }
        (job.attempt, job.failures, job.crashes) = (0, 0, 0)
        job.state = .waiting
        (job.runAt, job.finishedAt) = (now, nil)
        jobs[id] = job
        if let event = job.event { events[event]?.state = .pending }
    }

    /// From the fifth time on nobody tries again for 5 s, 10 s, 20 s, 40 s and then always a minute.
    mutating func noteNoAnswer(_ destination: Destination) {
        var breaker = breakers[destination] ?? Breaker()
        if let until = breaker.openUntil, now < until { return }
        breaker.failures += 1
        let pause = min(5 << max(0, breaker.failures - 5), 60)
        if breaker.failures >= 5 { breaker.openUntil = now + Int64(pause) * 1_000_000 }
        breakers[destination] = breaker
    }

    mutating func noteAnswer(_ destination: Destination) {
        breakers = breakers.filter { other, _ in
            other.kind != destination.kind || (destination.tenant != nil && other.tenant != destination.tenant)
        }
    }
}
