import ArgumentParser
import Foundation

/// A command that works on the database.
protocol OperatorCommand: AsyncParsableCommand {
    var common: CommonOptions { get }

    /// Whether the database must have every migration of this program.
    static var needsSchema: Bool { get }

    func run(in session: Session) async throws
}

extension OperatorCommand {
    static var needsSchema: Bool { true }

    mutating func run() async throws {
        let command = self
        try await reportingFailures {
            try await Session.run(command.common, needsSchema: Self.needsSchema, command.run(in:))
        }
    }
}

/// Runs `body`; if it fails, says why on standard error and ends with the exit code.
func reportingFailures(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let code as ExitCode {
        throw code
    } catch {
        let failure = CommandFailure(error)
        for line in failure.message.split(separator: "\n") {
            FileHandle.standardError.write(Data("checkoutctl: \(line)\n".utf8))
        }
        throw failure.exitCode
    }
}
