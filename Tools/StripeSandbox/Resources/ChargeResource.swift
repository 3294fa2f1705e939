/// Charges: made by PaymentIntents, read and annotated here.
enum ChargeResource {
    static let routes: [Route] = [
        Route(.get, "/v1/charges") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .charge, call, transaction) { charge in
                ["customer", "payment_intent", "transfer_group"].allSatisfy {
                    call[$0].isNull || call[$0] == charge[$0]
                }
            }
        },
        Route(.get, "/v1/charges/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.charge, call.id, param: "id").body
        },
        Route(.post, "/v1/charges/:id") { call, transaction throws(StripeFailure) in
            var charge = try transaction.existing(.charge, call.id, param: "id")
            for name in ["description", "receipt_email", "transfer_group"] where call.isSent(name) {
                charge[name] = call[name]
            }
            charge["metadata"] = try Metadata.merged(charge["metadata"], with: call)
            transaction.put(charge)
            transaction.emit("charge.updated", charge.body)
            return charge.body
        },
    ]
}

/// What became of a charge.
enum ChargeOutcome: Sendable {
    case approved(isCaptured: Bool, authenticated: Bool)
    case declined(Decline)
    /// A bank debit that is on its way.
    case pending
}

extension Transaction {
    func makeCharge(for intent: Record, _ method: Record, _ outcome: ChargeOutcome) -> Record {
        let id = ResourceKind.charge.prefix + Identifier.random(24)
        var body = blankCharge(id: id, for: intent, method)
        switch outcome {
        case .approved(let isCaptured, let authenticated):
            body["amount_captured"] = isCaptured ? intent["amount"] : 0
            body["captured"] = .bool(isCaptured)
            body["paid"] = true
            body["status"] = "succeeded"
            body["outcome"] = Self.outcome(
                network: "approved_by_network", reason: nil, message: "Payment complete.", type: "authorized")
            if authenticated {
                body["payment_method_details"]["card"]["three_d_secure"] = Record.passedChallenge.merging([
                    "exemption_indicator": nil
                ])
            }
        case .declined(let decline):
            body["failure_code"] = .string(decline.code)
            body["failure_message"] = .string(decline.message)
            body["outcome"] = Self.outcome(
                network: "declined_by_network", reason: decline.rawValue,
                message: "The bank returned the decline code `\(decline.rawValue)`.", type: "issuer_declined",
                advice: decline.adviceCode)
        case .pending:
            body["amount_captured"] = intent["amount"]
            body["captured"] = true
            body["status"] = "pending"
            body["outcome"] = Self.outcome(
                network: "approved_by_network", reason: nil, message: "Payment pending.", type: "authorized")
        }
        var charge = insert(.charge, id: id, body, hidden: ["aftermath": method.hidden["aftermath"]])
        if case .approved(isCaptured: true, _) = outcome {
            settle(&charge, amount: intent["amount"].int ?? 0)
            put(charge)
        }
        return charge
    }

    private static func outcome(
        network: String, reason: String?, message: String, type: String, advice: String? = nil
    ) -> JSON {
        [
            "advice_code": JSON(advice), "network_advice_code": nil, "network_decline_code": nil,
            "network_status": .string(network), "reason": JSON(reason), "risk_level": "normal", "risk_score": 32,
            "seller_message": .string(message), "type": .string(type),
        ]
    }

    private func blankCharge(id: String, for intent: Record, _ method: Record) -> JSON {
        let descriptor = intent["statement_descriptor"].string ?? "STRIPE SANDBOX"
        return [
            "id": .string(id), "object": "charge", "amount": intent["amount"], "amount_captured": 0,
            "amount_refunded": 0, "application": intent["application"], "application_fee": nil,
            "application_fee_amount": intent["application_fee_amount"], "balance_transaction": nil,
            "billing_details": method["billing_details"], "calculated_statement_descriptor": .string(descriptor),
            "captured": false, "created": .int(now), "currency": intent["currency"], "customer": intent["customer"],
            "description": intent["description"], "disputed": false, "failure_balance_transaction": nil,
            "failure_code": nil, "failure_message": nil, "fraud_details": [:], "livemode": .bool(scope.livemode),
            "metadata": intent["metadata"], "on_behalf_of": intent["on_behalf_of"], "outcome": nil, "paid": false,
            "payment_intent": .string(intent.id), "payment_method": .string(method.id),
            "payment_method_details": method.detailsWhenCharged(intent["amount"]),
            "receipt_email": intent["receipt_email"], "receipt_number": nil, "receipt_url": nil, "refunded": false,
            "review": nil, "shipping": intent["shipping"], "source": nil, "source_transfer": nil,
            "statement_descriptor": intent["statement_descriptor"],
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"], "status": "failed",
            "transfer_data": intent["transfer_data"], "transfer_group": intent["transfer_group"],
        ]
    }
}
