import ArgumentParser

struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "The database as a whole.", subcommands: [DatabaseCopyCommand.self])
}
