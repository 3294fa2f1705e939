package import Commerce
package import StripeModels

/// How a tenant's business stands: what our rows say, and what Stripe says, as far as it answers.
package struct Dashboard: Sendable {
    /// A part that Stripe did not answer, and why.
    package struct Missing: Sendable, Encodable, Equatable {
        package let part: String
        /// For programs; nil where nothing but words is known.
        package let code: String?
        package let message: String

        package init(part: String, code: String? = nil, message: String) {
            self.part = part
            self.code = code
            self.message = message
        }
    }

    package let tenant: Tenant
    package let local: LocalDashboard
    /// Of the whole Stripe account; nil where it is missing, as with `charges`.
    package let balance: Balance?
    package let charges: [RecentCharge]?
    package let missing: [Missing]

    /// How many charges are shown.
    package static let charges = 10

    package init(
        tenant: Tenant, local: LocalDashboard, balance: Balance?, charges: [RecentCharge]?, missing: [Missing]
    ) {
        self.tenant = tenant
        self.local = local
        self.balance = balance
        self.charges = charges
        self.missing = missing
    }

    /// The currencies of the balance, each once.
    package var currencies: [Currency] {
        ((balance?.available ?? []) + (balance?.pending ?? [])).reduce(into: []) { currencies, money in
            if !currencies.contains(money.currency) { currencies.append(money.currency) }
        }
    }
}
