import FoundationEssentials
import Glibc
import Logging

/// A service as a program: from its command line to its exit code.
///
/// ```swift
/// @main enum WebhookRouter {
///     static func main() async {
///         await ServiceProgram(name: "webhook-router", listenSetting: "WEBHOOK_ROUTER_LISTEN", port: 8081)
///             .main(settings: RouterSettings.init(reading:)) { settings, environment in … ServiceParts(…) }
///     }
/// }
/// ```
package struct ServiceProgram: Sendable {
    package let name: String
    package let listenSetting: String
    package let listen: ListenAddress

    /// - Parameters:
    ///   - listenSetting: the setting for where to listen.
    ///   - port: the port on 127.0.0.1 if that is not set.
    package init(name: String, listenSetting: String, port: Int) {
        self.name = name
        self.listenSetting = listenSetting
        self.listen = ListenAddress(port: port)
    }

    /// The whole life of the process: reads the settings, builds the service, serves until SIGTERM or SIGINT, drains, exits.
    ///
    /// Exit codes: 0 in good order; 64 for a bad setting; 1 for anything else. Why is said in one line each on standard error.
    ///
    /// - Parameters:
    ///   - read: reads the service's own settings.
    ///   - build: opens what the service needs; throws ``StartupError``, or any error whose description says it all.
    package func main<Settings>(
        settings read: @Sendable (inout SettingsReader) -> Settings,
        build: @Sendable (Settings, ServiceEnvironment) async throws -> ServiceParts
    ) async -> Never {
        // A log that nobody reads any more must not end the program.
        signal(SIGPIPE, SIG_IGN)
        let signals = ShutdownSignals([SIGTERM, SIGINT]) { end(name, $0) }
        var reader = SettingsReader(
            arguments: CommandLine.arguments, environment: ProcessInfo.processInfo.environment)
        let common = CommonSettings(reading: &reader, listenSetting: listenSetting, listen: listen)
        let settings = read(&reader)
        do throws(SettingsError) {
            try reader.finish()
        } catch {
            error.print()
            exit(error.exitCode)
        }

        Logs.bootstrap(level: common.logLevel, format: common.logFormat)
        let registry = PrometheusRegistry.bootstrap()
        ProcessMetrics.register(in: registry)
        let environment = ServiceEnvironment(
            name: name, logger: Logger(label: name), readiness: Readiness(), registry: registry, common: common)
        environment.logger.info(
            "Starting", metadata: Dictionary(reader.summary.map { ($0.name, "\($0.value)") }) { $1 })

        var failure: (any Error)?
        do {
            let parts = try await build(settings, environment)
            failure = await ServiceRun(environment: environment, parts: parts, signals: signals).run()
        } catch {
            failure = error
        }
        if let failure {
            printError(failure is StartupError ? "\(failure)" : "\(name): \(failure)")
            exit(1)
        }
        environment.logger.info("Stopped")
        exit(0)
    }
}

/// Ends the process from the signal queue: no exit handlers, since other threads are still at work.
private func end(_ name: String, _ ending: ShutdownSignals.Ending) {
    switch ending {
    case .signalBeforeStart: _exit(0)
    case .secondSignal(let signal): _exit(128 + signal)
    case .deadline:
        printError("\(name): SHUTDOWN_GRACE_SECONDS is over; ended with work still in flight")
        _exit(1)
    }
}

extension SettingsError {
    /// Prints what is wrong on standard error, or the help on standard output.
    package func print() {
        switch self {
        case .faults(let lines):
            for line in lines { printError(line) }
        case .help(let text):
            LineWriter.standardOutput.write(Array((text + "\n").utf8))
        }
    }
}

private func printError(_ line: String) {
    LineWriter(descriptor: STDERR_FILENO).write(Array((line + "\n").utf8))
}
