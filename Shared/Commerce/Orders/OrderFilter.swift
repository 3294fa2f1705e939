/// Which orders a list shows.
package struct OrderFilter: Sendable, Hashable {
    package let status: OrderStatus?
    package let created: CreatedRange

    /// - Throws: `.invalid` with param `status` for a status that does not exist.
    package init(status: String? = nil, created: CreatedRange = CreatedRange()) throws(CommerceError) {
        if let status {
            guard let known = OrderStatus(rawValue: status) else {
                let names = OrderStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("status", "status must be one of: \(names).")
            }
            self.status = known
        } else {
            self.status = nil
        }
        self.created = created
    }

    func add(to conditions: inout Conditions) {
        if let status { conditions.add("status = ?", status.rawValue) }
        created.add(to: &conditions)
    }
}

/// `created[gt]` and so on, in whole seconds since 1970, as Stripe's lists take them.
package struct CreatedRange: Sendable, Hashable {
    package let gt: Int64?
    package let gte: Int64?
    package let lt: Int64?
    package let lte: Int64?

    package init(gt: Int64? = nil, gte: Int64? = nil, lt: Int64? = nil, lte: Int64? = nil) {
        self.gt = gt
        self.gte = gte
        self.lt = lt
        self.lte = lte
    }

    /// An order shows the whole second it was created in, so the bounds are those of that second.
    func add(to conditions: inout Conditions) {
        if let gt { conditions.add("created_at >= ?", Self.start(of: gt, plus: 1)) }
        if let gte { conditions.add("created_at >= ?", Self.start(of: gte)) }
        if let lt { conditions.add("created_at < ?", Self.start(of: lt)) }
        if let lte { conditions.add("created_at < ?", Self.start(of: lte, plus: 1)) }
    }

    /// µs since 1970; a second beyond all time is the last that there is.
    private static func start(of second: Int64, plus more: Int64 = 0) -> Int64 {
        let latest = Int64.max / 1_000_000 - 1
        return (min(max(second, -latest), latest - 1) + more) * 1_000_000
    }
}
