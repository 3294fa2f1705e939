import Database
import Logging
import Messaging
import ServiceLifecycle

/// Removes old events and jobs, once an hour in one of all workers, so little at a time that nobody waits for it.
struct RetentionKeeper: Service {
    let database: Database
    let retention: Retention
    /// When another worker may try, and how long one may be silent.
    var duty = Duty("retention", every: .seconds(3600))
    /// Between looks whether it is due, and between two steps.
    var pauses: (look: Duration, step: Duration) = (.seconds(60), .milliseconds(50))
    let logger: Logger

    /// No step may hold the writer for longer than 20 ms: half of it is aimed at, for disks are uneven.
    private static let aim: Duration = .milliseconds(10)
    private static let sizes = 10...1000

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await removeIfDue()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Old events and jobs could not be removed", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: pauses.look * Double.random(in: 0.8...1.2))
            }
        }
    }

    /// - Returns: how many rows were removed, at least; `nil` when it is not due, or another worker's turn.
    @discardableResult
    func removeIfDue() async throws -> Int? {
        guard let turn = try await duty.take(in: database) else { return nil }
        var removed = 0
        // Bodies may be large: what a step takes is found out.
        var size = Self.sizes.lowerBound
        while true {
            let (count, time) = try await step(size, turn)
            removed += count
            if count < size { break }
            size = Self.next(size, after: time)
            try await Task.sleep(for: pauses.step)
        }
        try await turn.finish(in: database)
        if removed > 0 { logger.info("Old events and jobs removed", metadata: ["rows": "\(removed)"]) }
        return removed
    }

    /// Not synced: what a power cut brings back is removed again. The time is of the commit, too, and of the wait before it.
    private func step(_ size: Int, _ turn: DutyTurn) async throws -> (count: Int, time: Duration) {
        let start = ContinuousClock.now
        let count = try await database.write(.relaxed) { [retention] connection in
            try turn.keep(in: connection)
            return try retention.removeSome(limit: size, in: connection)
        }
        return (count, start.duration(to: .now))
    }

    /// Half as many after a step that took too long, more after one that was quick.
    static func next(_ size: Int, after time: Duration) -> Int {
        let next = time > aim ? size / 2 : time < aim / 2 ? size * 3 / 2 : size
        return min(max(next, sizes.lowerBound), sizes.upperBound)
    }
}
