import Foundation

/// One run of a program of ours as a process of its own, to be killed.
struct HelperProcess: Sendable {
    /// As the build calls it.
    let program: String
    let arguments: [String]

    enum Ending: Equatable {
        /// It did its operation to the end.
        case finished
        case killed
        case failed(status: Int32)
    }

    struct NotFound: Error {}

    /// Beside the tests' own program, where one build puts them all.
    private var file: URL {
        get throws {
            guard let folder = Bundle.main.executableURL?.deletingLastPathComponent() else { throw NotFound() }
            return folder.appending(path: program)
        }
    }

    /// - Parameter statement: just before which it is killed; a number that it does not reach leaves it alone.
    func run(killedAt statement: Int) async throws -> Ending {
        let process = Process()
        process.executableURL = try file
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
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
