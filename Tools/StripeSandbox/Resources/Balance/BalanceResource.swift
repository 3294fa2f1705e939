import OrderedCollections

/// The balance and the movements on it.
enum BalanceResource {
    static let routes: [Route] = [
        Route(.get, "/v1/balance", balance),
        Route(.get, "/v1/balance_transactions") { call, transaction throws(StripeFailure) in
            if let payout = call["payout"].string {
                // Nothing is ever paid out of here.
                throw transaction.noSuch("payout", payout, param: "payout")
            }
            return try Listing.page(of: .balanceTransaction, call, transaction) { movement in
                ["currency", "source", "type"].allSatisfy { call[$0].isNull || call[$0] == movement[$0] }
            } showing: {
                transaction.current($0).body
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
