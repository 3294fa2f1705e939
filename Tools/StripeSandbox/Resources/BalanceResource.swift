import OrderedCollections

/// The balance and the movements on it.
enum BalanceResource {
    static let routes: [Route] = [
        Route(.get, "/v1/balance", balance),
        Route(.get, "/v1/balance_transactions") { call, transaction throws(StripeFailure) in
            try Listing.page(of: .balanceTransaction, call, transaction) { movement in
                ["currency", "source", "type"].allSatisfy { call[$0].isNull || call[$0] == movement[$0] }
            }
        },
        Route(.get, "/v1/balance_transactions/:id") { call, transaction throws(StripeFailure) in
            transaction.current(try transaction.existing(.balanceTransaction, call.id, param: "id")).body
        },
    ]

    @Sendable private static func balance(_ call: Call, _ transaction: Transaction) throws(StripeFailure) -> JSON {
        // Never summed across currencies.
        var sums: OrderedDictionary<String, (available: Int64, pending: Int64)> = [:]
        for movement in transaction.newest(.balanceTransaction) {
            let net = movement["net"].int ?? 0
            let currency = movement["currency"].string ?? ""
            let isAvailable = (movement["available_on"].int ?? 0) <= transaction.now
            sums[currency, default: (0, 0)].available += isAvailable ? net : 0
            sums[currency, default: (0, 0)].pending += isAvailable ? 0 : net
        }
        if sums.isEmpty { sums["usd"] = (0, 0) }
        sums.sort { $0.key < $1.key }
        func list(_ amount: ((available: Int64, pending: Int64)) -> Int64) -> JSON {
            .array(
                sums.map { currency, sum in
                    [
                        "amount": .int(amount(sum)), "currency": .string(currency),
                        "source_types": ["card": .int(amount(sum))],
                    ]
                })
        }
        return [
            "object": "balance", "available": list(\.available), "connect_reserved": list { _ in 0 },
            "livemode": .bool(call.scope.livemode),
            "pending": list(\.pending),
        ]
    }
}

extension Transaction {
    /// Puts a captured charge on the balance, less Stripe's fee; it is available after two days.
    func settle(_ charge: inout Record, amount: Int64) {
        let fee = min(amount, amount * 29 / 1000 + 30)
        charge["balance_transaction"] = .string(move(amount, fee: fee, type: "charge", source: charge).id)
    }

    /// Writes one movement of the balance.
    func move(_ amount: Int64, fee: Int64, type: String, source: Record) -> Record {
        let id = Identifier.new(.balanceTransaction)
        let currency = source["currency"]
        let details: JSON = [
            "amount": .int(fee), "application": nil, "currency": currency,
            "description": "Stripe processing fees", "type": "stripe_fee",
        ]
        return insert(
            .balanceTransaction, id: id,
            [
                "id": .string(id), "object": "balance_transaction", "amount": .int(amount),
                "available_on": .int(now + 2 * 24 * 60 * 60), "balance_type": "payments", "created": .int(now),
                "currency": currency, "description": source["description"], "exchange_rate": nil, "fee": .int(fee),
                "fee_details": fee == 0 ? [] : [details], "net": .int(amount - fee),
                "reporting_category": .string(type), "source": .string(source.id), "status": "pending",
                "type": .string(type),
            ])
    }

    /// A movement as it stands now: it becomes available by itself, by the passing of time.
    func current(_ movement: Record) -> Record {
        var movement = movement
        if (movement["available_on"].int ?? 0) <= now { movement["status"] = "available" }
        return movement
    }
}
