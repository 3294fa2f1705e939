import Glibc
import Logging
import ServiceLifecycle

/// One run of a service, from its start to its last answer.
struct ServiceRun: Sendable {
    let environment: ServiceEnvironment
    let parts: ServiceParts
    let signals: ShutdownSignals
    /// How long the program goes on accepting after it has said that it is draining, so that whoever sends it work can
    /// take notice and every open connection hears `Connection: close`.
    private let notice: Duration
    private let onListening: @Sendable (ListenAddress) async -> Void
    private let inFlight = InFlight()

    init(
        environment: ServiceEnvironment, parts: ServiceParts, signals: ShutdownSignals,
        notice: Duration = .milliseconds(250), onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
    ) {
        self.environment = environment
        self.parts = parts
        self.signals = signals
        self.notice = notice
        self.onListening = onListening
    }

    /// Runs until a signal or a failure. Nil if it ended in good order, else why not.
    func run() async -> (any Error)? {
        let application = parts.http.application(
            listen: environment.common.listen, readiness: environment.readiness, registry: environment.registry,
            logger: environment.logger, inFlight: inFlight, onListening: onListening)
        let listener = Listener(application: application, common: environment.common)
        var configuration = ServiceGroupConfiguration(
            services: (parts.services + [listener] + parts.workers).map {
                // A part that fails takes the program down, but not the requests in flight.
                .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            logger: environment.logger)
        configuration.maximumGracefulShutdownDuration = grace(leaving: .seconds(1), or: 0.9)
        let group = ServiceGroup(configuration: configuration)
        signals.startServing()
        let failure = await run(group)
        await parts.close()
        signals.stop()
        return failure
    }

    /// The grace, but for a last part of it.
    private func grace(leaving rest: Duration, or share: Double) -> Duration {
        max(environment.common.grace - rest, environment.common.grace * share)
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
        // Handlers that are still busy shortly before the grace is over are cancelled, and answer that with a 503.
        do {
            try await Task.sleep(for: grace(leaving: .seconds(3), or: 0.7) - notice)
            inFlight.cancelAll()
        } catch {
            // All is answered already.
        }
    }
}
