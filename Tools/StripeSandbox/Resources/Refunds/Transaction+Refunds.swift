extension Transaction {
    /// Keeps a changed refund and tells of it, in the two ways that Stripe does.
    func put(_ refund: Record, changedFrom before: JSON) {
        put(refund, changedFrom: before, telling: "refund.updated")
        put(refund, changedFrom: before, telling: "charge.refund.updated")
    }

    /// The bank has answered: the refund arrived, or with a card that says so it came back.
    func settleRefund(_ id: String) {
        guard var refund = record(.refund, id),
            refund.refundStatus == .pending || refund.refundStatus == .succeeded,
            let charge = refund["charge"].string.flatMap({ record(.charge, $0) })
        else { return }
        guard charge.aftermath != .refundFails else {
            return takeBack(&refund, as: .failed, because: "expired_or_canceled_card")
        }
        let before = refund.body
        refund.refundStatus = .succeeded
        refund.body.remove("pending_reason")
        refund["destination_details"]["card"]["reference"] = .string(Identifier.digits(23))
        refund["destination_details"]["card"]["reference_status"] = "available"
        put(refund, changedFrom: before)
    }

    /// The money comes back to the account, and can be refunded anew.
    func takeBack(_ refund: inout Record, as status: RefundStatus, because reason: String?) {
        let before = refund.body
        let amount = refund["amount"].int ?? 0
        refund.refundStatus = status
        refund.body.remove("pending_reason")
        refund.body.remove("next_action")
        if let reason { refund["failure_reason"] = .string(reason) }
        if !refund["balance_transaction"].isNull {
            let movement = move("refund_failure", amount, of: refund, availableOn: now)
            refund["failure_balance_transaction"] = .string(movement.id)
            refund["destination_details"]["card"]["reference_status"] = "unavailable"
        }
        put(refund)
        if var charge = refund["charge"].string.flatMap({ record(.charge, $0) }) {
            charge["amount_refunded"] = .int(max(0, (charge["amount_refunded"].int ?? 0) - amount))
            charge["refunded"] = false
            put(charge)
        }
        if status == .failed { emit("refund.failed", refund.body) }
        put(refund, changedFrom: before)
    }

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
