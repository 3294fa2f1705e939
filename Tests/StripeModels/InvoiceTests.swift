import StripeModels
import Testing

struct InvoiceTests {
    func decode<T: Decodable>(_ type: T.Type, _ json: String) throws -> T {
        try StripeJSON.decode(type, from: Array(json.utf8))
    }

    @Test func `an invoice of today has what it is for in its parent`() throws {
        let invoice = try decode(
            Invoice.self,
            """
            {"id":"in_1","object":"invoice","status":"open","billing_reason":"subscription_cycle","customer":"cus_1",
             "customer_email":"a@b.c","currency":"eur","total":900,"subtotal":1000,"amount_due":800,"amount_paid":1,
             "amount_remaining":799,"attempt_count":2,"next_payment_attempt":700,"number":"A-1",
             "hosted_invoice_url":"https://invoice.stripe.com/i/x","livemode":true,"created":5,"metadata":{"k":"v"},
             "status_transitions":{"paid_at":600},
             "parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1",
               "metadata":{"order":"ord_1"},"subscription_proration_date":444}},
             "payments":{"object":"list","has_more":false,"data":[
               {"id":"inpay_0","object":"invoice_payment","invoice":"in_1","status":"canceled","is_default":false,
                "payment":{"type":"payment_intent","payment_intent":"pi_0"}},
               {"id":"inpay_1","object":"invoice_payment","invoice":"in_1","status":"open","is_default":true,
                "currency":"eur","amount_paid":null,"payment":{"type":"payment_intent","payment_intent":"pi_1"}}]},
             "lines":{"object":"list","has_more":true,"data":[
               {"id":"il_1","object":"line_item","amount":-450,"currency":"eur","description":"Unused time",
                "quantity":1,"period":{"start":100,"end":200},
                "parent":{"type":"subscription_item_details","subscription_item_details":{"proration":true,
                  "subscription":"sub_1","subscription_item":"si_1","invoice_item":"ii_1"}},
                "pricing":{"type":"price_details","price_details":{"price":"price_1","product":"prod_1"}}}]}}
            """)
        #expect(invoice.id == "in_1")
        #expect(invoice.status == .open)
        #expect(invoice.billingReason == .subscriptionCycle)
        #expect(invoice.customer == "cus_1")
        #expect(invoice.customerEmail == "a@b.c")
        #expect(invoice.subscription == "sub_1")
        #expect(invoice.subscriptionMetadata == ["order": "ord_1"])
        #expect(invoice.currency == Currency(rawValue: "eur"))
        #expect([invoice.total, invoice.subtotal, invoice.amountDue] == [900, 1000, 800])
        #expect([invoice.amountPaid, invoice.amountRemaining] == [1, 799])
        #expect(invoice.attemptCount == 2)
        #expect(invoice.nextPaymentAttempt == 700)
        #expect(invoice.hostedInvoiceURL == "https://invoice.stripe.com/i/x")
        #expect(invoice.number == "A-1")
        #expect(invoice.prorationDate == 444)
        #expect(invoice.paidAt == 600)
        #expect(invoice.metadata == ["k": "v"])
        #expect(invoice.paymentIntent == "pi_1")
        #expect(invoice.payments.map(\.invoice) == ["in_1", "in_1"])
        #expect(invoice.hasMoreLines)
        let line = try #require(invoice.lines.first)
        #expect(line.id == "il_1")
        #expect(line.amount == -450)
        #expect(line.description == "Unused time")
        #expect(line.quantity == 1)
        #expect(line.periodStart == 100)
        #expect(line.periodEnd == 200)
        #expect(line.isProration)
        #expect(line.price == "price_1")
        #expect(line.product == "prod_1")
        #expect(line.subscription == "sub_1")
        #expect(line.subscriptionItem == "si_1")
    }

    @Test func `before 2025-03-31 it had its subscription and PaymentIntent itself`() throws {
        let invoice = try decode(
            Invoice.self,
            """
            {"id":"in_1","object":"invoice","status":"paid","paid":true,"billing_reason":"subscription_create",
             "customer":{"id":"cus_1","object":"customer"},"subscription":{"id":"sub_1","object":"subscription"},
             "subscription_details":{"metadata":{"order":"ord_1"}},"payment_intent":"pi_1","charge":"ch_1",
             "currency":"usd","total":5,"amount_due":5,"livemode":false,"created":5,"subscription_proration_date":333,
             "lines":{"object":"list","data":[
               {"id":"il_1","object":"line_item","amount":5,"currency":"usd","proration":true,"subscription":"sub_1",
                "subscription_item":"si_1","period":{"start":1,"end":2},
                "price":{"id":"price_1","object":"price","product":"prod_1"}}]}}
            """)
        #expect(invoice.status == .paid)
        #expect(invoice.billingReason == .subscriptionCreate)
        #expect(invoice.customer == "cus_1")
        #expect(invoice.subscription == "sub_1")
        #expect(invoice.subscriptionMetadata == ["order": "ord_1"])
        #expect(invoice.paymentIntent == "pi_1")
        #expect(invoice.prorationDate == 333)
        let line = try #require(invoice.lines.first)
        #expect(line.isProration)
        #expect(line.price == "price_1")
        #expect(line.product == "prod_1")
        #expect(line.subscription == "sub_1")
        #expect(line.subscriptionItem == "si_1")
    }

    static let least = #""currency":"usd","total":-3,"amount_due":0,"livemode":false,"created":5"#

    @Test func `a preview needs no id and can be a credit`() throws {
        let preview = try decode(Invoice.self, "{\(Self.least)}")
        #expect(preview.id.isEmpty)
        #expect(preview.total == -3)
        #expect(preview.subtotal == -3)
        #expect(preview.paymentIntent == nil)
        #expect(preview.lines.isEmpty)
    }

    @Test(arguments: ["total", "amount_due", "currency"])
    func `but what is due is never taken for nothing`(field: String) {
        #expect(throws: StripeJSONError.field(field)) {
            try decode(Invoice.self, "{\(Self.least)}".replacing("\"\(field)\"", with: "\"_\(field)\""))
        }
    }

    @Test(
        arguments: [
            (["open:false:pi_1", "paid:false:pi_2"], "pi_2"), (["open:false:pi_1", "open:true:pi_2"], "pi_2"),
            (["open:false:pi_1", "open:false:pi_2"], "pi_1"), (["canceled:true:pi_1", "open:false:pi_2"], "pi_2"),
            (["canceled:true:pi_1"], nil), (["paid:true:", "open:false:pi_2"], "pi_2"), ([], nil),
        ] as [([String], String?)])
    func `of many payments the one that paid counts, then the invoice's own`(
        payments: [String], intent: String?
    ) throws {
        let list = payments.map { payment in
            let parts = payment.split(separator: ":", omittingEmptySubsequences: false)
            let inner = parts[2].isEmpty ? #""type":"payment_record""# : #""payment_intent":"\#(parts[2])""#
            return """
                {"id":"inpay_1","object":"invoice_payment","status":"\(parts[0])","is_default":\(parts[1]),
                 "payment":{\(inner)}}
                """
        }
        let invoice = try decode(
            Invoice.self,
            "{\(Self.least),\"payments\":{\"object\":\"list\",\"data\":[\(list.joined(separator: ","))]}}")
        #expect(invoice.paymentIntent == intent)
    }

    @Test func `a line of an added item says so in another place`() throws {
        let line = try decode(
            InvoiceLine.self,
            """
            {"id":"il_1","object":"line_item","amount":1,"currency":"usd","parent":{"type":"invoice_item_details",
             "subscription_item_details":null,
             "invoice_item_details":{"invoice_item":"ii_1","proration":true,"subscription":"sub_1"}}}
            """)
        #expect(line.isProration)
        #expect(line.subscription == "sub_1")
        #expect(line.subscriptionItem == nil)
        let plain = try decode(InvoiceLine.self, #"{"id":"il_1","amount":1,"currency":"usd","proration":false}"#)
        #expect(!plain.isProration)
    }

    @Test(arguments: [("paid", true), ("void", true), ("open", false), ("draft", false), ("uncollectible", false)])
    func `what is paid or void stays so`(status: String, isFinal: Bool) {
        #expect(Invoice.Status(status).isFinal == isFinal)
    }
}
