import Messaging

/// Where the queue does not as the model says.
struct Mismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension QueueModel {
    /// What a claim asked for.
    struct Claim {
        let kinds: [JobKind]
        let limit: Int
        let seconds: Int
        let suspects: Bool
    }

    /// Takes what a claim brought, if it may have brought that and should not have brought more.
    mutating func take(_ claimed: [ClaimedJob], by claim: Claim) throws {
        endExpired()
        let before = self
        if claimed.count > claim.limit { throw Mismatch("\(claimed.count) jobs for \(claim.limit) places") }
        for job in claimed {
            try before.check(job, by: claim)
            if isHeld(job.lease) { throw Mismatch("\(job.id) came twice") }
            take(job.lease, seconds: claim.seconds)
        }
        let suspects = claimed.count(where: \.isSuspect)
        if suspects > (claim.suspects ? 1 : 0) { throw Mismatch("\(suspects) suspects at once") }
        try checkSubjects(claimed)
        try checkLimits(claimed)
        let passedOver = passedOver(by: claim)
        if let job = passedOver.first(where: { claimed.count < claim.limit && isNext($0, suspects, claim) }) {
            throw Mismatch("\(claimed.map(\.id)) were claimed, \(job) could run, too, and a place is free")
        }
        try checkOrder(claimed, passedOver)
        try checkFairness(claimed, passedOver)
    }

    private func check(_ claimed: ClaimedJob, by claim: Claim) throws {
        guard let job = jobs[claimed.id] else { throw Mismatch("\(claimed.id) does not exist") }
        guard job.state == .waiting else { throw Mismatch("\(claimed.id) was claimed while it is \(job.state)") }
        if job.runAt > now { throw Mismatch("\(claimed.id) was claimed before its time") }
        if !claim.kinds.contains(job.sketch.kind) { throw Mismatch("\(claimed.id) is of another kind") }
        if isPaused(job) { throw Mismatch("\(claimed.id) is paused") }
        if isBarred(job) { throw Mismatch("\(claimed.id) was claimed in spite of its breaker") }
        let expected = (job.attempt + 1, job.failures, job.crashes > 0, job.attempt >= job.sketch.maxAttempts)
        if (claimed.attempt, claimed.failures, claimed.isSuspect, claimed.isExhausted) != expected {
            throw Mismatch("\(claimed.id) came as attempt \(claimed.attempt) with \(claimed.failures) failures")
        }
        let isWhole =
            if let event = job.event { try claimed.event == event } else {
                try claimed.payload(String.self) == job.sketch.payload
            }
        if !isWhole { throw Mismatch("\(claimed.id) has another payload") }
    }

    private func checkSubjects(_ claimed: [ClaimedJob]) throws {
        let running = jobs.values.filter(\.isLeased).compactMap(\.subject)
        if Set(running).count < running.count { throw Mismatch("two of one subject run: \(running.sorted())") }
    }

    private func checkLimits(_ claimed: [ClaimedJob]) throws {
        for (destination, breaker) in breakers where breaker.openUntil != nil {
            let probes = claimed.filter {
                $0.kind == destination.kind && [nil, $0.tenant].contains(destination.tenant)
            }
            if probes.count > 1 { throw Mismatch("\(probes.map(\.id)) all go to \(destination) as probes") }
        }
        for tenant in Set(claimed.map(\.tenant)) {
            if let limit = shares[tenant]?.limit, running(of: tenant) > limit {
                throw Mismatch("\(running(of: tenant)) jobs of \(tenant) run, its limit is \(limit)")
            }
        }
    }

    /// Jobs that the claim left though nothing of their own keeps them: due, of its kinds, not paused or barred, their
    /// subject free. Of several that wait for one subject it is left open which comes first: one of them may be of another kind.
    private func passedOver(by claim: Claim) -> [JobID] {
        let running = Set(jobs.values.filter(\.isLeased).compactMap(\.subject))
        let waiting = jobs.values.filter { $0.state == .waiting }.compactMap(\.subject)
        return jobs.filter { _, job in
            guard job.state == .waiting, job.runAt <= now, claim.kinds.contains(job.sketch.kind), !isPaused(job),
                !isBarred(job)
            else { return false }
            guard let subject = job.subject else { return true }
            return !running.contains(subject) && waiting.count(where: { $0 == subject }) == 1
        }.map(\.key).sorted()
    }

    /// Whether a free place was its.
    private func isNext(_ id: JobID, _ suspects: Int, _ claim: Claim) -> Bool {
        guard let job = jobs[id], isBelowLimit(job.sketch.tenant) else { return false }
        return job.crashes == 0 || (claim.suspects && suspects == 0)
    }

    /// Within a tenant the urgent goes first, then the older. Suspects have an order of their own.
    private func checkOrder(_ claimed: [ClaimedJob], _ passedOver: [JobID]) throws {
        for taken in claimed {
            guard let job = jobs[taken.id] else { continue }
            for id in passedOver {
                guard let other = jobs[id], other.sketch.tenant == job.sketch.tenant, !taken.isSuspect,
                    other.crashes == 0
                else { continue }
                let (a, b) = (job.sketch.priority.rawValue, other.sketch.priority.rawValue)
                if (b, other.runAt, id.rawValue) < (a, job.runAt, taken.id.rawValue) {
                    throw Mismatch("\(taken.id) went before \(id)")
                }
            }
        }
    }

    /// No place went to a tenant while another with a job for it had less for its weight.
    private func checkFairness(_ claimed: [ClaimedJob], _ passedOver: [JobID]) throws {
        let left = Set(
            passedOver.compactMap { jobs[$0] }.filter { $0.crashes == 0 }.map(\.sketch.tenant).filter(isBelowLimit))
        for tenant in Set(claimed.filter { !$0.isSuspect }.map(\.tenant)) {
            for other in left where other != tenant {
                let (own, others) = (shares[tenant]?.weight ?? 1, shares[other]?.weight ?? 1)
                if (running(of: tenant) - 1) * others > running(of: other) * own {
                    throw Mismatch("\(tenant) runs \(running(of: tenant)), \(other) only \(running(of: other))")
                }
            }
        }
    }
}

extension Step.Sketch {
    var payload: String { isLong ? String(repeating: "long", count: 200) : "\(subject ?? "no subject")" }
}
