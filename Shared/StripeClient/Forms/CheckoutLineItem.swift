package import StripeModels

/// Something on Stripe's page to pay for.
package struct CheckoutLineItem: Sendable {
    package var quantity: Int64
    package var price: Price

    package enum Price: Sendable {
        /// A price of Stripe's (`price_…`).
        case existing(String)
        /// One of our own catalog, made for this session.
        case new(NewPrice)
    }

    package struct NewPrice: Sendable {
        package var name: String
        package var description: String?
        /// Minor units of `currency`.
        package var unitAmount: Int64
        package var currency: Currency
        /// nil for a price that is paid once.
        package var recurring: RecurringForm?
        package var taxBehavior: TaxBehavior?

        package init(name: String, unitAmount: Int64, currency: Currency) {
            self.name = name
            self.unitAmount = unitAmount
            self.currency = currency
        }
    }

    package init(_ price: Price, quantity: Int64 = 1) {
        self.price = price
        self.quantity = quantity
    }

    var form: FormValue {
        switch price {
        case .existing(let id): ["price": .text(id), "quantity": .number(quantity)]
        case .new(let price): ["price_data": price.form, "quantity": .number(quantity)]
        }
    }
}

extension CheckoutLineItem.NewPrice {
    fileprivate var form: FormValue {
        [
            "currency": .text(currency.rawValue),
            "product_data": ["name": .text(name), "description": description.map(FormValue.text)],
            "recurring": recurring?.form,
            "tax_behavior": taxBehavior.map { .text($0.rawValue) },
            "unit_amount": .number(unitAmount),
        ]
    }
}
