import Messaging

/// What came of retrying or discarding dead letters.
struct DeadLetterTally {
    enum Outcome: Sendable {
        case done(JobID)
        case refused(QueueRefusal)
    }

    let change: DeadLetterChange
    let selected: Int
    /// They were chosen by `--all-dead`: one that is dead no longer is another operator's, and no fault.
    let isSelection: Bool
    /// Why not all were tried; nil while nothing ended it.
    private(set) var end: String?
    private(set) var done: [JobID] = []
    private(set) var refusals: [QueueRefusal] = []

    init(change: DeadLetterChange, selected: Int, isSelection: Bool) {
        self.change = change
        self.selected = selected
        self.isSelection = isSelection
    }

    var seen: Int { done.count + refusals.count }

    mutating func count(_ outcome: Outcome) {
        switch outcome {
        case .done(let job): done.append(job)
        case .refused(let refusal): refusals.append(refusal)
        }
    }

    /// - Parameter why: Ctrl-C, or what failed.
    mutating func stop(_ why: String) { end = why }

    var json: JSON {
        [
            "object": .text("job_\(change.rawValue)"), "selected": .int(Int64(selected)),
            "\(change.done)": .texts(done.map(\.description)), "refused": .texts(refusals.map { "\($0)" }),
            "finished": .bool(end == nil),
        ]
    }

    var text: String {
        if selected == 0 { return "There are no such dead letters: nothing was \(change.done)." }
        let count = "\(done.count) of \(selected) \(selected == 1 ? "job" : "jobs") \(change.done)"
        return done.count == 1 ? "\(count): \(done[0])." : "\(count)."
    }

    /// Why not all was done, a line each; nil when it was.
    var fault: String? {
        let faults = refusals.filter { !isSelection || $0.code == .keyTaken }
        var lines = faults.map { "\($0)" }
        if let end { lines.append("\(end)\nStopped after \(seen) of \(selected); run it again for the rest.") }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}
