import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Security
import StripeModels

extension StripeCall {
    /// The request of every try of this call.
    func request(to base: StripeBase, as credentials: StripeCredentials) throws(StripeError) -> HTTPClientRequest {
        try check()
        try credentials.check()
        var request = plainRequest(to: base)
        request.headers.add(name: "Authorization", value: "Bearer \(credentials.secretKey.exposed)")
        if let account = credentials.account { request.headers.add(name: "Stripe-Account", value: account) }
        if let idempotencyKey {
            request.headers.add(name: "Idempotency-Key", value: idempotencyKey)
        }
        return request
    }

    /// The same without anybody's name on it.
    func plainRequest(to base: StripeBase) -> HTTPClientRequest {
        let encoded = form.encoded
        let query = method != .POST && !encoded.isEmpty ? "?\(encoded)" : ""
        var request = HTTPClientRequest(url: base.url + path.text + query)
        request.method = method
        request.tlsConfiguration = Self.verified
        request.headers = [
            "Stripe-Version": StripeAPI.version, "User-Agent": "checkout/1", "Accept": "application/json",
        ]
        if method == .POST, !encoded.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: encoded))
        }
        return request
    }

    /// On every request, so that no setting of the shared HTTP client can turn the verification off.
    private static let verified = TLSConfiguration.makeClientConfiguration()
}
