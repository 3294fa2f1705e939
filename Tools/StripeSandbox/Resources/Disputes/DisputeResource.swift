import OrderedCollections

/// Disputes: the calls. They are opened by test cards; what becomes of one later is in `Transaction+Disputes`.
enum DisputeResource {
    static let routes: [Route] = [
        Route(.get, "/v1/disputes") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .dispute, call, transaction) { dispute in
                ["charge", "payment_intent"].allSatisfy { call[$0].isNull || call[$0] == dispute[$0] }
            }
        },
        Route(.get, "/v1/disputes/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.dispute, call.id, param: "dispute").body
        },
        Route(.post, "/v1/disputes/:id", update),
        Route(.post, "/v1/disputes/:id/close") { call, transaction throws(StripeFailure) in
            let dispute = try open(call, transaction)
            return transaction.close(dispute, as: dispute.disputeStatus.isInquiry ? .warningClosed : .lost)
        },
    ]

    /// Stages evidence, and unless told otherwise submits it.
    @Sendable private static func update(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        let hasEvidence = call.isSent("evidence")
        let submits = call["submit"].bool ?? hasEvidence
        var dispute =
            hasEvidence || submits
            ? try open(call, transaction) : try transaction.existing(.dispute, call.id, param: "dispute")
        let before = dispute.body
        dispute["metadata"] = try Metadata.merged(dispute["metadata"], with: call)
        for (name, value) in call["evidence"].fields { dispute["evidence"][name] = value }
        if hasEvidence { dispute["evidence_details"]["has_evidence"] = true }
        if submits {
            dispute["evidence_details"]["submission_count"] = .int(
                (dispute["evidence_details"]["submission_count"].int ?? 0) + 1)
            dispute["evidence_details"]["submission_method"] = "manual"
            dispute.disputeStatus = dispute.disputeStatus.isInquiry ? .warningUnderReview : .underReview
            transaction.appoint(.decideDispute, dispute.id)
        }
        transaction.put(dispute, changedFrom: before, telling: "charge.dispute.updated")
        return dispute.body
    }

    /// A dispute that still waits for an answer.
    private static func open(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        let dispute = try transaction.existing(.dispute, call.id, param: "dispute")
        switch dispute.disputeStatus {
        case .needsResponse, .warningNeedsResponse: return dispute
        case .underReview, .warningUnderReview:
            throw .impossible("Evidence for this dispute has already been submitted.", param: "dispute")
        case .won, .lost, .warningClosed:
            throw .impossible("This dispute is already closed.", param: "dispute")
        }
    }
}

/// The statuses of a dispute; those with `warning_` are of an inquiry, which took no money yet.
enum DisputeStatus: String, Sendable, CaseIterable {
    case needsResponse = "needs_response"
    case underReview = "under_review"
    case won
    case lost
    case warningNeedsResponse = "warning_needs_response"
    case warningUnderReview = "warning_under_review"
    case warningClosed = "warning_closed"

    var isInquiry: Bool { rawValue.hasPrefix("warning_") }
}

extension Record {
    /// The status of a dispute.
    var disputeStatus: DisputeStatus {
        get { DisputeStatus(rawValue: body["status"].string ?? "") ?? .lost }
        set { body["status"] = .string(newValue.rawValue) }
    }
}
