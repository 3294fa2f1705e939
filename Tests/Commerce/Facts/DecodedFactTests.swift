import Commerce
import Foundation
import Messaging
import StripeModels
import Testing

@Suite struct DecodedFactTests {
    private func fact(_ json: String, _ type: StripeEventType? = nil) throws -> StripeFact? {
        StripeFact(try JSONDecoder().decode(StripeObject.self, from: Data(json.utf8)), type: type)
    }

    private func session(_ rest: String) -> String {
        #"{"id":"cs_1","object":"checkout.session","mode":"payment","livemode":false,"metadata":{"checkout_order":"ord_1"},"#
            + rest + "}"
    }

    @Test func `only the event's name tells a payment that failed from one under way`() throws {
        let body = session(#""status":"complete","payment_status":"unpaid","amount_total":900,"currency":"eur""#)
        let cases: [(StripeEventType?, SessionFact.Payment)] = [
            (nil, .unpaid), (.checkoutSessionCompleted, .unpaid), (.checkoutSessionAsyncPaymentFailed, .failed),
        ]
        for (type, payment) in cases {
            guard case .session(let fact) = try fact(body, type) else {
                Issue.record("no session")
                continue
            }
            #expect(fact.payment == payment && fact.status == .complete && !fact.isFinal)
            #expect(fact.order == OrderID(rawValue: "ord_1") && fact.amountTotal == 900 && fact.mode == .payment)
        }
    }

    @Test func `an old session's status is that of its event`() throws {
        let body = session(#""payment_status":"paid""#)
        for (type, status) in [
            (StripeEventType.checkoutSessionCompleted, SessionFact.Status.complete),
            (.checkoutSessionExpired, .expired),
        ] {
            guard case .session(let fact) = try fact(body, type) else {
                Issue.record("no session")
                continue
            }
            #expect(fact.status == status && fact.isFinal)
        }
    }

    @Test func `an invoice's payments are those that were paid`() throws {
        let details =
            #""parent":{"subscription_details":{"subscription":"sub_1","metadata":{"checkout_tenant":"ten_1"}}}"#
        func invoice(_ rest: String) throws -> InvoiceFact? {
            let json = """
                {"id":"in_1","object":"invoice","status":"paid","currency":"eur","total":900,"amount_due":900,
                "amount_paid":900,"livemode":false,"created":1,"billing_reason":"subscription_create",\(details)\(rest)}
                """
            guard case .invoice(let fact) = try fact(json, .invoicePaid) else { return nil }
            return fact
        }
        let bare = try #require(try invoice(""))
        #expect(bare.lacksPayments && bare.isFirst && bare.isFinal && bare.subscription == "sub_1")
        #expect(bare.tenant?.rawValue == "ten_1" && bare.order == nil && bare.occasion == nil)
        let old = try #require(try invoice(#","payment_intent":"pi_1""#))
        #expect(old.payments == [InvoiceFact.Payment(paymentIntent: "pi_1", amount: 900)] && !old.lacksPayments)
        let new = try #require(
            try invoice(
                #"""
                ,"payments":{"object":"list","data":[
                {"id":"inpay_1","object":"invoice_payment","status":"canceled","payment":{"payment_intent":"pi_1"}},
                {"id":"inpay_2","object":"invoice_payment","status":"paid","amount_paid":900,"payment":{"payment_intent":"pi_2"}}]}
                """#))
        #expect(new.payments == [InvoiceFact.Payment(paymentIntent: "pi_2", amount: 900)])
    }

    @Test func `a refund names our row, and our keys are not the storefront's metadata`() throws {
        let json = """
            {"id":"re_1","object":"refund","amount":5,"currency":"eur","status":"succeeded","payment_intent":"pi_1",
            "created":1,"metadata":{"checkout_refund":"rfd_1","why":"late"}}
            """
        guard case .refund(let fact) = try fact(json) else {
            Issue.record("no refund")
            return
        }
        #expect(fact.ours == RefundID(rawValue: "rfd_1") && fact.metadata == ["why": "late"])
        #expect(fact.status == .succeeded)
    }

    @Test func `an object that moves no order is no fact`() throws {
        #expect(try fact(#"{"id":"cus_1","object":"customer","livemode":false}"#) == nil)
    }

    @Test func `every event type that is acted on is known by both its names`() {
        #expect(ActedOnEvents.all == ActedOnEvents.all.sorted() && ActedOnEvents.all.count == 26)
        for name in ActedOnEvents.all {
            #expect(ActedOnEvents.contains(name) && ActedOnEvents.contains("v1.\(name)"))
            #expect(ActedOnEvents.type("v1.\(name)")?.rawValue == name)
        }
        for name in ["customer.created", "v1.customer.created", "v1.v1.invoice.paid", "v2.invoice.paid", ""] {
            #expect(!ActedOnEvents.contains(name))
        }
    }
}
