import ArgumentParser
import Commerce

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The API keys of a tenant's servers and pages.",
        subcommands: [KeyCreateCommand.self, KeyListCommand.self, KeyRollCommand.self, KeyRevokeCommand.self])
}

extension APIKeyKind: ExpressibleByArgument {}
extension APIScope: ExpressibleByArgument {}
