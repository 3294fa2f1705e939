import StripeClient
import StripeModels
import Testing

/// Subscriptions, invoices and prices on the wire.
struct BillingCallTests {
    let change = SubscriptionChange(
        items: [.init(id: "si_1", price: "price_2", quantity: 3), .init(id: "si_2", isDeleted: true)],
        prorationBehavior: .alwaysInvoice, prorationDate: 1_800_000_000)

    @Test func `a change is made as it was previewed`() async throws {
        let fields = [
            "[items][0][id]=si_1", "[items][0][price]=price_2", "[items][0][quantity]=3", "[items][1][id]=si_2",
            "[items][1][deleted]=true", "[proration_behavior]=always_invoice", "[proration_date]=1800000000",
        ]
        let preview = try await Sent.by(answering: Examples.invoice) {
            let invoice = try await $0.previewInvoice(of: "sub_1", change, idempotencyKey: "p", as: Bench.alice)
            #expect(invoice.amountDue == 5)
        }
        #expect(preview.line == "POST /v1/invoices/create_preview")
        #expect(preview.key == "p")
        #expect(
            preview.form
                == (["subscription=sub_1"] + fields.map { "subscription_details" + $0 }).joined(separator: "&"))

        var form = SubscriptionUpdateForm()
        form.change = change
        form.paymentBehavior = .errorIfIncomplete
        form.metadata = ["by": "ord_1"]
        form.defaultPaymentMethod = "pm_1"
        let full = form
        let update = try await Sent.by(answering: Examples.subscription()) {
            _ = try await $0.updateSubscription("sub_1", full, idempotencyKey: "u", as: Bench.alice)
        }
        #expect(update.line == "POST /v1/subscriptions/sub_1")
        #expect(update.key == "u")
        // The same fields, without the brackets around the outermost name.
        let flat = fields.map { String($0.dropFirst()).replacing("]", with: "", maxReplacements: 1) }
        #expect(
            update.form
                == (flat + [
                    "payment_behavior=error_if_incomplete", "default_payment_method=pm_1", "metadata[by]=ord_1",
                ])
                .joined(separator: "&"))
    }

    @Test func `subscriptions are read and listed`() async throws {
        let read = try await Sent.by(answering: Examples.subscription()) {
            _ = try await $0.subscription("sub_1", as: Bench.alice)
        }
        #expect(read == Sent(line: "GET /v1/subscriptions/sub_1"))
        let listed = try await Sent.by(answering: Examples.list(Examples.subscription())) {
            let filter = SubscriptionFilter(status: "all", customer: "cus_1", price: "price_1")
            var ids: [String] = []
            for try await subscription in $0.subscriptions(filter, as: Bench.alice) { ids.append(subscription.id) }
            #expect(ids == ["sub_1"])
        }
        #expect(
            listed
                == Sent(line: "GET /v1/subscriptions", form: "customer=cus_1&price=price_1&status=all&limit=100"))
    }

    @Test func `a subscription is canceled at once without a key`() async throws {
        let sent = try await Sent.by(answering: Examples.subscription()) {
            _ = try await $0.cancelSubscription("sub_1", as: Bench.alice)
        }
        #expect(sent == Sent(line: "DELETE /v1/subscriptions/sub_1"))
    }

    @Test func `or at the end of its period`() async throws {
        let sent = try await Sent.by(answering: Examples.subscription()) {
            _ = try await $0.cancelSubscriptionAtPeriodEnd("sub_1", idempotencyKey: "k", as: Bench.alice)
        }
        #expect(sent == Sent(line: "POST /v1/subscriptions/sub_1", form: "cancel_at_period_end=true", key: "k"))
    }

    @Test(
        arguments: [
            (#","cancel_at_period_end":true,"cancel_at":9"#, "cancel_at_period_end=false"),
            (#","cancel_at_period_end":true"#, "cancel_at_period_end=false"),
            (#","cancel_at_period_end":false,"cancel_at":9"#, "cancel_at="),
            ("", "cancel_at_period_end=false"),
        ])
    func `an end is taken back in the way it was set`(state: String, form: String) async throws {
        let json = Examples.subscription(state)
        let subscription = try StripeJSON.decode(Subscription.self, from: Array(json.utf8))
        let sent = try await Sent.by(answering: Examples.subscription()) {
            _ = try await $0.reactivateSubscription(subscription, idempotencyKey: "k", as: Bench.alice)
        }
        #expect(sent == Sent(line: "POST /v1/subscriptions/sub_1", form: form, key: "k"))
    }

    @Test func `a paused subscription is resumed`() async throws {
        let sent = try await Sent.by(answering: Examples.subscription()) {
            _ = try await $0.resumeSubscription("sub_1", idempotencyKey: "k", as: Bench.alice)
        }
        #expect(sent == Sent(line: "POST /v1/subscriptions/sub_1/resume", key: "k"))
    }

    @Test func `an invoice comes with its payments`() async throws {
        let read = try await Sent.by(answering: Examples.invoice) { _ = try await $0.invoice("in_1", as: Bench.alice) }
        #expect(read == Sent(line: "GET /v1/invoices/in_1", form: "expand[0]=payments"))
    }

    @Test func `products and prices are made, read and listed`() async throws {
        var product = ProductForm(name: "Tea")
        product.description = "Green"
        product.metadata = ["k": "v"]
        var price = PriceForm(product: "prod_1", unitAmount: 450, currency: Currency(rawValue: "eur"))
        price.recurring = RecurringForm(.year)
        price.nickname = "Yearly"
        price.lookupKey = "tea"
        price.taxBehavior = .exclusive
        price.metadata = ["k": "v"]
        let (fullProduct, fullPrice) = (product, price)
        let made = try await Sent.by(answering: Examples.product) {
            _ = try await $0.createProduct(fullProduct, idempotencyKey: "k", as: Bench.alice)
        }
        #expect(made == Sent(line: "POST /v1/products", form: "name=Tea&description=Green&metadata[k]=v", key: "k"))
        let priced = try await Sent.by(answering: Examples.price) {
            _ = try await $0.createPrice(fullPrice, idempotencyKey: "k", as: Bench.alice)
        }
        #expect(
            priced
                == Sent(
                    line: "POST /v1/prices",
                    form: "currency=eur&lookup_key=tea&metadata[k]=v&nickname=Yearly&product=prod_1"
                        + "&recurring[interval]=year&recurring[interval_count]=1&tax_behavior=exclusive&unit_amount=450",
                    key: "k"))
        let read = try await Sent.by(answering: Examples.price) { _ = try await $0.price("price_1", as: Bench.alice) }
        #expect(read == Sent(line: "GET /v1/prices/price_1"))
        let known = try await Sent.by(answering: Examples.product) {
            _ = try await $0.product("prod_1", as: Bench.alice)
        }
        #expect(known == Sent(line: "GET /v1/products/prod_1"))
    }

    @Test func `one page of a list is read for who has pages of their own`() async throws {
        let sent = try await Sent.by(answering: Examples.list(Examples.price, more: true)) {
            let page = try await $0.prices(active: true, product: "prod_1", as: Bench.alice)
                .page(limit: 10, after: "price_0")
            #expect(page.data.map(\.id) == ["price_1"])
            #expect(page.hasMore)
        }
        #expect(
            sent
                == Sent(
                    line: "GET /v1/prices", form: "active=true&product=prod_1&limit=10&starting_after=price_0"))
    }
}
