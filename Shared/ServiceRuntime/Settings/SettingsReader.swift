import Configuration
import Security

/// Reads a program's settings: a flag over the environment over an env file over the default.
///
/// Every setting has one name, `DATABASE_URL`: that variable, that line of the env file (`ENV_FILE` or `--env-file PATH`)
/// and the flag `--database-url`. A setting that is set to nothing counts as not set. Reading never stops at a fault:
/// a placeholder is returned, and ``finish()`` throws all faults together.
package struct SettingsReader {
    private let program: String
    private let flags: CommandFlags
    private let flagValues: ConfigReader
    private let otherValues: ConfigReader
    private var declared: [Declaration] = []
    private var faults: [String] = []

    private struct Declaration {
        let name: String
        let form: String
        let meaning: String
        let preset: String?
        /// As it may be shown; nil if it is not set.
        var shown: String?
    }

    /// How a setting was given.
    enum Given {
        case absent
        /// A flag without a value: `--allow-private-destinations`.
        case bareFlag
        case text(String)
    }

    /// - Parameters:
    ///   - arguments: as in `CommandLine.arguments`, the program first.
    ///   - environment: the process's environment.
    package init(arguments: [String], environment: [String: String]) {
        program = arguments.first.flatMap { $0.split(separator: "/").last }.map(String.init) ?? "program"
        flags = CommandFlags(arguments)
        flagValues = ConfigReader(provider: CommandLineArgumentsProvider(arguments: arguments))
        let variables = EnvironmentVariablesProvider(environmentVariables: environment)

        var file: [String: String] = [:]
        let fileKey = Self.key("ENV_FILE")
        let flagged = flagValues.stringArray(forKey: fileKey)?.joined(separator: ",")
        let path = flagged ?? ConfigReader(provider: variables).string(forKey: fileKey) ?? ""
        if !path.isEmpty {
            do throws(EnvFile.Unreadable) {
                file = try EnvFile.read(path)
            } catch {
                faults.append("ENV_FILE: \(error.fault)")
            }
        }
        otherValues = ConfigReader(providers: [variables, EnvironmentVariablesProvider(environmentVariables: file)])
        declared.append(
            Declaration(
                name: "ENV_FILE", form: "PATH", meaning: "file of NAME=value lines, read beneath the environment",
                preset: nil, shown: path.isEmpty ? nil : path))
    }

    /// `DATABASE_URL` in the words of swift-configuration: `database.url`.
    private static func key(_ name: String) -> ConfigKey {
        ConfigKey(name.lowercased().split(separator: "_").map(String.init))
    }

    // MARK: Declaring

    /// Notes that a setting exists, and finds what it was set to.
    mutating func declare(_ name: String, form: String, meaning: String, preset: String?, isSecret: Bool) -> Given {
        declared.append(Declaration(name: name, form: form, meaning: meaning, preset: preset, shown: preset))
        if let parts = flagValues.stringArray(forKey: Self.key(name), isSecret: isSecret) {
            // The provider splits at commas, which belong to the value here.
            let text = parts.joined(separator: ",")
            return parts.isEmpty ? .bareFlag : (text.isEmpty ? .absent : .text(text))
        }
        guard let text = otherValues.string(forKey: Self.key(name), isSecret: isSecret), !text.isEmpty else {
            return .absent
        }
        return .text(text)
    }

    /// Sets what the summary shows for the setting declared last.
    mutating func show(_ text: String?) {
        declared[declared.count - 1].shown = text
    }

    /// Records a fault that the program found itself: `name: mend`.
    package mutating func fault(_ name: String, _ mend: String) {
        faults.append("\(name): \(mend)")
    }

    // MARK: Finishing

    /// Throws all faults together, or the help text if `--help` was given. Call it once everything has been read.
    package func finish() throws(SettingsError) {
        if flags.asksForHelp { throw .help(help) }
        let all = faults + commandLineFaults
        if !all.isEmpty { throw .faults(all) }
    }

    private var commandLineFaults: [String] {
        let known = declared.map { CommandFlags.name(of: $0.name) } + KnownSettings.flags
        let unknown = flags.names.filter { !known.contains($0) }.map { flag in
            if let nearest = CommandFlags.nearest(to: flag, in: known) {
                "\(flag): no such flag; did you mean \(nearest)?"
            } else {
                "\(flag): no such flag; --help lists them all"
            }
        }
        let repeated = flags.repeated.map { "\($0): given more than once; give it once" }
        // What stands alone may be a value, so it is not repeated here.
        let stray =
            flags.stray.isEmpty
            ? [] : ["arguments: \(flags.stray.count) that belong to no flag; write --flag value, --help lists them"]
        return unknown + repeated + stray
    }

    /// What the program runs with, in the order it was read; secrets and passwords masked.
    package var summary: [(name: String, value: String)] {
        declared.compactMap { setting in setting.shown.map { (setting.name, $0) } }
    }

    private var help: String {
        let settings = declared.map { setting in
            let preset = setting.preset.map { "default \($0)" } ?? "no default"
            return """
                  \(CommandFlags.name(of: setting.name)) \(setting.form)
                      \(setting.meaning) (\(setting.name); \(preset))
                """
        }
        return """
            Usage: \(program) [--flag value]…

            Each setting is a flag, an environment variable or a line of the env file, in this order of precedence.

            \(settings.joined(separator: "\n"))
              --help
                  this text

            Flags of the other programs' settings are passed over.
            """
    }
}
