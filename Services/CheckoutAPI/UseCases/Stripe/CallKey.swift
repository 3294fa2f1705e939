import Commerce
import Crypto
import Foundation
import Hummingbird
import Security
import ServiceRuntime

/// What the `Idempotency-Key` at Stripe is made of, for a call that no row of ours stands for.
enum CallKey {
    /// `ten_…:customer:HASH`. With an `Idempotency-Key` it comes from the request, so that its repetition is the same
    /// call, after a crash of this process too; nothing can repeat a request without one.
    static func base(_ call: String, _ request: Request, _ body: JSONBody, from caller: Caller) -> String {
        guard let key = request.headers[named: "Idempotency-Key"] else {
            return "\(caller.tenant.id):\(call):\(RandomToken.base62(20))"
        }
        let parts = [caller.key.kind.rawValue, request.method.rawValue, request.uri.path, key]
        var hash = SHA256()
        for part in parts.map({ Array($0.utf8) }) + [body.canonical] {
            // Lengths in front: no two requests run together into one.
            hash.update(data: Data("\(part.count):".utf8))
            hash.update(data: Data(part))
        }
        let digits = hash.finalize().prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\(caller.tenant.id):\(call):\(digits.joined())"
    }
}
