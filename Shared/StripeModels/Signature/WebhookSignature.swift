import Crypto

/// The `Stripe-Signature` of a webhook: HMAC-SHA256 of `t`, a dot and the raw body, under the endpoint's secret.
package enum WebhookSignature {
    /// Whether Stripe sent `body`. Works on the bytes as received and never decodes them.
    ///
    /// - Parameters:
    ///   - secrets: every live secret of the endpoint, `whsec_` and all; an empty one matches nothing.
    ///   - now: seconds since 1970.
    ///   - tolerance: seconds that the signature's time may be off, either way.
    package static func verify(
        body: [UInt8], header: String, secrets: [String], now: Int64, tolerance: Int64 = 300
    ) throws(WebhookSignatureError) {
        let header = try SignatureHeader(header)
        guard matches(header, body: body, secrets: secrets) else { throw .noMatch }
        // Only now is the time known to be Stripe's.
        let (age, overflow) = now.subtractingReportingOverflow(header.timestamp)
        guard !overflow else { throw header.timestamp > now ? .inFuture : .tooOld }
        if age > tolerance { throw .tooOld }
        if age < -tolerance { throw .inFuture }
    }

    /// The header that Stripe would send with `body`. `timestamp` is in seconds since 1970.
    package static func header(body: [UInt8], secret: String, timestamp: Int64) -> String {
        let code = Array(authenticationCode(of: body, timestamp: String(timestamp), secret: secret))
        return "t=\(timestamp),v1=\(hex(code))"
    }

    /// Every secret is tried against every signature, so the time taken tells nothing about which one matched.
    private static func matches(_ header: SignatureHeader, body: [UInt8], secrets: [String]) -> Bool {
        guard !header.signatures.isEmpty else { return false }
        var matched = false
        for secret in secrets where !secret.isEmpty {
            let code = authenticationCode(of: body, timestamp: header.timestampText, secret: secret)
            for signature in header.signatures where code == signature {  // constant time, by Crypto
                matched = true
            }
        }
        return matched
    }

    private static func authenticationCode(
        of body: [UInt8], timestamp: String, secret: String
    ) -> HMAC<SHA256>.MAC {
        var hmac = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
        hmac.update(data: Array("\(timestamp).".utf8))
        hmac.update(data: body)
        return hmac.finalize()
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
