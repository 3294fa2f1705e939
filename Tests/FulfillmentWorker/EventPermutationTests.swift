import Commerce
import StripeModels
import TestSupport
import Testing

@testable import FulfillmentWorker

/// All orders in which the events of one order may arrive, from the inbox to what follows, end alike: see
/// docs/decisions/0011.
@Suite(.timeLimit(.minutes(5))) struct EventPermutationTests {
    /// Five events have so many, and all are tried; of more events some by chance.
    private static let most = 120
    private static let some = 50
    /// On PostgreSQL, which differs in its locks and not in what is decided.
    private static let few = 8

    private static func arrivals(of story: Story, on engine: Engine) -> [(number: Int, order: [Int])] {
        let count = story.steps.count
        return Arrivals.of(count, atMost: engine == .postgres ? few : count <= 5 ? most : some)
    }

    @Test(arguments: Engine.all, Story.all)
    func `whichever comes first, and each twice`(on engine: Engine, _ story: Story) async throws {
        let arrivals = Self.arrivals(of: story, on: engine)
        for reading in Reading.allCases {
            try await StoryShop.with(engine) { shop in
                let endings = try await shop.endings(of: story, by: arrivals, reading)
                #expect(!endings.isEmpty)
                for (ending, arrival) in endings {
                    #expect(
                        ending.leavingOut(story.passing) == story.ending, "\(reading), after \(arrival)")
                }
            }
        }
    }

    @Test func `every event that is acted on has its story`() {
        let told = Set(Story.all.flatMap(\.steps).map(\.type))
        #expect(told == Set(StripeEventType.allCases))
    }

    @Test func `arrivals are all there are, or as many different ones as wanted`() {
        #expect(Set(Arrivals.of(4, atMost: 24).map(\.order)).count == 24)
        #expect(Arrivals.of(3, atMost: 100).map(\.order)[...1] == [[0, 1, 2], [0, 2, 1]])
        let some = Arrivals.of(8, atMost: 50).map(\.order)
        #expect(some.count == 50 && Set(some).count == 50 && some.allSatisfy { $0.sorted() == Array(0..<8) })
        #expect(some == Arrivals.of(8, atMost: 50).map(\.order))
    }
}

/// The orders in which things may arrive.
enum Arrivals {
    /// All of them, or some by chance, the same each time. Each has a number.
    static func of(_ count: Int, atMost limit: Int) -> [(number: Int, order: [Int])] {
        let all = (1...count).reduce(1, *)
        var dice = SplitMix(seed: 11)
        var chosen = all <= limit ? permutations(of: Array(0..<count)) : []
        while chosen.count < min(all, limit) {
            let next = Array(0..<count).shuffled(using: &dice)
            if !chosen.contains(next) { chosen.append(next) }
        }
        return chosen.enumerated().map { (number: $0.offset, order: $0.element) }
    }

    private static func permutations(of steps: [Int]) -> [[Int]] {
        guard steps.count > 1 else { return [steps] }
        return steps.flatMap { first in
            permutations(of: steps.filter { $0 != first }).map { [first] + $0 }
        }
    }
}
