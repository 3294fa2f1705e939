import ArgumentParser
import Messaging

/// Which events are meant: those that fit all that is named.
struct EventFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only those received at this time or later: 2026-11-22T10:00:00Z, 2026-11-22, or seconds since 1970.",
            valueName: "time"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Only those received before this time.", valueName: "time"))
    var until: TimeArgument?

    @Option(help: "Only those of this type: payment_intent.succeeded …")
    var type: String?

    @Option(help: ArgumentHelp("Only this tenant's.", valueName: "ten_…"))
    var tenant: String?

    @Option(help: "Only those in this state.")
    var state: EventState?

    func validate() throws {
        if let since, let until, since.microseconds >= until.microseconds {
            throw ValidationError("--until must be later than --since, or no event is between them.")
        }
    }

    var isEmpty: Bool { given.isEmpty }

    func selection(in session: Session) async throws -> EventSelection {
        EventSelection(
            tenant: try await session.tenantID(tenant), type: type, state: state,
            receivedFrom: since?.microseconds, receivedBefore: until?.microseconds)
    }

    /// `events of tenant ten_1, type charge.refunded`
    var words: String { "events of " + given.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ") }

    /// What was named.
    var given: [String: String] {
        let all: [String: String?] = [
            "since": Moment.text(since?.microseconds), "until": Moment.text(until?.microseconds), "type": type,
            "tenant": tenant, "state": state?.rawValue,
        ]
        return all.compactMapValues { $0 }
    }
}
