import Commerce
import Database
import Messaging

/// The events of a replay, fixed when it begins.
struct ReplaySelection: Sendable {
    let events: EventSelection
    /// For the audit log: an id, or `events of tenant ten_1, type charge.refunded`.
    let words: String
    /// Where an earlier run said that it stopped.
    let after: EventID?
    /// As it was asked for, for the audit log.
    let details: [String: JSON]

    init(_ events: EventSelection, words: String, after: EventID?, details: [String: JSON]) {
        self.events = events
        self.words = words
        self.after = after
        self.details = details
    }

    /// The events with these ids.
    /// - Throws: `CommandFailure` for one that cannot be replayed, before anything is done.
    static func named(_ ids: [EventID], in session: Session) async throws -> ReplaySelection {
        let selection = EventSelection(ids: ids)
        let found = try await EventInbox(session.database).events(selection, limit: ids.count)
        let states = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.state) })
        for id in ids {
            guard let state = states[id] else { throw CommandFailure.noSuchEvent(id) }
            if state == EventState.kept.rawValue {
                throw CommandFailure.failed(
                    "Event \(id) is kept: it is of the other mode or of another account, and is never applied.")
            }
        }
        return ReplaySelection(
            selection, words: ids.count == 1 ? ids[0].rawValue : "\(ids.count) events", after: nil,
            details: ["events": .texts(ids.map(\.rawValue))])
    }

    /// The events that fit a filter and are here now. What arrives meanwhile is applied anyway, and a replay that went
    /// on to it might never end.
    static func fitting(
        _ filter: EventFilterOptions, after: String?, in session: Session
    ) async throws -> ReplaySelection {
        var events = try await filter.selection(in: session)
        let now = try await session.database.read { connection in
            try connection.row("SELECT now_us() AS now")?.get("now", as: Int64.self)
        }
        events.receivedBefore = [events.receivedBefore, now].compactMap { $0 }.min()
        return ReplaySelection(
            events, words: filter.words, after: after.map { EventID(rawValue: $0) },
            details: filter.given.mapValues { .text($0) })
    }
}
