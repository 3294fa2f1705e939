/// Refunds: the calls. What becomes of one later is in `Transaction+Refunds`.
enum RefundResource {
    static let routes: [Route] = [
        Route(.post, "/v1/refunds", RefundCreation.create),
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
            let before = refund.body
            refund["metadata"] = try Metadata.merged(refund["metadata"], with: call)
            transaction.put(refund, changedFrom: before)
            return refund.body
        },
        Route(.post, "/v1/refunds/:id/cancel") { call, transaction throws(StripeFailure) in
            var refund = try waiting(call, transaction)
            transaction.takeBack(&refund, as: .canceled, because: nil)
            return refund.body
        },
        Route(.post, "/v1/test_helpers/refunds/:id/expire") { call, transaction throws(StripeFailure) in
            var refund = try waiting(call, transaction)
            transaction.takeBack(&refund, as: .failed, because: "expired_or_canceled_card")
            return refund.body
        },
    ]

    /// A refund that waits for the buyer to say where to: the only one that can be canceled or can expire.
    private static func waiting(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> Record {
        let refund = try transaction.existing(.refund, call.id, param: "id")
        guard refund.refundStatus == .requiresAction else {
            throw .impossible(
                "Refund \(refund.id) has a status of \(refund.refundStatus.rawValue). Only refunds with a status of "
                    + "requires_action can be canceled.")
        }
        return refund
    }
}

/// The statuses of a refund.
enum RefundStatus: String, Sendable, CaseIterable {
    case pending
    case requiresAction = "requires_action"
    case succeeded
    case failed
    case canceled
}

extension Record {
    /// The status of a refund.
    var refundStatus: RefundStatus {
        get { RefundStatus(rawValue: body["status"].string ?? "") ?? .failed }
        set { body["status"] = .string(newValue.rawValue) }
    }
}
