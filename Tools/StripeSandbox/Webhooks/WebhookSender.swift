import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StripeModels

/// Makes the one request that delivers an event.
struct WebhookSender: Sendable {
    let http: HTTPClient
    /// How long a receiver has to answer.
    var timeout: Duration = .seconds(10)

    struct Result: Sendable {
        var status: Int?
        var error: String?

        var isDelivered: Bool { status.map { (200..<300).contains($0) } ?? false }
    }

    /// - Parameter time: seconds since 1970; it is signed along.
    func send(_ delivery: PendingDelivery, at time: Int64) async -> Result {
        let body = Array(delivery.payload.pretty.utf8)
        var request = HTTPClientRequest(url: delivery.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        request.headers.add(name: "Accept", value: "*/*; q=0.5, application/xml")
        request.headers.add(name: "Cache-Control", value: "no-cache")
        request.headers.add(name: "User-Agent", value: "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        request.headers.add(
            name: "Stripe-Signature",
            value: WebhookSignature.header(body: body, secret: delivery.secret, timestamp: time))
        request.body = .bytes(body)
        do {
            let response = try await http.execute(request, timeout: .nanoseconds(timeout.inMicroseconds * 1000))
            // Read to the end, so that the connection can be used again; what it says does not matter.
            _ = try? await response.body.collect(upTo: 64 * 1024)
            return Result(status: Int(response.status.code))
        } catch {
            return Result(error: "\(error)")
        }
    }
}
