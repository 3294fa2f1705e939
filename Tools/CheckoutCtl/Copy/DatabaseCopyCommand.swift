import ArgumentParser
import Database
import Foundation
import Security

struct DatabaseCopyCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy the database to another one, SQLite or PostgreSQL, and compare both.",
        discussion: """
            Reads DATABASE_URL and leaves it as it is. The target must be new and empty, or hold an earlier copy of the \
            same database: then only what has changed is copied. Broken off, run it again: no program opens a target \
            whose copy is not finished.

            A first run may go on while the services work. For the last one stop them; then start them on the target. \
            Exits with 1 when the two sides differ at the end.
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Where to: sqlite:PATH or postgres://…; '-' reads it from standard input, for a command line shows its "
                + "password to everyone on the machine. (\(targetVariable))", valueName: "url"))
    var to: String?

    /// Read where `--to` is not given: a Kubernetes Job has no standard input.
    private static let targetVariable = "TARGET_DATABASE_URL"

    func run(in session: Session) async throws {
        let url = try Self.target(to, source: session.settings.database)
        let database = try Self.open(url)
        do {
            try await copy(session, to: CopySide(role: .target, database: database, url: url))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// - Throws: `.usage` for what is no database URL, or the source itself.
    static func target(
        _ text: String?, source: DatabaseURL, input: SecretInput = SecretInput()
    ) throws -> DatabaseURL {
        let text = try input.required(text, "--to", variable: targetVariable).exposed
        let url: DatabaseURL
        do {
            url = try DatabaseURL(parsing: text)
        } catch {
            // Without the text itself, which may hold a password.
            throw CommandFailure.usage("--to: \(error.message).")
        }
        let isSame =
            switch (url, source) {
            case (.sqlite(let left), .sqlite(let right)):
                DatabaseFileUsers.resolved(left) == DatabaseFileUsers.resolved(right)
            default: url == source
            }
        guard !isSame else { throw CommandFailure.usage("--to: is the source itself, \(source.masked).") }
        return url
    }

    static func open(_ url: DatabaseURL) throws -> Database {
        var options = DatabaseOptions()
        options.readers = 1
        options.connections = 1
        options.purpose = .copyTarget
        do {
            return try Database.open(url, options: options, logger: Session.logger)
        } catch {
            throw CommandFailure.failed("The target \(url.masked): \(error.message)")
        }
    }

    private func copy(_ session: Session, to target: CopySide) async throws {
        let source = CopySide(role: .source, database: session.database, url: session.settings.database)
        Self.advise(try await source.otherUsers())
        let progress = Progress()
        let result: CopyResult
        do {
            defer { progress.end() }
            result = try await DatabaseCopy(source: source, target: target, watcher: progress).run()
        }
        let view = CopyView(
            result: result, source: source.name, target: target.name, users: try await source.otherUsers())
        try session.output.print(view.json, view.text)
        guard result.isEqual else {
            throw CommandFailure.failed(
                "The target differs from the source in \(result.unequal.joined(separator: ", ")): they were written to "
                    + "meanwhile.\n\(view.next)")
        }
    }

    private static func advise(_ users: [DatabaseUser]) {
        guard !users.isEmpty else { return }
        let advice =
            "The source is open in \(users.map(\.text).joined(separator: ", ")). That is fine for a first copy; for the "
            + "last one stop the three services and run the same command again.\n"
        FileHandle.standardError.write(Data("checkoutctl: \(advice)".utf8))
    }
}
