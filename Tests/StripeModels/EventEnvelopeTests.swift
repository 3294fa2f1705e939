import StripeModels
import Testing

struct EventEnvelopeTests {
    func read(_ json: String) throws(EventError) -> EventEnvelope {
        try EventEnvelope.read(Array(json.utf8))
    }

    static let snapshot = """
        {"id":"evt_1","object":"event","api_version":"2020-08-27","account":"acct_9","created":1700000000,
         "data":{"object":{"id":"pi_1","object":"payment_intent","amount":1099},"previous_attributes":{"amount":1}},
         "livemode":true,"pending_webhooks":1,"request":{"id":null},"type":"payment_intent.succeeded","new_field":[1]}
        """

    static let thin = """
        {"id":"evt_2","object":"v2.core.event","type":"v1.payment_intent.succeeded","livemode":false,
         "created":"2026-11-22T10:00:00.123Z","context":"org_1/acct_9","snapshot_event":"evt_1",
         "related_object":{"id":"pi_1","type":"payment_intent","url":"/v1/payment_intents/pi_1"}}
        """

    @Test func `a snapshot event says what it is about`() throws {
        let event = try read(Self.snapshot)
        #expect(event.id == "evt_1")
        #expect(event.type == "payment_intent.succeeded")
        #expect(event.created == 1_700_000_000)
        #expect(event.livemode)
        #expect(event.apiVersion == "2020-08-27")
        #expect(event.account == "acct_9")
        #expect(!event.isThin)
        #expect(event.objectID == "pi_1")
        #expect(event.objectType == "payment_intent")
    }

    @Test func `a thin event says what it is about`() throws {
        let event = try read(Self.thin)
        #expect(event.id == "evt_2")
        #expect(event.type == "v1.payment_intent.succeeded")
        #expect(event.created == 1_795_341_600)
        #expect(!event.livemode)
        #expect(event.apiVersion == nil)
        #expect(event.account == "acct_9")
        #expect(event.isThin)
        #expect(event.objectID == "pi_1")
        #expect(event.objectType == "payment_intent")
        #expect(try StripeJSON.decode(ThinEvent.self, from: Array(Self.thin.utf8)).snapshotEvent == "evt_1")
    }

    @Test(
        arguments: [
            ("2026-11-22T10:00:00Z", 1_795_341_600), ("2026-11-22T10:00:00.999999Z", 1_795_341_600),
            ("2026-11-22T11:00:00+01:00", 1_795_341_600), ("1970-01-01T00:00:00Z", 0),
        ] as [(String, Int64)])
    func `times of thin events are read with and without fractions and offsets`(text: String, seconds: Int64) throws {
        let event = try read(#"{"id":"e","object":"v2.core.event","type":"t","created":"\#(text)","livemode":true}"#)
        #expect(event.created == seconds)
        #expect(event.objectID == nil)
    }

    @Test func `an event about a balance has no object id`() throws {
        let event = try read(
            """
            {"id":"evt_1","object":"event","created":1,"livemode":false,"type":"balance.available",
             "data":{"object":{"object":"balance","available":[],"livemode":false}}}
            """)
        #expect(event.objectID == nil)
        #expect(event.objectType == "balance")
        #expect(event.account == nil)
        #expect(event.apiVersion == nil)
    }

    /// A coupon's, a plan's or a customer's id is the merchant's own text, and an answer of 400 would count against the
    /// endpoint until Stripe disables it.
    @Test(arguments: [
        #""id":"SUMMER 25""#, #""id":"Gold Plan é""#, #""id":"""#, #""id":"a\u0000b""#, #""id":7"#, #""id":{"a":1}"#,
        #""id":"\#(String(repeating: "x", count: 300))""#,
    ])
    func `an object with an odd id is no reason to refuse its event`(id: String) throws {
        let event = try read(
            """
            {"id":"evt_1","object":"event","created":1,"livemode":false,"type":"coupon.created",
             "data":{"object":{\(id),"object":"coupon"}}}
            """)
        #expect(event.type == "coupon.created")
        #expect(event.objectID == nil)
        #expect(event.objectType == "coupon")
        let thin = try read(
            """
            {"id":"evt_2","object":"v2.core.event","type":"v1.coupon.created","created":"2026-11-22T10:00:00Z",
             "related_object":{\(id),"type":"coupon"}}
            """)
        #expect(thin.objectID == nil)
    }

    @Test(arguments: [
        #""api_version":20200827"#, #""api_version":"a b""#, #""api_version":"""#, #""pending_webhooks":"many""#,
    ])
    func `what nothing depends on may be odd`(field: String) throws {
        let event = try read(
            """
            {"id":"evt_1","object":"event","created":1,"livemode":false,"type":"a.b",\(field),
             "data":{"object":{"id":"x_1","object":7}}}
            """)
        #expect(event.apiVersion == nil)
        #expect(event.objectID == "x_1")
        #expect(event.objectType == nil)
    }

    @Test(arguments: [#"{"id":7}"#, "7", "[]"])
    func `an odd related object is no reason to refuse a thin event`(related: String) throws {
        let event = try read(
            """
            {"id":"evt_2","object":"v2.core.event","type":"t","created":"2026-11-22T10:00:00Z","related_object":\(related)}
            """)
        #expect(event.objectID == nil)
        #expect(event.objectType == nil)
    }

    @Test func `the object of a snapshot comes out as its model`() throws {
        let body = Array(
            """
            {"id":"evt_1","object":"event","created":1,"livemode":false,"type":"refund.updated",
             "data":{"object":{"id":"re_1","object":"refund","amount":5,"currency":"eur","created":1,"status":"failed"}}}
            """.utf8)
        #expect(try StripeEvent.decode(object: Refund.self, from: body).status == .failed)
        #expect(throws: EventError.unreadable(.field("data.object.object"))) {
            try StripeEvent.decode(object: Charge.self, from: body)
        }
    }
}
