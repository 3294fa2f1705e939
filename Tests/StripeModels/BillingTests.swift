import StripeModels
import Testing

/// Subscriptions and invoices, in the shapes that they had over the years.
struct BillingTests {
    func decode<T: Decodable>(_ type: T.Type, _ json: String) throws -> T {
        try StripeJSON.decode(type, from: Array(json.utf8))
    }

    static let price = """
        {"id":"price_1","object":"price","currency":"eur","unit_amount":900,"livemode":true,"active":true,"created":3,
         "product":"prod_1","nickname":"Monthly","lookup_key":"club","metadata":{"a":"b"},"type":"recurring",
         "unit_amount_decimal":"900","recurring":{"interval":"month","interval_count":3,"usage_type":"licensed"}}
        """

    // MARK: Subscriptions

    @Test func `a subscription of today has the period at its items`() throws {
        let subscription = try decode(
            Subscription.self,
            """
            {"id":"sub_1","object":"subscription","status":"trialing","customer":"cus_1","currency":"eur","created":5,
             "livemode":true,"cancel_at_period_end":false,"cancel_at":900,"canceled_at":800,"ended_at":901,
             "trial_start":10,"trial_end":20,"latest_invoice":"in_1","default_payment_method":{"id":"pm_1"},
             "cancellation_details":{"reason":"cancellation_requested"},"metadata":{"order":"ord_1"},
             "items":{"object":"list","has_more":false,"data":[
               {"id":"si_1","object":"subscription_item","quantity":2,"price":\(Self.price),"metadata":{"x":"y"},
                "current_period_start":100,"current_period_end":200},
               {"id":"si_2","object":"subscription_item","price":\(Self.price),
                "current_period_start":110,"current_period_end":300}]}}
            """)
        #expect(subscription.id == "sub_1")
        #expect(subscription.status == .trialing)
        #expect(subscription.customer == "cus_1")
        #expect(subscription.currency == Currency(rawValue: "eur"))
        #expect(subscription.currentPeriodStart == 100)
        #expect(subscription.currentPeriodEnd == 300)
        #expect(!subscription.cancelAtPeriodEnd)
        #expect(subscription.cancelAt == 900)
        #expect(subscription.isEnding)
        #expect(subscription.canceledAt == 800)
        #expect(subscription.endedAt == 901)
        #expect(subscription.trialStart == 10)
        #expect(subscription.trialEnd == 20)
        #expect(subscription.latestInvoice == "in_1")
        #expect(subscription.defaultPaymentMethod == "pm_1")
        #expect(subscription.cancellationReason == "cancellation_requested")
        #expect(subscription.metadata == ["order": "ord_1"])
        #expect(subscription.livemode)
        #expect(subscription.created == 5)
        #expect(subscription.items.map(\.id) == ["si_1", "si_2"])
        #expect(subscription.items[0].quantity == 2)
        #expect(subscription.items[1].quantity == nil)
        #expect(subscription.items[0].currentPeriodEnd == 200)
        #expect(subscription.items[0].metadata == ["x": "y"])
        let price = subscription.items[0].price
        #expect(price.id == "price_1")
        #expect(price.unitAmount == 900)
        #expect(price.product == "prod_1")
        #expect(price.recurring?.interval == "month")
        #expect(price.recurring?.intervalCount == 3)
        #expect(price.nickname == "Monthly")
        #expect(price.lookupKey == "club")
        #expect(price.metadata == ["a": "b"])
        #expect(price.active)
    }

    @Test func `before 2025-03-31 it had the period itself`() throws {
        let subscription = try decode(
            Subscription.self,
            """
            {"id":"sub_1","object":"subscription","status":"past_due","customer":{"id":"cus_1","object":"customer"},
             "created":5,"livemode":false,"cancel_at_period_end":true,"current_period_start":100,
             "current_period_end":200,"latest_invoice":{"id":"in_1","object":"invoice"},
             "items":{"object":"list","data":[{"id":"si_1","object":"subscription_item","quantity":1,
               "price":\(Self.price)}]}}
            """)
        #expect(subscription.status == .pastDue)
        #expect(subscription.customer == "cus_1")
        #expect(subscription.currentPeriodStart == 100)
        #expect(subscription.currentPeriodEnd == 200)
        #expect(subscription.isEnding)
        #expect(subscription.latestInvoice == "in_1")
        // The oldest have no currency of their own.
        #expect(subscription.currency == Currency(rawValue: "eur"))
    }

    @Test func `and earlier a plan in the price's place`() throws {
        let item = try decode(
            SubscriptionItem.self,
            """
            {"id":"si_1","object":"subscription_item","quantity":1,
             "plan":{"id":"plan_1","object":"plan","amount":500,"currency":"usd","interval":"year","interval_count":1,
                     "livemode":false,"product":"prod_1","active":true,"created":1}}
            """)
        #expect(item.price.id == "plan_1")
        #expect(item.price.unitAmount == 500)
        #expect(item.price.recurring?.interval == "year")
        #expect(item.price.recurring?.intervalCount == 1)
    }

    @Test func `a price that is paid once has no interval, one in tiers no amount`() throws {
        let price = try decode(
            Price.self,
            """
            {"id":"price_1","object":"price","currency":"usd","unit_amount":null,"recurring":null,"livemode":false,
             "product":{"id":"prod_1","object":"product"},"type":"one_time"}
            """)
        #expect(price.recurring == nil)
        #expect(price.unitAmount == nil)
        #expect(price.product == "prod_1")
    }

    @Test(
        arguments: [
            ("canceled", true), ("incomplete_expired", true), ("active", false), ("past_due", false),
            ("paused", false), ("unpaid", false), ("incomplete", false), ("trialing", false), ("resting", false),
        ])
    func `only what is canceled stays as it is`(status: String, isFinal: Bool) {
        #expect(Subscription.Status(status).isFinal == isFinal)
        #expect(Subscription.Status(status).name == status)
    }

    @Test(arguments: ["id", "status", "customer", "livemode", "created"])
    func `a subscription needs little, but not less`(field: String) {
        let whole = #"{"id":"s","status":"active","customer":"c","livemode":false,"created":1}"#
        #expect(throws: Never.self) { try decode(Subscription.self, whole) }
        #expect(throws: StripeJSONError.field(field)) {
            try decode(Subscription.self, whole.replacing("\"\(field)\"", with: "\"_\(field)\""))
        }
    }

    // MARK: Products

    @Test func `a product is read, and what is left of a deleted one`() throws {
        let product = try decode(
            Product.self,
            """
            {"id":"prod_1","object":"product","name":"Tea","description":"Green","active":true,"default_price":"price_1",
             "metadata":{"a":"b"},"livemode":false,"created":4}
            """)
        #expect(product.name == "Tea")
        #expect(product.description == "Green")
        #expect(product.active)
        #expect(product.defaultPrice == "price_1")
        #expect(product.metadata == ["a": "b"])
        let deleted = try decode(Product.self, #"{"id":"prod_1","object":"product","deleted":true}"#)
        #expect(deleted.deleted)
        #expect(!deleted.active)
    }
}
