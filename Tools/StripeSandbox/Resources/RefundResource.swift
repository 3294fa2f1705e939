/// Refunds of card charges: they succeed at once.
enum RefundResource {
    static let routes: [Route] = [
        Route(.post, "/v1/refunds", create),
        Route(.get, "/v1/refunds") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .refund, call, transaction) { refund in
                ["charge", "payment_intent"].allSatisfy { call[$0].isNull || call[$0] == refund[$0] }
            }
        },
        Route(.get, "/v1/refunds/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.refund, call.id, param: "id").body
        },
        Route(.post, "/v1/refunds/:id") { call, transaction throws(StripeFailure) in
            var refund = try transaction.existing(.refund, call.id, param: "id")
            refund["metadata"] = try Metadata.merged(refund["metadata"], with: call)
            transaction.put(refund)
            transaction.emit("refund.updated", refund.body)
            return refund.body
        },
    ]

    /// Makes a refund of what is left of a charge, or of a part of it.
    @Sendable private static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        var charge = try charge(call, transaction)
        guard charge["captured"].isTrue else {
            throw .impossible(
                "Charge \(charge.id) has not been captured, so it cannot be refunded.", code: "charge_not_refundable")
        }
        let captured = charge["amount_captured"].int ?? 0
        let refunded = charge["amount_refunded"].int ?? 0
        let given = refunded - ((charge["amount"].int ?? 0) - captured)
        guard given < captured else {
            throw .impossible("Charge \(charge.id) has already been refunded.", code: "charge_already_refunded")
        }
        let amount = call["amount"].int ?? (captured - given)
        guard amount >= 1 else {
            throw .invalid(
                "This value must be greater than or equal to 1.", code: "parameter_invalid_integer", param: "amount")
        }
        guard amount <= captured - given else {
            throw .impossible(
                "Refund amount (\(amount)) is greater than unrefunded amount on charge (\(captured - given)).",
                param: "amount")
        }
        let id = Identifier.new(.refund)
        var refund = transaction.insert(
            .refund, id: id,
            [
                "id": .string(id), "object": "refund", "amount": .int(amount), "balance_transaction": nil,
                "charge": .string(charge.id), "created": .int(transaction.now), "currency": charge["currency"],
                "customer": charge["customer"], "customer_account": nil,
                "destination_details": [
                    "card": [
                        "reference": nil, "reference_status": "pending", "reference_type": "acquirer_reference_number",
                        "type": "refund",
                    ],
                    "type": "card",
                ],
                "metadata": try Metadata.merged(nil, with: call), "payment_intent": charge["payment_intent"],
                "payment_method": charge["payment_method"], "reason": call["reason"], "receipt_number": nil,
                "source_transfer_reversal": nil, "status": "succeeded", "transfer_reversal": nil,
            ])
        refund["balance_transaction"] = .string(transaction.move(-amount, fee: 0, type: "refund", source: refund).id)
        transaction.put(refund)
        let before = charge["amount_refunded"]
        charge["amount_refunded"] = .int(refunded + amount)
        charge["refunded"] = .bool(given + amount == captured)
        transaction.put(charge)
        transaction.emit("refund.created", refund.body)
        transaction.emit("charge.refunded", charge.body, previous: ["amount_refunded": before])
        return refund.body
    }

    private static func charge(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        if let id = call["payment_intent"].string {
            guard call["charge"].isNull else {
                throw .invalid("You may only specify one of these parameters: charge, payment_intent.", param: "charge")
            }
            let intent = try transaction.existing(.paymentIntent, id, param: "payment_intent")
            guard let charge = intent["latest_charge"].string.flatMap({ transaction.record(.charge, $0) }) else {
                throw .impossible(
                    "This PaymentIntent (\(id)) does not have a successful charge to refund.",
                    code: "payment_intent_unexpected_state", param: "payment_intent")
            }
            return charge
        }
        guard let id = call["charge"].string else {
            throw .invalid(
                "One of the following params should be provided for this request: payment_intent or charge.",
                code: "parameter_missing")
        }
        return try transaction.existing(.charge, id, param: "charge")
    }
}

extension Transaction {
    /// A charge with the list of its refunds, which Stripe sends only where it is asked for.
    func withRefunds(_ charge: JSON) -> JSON {
        let refunds = newest(.refund).filter { $0["charge"] == charge["id"] }.map(\.body)
        var charge = charge
        charge["refunds"] = [
            "object": "list", "data": .array(refunds), "has_more": false,
            "url": .string("/v1/charges/\(charge["id"].string ?? "")/refunds"),
        ]
        return charge
    }
}
