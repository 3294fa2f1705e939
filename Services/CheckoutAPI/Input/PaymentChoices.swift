/// Whether the way to pay is kept for later, and for what.
enum SetupFutureUsage: String, CaseIterable {
    case onSession = "on_session"
    case offSession = "off_session"
}

/// When the money is taken.
enum CaptureMethod: String, CaseIterable {
    case automatic
    case automaticAsync = "automatic_async"
    /// Only authorized, until `POST /v1/orders/{id}/capture`.
    case manual
}
