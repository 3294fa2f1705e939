import Commerce
import Database
import Messaging
import StripeModels
import Testing

/// How far Stripe is when an object is read there.
enum Reading: Sendable, CaseIterable {
    /// All has happened before the first event is heard.
    case atTheEnd
    /// Only what the newest event that was heard tells of has happened. Earlier than that no reading can be: an event
    /// does not come before what it tells of.
    case meanwhile
}

extension StoryShop {
    /// Tells `story` to an order for each arrival, and then all over again, by other events.
    /// - Returns: the endings, after the first and after the second time, each with an arrival that it was reached by.
    func endings(
        of story: Story, by arrivals: [(number: Int, order: [Int])], _ reading: Reading
    ) async throws -> [Ending: [String]] {
        let tellings = try await begin(story, arrivals)
        for telling in tellings {
            switch reading {
            case .atTheEnd: for step in story.steps { stripe.happens(step, telling) }
            case .meanwhile: break
            }
        }
        for place in story.steps.indices {
            if reading == .meanwhile {
                for telling in tellings { happens(story, telling, upTo: place) }
            }
            try await hear(
                tellings.flatMap { telling in
                    let event = SentEvent(story, telling, place)
                    return telling.isStuttering ? [event.snapshot, event.again(isThin: false)] : [event.snapshot]
                })
        }
        var found: [Ending: [String]] = [:]
        try await note(tellings, of: story, in: &found)
        // Once all has happened there is one reading, so it is heard again after one of the two.
        guard reading == .atTheEnd else { return found }
        for place in story.steps.indices {
            try await hear(
                tellings.map { telling in
                    SentEvent(story, telling, place).again(isThin: telling.isThinAgain, suffix: "late")
                })
            // The very same one is nothing new.
            try await hearAgain(tellings.map { SentEvent(story, $0, place).snapshot })
        }
        try await note(tellings, of: story, in: &found)
        return found
    }

    /// What is told of at `place` has happened, and all that came before it at Stripe.
    private func happens(_ story: Story, _ telling: Telling, upTo place: Int) {
        let known = telling.arrival[..<place].max() ?? -1
        guard telling.arrival[place] > known else { return }
        for step in story.steps[(known + 1)...telling.arrival[place]] { stripe.happens(step, telling) }
    }

    private func note(_ tellings: [Telling], of story: Story, in found: inout [Ending: [String]]) async throws {
        #expect(stripe.refused == [])
        try await checkEvents()
        let endings: [Ending] = try await database.read { connection in
            try self.endings(of: tellings, anomalies: story.anomalies, in: connection)
        }
        for (telling, ending) in zip(tellings, endings) where found[ending] == nil {
            found[ending] = telling.arrival.map { story.steps[$0].type.rawValue } + ["telling \(telling.number)"]
        }
    }

    /// Every event was applied, or had nothing to say; none failed, none waits.
    private func checkEvents() async throws {
        let left = try await database.read { connection in
            try connection.rows(
                "SELECT type, state FROM events WHERE state NOT IN ('applied', 'ignored') LIMIT 3"
            ).map { "\(try $0.get("type", as: String.self)) is \(try $0.get("state", as: String.self))" }
        }
        let errors = try await database.read { connection in
            try connection.rows("SELECT last_error FROM jobs WHERE last_error IS NOT NULL LIMIT 3")
                .map { try $0.get("last_error", as: String.self) }
        }
        #expect(left == [] && errors == [])
    }
}

/// The step of a story that arrives at a place, as Stripe sends it.
private struct SentEvent {
    let step: Step
    let telling: Telling
    let id: String

    init(_ story: Story, _ telling: Telling, _ place: Int) {
        step = story.steps[telling.arrival[place]]
        self.telling = telling
        id = telling.id("evt", "\(telling.arrival[place])")
    }

    var snapshot: String { snapshot(id) }

    /// The same by another event.
    func again(isThin: Bool, suffix: String = "twin") -> String {
        guard isThin else { return snapshot("\(id)_\(suffix)") }
        return """
            {"id":"\(id)_\(suffix)","object":"v2.core.event","type":"v1.\(step.type.rawValue)","livemode":false,
            "created":"2026-11-22T00:00:00.000Z","related_object":{"id":"\(telling.id("x"))","type":"x",
            "url":"\(step.object.path(telling))"}}
            """
    }

    private func snapshot(_ id: String) -> String {
        """
        {"id":"\(id)","object":"event","created":1795305600,"livemode":false,"type":"\(step.type.rawValue)",
        "data":{"object":\(step.object.json(telling, isOldVersion: telling.isOldVersion))}}
        """
    }
}
