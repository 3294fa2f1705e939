import Synchronization

/// Whether the program should be sent work: its checks pass, and it is not draining.
package final class Readiness: Sendable {
    /// Nil if all is well, else the reason in a few words, fit for an operator's log.
    package typealias Check = @Sendable () async -> String?

    private let state = Mutex(State())
    private let timeout: Duration

    private struct State {
        var checks: [(name: String, check: SharedCheck)] = []
        var isDraining = false
        /// What was at fault when it was last asked.
        var faults: [String: String] = [:]
    }

    /// What is reported of a check that passed.
    static let ok = "ok"
    static let shuttingDown = "the program is shutting down"

    /// - Parameter timeout: how long an answer waits for one check. A check that takes longer goes on without it, and is
    ///   not made again before it has ended.
    package init(timeout: Duration = .seconds(5)) {
        self.timeout = timeout
    }

    /// Adds a check that `/readyz` makes each time it is asked.
    package func register(_ name: String, check: @escaping Check) {
        state.withLock { $0.checks.append((name, SharedCheck(check))) }
    }

    /// From here on the program says that it wants no more work.
    package func startDraining() {
        state.withLock { $0.isDraining = true }
    }

    package var isDraining: Bool {
        state.withLock { $0.isDraining }
    }

    /// What each check found, all made at the same time; `ok` or the reason.
    func report() async -> (isReady: Bool, checks: [(name: String, finding: String)]) {
        let (checks, isDraining) = state.withLock { ($0.checks, $0.isDraining) }
        // While draining the answer is known; the checks might hold on to what is being closed.
        if isDraining { return (false, [("draining", Self.shuttingDown)]) }
        let findings = await withTaskGroup(of: (Int, String?).self) { group in
            for (index, entry) in checks.enumerated() {
                group.addTask { (index, await self.finding(of: entry.check)) }
            }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 ?? Self.ok }
        }
        return (
            findings.values.allSatisfy { $0 == Self.ok },
            checks.enumerated().map { ($1.name, findings[$0] ?? Self.ok) }
        )
    }

    /// What is at fault now, by the check's name, if that is anything else than when this was last asked.
    func news(in checks: [(name: String, finding: String)]) -> [String: String]? {
        let faults = Dictionary(checks.filter { $0.finding != Self.ok }.map { ($0.name, $0.finding) }) { $1 }
        return state.withLock { state in
            guard !state.isDraining, faults != state.faults else { return nil }
            state.faults = faults
            return faults
        }
    }

    private func finding(of check: SharedCheck) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await check.finding() }
            group.addTask { [timeout] in
                do {
                    try await Task.sleep(for: timeout)
                    return "no answer within \(timeout.secondsText) s"
                } catch {
                    return nil  // The check was faster.
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
