import Database
import Foundation
import Logging
import Messaging
import ServiceLifecycle

/// `CrashingWorker ROLE URL NOW`: a worker with its role's handler on that database, whose clock stands at NOW (µs since
/// 1970) on SQLite. It ends in good order when no unfinished job is left; whatever else ends it is its role.
@main
struct Program {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 4, let role = Role(rawValue: words[1]), let now = Int64(words[3]) else {
            FileHandle.standardError.write(Data("usage: CrashingWorker ROLE URL NOW, as the tests give it\n".utf8))
            exit(64)
        }
        var options = DatabaseOptions()
        options.readers = 1
        options.connections = 4
        options.clock = { now }
        let logger = Logger(label: "crashing-worker")
        let queue = JobQueue(try Database.open(DatabaseURL(parsing: words[2]), options: options, logger: logger))
        let worker = JobWorker(
            queue: queue, handlers: [role.handler], concurrency: Role.places, lease: role.lease,
            shutdownGrace: .zero, logger: logger, whenStuck: { _exit(70) })
        let group = ServiceGroup(configuration: .init(services: [.init(service: worker)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while try await queue.statistics().contains(where: { $0.state != "dead" }) {
                try await Task.sleep(for: .milliseconds(20))
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        _exit(0)
    }
}
