import Database
import Foundation
import Messaging
import TestSupport
import Testing

/// Random sequences of everything that can be done with inbox and queue, against a plain model of what they promise.
///
/// `CHECKOUT_MODEL_SEED=N CHECKOUT_MODEL_SEQUENCES=1` runs one that failed again; a larger count makes it a soak.
@Suite(.timeLimit(.minutes(60))) struct ModelTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let asked = environment["CHECKOUT_MODEL_SEQUENCES"].flatMap { Int($0) }

    /// That of the first sequence; each has the number after the one before. Said before anything is run: who crashes says
    /// no more.
    private static let seed: UInt64 = {
        let seed = environment["CHECKOUT_MODEL_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 40)
        FileHandle.standardError.write(Data("The model's sequences: CHECKOUT_MODEL_SEED=\(seed)\n".utf8))
        return seed
    }()

    /// Side by side, each with a database of its own.
    private static let lanes = 4
    private static let length = 50

    @Test(arguments: Engine.all, 0..<lanes)
    func `the queue does as the model says`(on engine: Engine, lane: Int) async throws {
        let count = Self.asked ?? (engine == .sqlite ? 200 : 60)
        try await withDatabase(on: engine, migrations: MessagingSchema.migrations) { test in
            for number in stride(from: lane, to: count, by: Self.lanes) {
                let seed = Self.seed &+ UInt64(number)
                do {
                    guard let report = try await self.report(of: seed, on: test) else { continue }
                    Issue.record("\(report)")
                    // One is enough to look into.
                    return
                } catch {
                    Issue.record("Seed \(seed) did not come to its end: \(error)")
                    throw error
                }
            }
        }
    }

    /// What went wrong and how to get there, shrunk; `nil`: nothing did.
    private func report(of seed: UInt64, on test: TestDatabase) async throws -> String? {
        var random = SplitMix(seed: seed)
        let drafts = (0..<Self.length).map { _ in Draft(using: &random) }
        guard let first = try await mismatch(of: drafts, on: test) else { return nil }
        let short = try await shrunk(drafts, simpler: \.simpler) { try await self.mismatch(of: $0, on: test) != nil }
        let mismatch = try await mismatch(of: short, on: test) ?? "Not every time: \(first)"
        let list = zip(1..., short).map { "  \($0). \(Step($1))" }.joined(separator: "\n")
        return "Seed \(seed): \(mismatch)\n\(list)"
    }

    private func mismatch(of drafts: [Draft], on test: TestDatabase) async throws -> String? {
        var run = try await ModelRun(on: test)
        do {
            try await run.run(drafts.map(Step.init))
            return nil
        } catch let error where !(error is CancellationError) {
            return "\(error)"
        }
    }

    @Test func `shrinking leaves what is needed to fail, in its order, and as simple as may be`() async {
        let short = await shrunk(Array(0..<40)) { $0.contains(7) && $0.contains(23) && $0.contains(24) }
        #expect(short == [7, 23, 24])
        let none = await shrunk(Array(0..<40)) { _ in true }
        #expect(none.isEmpty)
        let all = await shrunk(Array(0..<9)) { $0.count == 9 }
        #expect(all == Array(0..<9))
        let simple = await shrunk([90, 70, 50]) { number in
            number > 0 ? [0, number / 2, number - 1] : []
        } fails: {
            $0.count > 1 && ($0.last ?? 0) > 30
        }
        #expect(simple == [0, 31])
    }

    @Test func `a step's simpler forms end with one that has none, and each is another step`() {
        var random = SplitMix(seed: 7)
        for _ in 0..<200 {
            var draft = Draft(using: &random)
            var steps = ["\(Step(draft))"]
            while let next = draft.simpler.first {
                draft = next
                steps.append("\(Step(draft))")
            }
            #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 != $1 })
            #expect(steps.count < 100)
        }
    }
}
