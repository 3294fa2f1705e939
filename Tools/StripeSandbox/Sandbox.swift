import AsyncHTTPClient
import Database
import Glibc
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import ServiceRuntime

/// The sandbox as a whole, put together: the state, the API, the pages and the webhooks.
struct Sandbox: Sendable {
    let settings: SandboxSettings
    let store: StateStore
    let faults = FaultBook()
    let keys = KeyBook()
    let requests = RequestLog()
    let deliveries = DeliveryLog()
    private let record: CallRecord?
    private let http: HTTPClient
    private let logger: Logger

    /// Opens the state file, if there is one, and reads it.
    init(
        _ settings: SandboxSettings, clock: @escaping @Sendable () -> Int64 = Sandbox.systemClock, logger: Logger
    ) async throws {
        self.settings = settings
        self.logger = logger
        record = try settings.recordFile.map { (path) throws(StartupError) in try CallRecord(path: path) }
        var journal: Journal?
        if let path = settings.stateFile {
            journal = Journal(try Self.open(path, logger))
        }
        store = StateStore(
            journal: journal, asyncDelay: settings.asyncDelay, billingRules: settings.billingRules, clock: clock)
        do {
            try await store.load()
        } catch {
            throw Self.unusable(settings.stateFile ?? "", error)
        }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func open(_ path: String, _ logger: Logger) throws(StartupError) -> Database {
        do {
            return try Database.open(.sqlite(path: path), logger: logger)
        } catch {
            throw unusable(path, error)
        }
    }

    private static func unusable(_ path: String, _ error: any Error) -> StartupError {
        StartupError(
            setting: "STATE", problem: "cannot use \(path) (\(error))",
            mend: "name another file, or leave it out to keep the state in memory")
    }

    /// Serves and delivers until a graceful shutdown.
    /// - Parameter onListening: told the address once calls are accepted.
    func services(
        onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
    ) -> [any Service] {
        [application(onListening), deliveryService, AppointmentService(store: store, logger: logger)]
    }

    func close() async {
        try? await http.shutdown()
        await store.close()
    }

    private var deliveryService: DeliveryService {
        DeliveryService(
            store: store, faults: faults, http: http, schedule: settings.webhookRetries, log: deliveries, logger: logger
        )
    }

    private func application(
        _ onListening: @escaping @Sendable (ListenAddress) async -> Void
    ) -> Application<SandboxResponder> {
        let router = Router(context: SandboxContext.self)
        for path in ["/healthz", "/readyz"] {
            router.get(RouterPath(path)) { _, _ in #"{"status":"ok"}"# }
        }
        Pages.add(to: router)
        ChallengeRoutes(store: store).add(to: router)
        CheckoutRoutes(store: store, fallbackAuthority: "\(settings.listen)").add(to: router)
        InvoiceRoutes(store: store, fallbackAuthority: "\(settings.listen)").add(to: router)
        SettleRoute(store: store).add(to: router)
        ControlRoutes(store: store, faults: faults, keys: keys, requests: requests, deliveries: deliveries).add(
            to: router)
        let responder = SandboxResponder(
            api: APIResponder(store: store, routes: .stripe, faults: faults, keys: keys, log: requests, record: record),
            router: router.buildResponder(), fallbackAuthority: "\(settings.listen)")
        let listen = settings.listen
        // Hummingbird announces itself in its own words; the line below says it in ours.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname(listen.host, port: listen.port), backlog: 1024),
            onServerRunning: { channel in
                let address = ListenAddress(host: listen.host, port: channel.localAddress?.port ?? listen.port)
                logger.info("Listening", metadata: ["address": "\(address)"])
                await onListening(address)
            },
            logger: quiet)
    }

    /// The machine's clock, in µs since 1970.
    static let systemClock: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
