import Foundation
package import Messaging
import Synchronization

/// What a process of this program is to suffer.
package enum Role: String, Sendable, CaseIterable {
    /// Runs jobs until none is left, one of which traps.
    case trapped
    /// All its jobs block their threads.
    case blocked
    /// Its job awaits, and ends the process in good order once it is told to stop.
    case waiting

    package static let kind = JobKind("work")
    /// More than Swift gives threads to.
    package static let places = ProcessInfo.processInfo.activeProcessorCount + 4

    /// Short where the test waits for it by the process's own clock.
    var lease: Duration { self == .trapped ? .seconds(30) : .milliseconds(500) }

    var handler: any JobHandler {
        switch self {
        case .trapped: Trapped()
        case .blocked: Simple { while true { sleep(1000) } }
        case .waiting:
            Simple {
                try? await Task.sleep(for: .seconds(1000))
                _exit(0)
            }
        }
    }
}

private struct Simple: JobHandler {
    let kind = Role.kind
    let retry = RetryPolicy.schedule([])
    let timeLimit: Duration = .seconds(1000)
    let body: @Sendable () async -> Void

    func run(_ job: ClaimedJob, _ context: JobContext) async throws { await body() }
}

/// A job `trap` takes the process along, the first time when all its neighbours are running.
private struct Trapped: JobHandler {
    let kind = Role.kind
    let retry = RetryPolicy.schedule([])
    let timeLimit: Duration = .seconds(1000)
    private let neighbours = Neighbours()

    func run(_ job: ClaimedJob, _ context: JobContext) async throws {
        switch try job.payload(String.self) {
        case "trap":
            while !job.isSuspect, neighbours.count < Trap.neighbours { await Task.yield() }
            fatalError("as its test wants it")
        case _ where job.isSuspect: return
        default:
            neighbours.arrive()
            try await Task.sleep(for: .seconds(1000))
        }
    }
}

package enum Trap {
    /// How many jobs run beside the one that traps.
    package static let neighbours = 4
}

private final class Neighbours: Sendable {
    private let arrived = Atomic(0)

    var count: Int { arrived.load(ordering: .relaxed) }

    func arrive() { arrived.add(1, ordering: .relaxed) }
}
