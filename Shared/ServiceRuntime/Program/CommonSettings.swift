package import Logging

/// The settings that every service has.
package struct CommonSettings: Sendable {
    /// Where to listen.
    package let listen: ListenAddress
    /// The setting that says so, for messages.
    package let listenSetting: String
    package let logLevel: Logger.Level
    package let logFormat: LogFormat
    /// The longest drain.
    package let grace: Duration

    package init(
        reading settings: inout SettingsReader, listenSetting: String, listen preset: ListenAddress
    ) {
        self.listenSetting = listenSetting
        listen = settings.listenAddress(listenSetting, default: preset, meaning: "where to listen")
        logLevel = settings.choice("LOG_LEVEL", default: .info, meaning: "least level that is logged")
        logFormat = settings.choice(
            "LOG_FORMAT", default: .json, meaning: "json: an object a line; text: for people")
        grace = settings.duration(
            "SHUTDOWN_GRACE_SECONDS", default: .seconds(25), in: .seconds(1)...(.seconds(3600)),
            meaning: "longest drain after SIGTERM")
    }
}
