import Messaging

extension QueueModel {
    struct Event {
        let arrival: Step.Arrival
        let receivedAt: Int64
        var state: EventState
        /// µs since 1970; `nil`: retention leaves it.
        var settledAt: Int64?
    }

    // MARK: Arrivals

    /// - Returns: the event, where it has a job now.
    mutating func take(_ outcome: RecordOutcome, of arrival: Step.Arrival) throws -> EventID? {
        let held = events.first { $0.value.arrival.isSame(as: arrival) }
        // What is held as somebody else's only is new to its owner.
        let isNew = held == nil || (held?.value.state == .kept && !arrival.isKept)
        switch outcome {
        case .duplicate where !isNew: return nil
        case .stored(let id) where isNew && (held == nil || held?.key == id):
            events[id] = Event(
                arrival: arrival, receivedAt: held?.value.receivedAt ?? now, state: arrival.isKept ? .kept : .pending)
            return arrival.isKept ? nil : id
        default: throw Mismatch("\(arrival) is \(outcome), held was \(String(describing: held))")
        }
    }

    mutating func addJob(_ id: JobID, of event: EventID, _ priority: JobPriority) {
        guard let arrival = events[event]?.arrival else { return }
        events[event]?.state = .pending
        events[event]?.settledAt = nil
        add(
            Step.Sketch(tenant: arrival.tenant, kind: applyKind, subject: arrival.subject, priority: priority), as: id,
            of: event)
    }

    // MARK: Operators

    /// Gives the dead letters of a tenant's events another chance.
    /// - Returns: those of its events that are to have a new job, the oldest first.
    mutating func replay(_ tenant: TenantID?) -> [EventID] {
        let chosen = events.filter { _, event in
            [nil, event.arrival.tenant].contains(tenant) && event.state != .pending && event.state != .kept
        }.map(\.key)
        var revived: Set<EventID> = []
        for (id, job) in jobs {
            guard let event = job.event, job.state == .dead, chosen.contains(event) else { continue }
            retryDead(id)
            jobs[id]?.sketch.priority = .low
            revived.insert(event)
        }
        return chosen.filter { !revived.contains($0) }.sorted { $0.rawValue < $1.rawValue }
    }

    mutating func removeOld(seconds: Int) {
        let limit = now - Int64(seconds) * 1_000_000
        jobs = jobs.filter { _, job in
            (job.state != .done && job.state != .discarded) || job.finishedAt.map { $0 >= limit } ?? true
        }
        events = events.filter { _, event in
            let isNeeded = event.state == .pending || (event.state == .failed && event.settledAt == nil)
            return isNeeded || event.receivedAt >= limit
        }
    }

    // MARK: A duty

    /// Work that has one runner at a time and is due again its interval after its end.
    struct DutyState {
        static let duty = Duty("sweep", every: .seconds(20), lease: .seconds(10))

        /// The number of its turn.
        var holder: Int?
        var heldUntil: Int64 = 0
        var doneAt: Int64?
    }

    var isDutyFree: Bool { duty.heldUntil <= now && duty.doneAt.map { $0 + 20_000_000 <= now } ?? true }

    mutating func holdDuty(_ turn: Int) { (duty.holder, duty.heldUntil) = (turn, now + 10_000_000) }

    mutating func finishDuty() { duty = DutyState(holder: nil, heldUntil: 0, doneAt: now) }
}
