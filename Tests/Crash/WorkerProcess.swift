import CrashingWorker
import Database
import Foundation
import TestSupport

/// A `CrashingWorker` as a process of its own.
final class WorkerProcess {
    enum Ending: Equatable {
        case exited(Int32)
        /// By a signal that it did not catch.
        case died
    }

    struct NotFound: Error {}

    private let process = Process()
    private let endings: AsyncStream<Ending>

    /// Runs `body` beside the process, which does not outlive it.
    static func run<Result>(
        as role: Role, on test: TestDatabase, _ body: (WorkerProcess) async throws -> Result
    ) async throws -> Result {
        let worker = try WorkerProcess(role, on: test)
        defer { if worker.process.isRunning { kill(worker.id, SIGKILL) } }
        return try await body(worker)
    }

    private init(_ role: Role, on test: TestDatabase) throws {
        guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else { throw NotFound() }
        let url: String
        switch test.url {
        case .sqlite(let path): url = "sqlite:\(path)"
        case .postgres(let server): url = server
        }
        let (endings, ended) = AsyncStream<Ending>.makeStream()
        self.endings = endings
        process.executableURL = folder.appending(path: "CrashingWorker")
        process.arguments = [role.rawValue, url, "\(test.clock.now)"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // Its traps are no news, and their traces take seconds.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.terminationHandler = { process in
            ended.yield(process.terminationReason == .exit ? .exited(process.terminationStatus) : .died)
            ended.finish()
        }
        try process.run()
    }

    var id: Int32 { process.processIdentifier }

    /// Waits for its end.
    func ending() async throws -> Ending {
        for await ending in endings { return ending }
        throw CancellationError()
    }
}
