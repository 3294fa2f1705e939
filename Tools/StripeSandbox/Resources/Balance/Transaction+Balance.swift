/// A part of what a movement of the balance costs; negative when it is given back.
enum BalanceFee: Sendable {
    case stripe(Int64)
    /// What a platform takes, by its application (`ca_…`).
    case application(Int64, JSON)

    var amount: Int64 {
        switch self {
        case .stripe(let amount), .application(let amount, _): amount
        }
    }

    /// The sandbox's own simple rate: 2.9 % and 30 minor units, whatever the currency.
    static func ofCharge(_ amount: Int64) -> Self { .stripe(min(amount, amount * 29 / 1000 + 30)) }

    /// What a dispute costs, in minor units.
    static let dispute = Self.stripe(1500)
    static let disputeReturned = Self.stripe(-1500)
}

extension Transaction {
    /// Puts a captured charge on the balance, less Stripe's fee and the platform's; it is available after two days.
    ///
    /// What the card has in store for the charge is set going.
    func settle(_ charge: inout Record, amount: Int64) {
        var fees = [BalanceFee.ofCharge(amount)]
        let availableOn = charge.aftermath == .bypassesPending ? now : now + 2 * 24 * 60 * 60
        if let platform = world.platforms[scope], let share = charge["application_fee_amount"].int, share > 0 {
            let taken = min(share, amount)
            charge["application_fee"] = .string(
                collectFee(taken, from: charge, availableOn: availableOn, for: platform).id)
            fees.append(.application(taken, charge["application"]))
        }
        let movement = move("charge", amount, of: charge, fees: fees, availableOn: availableOn)
        charge["balance_transaction"] = .string(movement.id)
        if charge.aftermath?.isDisputed ?? false { appoint(.openDispute, charge.id) }
    }

    /// Writes one movement of the balance.
    /// - Parameters:
    ///   - amount: minor units, before fees; negative for what goes away.
    ///   - availableOn: seconds since 1970.
    ///   - category: Stripe's reporting category, where it is not the type.
    @discardableResult
    func move(
        _ type: String, _ amount: Int64, of source: Record, fees: [BalanceFee] = [], availableOn: Int64,
        category: String? = nil
    ) -> Record {
        let id = Identifier.new(.balanceTransaction)
        let currency = source["currency"]
        let fee = fees.reduce(0) { $0 + $1.amount }
        return insert(
            .balanceTransaction, id: id,
            [
                "id": .string(id), "object": "balance_transaction", "amount": .int(amount),
                "available_on": .int(availableOn), "balance_type": "payments", "created": .int(now),
                "currency": currency, "description": source["description"], "exchange_rate": nil, "fee": .int(fee),
                "fee_details": .array(fees.filter { $0.amount != 0 }.map { $0.details(currency) }),
                "net": .int(amount - fee), "reporting_category": .string(category ?? type),
                "source": .string(source.id), "status": availableOn <= now ? "available" : "pending",
                "type": .string(type),
            ])
    }

    /// When what is taken from a charge is gone: from what is pending as long as the charge is.
    func availability(of charge: Record) -> Int64 {
        let movement = charge["balance_transaction"].string.flatMap { record(.balanceTransaction, $0) }
        return max(now, movement?["available_on"].int ?? now)
    }

    /// A movement as it stands now: it becomes available by itself, by the passing of time.
    func current(_ movement: Record) -> Record {
        var movement = movement
        if (movement["available_on"].int ?? 0) <= now { movement["status"] = "available" }
        return movement
    }
}

extension BalanceFee {
    fileprivate func details(_ currency: JSON) -> JSON {
        switch self {
        case .stripe(let amount):
            [
                "amount": .int(amount), "application": nil, "currency": currency,
                "description": "Stripe processing fees", "type": "stripe_fee",
            ]
        case .application(let amount, let application):
            [
                "amount": .int(amount), "application": application, "currency": currency,
                "description": "Application fee", "type": "application_fee",
            ]
        }
    }
}
