import Glibc
import Logging
import NIOCore
import ServiceLifecycle

/// One run of a service, from its start to its last answer.
struct ServiceRun: Sendable {
    let environment: ServiceEnvironment
    let parts: ServiceParts
    let signals: ShutdownSignals
    /// How long the program goes on accepting after it has said that it is draining, so that whoever sends it work can
    /// take notice and every open connection hears `Connection: close`.
    var notice: Duration = .milliseconds(250)
    var onListening: @Sendable (ListenAddress) async -> Void = { _ in }

    /// Runs until a signal or a failure. Nil if it ended in good order, else why not.
    func run() async -> (any Error)? {
        let application = parts.http.application(
            listen: environment.common.listen, readiness: environment.readiness, registry: environment.registry,
            logger: environment.logger, onListening: onListening)
        var configuration = ServiceGroupConfiguration(
            services: (parts.services + [application] + parts.workers).map {
                // A part that fails takes the program down, but not the requests in flight.
                .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            logger: environment.logger)
        // Cancelled shortly before the grace is over, handlers can still answer that they did not finish.
        configuration.maximumGracefulShutdownDuration = max(
            environment.common.grace - .seconds(2), environment.common.grace * 0.8)
        let group = ServiceGroup(configuration: configuration)
        signals.startServing()
        let failure = await run(group)
        await parts.close()
        signals.stop()
        return failure
    }

    private func run(_ group: ServiceGroup) async -> (any Error)? {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await shutDownOnSignal(group) }
            defer { tasks.cancelAll() }
            do {
                try await group.run()
                return nil
            } catch is CancellationError where environment.readiness.isDraining {
                environment.logger.warning("Some work in flight was cancelled: the grace was over")
                return nil
            } catch {
                return error
            }
        }
    }

    private func shutDownOnSignal(_ group: ServiceGroup) async {
        guard let signal = await signals.first() else { return }
        signals.setDeadline(environment.common.grace)
        environment.readiness.startDraining()
        environment.logger.info(
            "Shutting down",
            metadata: [
                "signal": signal == SIGTERM ? "SIGTERM" : signal == SIGINT ? "SIGINT" : "\(signal)",
                "grace_seconds": "\(environment.common.grace.secondsText)",
            ])
        try? await Task.sleep(for: notice)
        await group.triggerGracefulShutdown()
    }

    /// A failure in one line for whoever started the program.
    static func line(for error: any Error, _ common: CommonSettings, name: String) -> String {
        if error is StartupError { return "\(error)" }
        guard let error = error as? IOError else { return "\(name): \(error)" }
        let (problem, mend) =
            switch error.errnoCode {
            case EADDRINUSE: ("the port is in use", "stop the program that uses it, or set a free HOST:PORT")
            case EACCES: ("not permitted", "set a port above 1023")
            case EADDRNOTAVAIL: ("this machine has no such address", "set one that it has, or 0.0.0.0 for all")
            default: ("\(error)", "set a HOST:PORT that can be listened on")
            }
        return StartupError(
            setting: common.listenSetting, problem: "cannot listen on \(common.listen): \(problem)", mend: mend
        ).description
    }
}
