import Logging
import Metrics
import NIOHTTP1

extension StripeClient {
    /// One try in the metrics, by route template and tenant.
    func record(
        _ result: Result<StripeAnswer, TransportFailure>, of call: StripeCall, tenant: String, took time: Duration
    ) {
        let route = [("method", call.method.rawValue), ("route", call.path.template), ("tenant", tenant)]
        Counter(label: "stripe_calls_total", dimensions: route + [("status", Self.label(result))]).increment()
        Timer(label: "stripe_call_seconds", dimensions: route).record(duration: time)
    }

    func log(
        _ result: Result<StripeAnswer, TransportFailure>, of call: StripeCall, tenant: String, attempt: Int,
        delay: Duration
    ) {
        var metadata: Logger.Metadata = [
            "tenant": "\(tenant)", "stripe.call": "\(call.name)", "attempt": "\(attempt)",
            "status": "\(Self.label(result))", "delay": "\(delay)",
        ]
        if case .success(let answer) = result, let id = answer.requestID { metadata["stripe.request_id"] = "\(id)" }
        logger.warning("Stripe call failed; trying again", metadata: metadata)
    }

    private static func label(_ result: Result<StripeAnswer, TransportFailure>) -> String {
        switch result {
        case .success(let answer): String(answer.status)
        case .failure(.notConnected): "not_connected"
        case .failure(.untrusted): "untrusted"
        case .failure(.lost): "connection_lost"
        case .failure(.timeout): "timeout"
        case .failure(.tooLarge): "too_large"
        case .failure(.cancelled): "cancelled"
        }
    }
}
