import Database
import StripeModels

extension Order {
    init(_ row: Row) throws {
        let code: String? = try row.get("failure_code")
        self.init(
            id: try row.get("id"), tenant: try row.get("tenant_id"), livemode: try row.get("livemode"),
            kind: try Self.known(row.get("kind"), "kind"), status: try Self.known(row.get("status"), "status"),
            amount: try row.get("amount"), amountRefunded: try row.get("amount_refunded"),
            currency: Currency(rawValue: try row.get("currency")), customer: try row.get("customer"),
            customerEmail: try row.get("customer_email"), description: try row.get("description"),
            metadata: try JSONText.read(row.get("metadata")), lines: try JSONText.read(row.get("lines")),
            setupFutureUsage: try row.get("setup_future_usage"), captureMethod: try row.get("capture_method"),
            paymentIntent: try row.get("payment_intent"), checkoutSession: try row.get("checkout_session"),
            subscription: try row.get("subscription"), clientSecretSealed: try row.get("client_secret_sealed"),
            url: try row.get("url"),
            failure: try code.map { OrderFailure(code: $0, message: try row.get("failure_message") ?? "") },
            version: try row.get("version"), silentReadings: try row.get("silent_readings"),
            createdAt: try row.get("created_at"), updatedAt: try row.get("updated_at"),
            activatedAt: try row.get("activated_at"))
    }

    private static func known<Value: RawRepresentable<String>>(
        _ text: String, _ column: String
    ) throws(CommerceError) -> Value {
        guard let value = Value(rawValue: text) else {
            throw .unreadable("An order's \(column) is \"\(text.prefix(40))\", which this build does not know.")
        }
        return value
    }
}
