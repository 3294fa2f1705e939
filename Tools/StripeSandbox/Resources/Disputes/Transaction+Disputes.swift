/// What a bank makes of the evidence, by the text in it (Stripe: "Testing", "Evidence").
enum Verdict: String, Sendable {
    case won = "winning_evidence"
    case lost = "losing_evidence"
    /// An inquiry becomes a dispute.
    case escalated = "escalate_inquiry_evidence"
}

extension Transaction {
    /// Newest first.
    func disputes(of charge: Record) -> [Record] {
        newest(.dispute).filter { $0["charge"].string == charge.id }
    }

    /// The cardholder disputes what is left of a charge.
    func openDispute(of chargeID: String) {
        guard var charge = record(.charge, chargeID), let cause = charge.aftermath, cause.isDisputed else { return }
        let released = (charge["amount"].int ?? 0) - (charge["amount_captured"].int ?? 0)
        let amount = (charge["amount_captured"].int ?? 0) - ((charge["amount_refunded"].int ?? 0) - released)
        guard amount > 0 else { return }
        var dispute = insertDispute(of: charge, amount: amount, cause)
        charge["disputed"] = true
        put(charge)
        guard !dispute.disputeStatus.isInquiry else { return emit("charge.dispute.created", dispute.body) }
        moveDisputed(-amount, &dispute, of: charge, fee: .dispute, category: "dispute")
        put(dispute)
        emit("charge.dispute.created", dispute.body)
        emit("charge.dispute.funds_withdrawn", dispute.body)
    }

    /// The bank has looked at the evidence. Without a word that it knows, it goes on looking.
    func decideDispute(_ id: String) {
        guard var dispute = record(.dispute, id),
            dispute.disputeStatus == .underReview || dispute.disputeStatus == .warningUnderReview,
            let verdict = dispute["evidence"]["uncategorized_text"].string.flatMap(Verdict.init(rawValue:)),
            let charge = dispute["charge"].string.flatMap({ record(.charge, $0) })
        else { return }
        let amount = dispute["amount"].int ?? 0
        switch (verdict, dispute.disputeStatus.isInquiry) {
        case (.won, false):
            moveDisputed(amount, &dispute, of: charge, fee: .disputeReturned, category: "dispute_reversal")
            dispute["is_charge_refundable"] = true
            emit("charge.dispute.funds_reinstated", close(dispute, as: .won))
        case (.lost, false): close(dispute, as: .lost)
        case (.escalated, true):
            let before = dispute.body
            dispute.disputeStatus = .needsResponse
            dispute["is_charge_refundable"] = false
            dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
            moveDisputed(-amount, &dispute, of: charge, fee: .dispute, category: "dispute")
            put(dispute, changedFrom: before, telling: "charge.dispute.updated")
            emit("charge.dispute.funds_withdrawn", dispute.body)
        case (.won, true), (.lost, true): close(dispute, as: .warningClosed)
        case (.escalated, false): break
        }
    }

    /// Ends a dispute, and tells it.
    @discardableResult
    func close(_ dispute: Record, as status: DisputeStatus) -> JSON {
        var dispute = dispute
        dispute.disputeStatus = status
        put(dispute)
        emit("charge.dispute.closed", dispute.body)
        return dispute.body
    }

    private func moveDisputed(
        _ amount: Int64, _ dispute: inout Record, of charge: Record, fee: BalanceFee, category: String
    ) {
        let movement = move(
            "adjustment", amount, of: dispute, fees: [fee], availableOn: availability(of: charge), category: category)
        dispute["balance_transactions"] = .array(dispute["balance_transactions"].elements + [movement.body])
    }

    private static let evidence = [
        "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
        "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
        "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
        "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy",
        "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
        "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation",
        "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
    ]

    private func insertDispute(of charge: Record, amount: Int64, _ cause: CardAftermath) -> Record {
        let id = Identifier.new(.dispute)
        let card = charge["payment_method_details"]["card"]
        let isInquiry = cause == .inquiry
        let code: JSON = cause == .disputedAsNotReceived ? "13.1" : "10.4"
        var evidence: JSON = [:]
        for name in Self.evidence { evidence[name] = nil }
        evidence["enhanced_evidence"] = [:]
        return insert(
            .dispute, id: id,
            [
                "id": .string(id), "object": "dispute", "amount": .int(amount), "balance_transactions": [],
                "charge": .string(charge.id), "created": .int(now), "currency": charge["currency"],
                "enhanced_eligibility_types": [], "evidence": evidence,
                "evidence_details": [
                    "due_by": .int(now + 7 * 24 * 60 * 60), "enhanced_eligibility": [:], "has_evidence": false,
                    "past_due": false, "submission_count": 0, "submission_method": "not_submitted",
                ],
                "is_charge_refundable": .bool(isInquiry), "livemode": .bool(scope.livemode), "metadata": [:],
                "payment_intent": charge["payment_intent"],
                "payment_method_details": [
                    "card": [
                        "brand": card["brand"], "case_type": isInquiry ? "inquiry" : "chargeback",
                        "network": card["network"], "network_reason_code": code,
                    ],
                    "type": "card",
                ],
                "reason": cause == .disputedAsNotReceived ? "product_not_received" : "fraudulent",
                "status": isInquiry ? "warning_needs_response" : "needs_response",
            ])
    }
}
