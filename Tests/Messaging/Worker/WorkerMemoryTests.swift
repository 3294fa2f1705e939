#if compiler(>=6.3) && canImport(Glibc)
    import Foundation
    import TestSupport
    import Testing

    @testable import Messaging

    /// What a worker still holds of jobs that have ended.
    @Suite(.timeLimit(.minutes(2))) struct WorkerMemoryTests {
        /// In a process of its own, for the heap is a whole process's. Under ThreadSanitizer it is not the C library's.
        @Test(.enabled(if: Heap.inUse != nil && ProcessInfo.processInfo.environment["CHECKOUT_TSAN"] == nil))
        func `a job that ended leaves nothing of a long time limit behind`() async {
            await #expect(processExitsWith: .success) {
                try await withQueue(on: .sqlite) { queue, _ in
                    try await queue.add(job())
                    let claimed = try await queue.claimOne()
                    _ = try await bytesLeft(by: 500, claimed, queue, timeLimit: .seconds(1))
                    // Beside a limit that is over: Swift Testing keeps a backtrace of each error that was thrown.
                    let short = try await bytesLeft(by: 5000, claimed, queue, timeLimit: .seconds(1))
                    let long = try await bytesLeft(by: 5000, claimed, queue, timeLimit: .seconds(120))
                    #expect(long < short + 200, "bytes that each job leaves: \(short), and \(long)")
                }
            }
        }
    }

    /// What each of so many attempts leaves on the heap, once the second is over that a time limit may outlive its job by.
    private func bytesLeft(
        by attempts: Int, _ job: ClaimedJob, _ queue: JobQueue, timeLimit: Duration
    ) async throws -> Int {
        var handler = Scripted { _, _ in }
        handler.timeLimit = timeLimit
        let trivial = handler
        let before = try #require(Heap.inUse)
        // The very first one completes the job, and the others find its lease gone: the table stays as small as it was.
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<attempts {
                if number >= 100 { await group.next() }
                group.addTask {
                    let running = RunningJobs(limit: 1)
                    running.add(job)
                    await JobRun(job: job, handler: trivial, queue: queue, logger: quiet).run(in: running)
                }
            }
        }
        try await Task.sleep(for: .milliseconds(1500))
        return (try #require(Heap.inUse) - before) / attempts
    }
#endif
