import StripeModels

/// The version that a call asks for. The sandbox speaks one, the pinned one; others are taken, echoed and answered in the
/// same shape, and where a version break decides what may be sent, it is heeded.
struct APIVersion: Sendable {
    static let current = StripeAPI.version

    let name: String

    /// - Parameter asked: the header; nil is the account's default.
    init(_ asked: String?) throws(StripeFailure) {
        let name = asked ?? Self.current
        let date = name.prefix(10)
        let isDate =
            date.count == 10
            && date.enumerated().allSatisfy { index, character in
                index == 4 || index == 7 ? character == "-" : character.isASCII && character.isNumber
            }
        guard isDate, name.dropFirst(10).first.map({ $0 == "." || $0 == ";" }) ?? true else {
            throw .invalid("Invalid Stripe API version: \(name)")
        }
        self.name = name
    }

    /// Stripe: "endive", 2026-09: `payment_method_types` is refused. Before, it said what
    /// `allowed_payment_method_types` says now.
    func adapting(_ sent: JSON, of route: Route) throws(StripeFailure) -> JSON {
        let param = "payment_method_types"
        let places = ["/v1/payment_intents", "/v1/setup_intents", "/v1/checkout/sessions"]
        guard sent.has(param), route.method == .post, places.contains(where: route.path.hasPrefix) else { return sent }
        guard name.prefix(7) < "2026-09" else {
            throw .invalid(
                "The `payment_method_types` parameter is no longer supported. Use `automatic_payment_methods` or "
                    + "`allowed_payment_method_types` instead.", code: "payment_method_types_no_longer_supported",
                param: param)
        }
        var adapted = sent
        adapted.remove(param)
        if !sent.has("allowed_payment_method_types") { adapted["allowed_payment_method_types"] = sent[param] }
        return adapted
    }
}
