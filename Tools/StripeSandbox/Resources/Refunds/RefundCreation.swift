import StripeModels

/// `POST /v1/refunds`: gives back what is left of a charge, or a part of it.
enum RefundCreation {
    @Sendable static func create(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        guard !call.isSent("origin") else {
            throw .impossible("This sandbox refunds charges only, no customer's balance.", param: "origin")
        }
        var charge = try charge(call, transaction)
        let before = charge.body
        let left = try refundable(charge, transaction)
        let amount = call["amount"].int ?? left
        try check(amount, of: charge, left: left)
        if call["reverse_transfer"].isTrue {
            throw .impossible(
                "Cannot reverse transfer on charge \(charge.id): it has no transfer.", param: "reverse_transfer")
        }
        var refund = try blank(amount, of: charge, call, transaction)
        if refund.refundStatus != .requiresAction {
            var fees: [BalanceFee] = []
            if call["refund_application_fee"].isTrue {
                fees = [try applicationFee(amount, of: charge, isLast: amount == left, transaction)]
            }
            let movement = transaction.move(
                "refund", -amount, of: refund, fees: fees, availableOn: transaction.availability(of: charge))
            refund["balance_transaction"] = .string(movement.id)
            transaction.appoint(.settleRefund, refund.id)
        }
        transaction.put(refund)
        charge["amount_refunded"] = .int((charge["amount_refunded"].int ?? 0) + amount)
        charge["refunded"] = .bool(amount == left)
        if call["reason"] == "fraudulent" { charge["fraud_details"] = ["user_report": "fraudulent"] }
        transaction.emit("refund.created", refund.body)
        transaction.put(charge, changedFrom: before, telling: "charge.refunded")
        return refund.body
    }

    /// What can still be given back, in minor units.
    private static func refundable(_ charge: Record, _ transaction: Transaction) throws(StripeFailure) -> Int64 {
        guard charge["captured"].isTrue else {
            throw .impossible(
                "Charge \(charge.id) has not been captured, so it cannot be refunded.", code: "charge_not_refundable")
        }
        guard transaction.disputes(of: charge).allSatisfy({ $0["is_charge_refundable"].isTrue }) else {
            throw .impossible(
                "Charge \(charge.id) has been charged back; cannot issue a refund.", code: "charge_disputed")
        }
        let captured = charge["amount_captured"].int ?? 0
        // What was authorized and not captured counts as refunded.
        let released = (charge["amount"].int ?? 0) - captured
        let left = captured - ((charge["amount_refunded"].int ?? 0) - released)
        guard left > 0 else {
            throw .impossible("Charge \(charge.id) has already been refunded.", code: "charge_already_refunded")
        }
        return left
    }

    private static func check(_ amount: Int64, of charge: Record, left: Int64) throws(StripeFailure) {
        guard amount >= 1 else {
            throw .invalid(
                "This value must be greater than or equal to 1.", code: "parameter_invalid_integer", param: "amount")
        }
        guard amount <= left else {
            let currency = Currency(rawValue: charge["currency"].string ?? "")
            throw .impossible(
                "Refund amount (\(currency.format(amount))) is greater than unrefunded amount on charge "
                    + "(\(currency.format(left))).", param: "amount")
        }
    }

    private static func applicationFee(
        _ amount: Int64, of charge: Record, isLast: Bool, _ transaction: Transaction
    ) throws(StripeFailure) -> BalanceFee {
        guard !charge["application_fee"].isNull else {
            throw .impossible(
                "Charge \(charge.id) has no application fee to refund.", param: "refund_application_fee")
        }
        return .application(
            -transaction.returnFee(of: charge, part: amount, isLast: isLast), charge["application"])
    }

    /// A refund as it begins: on its way, or waiting for the buyer, or done, as the card has it.
    private static func blank(
        _ amount: Int64, of charge: Record, _ call: Call, _ transaction: Transaction
    ) throws(StripeFailure) -> Record {
        let id = Identifier.new(.refund)
        var body: JSON = [
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
        ]
        if let email = call["instructions_email"].string {
            // As for the methods that cannot take money back by themselves.
            body["status"] = "requires_action"
            body["instructions_email"] = .string(email)
            body["next_action"] = [
                "display_details": [
                    "email_sent": ["email_sent_at": .int(transaction.now), "email_sent_to": .string(email)],
                    "expires_at": .int(transaction.now + 45 * 24 * 60 * 60),
                ],
                "type": "display_details",
            ]
        } else if charge.aftermath == .refundIsPending {
            body["status"] = "pending"
            body["pending_reason"] = "processing"
        }
        return transaction.insert(.refund, id: id, body)
    }

    private static func charge(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        if let id = call["payment_intent"].string {
            guard call["charge"].isNull else {
                throw .invalid("You may only specify one of these parameters: charge, payment_intent.", param: "charge")
            }
            let intent = try transaction.existing(.paymentIntent, id, param: "payment_intent")
            guard intent.intentStatus == .succeeded,
                let charge = intent["latest_charge"].string.flatMap({ transaction.record(.charge, $0) })
            else {
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
