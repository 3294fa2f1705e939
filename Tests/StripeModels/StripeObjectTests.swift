import StripeModels
import Testing

/// From the type of an event to the object that it is about.
struct StripeObjectTests {
    static let examples: [String: String] = [
        "charge": #""amount":5,"currency":"usd","status":"succeeded","livemode":false,"created":1"#,
        "checkout.session": #""mode":"payment","payment_status":"paid","livemode":false"#,
        "dispute": #""amount":5,"currency":"usd","status":"lost","livemode":false,"created":1"#,
        "invoice": #""currency":"usd","total":5,"amount_due":5,"livemode":false,"created":1"#,
        "payment_intent": #""amount":5,"currency":"usd","status":"succeeded","livemode":false,"created":1"#,
        "refund": #""amount":5,"currency":"usd","status":"succeeded","created":1"#,
        "setup_intent": #""status":"succeeded","livemode":false,"created":1"#,
        "subscription": #""status":"active","customer":"cus_1","livemode":false,"created":1"#,
    ]

    func event(_ object: String, type: String, _ fields: String) -> [UInt8] {
        Array(
            """
            {"id":"evt_1","object":"event","type":"\(type)","created":1,"livemode":false,
             "data":{"object":{"id":"x_1","object":"\(object)",\(fields)}}}
            """.utf8)
    }

    @Test(arguments: StripeEventType.allCases)
    func `every event that is applied has an object that is read`(type: StripeEventType) throws {
        let fields = try #require(Self.examples[type.objectName])
        let body = event(type.objectName, type: type.rawValue, fields)
        let envelope = try EventEnvelope.read(body)
        #expect(StripeEventType(envelope.type) == type)
        #expect(StripeEventType("v1." + envelope.type) == type)
        let object = try StripeEvent.decode(object: StripeObject.self, from: body)
        #expect(object.objectName == type.objectName)
        #expect(object.id == "x_1")
    }

    @Test(arguments: examples.keys.sorted())
    func `every kind of object is told from the others`(kind: String) throws {
        let fields = try #require(Self.examples[kind])
        let object = try StripeEvent.decode(object: StripeObject.self, from: event(kind, type: "a.b", fields))
        #expect(object.objectName == kind)
        #expect(object.id == "x_1")
        #expect(throws: EventError.self) {
            try StripeEvent.decode(
                object: StripeObject.self,
                from: event(
                    kind, type: "a.b",
                    fields.replacing(":5", with: ":[]")
                        .replacing("livemode", with: "mode").replacing("payment_status", with: "x")
                        .replacing("currency", with: "y").replacing("status", with: "z")))
        }
    }

    @Test func `an object of another kind is passed over whatever is in it`() throws {
        let object = try StripeEvent.decode(
            object: StripeObject.self, from: event("plan", type: "plan.created", #""amount":"?""#))
        #expect(object.objectName == "plan")
        #expect(object.id == nil)
    }

    @Test(arguments: ["", "v1.", "v1.v1.refund.created", "plan.created", "v2.core.account.created", "Refund.created"])
    func `any other event is not applied`(type: String) {
        #expect(StripeEventType(type) == nil)
    }
}
