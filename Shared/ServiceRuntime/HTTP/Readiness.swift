import Synchronization

/// Whether the program should be sent work: its checks pass, and it is not draining.
package final class Readiness: Sendable {
    /// Nil if all is well, else the reason in a few words, fit for an operator.
    package typealias Check = @Sendable () async -> String?

    private let state = Mutex(State())
    private let timeout: Duration

    private struct State {
        var checks: [(name: String, check: Check)] = []
        var isDraining = false
    }

    /// - Parameter timeout: how long one check may take. A check must end when it is cancelled.
    package init(timeout: Duration = .seconds(5)) {
        self.timeout = timeout
    }

    /// Adds a check that `/readyz` makes each time it is asked.
    package func register(_ name: String, check: @escaping Check) {
        state.withLock { $0.checks.append((name, check)) }
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
        if isDraining { return (false, [("draining", "the program is shutting down")]) }
        let findings = await withTaskGroup(of: (Int, String?).self) { group in
            for (index, entry) in checks.enumerated() {
                group.addTask { (index, await self.finding(of: entry.check)) }
            }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 ?? "ok" }
        }
        return (
            findings.values.allSatisfy { $0 == "ok" },
            checks.enumerated().map { ($1.name, findings[$0] ?? "ok") }
        )
    }

    private func finding(of check: @escaping Check) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await check() }
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
