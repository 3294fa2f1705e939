/// What a platform has earned on its connected accounts' charges.
enum ApplicationFeeResource {
    static let routes: [Route] = [
        Route(.get, "/v1/application_fees") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .applicationFee, call, transaction) { fee in
                call["charge"].isNull || call["charge"] == fee["charge"]
            }
        },
        Route(.get, "/v1/application_fees/:id") { call, transaction throws(StripeFailure) in
            try transaction.existing(.applicationFee, call.id, param: "id").body
        },
    ]
}

extension Call {
    /// The platform's application (`ca_…`), when the call is about an account that it connected.
    var application: JSON {
        scope == key.scope ? nil : .string("ca_" + key.scope.account.dropFirst("acct_".count))
    }
}

extension Transaction {
    /// Puts a platform's share of a charge on its own books, and tells it.
    func collectFee(
        _ amount: Int64, from charge: Record, availableOn: Int64, for platform: AccountScope
    ) -> Record {
        let account = scope.account
        return acting(in: platform) {
            let id = Identifier.new(.applicationFee)
            var fee = insert(
                .applicationFee, id: id,
                [
                    "id": .string(id), "object": "application_fee", "account": .string(account),
                    "amount": .int(amount), "amount_refunded": 0, "application": charge["application"],
                    "balance_transaction": nil, "charge": .string(charge.id), "created": .int(now),
                    "currency": charge["currency"],
                    "fee_source": ["charge": .string(charge.id), "type": "charge"],
                    "livemode": .bool(scope.livemode), "originating_transaction": nil, "refunded": false,
                    "refunds": [
                        "object": "list", "data": [], "has_more": false,
                        "url": .string("/v1/application_fees/\(id)/refunds"),
                    ],
                ])
            let movement = move(
                "application_fee", amount, of: fee, availableOn: availableOn, category: "platform_earning")
            fee["balance_transaction"] = .string(movement.id)
            put(fee)
            emit("application_fee.created", fee.body)
            return fee
        }
    }

    /// Gives back the part of a platform's share that goes with a refund.
    /// - Parameters:
    ///   - part: what is refunded of the charge, in minor units.
    ///   - isLast: nothing of the charge is left then, and so nothing of the share.
    /// - Returns: what was given back, in minor units.
    func returnFee(of charge: Record, part: Int64, isLast: Bool) -> Int64 {
        guard let platform = world.platforms[scope], let id = charge["application_fee"].string else { return 0 }
        let availableOn = availability(of: charge)
        return acting(in: platform) {
            guard var fee = record(.applicationFee, id) else { return 0 }
            let before = fee.body
            let (total, returned) = (fee["amount"].int ?? 0, fee["amount_refunded"].int ?? 0)
            let captured = max(1, charge["amount_captured"].int ?? 1)
            let amount = isLast ? total - returned : min(total - returned, total * part / captured)
            guard amount > 0 else { return 0 }
            let movement = move(
                "application_fee_refund", -amount, of: fee, availableOn: availableOn,
                category: "platform_earning_refund")
            let refund: JSON = [
                "id": .string("fr_" + Identifier.random(24)), "object": "fee_refund", "amount": .int(amount),
                "balance_transaction": .string(movement.id), "created": .int(now), "currency": fee["currency"],
                "fee": .string(fee.id), "metadata": [:],
            ]
            fee["refunds"]["data"] = .array([refund] + fee["refunds"]["data"].elements)
            fee["amount_refunded"] = .int(returned + amount)
            fee["refunded"] = .bool(returned + amount == total)
            put(fee, changedFrom: before, telling: "application_fee.refunded")
            return amount
        }
    }
}
