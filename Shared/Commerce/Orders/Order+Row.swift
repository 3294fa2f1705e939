import Database
import StripeModels

extension Order {
    init(_ row: Row) throws {
        let code: String? = try row.get("failure_code")
        self.init(
            id: try row.get("id"), tenant: try row.get("tenant_id"), livemode: try row.get("livemode"),
            kind: try Stored.known(row.get("kind"), "An order's kind"),
            status: try Stored.known(row.get("status"), "An order's status"), amount: try row.get("amount"),
            amountCaptured: try row.get("amount_captured"), amountRefunded: try row.get("amount_refunded"),
            currency: Currency(rawValue: try row.get("currency")), customer: try row.get("customer"),
            customerEmail: try row.get("customer_email"), description: try row.get("description"),
            metadata: try Self.unlessEmpty(row.get("metadata"), "{}", [:]),
            lines: try Self.unlessEmpty(row.get("lines"), "[]", []),
            setupFutureUsage: try row.get("setup_future_usage"), captureMethod: try row.get("capture_method"),
            paymentMethod: try row.get("payment_method"), applicationFeeBps: try row.get("application_fee_bps"),
            paymentIntent: try row.get("payment_intent"),
            checkoutMode: try (row.get("checkout_mode") as String?).map { mode in
                try Stored.known(mode, "An order's checkout mode")
            },
            checkoutSession: try row.get("checkout_session"),
            checkoutStatus: try (row.get("checkout_status") as String?).map { status in
                try Stored.known(status, "An order's checkout status")
            },
            isCancelRequested: try row.get("cancel_requested"), subscription: try row.get("subscription"),
            clientSecretSealed: try row.get("client_secret_sealed"),
            url: try row.get("url"),
            failure: try code.map { OrderFailure(code: $0, message: try row.get("failure_message") ?? "") },
            version: try row.get("version"), silentReadings: try row.get("silent_readings"),
            createdAt: try row.get("created_at"), updatedAt: try row.get("updated_at"),
            activatedAt: try row.get("activated_at"))
    }

    /// An order is read often, and a decoder costs more than all the rest of it.
    private static func unlessEmpty<Value: Decodable>(
        _ json: String, _ empty: String, _ value: Value
    ) throws(CommerceError) -> Value {
        json == empty ? value : try JSONText.read(json)
    }
}
