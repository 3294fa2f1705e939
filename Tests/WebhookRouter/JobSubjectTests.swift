import Commerce
import Database
import Messaging
import StripeModels
import TestSupport
import Testing

@testable import WebhookRouter

/// What the job of an event is about: jobs of one subject never run at once.
@Suite(.timeLimit(.minutes(2))) struct JobSubjectTests {
    func subject(ofEventAbout object: String) throws -> String? {
        let json = #"{"id":"e","object":"event","created":1,"livemode":true,"type":"t","data":{"object":\#(object)}}"#
        return try EventEnvelope.read(Array(json.utf8), metadataKey: Order.stripeMetadataKey).jobSubject
    }

    @Test func `it is the order that the metadata names`() throws {
        let order = OrderID.new().rawValue
        #expect(
            try subject(
                ofEventAbout: #"{"id":"ch_1","payment_intent":"pi_1","metadata":{"checkout_order":"\#(order)"}}"#)
                == order)
    }

    @Test(arguments: [
        "", "ord_", "ord", "or_1", "Ord_1", " ord_1", "ord_1 ", "ord_a-b", "ord_a/b", "ord_ord_1", "ord_é", "7",
        "ord_" + String(repeating: "a", count: 71),
    ])
    func `it is the PaymentIntent where the metadata names no order`(text: String) throws {
        #expect(
            try subject(
                ofEventAbout: #"{"id":"ch_1","payment_intent":"pi_1","metadata":{"checkout_order":"\#(text)"}}"#)
                == "pi_1")
    }

    @Test(arguments: [
        #"{"id":"pi_1","object":"payment_intent"}"#, #"{"id":"pi_1","payment_intent":null,"metadata":{}}"#,
        #"{"id":"pi_1","payment_intent":{"id":"pi_2"},"metadata":{"checkout_order":7}}"#,
    ])
    func `it is the object itself where that is all there is`(object: String) throws {
        #expect(try subject(ofEventAbout: object) == "pi_1")
    }

    @Test func `an event about nothing with an id has none`() throws {
        #expect(try subject(ofEventAbout: #"{"object":"balance"}"#) == nil)
    }

    @Test(arguments: Engine.all)
    func `events of one order come to have jobs of one subject`(on engine: Engine) async throws {
        try await withRouter(on: engine) { (router) async throws in
            let order = OrderID.new().rawValue
            let metadata = #","metadata":{"checkout_order":"\#(order)"}"#
            #expect(try await router.post(event(id: "evt_1", more: metadata)).status == 200)
            let failed = event(id: "evt_2", type: "payment_intent.payment_failed", more: metadata)
            #expect(try await router.post(failed).status == 200)
            #expect(try await router.post(event(id: "evt_3")).status == 200)
            #expect(
                try await router.jobs().map(\.subject).sorted { ($0 ?? "") < ($1 ?? "") } == [order, order, "pi_1"])
        }
    }
}
