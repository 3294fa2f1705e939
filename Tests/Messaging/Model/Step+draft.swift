import Messaging

extension Step {
    private static let choices: [(weight: Int, make: @Sendable (inout Dice) -> Step)] = [
        (22, { .enqueue(sketch(&$0)) }),
        (9, { dice in .record((0...dice.roll(3)).map { _ in arrival(&dice) }) }),
        (
            20,
            {
                .claim(
                    by: $0.roll(3), kinds: $0.pick([kinds, kinds, [kinds[0]], [kinds[1]], [kinds[2]]]),
                    limit: 1 + $0.roll(6), seconds: $0.pick([30, 10]), suspects: !$0.isOne(in: 4))
            }
        ),
        (5, { .complete(numbers(&$0)) }),
        (8, { .completeWithEffects($0.roll(10)) }),
        (5, { .retry($0.roll(10), after: delay(&$0), isUnreachable: $0.isOne(in: 2)) }),
        (3, { .release($0.roll(10), after: delay(&$0)) }),
        (2, { .releaseMany(numbers(&$0)) }),
        (5, { .bury($0.roll(10)) }),
        (3, { .renew(numbers(&$0), seconds: 5 + $0.roll(26)) }),
        (11, { .advance(seconds: $0.pick([1, 5, 10, 30])) }),
        (3, { .pause(lanes(&$0)) }),
        (3, { .resume(lanes(&$0)) }),
        (2, { .share($0.pick(tenants), weight: 1 + $0.roll(3), limit: $0.pick([nil, 1, 2, 3])) }),
        (4, { .noAnswer($0.pick(tenants + [nil]), $0.pick(kinds), times: $0.pick([5, 1, 4, 6])) }),
        (2, { .answer($0.pick(tenants + [nil]), $0.pick(kinds)) }),
        (3, { .retryDead($0.roll(20)) }),
        (3, { .discard($0.roll(20)) }),
        (4, { .replay($0.pick([nil] + tenants), limit: $0.pick([100, 1, 2])) }),
        (2, { .retention(seconds: $0.pick([60, 20, 0])) }),
        (2, { _ in .takeDuty }),
        (1, { .keepDuty($0.roll(3)) }),
        (1, { .finishDuty($0.roll(3)) }),
    ]

    init(_ draft: Draft) {
        var dice = draft.dice
        var number = dice.roll(Self.choices.reduce(0) { $0 + $1.weight })
        let choice = Self.choices.first { choice in
            number -= choice.weight
            return number < 0
        }
        self = choice?.make(&dice) ?? .takeDuty
    }

    private static func sketch(_ dice: inout Dice) -> Sketch {
        Sketch(
            tenant: dice.pick(tenants), kind: dice.pick(plainKinds), subject: subject(&dice),
            priority: dice.pick([.normal, .high, .low]), key: dice.isOne(in: 4) ? "k\(dice.roll(2))" : nil,
            delay: dice.isOne(in: 4) ? 10 : 0, maxAttempts: 1 + dice.roll(3), isLong: dice.isOne(in: 8))
    }

    private static func arrival(_ dice: inout Dice) -> Arrival {
        Arrival(
            tenant: dice.pick(tenants), number: dice.roll(3), subject: subject(&dice), isKept: dice.isOne(in: 4))
    }

    /// Of jobs and events both.
    private static func subject(_ dice: inout Dice) -> String? { dice.pick([nil, nil, "s0", "s1"]) }

    private static func numbers(_ dice: inout Dice) -> [Int] { (0...dice.roll(4)).map { _ in dice.roll(10) } }

    private static func delay(_ dice: inout Dice) -> Int { dice.pick([0, 0, 5, 10]) }

    private static func lanes(_ dice: inout Dice) -> LaneSelector {
        LaneSelector(tenant: dice.pick([nil, nil] + tenants), kind: dice.pick([nil] + kinds))
    }
}
