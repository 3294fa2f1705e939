import Foundation
import QueueOperations

/// One run of `QueueOperations` as a process of its own.
enum HelperProcess {
    enum Ending: Equatable {
        /// It did its operation to the end.
        case finished
        case killed
        case failed(status: Int32)
    }

    struct NotFound: Error {}

    /// Beside the tests' own program, where one build puts both.
    private static func program() throws -> URL {
        guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else { throw NotFound() }
        return folder.appending(path: "QueueOperations")
    }

    /// - Parameter statement: just before which it is killed; a number that it does not reach leaves it alone.
    static func run(_ assignment: Assignment, killedAt statement: Int) async throws -> Ending {
        let process = Process()
        process.executableURL = try program()
        process.arguments = [String(decoding: try JSONEncoder().encode(assignment), as: UTF8.self)]
        process.standardInput = FileHandle.nullDevice
        var environment = ProcessInfo.processInfo.environment
        environment["CHECKOUT_KILL_AT_STATEMENT"] = "\(statement)"
        process.environment = environment
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { ended in
                switch (ended.terminationReason, ended.terminationStatus) {
                case (.uncaughtSignal, SIGKILL): continuation.resume(returning: .killed)
                case (.exit, 0): continuation.resume(returning: .finished)
                case (_, let status): continuation.resume(returning: .failed(status: status))
                }
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
