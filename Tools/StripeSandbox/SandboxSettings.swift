import Logging
import ServiceRuntime

/// What the sandbox is run with.
struct SandboxSettings: Sendable {
    var listen = ListenAddress(port: 12111)
    /// The file that outlives the process; without one the state does not.
    var stateFile: String?
    /// The file that gets a line for every call.
    var recordFile: String?
    /// The gaps between the tries of a webhook: short ones, so that nobody has to wait for a test.
    var webhookRetries: [Duration] = Self.usualRetries
    /// How long what Stripe does asynchronously takes: refunds that arrive later, disputes.
    var asyncDelay: Duration = .seconds(1)
    var billingRules = BillingRules()
    var grace: Duration = .seconds(25)
    var logLevel: Logger.Level = .info
    var logFormat: LogFormat = .json

    static let usualRetries: [Duration] = [.seconds(1), .seconds(5), .seconds(30), .seconds(120), .seconds(600)]

    init() {}

    init(reading settings: inout SettingsReader) {
        let common = CommonSettings(reading: &settings, listenSetting: "LISTEN", listen: listen)
        (listen, grace, logLevel, logFormat) = (common.listen, common.grace, common.logLevel, common.logFormat)
        stateFile = settings.optionalString(
            "STATE", form: "FILE",
            meaning: "SQLite file that keeps the state; without it, the state ends with the process")
        recordFile = settings.optionalString(
            "RECORD", form: "FILE",
            meaning: "file that gets a line for every call: names of parameters, no values, no keys")
        asyncDelay = settings.duration(
            "ASYNC_DELAY", default: asyncDelay, in: .zero ... .seconds(3600),
            meaning: "how long what Stripe does asynchronously takes: refunds that arrive later, disputes")
        billingRules = BillingRules(reading: &settings)
        webhookRetries =
            settings.optionalDurations(
                "WEBHOOK_RETRY_SCHEDULE", meaning: "gaps between the tries of a webhook, default 1,5,30,120,600")
            ?? webhookRetries
    }
}
