/// A change of what a subscription has: the same value previews it and makes it, so what was shown is what is done.
package struct SubscriptionChange: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        /// The item to change (`si_…`); nil adds one.
        package var id: String?
        package var price: String?
        package var quantity: Int64?
        package var isDeleted = false

        package init(id: String? = nil, price: String? = nil, quantity: Int64? = nil, isDeleted: Bool = false) {
            self.id = id
            self.price = price
            self.quantity = quantity
            self.isDeleted = isDeleted
        }

        var form: FormValue {
            [
                "id": id.map(FormValue.text),
                "price": price.map(FormValue.text),
                "quantity": quantity.map { .number($0) },
                "deleted": isDeleted ? true : nil,
            ]
        }
    }

    /// What becomes of the rest of the period.
    package enum ProrationBehavior: String, Sendable {
        case alwaysInvoice = "always_invoice"
        case createProrations = "create_prorations"
        case none
    }

    package var items: [Item]
    package var prorationBehavior: ProrationBehavior?
    /// The second that the rest of the period is counted from, in seconds since 1970.
    package var prorationDate: Int64?

    package init(
        items: [Item], prorationBehavior: ProrationBehavior? = nil, prorationDate: Int64? = nil
    ) {
        self.items = items
        self.prorationBehavior = prorationBehavior
        self.prorationDate = prorationDate
    }

    /// In the order of the fields of both calls.
    var fields: [(String, FormValue?)] {
        [
            ("items", items.isEmpty ? nil : .list(items.map(\.form))),
            ("proration_behavior", prorationBehavior.map { .text($0.rawValue) }),
            ("proration_date", prorationDate.map { .number($0) }),
        ]
    }
}
