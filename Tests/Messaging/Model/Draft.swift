import TestSupport

/// What a step is made of: numbers below a thousand. Smaller ones make a simpler step, so a failing sequence is shrunk
/// without a word about what its steps mean.
struct Draft: Sendable, Equatable {
    static let bound = 1000
    private var numbers: [Int]

    /// More numbers than any step asks for.
    init(using random: inout SplitMix) {
        numbers = (0..<24).map { _ in Int.random(in: 0..<Self.bound, using: &random) }
    }

    var dice: Dice { Dice(numbers: numbers) }

    /// One number less, each in turn; those that make another step.
    var simpler: [Draft] {
        let step = "\(Step(self))"
        return numbers.indices.filter { numbers[$0] > 0 }.flatMap { index in
            [0, numbers[index] / 2].map { number in
                var draft = self
                draft.numbers[index] = number
                return draft
            }
        }.filter { "\(Step($0))" != step }
    }
}

/// Takes a draft's numbers one by one.
struct Dice {
    fileprivate let numbers: [Int]
    private var next = 0

    fileprivate init(numbers: [Int]) { self.numbers = numbers }

    /// 0 and up, below `count`; the simplest is 0.
    mutating func roll(_ count: Int) -> Int {
        defer { next += 1 }
        return next < numbers.count ? numbers[next] * count / Draft.bound : 0
    }

    /// True once in `count`.
    mutating func isOne(in count: Int) -> Bool { roll(count) == count - 1 }

    mutating func pick<Item>(_ items: [Item]) -> Item { items[roll(items.count)] }
}
