import FoundationEssentials
import Glibc
import Logging
import NIOCore
import ServiceLifecycle
import ServiceRuntime
import UnixSignals

/// `stripe-sandbox [--listen HOST:PORT] [--state FILE]`
@main
enum StripeSandboxProgram {
    static func main() async {
        // A receiver that hangs up must not end the program.
        signal(SIGPIPE, SIG_IGN)
        var reader = SettingsReader(
            arguments: CommandLine.arguments, environment: ProcessInfo.processInfo.environment)
        let settings = SandboxSettings(reading: &reader)
        do throws(SettingsError) {
            try reader.finish()
        } catch {
            error.print()
            exit(error.exitCode)
        }
        Logs.bootstrap(level: settings.logLevel, format: settings.logFormat)
        let logger = Logger(label: "stripe-sandbox")
        logger.info("Starting", metadata: Dictionary(reader.summary.map { ($0.name, "\($0.value)") }) { $1 })
        do {
            try await run(settings, logger)
        } catch {
            SettingsError.faults([line(for: error, settings)]).print()
            exit(1)
        }
        logger.info("Stopped")
    }

    /// Why it does not start, or did not go on, in one line.
    private static func line(for error: any Error, _ settings: SandboxSettings) -> String {
        switch error {
        case is StartupError: "\(error)"
        case let error as IOError:
            StartupError(
                setting: "LISTEN", problem: "cannot listen on \(settings.listen) (\(error))",
                mend: "set a HOST:PORT that is free"
            ).description
        default: "stripe-sandbox: \(error)"
        }
    }

    private static func run(_ settings: SandboxSettings, _ logger: Logger) async throws {
        let sandbox = try await Sandbox(settings, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: sandbox.services().map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.grace
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch {
            await sandbox.close()
            throw error
        }
        await sandbox.close()
    }
}
