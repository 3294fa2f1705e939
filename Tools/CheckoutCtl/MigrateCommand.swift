import ArgumentParser
import Commerce
import Database

struct MigrateCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's schema up to this program's.",
        discussion: "Forward only and all or nothing; two that run at once take turns.")
    static let needsSchema = false

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws {
        let applied = try await session.database.migrate(Schema.migrations)
        let version = try await session.database.schemaVersion()
        let rows = applied.map { JSON.object(["version": .int(Int64($0.version)), "name": .text($0.name)]) }
        var lines = applied.map { "Applied \($0.version) \($0.name)." }
        lines.append("\(session.settings.database.masked) is at version \(version).")
        try session.output.print(
            ["object": "migration", "applied": .list(rows), "version": .int(Int64(version))],
            lines.joined(separator: "\n"))
    }
}
