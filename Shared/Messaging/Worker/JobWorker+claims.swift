import Database
import Logging

extension JobWorker {
    /// Lest all workers wake for the same job in the same microsecond.
    private static let dueJitter: Duration = .milliseconds(25)

    /// Looks for jobs whenever something stirs: a commit with news, a free place, the time of the next job or poll.
    func claimJobs(into claims: AsyncStream<ClaimedJob>.Continuation, _ running: RunningJobs) async {
        let (stirs, stir) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let alarm = Alarm { stir.yield() }
        running.whenFreed { stir.yield() }
        await withDiscardingTaskGroup { helpers in
            helpers.addTask {
                for await _ in queue.database.wakeUps(on: JobQueue.channel) { stir.yield() }
            }
            stir.yield()
            var last = LastClaim.filledSome
            for await _ in stirs {
                let (claimed, due) = await claimAllDue(into: claims, running, &last)
                if claimed > 0 { pace.quicken() }
                var wait = pace.next()
                if let due { wait = min(wait, due + Self.dueJitter * Double.random(in: 0...1)) }
                alarm.set(wait)
            }
            helpers.cancelAll()
        }
    }

    /// How the last claim went, and so what to ask before the next one.
    private enum LastClaim {
        /// It filled every place: more is likely.
        case filledAll
        case filledSome
        /// What waits is paused, over a limit, or was taken by another worker.
        case wasInVain
    }

    /// Claims while jobs are due and places are free. A read goes first, so that an idle worker takes no write lock.
    /// - Returns: how many were claimed, and when the next job is due, if that is known.
    private func claimAllDue(
        into claims: AsyncStream<ClaimedJob>.Continuation, _ running: RunningJobs, _ last: inout LastClaim
    ) async -> (claimed: Int, due: Duration?) {
        let kinds = handlers.keys.sorted { $0.rawValue < $1.rawValue }
        var claimed = 0
        do {
            while !Task.isCancelled, case let free = running.free, free > 0 {
                let suspects = !running.hasNewSuspect()
                if last != .filledAll {
                    let due =
                        last == .wasInVain
                        ? try await queue.nextClaim(kinds, suspects: suspects) : try await queue.nextDue()
                    guard let due else { break }
                    if due > .zero { return (claimed, due) }
                }
                let wasSure = last == .filledAll
                let asked = ContinuousClock.now
                let jobs = try await queue.claim(kinds, limit: free, lease: lease, suspects: suspects)
                last = jobs.count == free ? .filledAll : jobs.isEmpty && !wasSure ? .wasInVain : .filledSome
                // The shutdown began meanwhile: nothing is begun any more.
                if Task.isCancelled {
                    try await queue.release(jobs.map(\.lease), reason: "The worker shut down.")
                    break
                }
                for job in jobs {
                    running.add(job, claimed: asked)
                    claims.yield(job)
                }
                claimed += jobs.count
                if last == .wasInVain { break }
            }
        } catch is CancellationError {
            return (claimed, nil)
        } catch {
            // The poll tries again soon.
            logger.warning("Jobs could not be claimed", metadata: ["error": "\(error)"])
        }
        return (claimed, nil)
    }
}
