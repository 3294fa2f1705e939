#if compiler(>=6.3) && canImport(Glibc)
    import Foundation
    import TestSupport
    import Testing

    @testable import Messaging

    /// What a worker still holds of jobs that have ended.
    @Suite(.timeLimit(.minutes(2))) struct WorkerMemoryTests {
        /// In a process of its own, for the heap is a whole process's. Under ThreadSanitizer it is not the C library's.
        @Test(
            .enabled(if: Heap.inUse != nil && ProcessInfo.processInfo.environment["CHECKOUT_TSAN"] == nil))
        func `a job that ended leaves nothing of its time limit behind`() async {
            await #expect(processExitsWith: .success) {
                let left = try await bytesLeftByAnAttempt()
                #expect(left < allowed, "\(left) bytes are left by each")
            }
        }
    }

    private let allowed = 200

    /// A time limit may outlive its job by a second.
    private func bytesLeftByAnAttempt() async throws -> Int {
        let attempts = 10_000
        var left = 0
        try await withQueue(on: .sqlite) { queue, _ in
            try await queue.add(job())
            let claimed = try await queue.claimOne()
            await attempt(claimed, times: 1000, queue)
            try await Task.sleep(for: .milliseconds(1100))
            let before = try #require(Heap.inUse)
            await attempt(claimed, times: attempts, queue)
            let end = ContinuousClock.now + .seconds(3)
            repeat {
                try await Task.sleep(for: .milliseconds(100))
                left = (try #require(Heap.inUse) - before) / attempts
            } while left >= allowed && .now < end
        }
        return left
    }

    /// The first attempt completes the job, and the others find its lease gone: the table stays as small as it was.
    private func attempt(_ job: ClaimedJob, times: Int, _ queue: JobQueue) async {
        var handler = Scripted { _, _ in }
        handler.timeLimit = .seconds(120)
        let trivial = handler
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<times {
                if number >= 100 { await group.next() }
                group.addTask {
                    let running = RunningJobs(limit: 1)
                    running.add(job)
                    await JobRun(job: job, handler: trivial, queue: queue, logger: quiet).run(in: running)
                }
            }
        }
    }
#endif
