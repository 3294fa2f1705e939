import Database
import Foundation
import Logging

/// `QueueOperations ASSIGNMENT`: does one operation and leaves as a killed process does: nothing is closed or tidied up,
/// what was committed must be there. A fault point in the database layer kills it earlier where its test says so.
@main
struct Program {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: QueueOperations ASSIGNMENT, as the crash tests give it\n".utf8))
            exit(64)
        }
        let assignment = try JSONDecoder().decode(Assignment.self, from: Data(CommandLine.arguments[1].utf8))
        var options = DatabaseOptions()
        options.readers = 1
        options.connections = 4
        options.clock = { assignment.now }
        let database = try Database.open(
            DatabaseURL(parsing: assignment.url), options: options, logger: Logger(label: "queue-operation"))
        try await assignment.run(on: database)
        _exit(0)
    }
}
