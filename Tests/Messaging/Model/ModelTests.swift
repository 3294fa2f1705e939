import Database
import Foundation
import Messaging
import TestSupport
import Testing

/// Random sequences of everything that can be done with a queue, against a plain model of what it promises.
///
/// `CHECKOUT_MODEL_SEED=N CHECKOUT_MODEL_SEQUENCES=1` runs one that failed again; a larger count makes it a soak.
@Suite(.timeLimit(.minutes(60))) struct ModelTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seed =
        environment["CHECKOUT_MODEL_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 40)
    private static let asked = environment["CHECKOUT_MODEL_SEQUENCES"].flatMap { Int($0) }

    /// Side by side, each with a database of its own.
    private static let lanes = 4
    private static let length = 40

    @Test(arguments: Engine.all, 0..<lanes)
    func `the queue does as the model says`(on engine: Engine, lane: Int) async throws {
        let count = Self.asked ?? (engine == .sqlite ? 200 : 60)
        try await withDatabase(on: engine, migrations: MessagingSchema.migrations) { test in
            for number in stride(from: lane, to: count, by: Self.lanes) {
                let seed = Self.seed &+ UInt64(number)
                guard let report = try await self.report(of: seed, on: test) else { continue }
                Issue.record("\(report)")
                // One is enough to look into.
                return
            }
        }
    }

    /// What went wrong and how to get there, shrunk; `nil`: nothing did.
    private func report(of seed: UInt64, on test: TestDatabase) async throws -> String? {
        var random = SplitMix(seed: seed)
        let steps = (0..<Self.length).map { _ in Step.random(using: &random) }
        guard try await self.mismatch(of: steps, on: test) != nil else { return nil }
        let short = try await shrunk(steps) { try await self.mismatch(of: $0, on: test) != nil }
        let mismatch = try await self.mismatch(of: short, on: test)
        let list = zip(1..., short).map { "  \($0). \($1)" }.joined(separator: "\n")
        return "Seed \(seed): \(mismatch ?? "it fails not every time")\n\(list)"
    }

    private func mismatch(of steps: [Step], on test: TestDatabase) async throws -> String? {
        var run = try await ModelRun(on: test)
        do {
            try await run.run(steps)
            return nil
        } catch let error where !(error is CancellationError) {
            return "\(error)"
        }
    }

    @Test func `shrinking leaves what is needed to fail, in its order`() async {
        let short = await shrunk(Array(0..<40)) { $0.contains(7) && $0.contains(23) && $0.contains(24) }
        #expect(short == [7, 23, 24])
        let none = await shrunk(Array(0..<40)) { _ in true }
        #expect(none.isEmpty)
        let all = await shrunk(Array(0..<9)) { $0.count == 9 }
        #expect(all == Array(0..<9))
    }
}
