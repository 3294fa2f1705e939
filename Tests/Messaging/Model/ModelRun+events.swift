import Database
import TestSupport

@testable import Messaging

extension ModelRun {
    /// Steps that bring jobs or take them away, events with them.
    mutating func bring(_ step: Step) async throws {
        switch step {
        case .record(let arrivals):
            let outcomes = try await inbox.record(arrivals.map { try $0.event })
            var new: [EventID] = []
            for (arrival, outcome) in zip(arrivals, outcomes) {
                if let event = try model.take(outcome, of: arrival) { new.append(event) }
            }
            try await expectJobs(of: new, .normal)
        case .replay(let tenant, let limit):
            try await replay(EventSelection(tenant: tenant), limit: limit)
            try await expectJobs(of: model.replay(tenant), .low)
        case .retention(let seconds):
            let retention = Retention(olderThan: .seconds(seconds))
            while try await test.database.write(.relaxed, { try retention.removeSome(limit: 3, in: $0) }) == 3 {}
            model.removeOld(seconds: seconds)
        default: break
        }
    }

    private func replay(_ selection: EventSelection, limit: Int) async throws {
        var last: EventID?
        repeat {
            let page = try await inbox.replayPage(of: selection, after: last, limit: limit)
            _ = try await test.database.write(.relaxed) { connection in
                try EventInbox.replay(
                    page.events, of: selection,
                    job: { try NewJob(applyKind, tenant: $0.tenant, payload: ["event": $0.id], subject: $0.subject) },
                    in: connection)
            }
            last = page.last
        } while last != nil
    }

    /// The newest jobs are these events', in their order.
    private mutating func expectJobs(of events: [EventID], _ priority: JobPriority) async throws {
        let known = Set(ids)
        let new = try await queues[0].jobs(limit: events.count + 1).map(\.id).filter { !known.contains($0) }
        if new.count != events.count { throw Mismatch("\(new.count) new jobs for \(events.count) events") }
        for (id, event) in zip(new.sorted(), events) {
            ids.append(id)
            model.addJob(id, of: event, priority)
        }
    }

    /// Steps of those who want the duty.
    mutating func attend(_ step: Step) async throws {
        switch step {
        case .takeDuty:
            let turn = try await QueueModel.DutyState.duty.take(in: test.database)
            if (turn != nil) != model.isDutyFree { throw Mismatch("the duty was \(turn == nil ? "refused" : "given")") }
            guard let turn else { return }
            model.holdDuty(turns.count)
            turns.append(turn)
        case .keepDuty(let number):
            guard let (index, turn) = Self.pick(number, of: Array(turns.enumerated())) else { return }
            let isLost: Bool
            do {
                try await test.database.write(.relaxed) { try turn.keep(in: $0) }
                isLost = false
            } catch is DutyLost {
                isLost = true
            }
            if isLost == (model.duty.holder == index) {
                throw Mismatch("turn \(index) of the duty was \(isLost ? "lost" : "kept")")
            }
            if !isLost { model.holdDuty(index) }
        case .finishDuty(let number):
            guard let (index, turn) = Self.pick(number, of: Array(turns.enumerated())) else { return }
            try await turn.finish(in: test.database)
            if model.duty.holder == index { model.finishDuty() }
        default: break
        }
    }
}

extension Step.Arrival {
    func isSame(as other: Step.Arrival) -> Bool { (tenant, number) == (other.tenant, other.number) }

    fileprivate var event: ReceivedEvent {
        get throws {
            ReceivedEvent(
                tenant: tenant, livemode: false, stripeEventID: "evt_\(number)", type: "charge.refunded",
                apiVersion: nil, account: nil, created: 1, endpointID: "we_1", signature: "t=1,v1=00", body: [],
                state: isKept ? .kept : .pending, subject: subject,
                job: isKept ? nil : job)
        }
    }

    private var job: @Sendable (EventID) throws -> NewJob {
        { [tenant, subject] in try NewJob(applyKind, tenant: tenant, payload: ["event": $0], subject: subject) }
    }
}
