import OrderedCollections

/// SetupIntents: a payment method is made ready for later. What confirming does is in `Transaction+ConfirmSetup`.
enum SetupIntentResource {
    static let routes: [Route] = [
        Route(.post, "/v1/setup_intents", create),
        Route(.get, "/v1/setup_intents") { call, transaction throws(StripeFailure) in
            if let id = call["customer"].string { _ = try transaction.customer(id) }
            return try Listing.page(of: .setupIntent, call, transaction) { intent in
                ["customer", "payment_method"].allSatisfy { call[$0].isNull || call[$0] == intent[$0] }
            }
        },
        Route(.get, "/v1/setup_intents/:id", by: .publishable(adding: BrowserParameters.clientSecret)) {
            call, transaction throws(StripeFailure) in
            let intent = try transaction.setupIntent(call)
            return call.isPublishable ? browserView(intent.body) : intent.body
        },
        Route(.post, "/v1/setup_intents/:id", update),
        Route(
            .post, "/v1/setup_intents/:id/confirm", by: .publishable(adding: BrowserParameters.clientSecret), confirm),
        Route(.post, "/v1/setup_intents/:id/cancel", cancel),
        Route(.get, "/v1/setup_attempts") { call, transaction throws(StripeFailure) in
            guard let intent = call["setup_intent"].string else { throw .missing("setup_intent") }
            return try Listing.page(of: .setupAttempt, call, transaction) { $0["setup_intent"].string == intent }
        },
    ]

    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let isConfirmed = call["confirm"].isTrue
        if !isConfirmed {
            for name in ["return_url", "mandate_data"] where call.isSent(name) {
                throw .invalid(
                    "You must set `confirm` to `true` when `\(name)` is provided.", code: "parameter_missing",
                    param: "confirm")
            }
        }
        var intent = transaction.newSetupIntent(
            automatic: call["automatic_payment_methods"], application: call.application)
        try apply(call, to: &intent, transaction)
        transaction.put(intent)
        transaction.emit("setup_intent.created", intent.body)
        guard isConfirmed else { return intent.body }
        return try transaction.confirmSetup(intent, Confirmation(call))
    }

    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var intent = try transaction.setupIntent(call)
        if !intent.intentStatus.isOpen,
            let name = call.parameters.fields.keys.first(where: { !["metadata", "description", "expand"].contains($0) })
        {
            throw .unexpectedSetupState(
                "This SetupIntent's \(name) could not be updated because it has a status of "
                    + "\(intent.intentStatus.rawValue).", intent)
        }
        try apply(call, to: &intent, transaction)
        transaction.put(intent)
        return intent.body
    }

    @Sendable private static func confirm(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard call.isPublishable else { return try confirmed(call, transaction) }
        do throws(StripeFailure) {
            return browserView(try confirmed(call, transaction))
        } catch {
            var failure = error
            let intent = failure.details["setup_intent"]
            if !intent.isNull { failure.details["setup_intent"] = browserView(intent) }
            throw failure
        }
    }

    private static func confirmed(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var intent = try transaction.setupIntent(call)
        guard intent.intentStatus.isOpen else {
            throw .unexpectedSetupState(
                "You cannot confirm this SetupIntent because it has already \(intent.intentStatus.rawValue).", intent)
        }
        try apply(call, to: &intent, transaction)
        transaction.put(intent)
        return try transaction.confirmSetup(intent, Confirmation(call))
    }

    @Sendable private static func cancel(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var intent = try transaction.setupIntent(call)
        guard intent.intentStatus.isOpen else {
            throw .unexpectedSetupState(
                "You cannot cancel this SetupIntent because it has a status of \(intent.intentStatus.rawValue). Only a "
                    + "SetupIntent with one of the following statuses may be canceled: "
                    + "\(IntentStatus.list(IntentStatus.open)).", intent)
        }
        intent["cancellation_reason"] = call["cancellation_reason"]
        intent["next_action"] = nil
        intent.hidden.remove("challenge")
        intent.intentStatus = .canceled
        transaction.put(intent)
        transaction.emit("setup_intent.canceled", intent.body)
        return intent.body
    }

    private static func apply(
        _ call: Call, to intent: inout Record, _ transaction: Transaction
    ) throws(StripeFailure) {
        try PaymentMethodTypes.check(call)
        if let url = call["return_url"].string, !url.contains("://") {
            throw .invalid(
                "Not a valid URL: an explicit scheme (such as https) must be provided.", code: "url_invalid",
                param: "return_url")
        }
        let plain = [
            "allowed_payment_method_types", "description", "excluded_payment_method_types", "flow_directions",
            "on_behalf_of", "usage",
        ]
        for name in plain where call.isSent(name) { intent[name] = call[name] }
        intent["metadata"] = try Metadata.merged(intent["metadata"], with: call)
        if let id = call["customer"].string { intent["customer"] = .string(try transaction.customer(id).id) }
        for (name, value) in call["payment_method_options"]["card"].fields {
            intent["payment_method_options"]["card"][name] = value
        }
        intent["payment_method_types"] = .array(
            PaymentMethodTypes.taken(
                in: nil, allowed: intent["allowed_payment_method_types"],
                excluded: intent["excluded_payment_method_types"]))
        guard let method = try IntentParameters.method(call, transaction) else { return }
        try PaymentMethodTypes.check(method, for: intent)
        try IntentParameters.belongs(method, to: intent)
        intent["payment_method"] = .string(method.id)
        if intent.intentStatus == .requiresPaymentMethod { intent.intentStatus = .requiresConfirmation }
    }

    /// What a publishable key may see.
    private static func browserView(_ intent: JSON) -> JSON {
        let hidden: Set<String> = ["application", "customer", "metadata", "on_behalf_of", "latest_attempt", "mandate"]
        return .object(intent.fields.filter { !hidden.contains($0.key) })
    }
}

extension Transaction {
    /// The SetupIntent of a call's path. With a publishable key it takes the client secret as well.
    func setupIntent(_ call: Call) throws(StripeFailure) -> Record {
        let intent = try existing(.setupIntent, call.id, param: "intent", as: "setupintent")
        if let secret = call["client_secret"].string, secret != intent["client_secret"].string {
            throw .impossible(
                "The client_secret provided does not match any associated SetupIntent on this account. Ensure the provided "
                    + "client_secret is correct and the SetupIntent exists.", param: "client_secret")
        }
        return intent
    }

    /// A SetupIntent before anything that was asked for is put on it. Whoever puts that on tells of it.
    func newSetupIntent(automatic: JSON = nil, application: JSON) -> Record {
        let id = Identifier.new(.setupIntent)
        let isAutomatic = automatic.isNull || automatic["enabled"].isTrue
        let redirects = automatic["allow_redirects"].string ?? "always"
        let body: JSON = [
            "id": .string(id), "object": "setup_intent", "allowed_payment_method_types": nil,
            "application": application,
            "automatic_payment_methods": isAutomatic
                ? ["allow_redirects": .string(redirects), "enabled": true] : nil,
            "cancellation_reason": nil, "client_secret": .string("\(id)_secret_\(Identifier.random(25))"),
            "created": .int(now), "customer": nil, "customer_account": nil, "description": nil,
            "excluded_payment_method_types": nil, "flow_directions": nil, "last_setup_error": nil,
            "latest_attempt": nil, "livemode": .bool(scope.livemode), "managed_payments": ["enabled": false],
            "mandate": nil, "metadata": [:], "next_action": nil, "on_behalf_of": nil, "payment_method": nil,
            "payment_method_configuration_details": isAutomatic
                ? ["id": .string("pmc_" + scope.account.dropFirst(5)), "parent": nil] : nil,
            "payment_method_options": [
                "card": ["mandate_options": nil, "network": nil, "request_three_d_secure": "automatic"]
            ],
            "payment_method_types": .array(PaymentMethodTypes.taken(in: nil)), "single_use_mandate": nil,
            "status": "requires_payment_method", "usage": "off_session",
        ]
        return insert(.setupIntent, id: id, body)
    }
}

extension StripeFailure {
    /// A call that a SetupIntent's status does not allow.
    static func unexpectedSetupState(_ message: String, _ intent: Record) -> Self {
        .impossible(message, code: "setup_intent_unexpected_state", details: ["setup_intent": intent.body])
    }
}
