import Messaging

/// How far a replay has come.
struct ReplayTally: Sendable, Equatable {
    private(set) var seen = 0
    /// Those that have a new job.
    private(set) var replayed = 0
    /// Where the next step goes on.
    private(set) var last: EventID?
    private(set) var isFinished = false
    /// What ended it before its time: Ctrl-C, or what failed.
    private(set) var end: String?

    /// - Parameter last: nil when nothing is left.
    func adding(seen: Int, replayed: Int, last: EventID?) -> ReplayTally {
        var sum = self
        sum.seen += seen
        sum.replayed += replayed
        sum.last = last
        sum.isFinished = last == nil
        return sum
    }

    mutating func stop(_ why: String) { end = why }

    var fields: [String: JSON] {
        [
            "selected": .int(Int64(seen)), "replayed": .int(Int64(replayed)),
            "skipped": .int(Int64(seen - replayed)),
        ]
    }

    static func json(_ fields: [String: JSON], isDryRun: Bool) -> JSON {
        .object(fields.merging(["object": "event_replay", "dry_run": .bool(isDryRun)]) { own, _ in own })
    }

    var text: String {
        guard seen > 0 else { return "There are no such events: nothing was replayed." }
        guard replayed > 0 else { return "Nothing was replayed.\(Self.leftAlone(seen))" }
        return "\(Self.count(replayed)) replayed: their jobs wait behind live ones.\(Self.leftAlone(seen - replayed))"
    }

    /// What a replay would do.
    static func forecast(selected: Int, skipped: Int) -> String {
        guard selected > 0 else { return "There are no such events: nothing would be replayed." }
        return "\(count(selected - skipped)) would be replayed.\(leftAlone(skipped))"
    }

    /// Of one that ended before its time, and where to go on; nil of one that is done.
    /// - Parameter total: how many there are, where that is known.
    func fault(total: Int?) -> String? {
        guard let end else { return nil }
        let all = total.map { " of \(max($0, seen))" } ?? ""
        let done = "\(end) \(seen)\(all) events were done, \(replayed) of them replayed."
        return last.map { "\(done)\nGo on with the same command and --after \($0)." } ?? "\(done)\nRun it again."
    }

    private static func count(_ count: Int) -> String { count == 1 ? "1 event" : "\(count) events" }

    private static func leftAlone(_ skipped: Int) -> String {
        skipped == 0 ? "" : " \(skipped) left alone: a job waits for it already, or it is never to be applied (kept)."
    }
}
