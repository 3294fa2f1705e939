import ArgumentParser

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The master keys, which encrypt the secrets in the database.",
        subcommands: [RotateMasterCommand.self])
}
