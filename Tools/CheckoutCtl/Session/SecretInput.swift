import ArgumentParser
import Foundation
import Security

/// Where the secrets of a command line come from: the line itself, an environment variable, or standard input for `-`.
///
/// What stands on a command line is seen by everyone on the machine in the list of processes.
struct SecretInput {
    private let environment: [String: String]
    private let readLine: () -> String?

    init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        readLine: @escaping () -> String? = { Swift.readLine() }
    ) {
        self.environment = environment
        self.readLine = readLine
    }

    /// - Parameters:
    ///   - given: what the command line says; `-` for a line of standard input.
    ///   - name: of the flag or argument, for messages.
    ///   - variable: read when nothing is given.
    func optional(_ given: String?, _ name: String, variable: String? = nil) throws -> Secret? {
        if let given {
            guard given == "-" else { return Secret(given) }
            guard let line = readLine()?.trimmingCharacters(in: .whitespaces), !line.isEmpty else {
                throw CommandFailure.usage("\(name): '-' stands for a line of standard input, and there was none.")
            }
            return Secret(line)
        }
        guard let variable, let value = environment[variable], !value.isEmpty else { return nil }
        return Secret(value)
    }

    func required(_ given: String?, _ name: String, variable: String) throws -> Secret {
        guard let secret = try optional(given, name, variable: variable) else {
            throw CommandFailure.usage(
                "\(name): not given; give it, '-' to read it from standard input, or set \(variable).")
        }
        return secret
    }
}
