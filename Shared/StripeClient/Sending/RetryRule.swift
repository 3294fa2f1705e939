/// When a call is tried again and after how long, as Stripe's official libraries do it.
struct RetryRule: Sendable {
    /// Tries after the first one.
    let retries: Int

    /// Whether another try may change the result `result` of try number `attempt`, counted from 1.
    func triesAgain(after result: Result<StripeAnswer, TransportFailure>, attempt: Int) -> Bool {
        attempt <= retries && Self.mayChange(result)
    }

    /// Whether the same call may bring another result later.
    static func mayChange(_ result: Result<StripeAnswer, TransportFailure>) -> Bool {
        switch result {
        case .success(let answer): answer.shouldRetry ?? (answer.status == 409 || answer.status >= 500)
        case .failure(.notConnected), .failure(.lost), .failure(.timeout): true
        // It will be as large, or as untrusted, the next time.
        case .failure(.tooLarge), .failure(.untrusted), .failure(.cancelled): false
        }
    }

    /// How long to wait before try number `attempt` + 1. `jitter` is from 0.5 to 1.
    func delay(after attempt: Int, jitter: Double) -> Duration {
        var seconds = 0.5
        for _ in 1..<max(1, attempt) where seconds < 5 { seconds *= 2 }
        return .seconds(max(0.5, min(seconds, 5) * jitter))
    }
}
