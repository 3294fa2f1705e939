import ServiceLifecycle

/// Waiting on purpose, for faults: it ends early when the sandbox shuts down.
enum Pause {
    /// - Parameter seconds: nil waits for the end.
    static func untilDrained(seconds: Double?) async {
        let duration = seconds.map { Duration.milliseconds(Int64($0 * 1000)) } ?? .seconds(100 * 365 * 24 * 60 * 60)
        await cancelWhenGracefulShutdown {
            try? await Task.sleep(for: duration)
        }
    }
}
