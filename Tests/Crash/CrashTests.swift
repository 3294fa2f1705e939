import Database
import QueueOperations
import TestSupport
import Testing

/// A process is killed just before its first statement, another one before its second, and so on until one gets to the
/// end of its operation. Whatever happened to each, the invariants hold, its operation was done wholly or not at all, and
/// those who come after it find nothing lost and do nothing twice.
///
/// A kill is no power cut: what was committed is in the kernel's hands or the server's and survives, the relaxed commits
/// of claims and renewals with it.
@Suite struct CrashTests {
    @Test(.timeLimit(.minutes(5)), arguments: Engine.all, Deed.all)
    func `a kill at any statement leaves an operation done or undone, and every job is done once`(
        on engine: Engine, _ deed: Deed
    ) async throws {
        var statement = 1
        var ends: [Crashing.End] = []
        var whole: Crashing.End
        repeat {
            whole = try await Crashing.within(deed, on: engine) { scene in
                let end = try await scene.end(from: &statement)
                try await scene.goOn()
                return end
            }
            ends.append(whole)
            // Whoever was killed before it left no trace, so the first to get away did what the operation does.
        } while !whole.isUnharmed
        #expect(!whole.changes.isEmpty, "the operation does nothing")
        #expect(whole.changes.contains { line in deed.mark.allSatisfy { line.contains($0) } }, "\(whole.changes)")
        #expect(statement > 3, "nobody was killed")
        for end in ends { #expect(end.before.changes(since: whole.before) == []) }
        switch deed.transactions {
        case .some(let count):
            let found = Set(ends.map(\.after))
            #expect(found.count == count, "\(ends.map { ($0.last, $0.changes) })")
        case .any:
            for end in ends {
                try #require(end.after.isBetween(whole.before, whole.after), "killed at statement \(end.last)")
            }
        }
    }
}
