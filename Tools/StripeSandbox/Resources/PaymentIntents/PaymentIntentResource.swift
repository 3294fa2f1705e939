import OrderedCollections

/// PaymentIntents: the calls. What confirming does is in `Transaction+Confirm`.
enum PaymentIntentResource {
    static let routes: [Route] = [
        Route(.post, "/v1/payment_intents", PaymentIntentCreation.create),
        Route(.get, "/v1/payment_intents") { call, transaction throws(StripeFailure) in
            if let id = call["customer"].string { _ = try transaction.customer(id) }
            return try Listing.page(of: .paymentIntent, call, transaction) { intent in
                call["customer"].isNull || call["customer"] == intent["customer"]
            }
        },
        Route(.get, "/v1/payment_intents/:id", by: .publishable(adding: BrowserParameters.clientSecret), retrieve),
        Route(.post, "/v1/payment_intents/:id", PaymentIntentUpdate.update),
        Route(
            .post, "/v1/payment_intents/:id/confirm", by: .publishable(adding: BrowserParameters.clientSecret),
            PaymentIntentConfirmation.confirm),
        Route(.post, "/v1/payment_intents/:id/capture", PaymentIntentCapture.capture),
        Route(.post, "/v1/payment_intents/:id/cancel", PaymentIntentCancellation.cancel),
    ]

    @Sendable private static func retrieve(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let intent = try transaction.paymentIntent(call)
        return call.isPublishable ? browserView(intent.body) : intent.body
    }

    /// What a publishable key may see.
    private static let browserFields: Set<String> = [
        "id", "object", "allowed_payment_method_types", "amount", "amount_details", "automatic_payment_methods",
        "canceled_at", "cancellation_reason",
        "capture_method", "client_secret", "confirmation_method", "created", "currency", "description",
        "excluded_payment_method_types", "last_payment_error", "livemode", "next_action", "payment_method",
        "payment_method_configuration_details", "payment_method_types", "processing", "receipt_email",
        "setup_future_usage", "shipping", "source", "status",
    ]

    static func browserView(_ intent: JSON) -> JSON {
        .object(intent.fields.filter { browserFields.contains($0.key) })
    }
}

extension Transaction {
    /// The PaymentIntent of a call's path. With a publishable key it takes the client secret as well.
    func paymentIntent(_ call: Call) throws(StripeFailure) -> Record {
        let intent = try existing(.paymentIntent, call.id, param: "intent")
        if let secret = call["client_secret"].string, secret != intent["client_secret"].string {
            throw .impossible(
                "The client_secret provided does not match any associated PaymentIntent on this account. Ensure the provided "
                    + "client_secret is correct and the PaymentIntent exists.", param: "client_secret")
        }
        return intent
    }
}

extension StripeFailure {
    /// A call that a PaymentIntent's status does not allow.
    static func unexpectedState(_ message: String, _ intent: Record) -> Self {
        .impossible(
            message, code: "payment_intent_unexpected_state", details: ["payment_intent": intent.body])
    }
}

/// The statuses of a PaymentIntent.
enum IntentStatus: String, Sendable, CaseIterable {
    case requiresPaymentMethod = "requires_payment_method"
    case requiresConfirmation = "requires_confirmation"
    case requiresAction = "requires_action"
    case processing
    case requiresCapture = "requires_capture"
    case succeeded
    case canceled

    /// Whether amount, customer and the like may still be changed, and the intent be confirmed.
    var isOpen: Bool { Self.open.contains(self) }

    static let open: [Self] = [.requiresPaymentMethod, .requiresConfirmation, .requiresAction]
    static let cancelable: [Self] = [
        .requiresPaymentMethod, .requiresCapture, .requiresConfirmation, .requiresAction, .processing,
    ]

    static func list(_ statuses: [Self]) -> String { statuses.map(\.rawValue).joined(separator: ", ") }
}

extension Record {
    /// The status of a PaymentIntent.
    var intentStatus: IntentStatus {
        get { IntentStatus(rawValue: body["status"].string ?? "") ?? .canceled }
        set { body["status"] = .string(newValue.rawValue) }
    }
}
