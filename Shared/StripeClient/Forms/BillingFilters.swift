/// Which subscriptions to list; without a status, all that are not canceled.
package struct SubscriptionFilter: Sendable {
    /// One of Stripe's words, `all` and `ended` among them.
    package var status: String?
    package var customer: String?
    package var price: String?

    package init(status: String? = nil, customer: String? = nil, price: String? = nil) {
        self.status = status
        self.customer = customer
        self.price = price
    }

    var query: FormBody {
        [
            "customer": customer.map(FormValue.text),
            "price": price.map(FormValue.text),
            "status": status.map(FormValue.text),
        ]
    }
}
