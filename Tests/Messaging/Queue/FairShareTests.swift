import TestSupport
import Testing

@testable import Messaging

/// `FairShare` alone: a pure function of who waits, who runs, and who was served before.
@Suite struct FairShareTests {
    private typealias Contender = FairShare.Contender

    private func contender(_ name: String, weight: Int = 1, running: Int = 0, limit: Int? = nil) -> Contender {
        Contender(tenant: TenantID(rawValue: name), weight: weight, running: running, limit: limit)
    }

    private func allot(_ places: Int, _ contenders: Contender...) -> [String: Int] {
        var shares = FairShare()
        return named(shares.allot(places: places, among: contenders))
    }

    private func named(_ shares: [(tenant: TenantID, places: Int)]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: shares.map { ($0.tenant.rawValue, $0.places) })
    }

    @Test func `equals get equal parts`() {
        #expect(allot(9, contender("a"), contender("b"), contender("c")) == ["a": 3, "b": 3, "c": 3])
        #expect(allot(10, contender("a"), contender("b")) == ["a": 5, "b": 5])
        #expect(allot(1, contender("a")) == ["a": 1])
    }

    @Test func `nobody and nothing make no share`() {
        #expect(allot(5) == [:])
        #expect(allot(0, contender("a")) == [:])
        #expect(allot(-3, contender("a")) == [:])
    }

    @Test func `what runs already counts`() {
        #expect(allot(4, contender("a", running: 10), contender("b")) == ["b": 4])
        #expect(allot(4, contender("a", running: 2), contender("b")) == ["a": 1, "b": 3])
        #expect(allot(1, contender("a", running: 1), contender("b")) == ["b": 1])
    }

    @Test func `weights are parts`() {
        #expect(allot(8, contender("a", weight: 3), contender("b")) == ["a": 6, "b": 2])
        #expect(allot(11, contender("a", weight: 10), contender("b")) == ["a": 10, "b": 1])
        #expect(
            allot(6, contender("a", weight: 3), contender("b", weight: 2), contender("c")) == ["a": 3, "b": 2, "c": 1])
        #expect(allot(4, contender("a", weight: 2, running: 4), contender("b", weight: 2)) == ["b": 4])
        #expect(allot(1001, contender("a", weight: 1000), contender("b")) == ["a": 1000, "b": 1])
    }

    @Test func `limits hold, and what a limit leaves goes to others`() {
        #expect(allot(10, contender("a", limit: 3), contender("b")) == ["a": 3, "b": 7])
        #expect(allot(10, contender("a", running: 2, limit: 3), contender("b", running: 9)) == ["a": 1, "b": 9])
        #expect(allot(10, contender("a", running: 5, limit: 3)) == [:])
        #expect(allot(10, contender("a", limit: 2), contender("b", limit: 2)) == ["a": 2, "b": 2])
        #expect(allot(7, contender("a", weight: 1000, limit: 1), contender("b")) == ["a": 1, "b": 6])
    }

    @Test func `with one place the weights hold over time`() {
        var shares = FairShare()
        var served: [String: Int] = [:]
        for _ in 0..<1000 {
            let contenders = [contender("a", weight: 5), contender("b", weight: 3), contender("c", weight: 2)]
            for (tenant, places) in shares.allot(places: 1, among: contenders) {
                served[tenant.rawValue, default: 0] += places
            }
        }
        #expect((498...502).contains(served["a"] ?? 0))
        #expect((298...302).contains(served["b"] ?? 0))
        #expect((198...202).contains(served["c"] ?? 0))
    }

    @Test func `of many with one place nobody waits longer than a round`() {
        var shares = FairShare()
        let contenders = (0..<50).map { contender("t\($0)") }
        for number in 0..<5 {
            let round = (0..<50).flatMap { _ in shares.allot(places: 1, among: contenders).map(\.tenant) }
            #expect(Set(round).count == 50, "round \(number)")
        }
    }

    @Test func `who was away comes back level, without a claim to what it missed`() {
        var shares = FairShare()
        let (a, b) = (contender("a"), contender("b"))
        _ = shares.allot(places: 1, among: [a, b])
        for _ in 0..<1000 { _ = shares.allot(places: 1, among: [b]) }
        let next = (0..<10).flatMap { _ in shares.allot(places: 1, among: [a, b]).map(\.tenant.rawValue) }
        #expect((4...6).contains(next.count(where: { $0 == "b" })))
    }

    @Test func `a newcomer is not behind those who were served for long`() {
        var shares = FairShare()
        for _ in 0..<1000 { _ = shares.allot(places: 1, among: [contender("a"), contender("b", weight: 7)]) }
        let contenders = [contender("a"), contender("b", weight: 7), contender("new")]
        let next = (0..<18).flatMap { _ in shares.allot(places: 1, among: contenders).map(\.tenant.rawValue) }
        #expect((1...3).contains(next.count(where: { $0 == "new" })))
    }

    @Test func `places given back are not paid for`() {
        var shares = FairShare()
        let (a, b) = (contender("a"), contender("b"))
        var served = ["a": 0, "b": 0]
        for _ in 0..<100 {
            // Both get five, but `a` has only one job.
            #expect(named(shares.allot(places: 10, among: [a, b])) == ["a": 5, "b": 5])
            shares.giveBack(4, of: a)
            served["a", default: 0] += 1
            served["b", default: 0] += 5
        }
        // Now both have many: `a` is behind, and not by what it could not use.
        let next = (0..<20).flatMap { _ in shares.allot(places: 1, among: [a, b]).map(\.tenant.rawValue) }
        #expect(next.allSatisfy { $0 == "a" })
    }

    /// Every place goes to the least loaded that may have one: no other division is fairer.
    @Test(arguments: 0..<200)
    func `no place could have gone to one with less for its weight`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var shares = FairShare()
        let before = (0..<Int.random(in: 1...8, using: &random)).map { number in
            contender(
                "t\(number)", weight: Int.random(in: 1...9, using: &random),
                running: Int.random(in: 0...9, using: &random),
                limit: Bool.random(using: &random) ? Int.random(in: 1...9, using: &random) : nil)
        }
        let places = Int.random(in: 1...30, using: &random)
        let given = named(shares.allot(places: places, among: before))
        let after = before.map { one in
            contender(
                one.tenant.rawValue, weight: one.weight, running: one.running + (given[one.tenant.rawValue] ?? 0),
                limit: one.limit)
        }
        for one in after where (given[one.tenant.rawValue] ?? 0) > 0 {
            #expect(one.running <= one.limit ?? .max)
            for other in after where other.isBelowLimit {
                #expect((one.running - 1) * other.weight <= other.running * one.weight)
            }
        }
        if given.values.reduce(0, +) < places { #expect(after.allSatisfy { !$0.isBelowLimit }) }
    }
}
