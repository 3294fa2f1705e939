import StripeModels
import Testing

/// What the scan of an event takes for JSON, and which of its names and values it takes for the event's.
struct EventScanTests {
    static let key = "checkout_order"

    func read(_ json: String) throws(EventError) -> EventEnvelope {
        try EventEnvelope.read(Array(json.utf8), metadataKey: Self.key)
    }

    func isEvent(_ json: String) -> Bool { (try? read(json)) != nil }

    /// An event with `value` where nothing looks at it.
    func event(_ value: String) -> String {
        #"{"id":"evt_1","object":"event","created":1,"livemode":true,"type":"a.b","data":{"object":{"x":\#(value)}}}"#
    }

    /// A snapshot event around `object`.
    func event(about object: String) -> String {
        #"{"id":"evt_1","object":"event","created":1,"livemode":true,"type":"a.b","data":{"object":\#(object)}}"#
    }

    @Test(arguments: [
        "0", "-0", "7", "10", "-12.50", "0.001", "1e5", "1E+5", "1e-05", "0e0", "1e400",
        String(repeating: "9", count: 400), "true", "false", "null", "[]", "{}", "[ ]", "{ }", "[[],[]]",
        #"{"":{"":[{}]}}"#, #""""#, #""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, #""\u0000""#,
        "\"\u{7F}\u{80}\u{10FFFF}\"",
        #""half \ud83d of a pair""#, "\t1\r\n", "[1 , 2\t,\n3]",
    ])
    func `JSON is taken in whatever is not looked at`(value: String) {
        #expect(isEvent(event(value)))
    }

    @Test(arguments: [
        "", "01", "-", "-01", "+1", ".5", "1.", "1.e5", "1e", "1e+", "1e5.5", "0x10", "1-2", "1 2", "NaN", "Infinity",
        "tru", "truE", "True", "nul", "nulll", "falsey", "[1,]", "[,1]", "[,]", "[1 2]", "[", "]", "[}", "{]",
        #"{"a":1,}"#, #"{,"a":1}"#, #"{"a"}"#, #"{"a":}"#, #"{"a":1 "b":2}"#, #"{"a":1,,"b":2}"#, "{1:2}", "{null:1}",
        #"{"a":1;"b":2}"#, #"""#, #""\x""#, #""\u12g4""#, #""\u12""#, #""\u"#, #""\"#, "'a'", "\"\u{1F}\"", "\"\n\"",
        "\u{FEFF}1", "\u{A0}1", "1//", "/**/1",
    ])
    func `what is no JSON is refused also where nothing looks at it`(value: String) {
        #expect(throws: EventError.unreadable(.malformed)) { try read(event(value)) }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]], 0...8)
    func `invalid UTF-8 is refused in any text, wherever it lies in it`(bytes: [UInt8], offset: Int) {
        let text = Array("\"\(String(repeating: "a", count: offset))".utf8) + bytes + Array("\"".utf8)
        let body = Array(#"{"x":"#.utf8) + text + Array("}".utf8)
        #expect(throws: EventError.unreadable(.notUTF8)) { try EventEnvelope.read(body) }
    }

    @Test func `containers may be nested as deeply as the limit says`() {
        // Three levels are around it.
        func nested(_ depth: Int) -> String {
            event(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }
        #expect(isEvent(nested(61)))
        #expect(throws: EventError.unreadable(.tooDeep(limit: 64))) { try read(nested(62)) }
    }

    @Test func `names and values may be written with escapes`() throws {
        let event = try read(
            #"""
            {"\u0069d":"evt\u005f1","object":"\u0065vent","created":1,"livemode":true,"typ\u0065":"a.\u0062",
             "data":{"o\u0062ject":{"id":"pi\u005F1","metadata":{"checkout\u005forder":"ord\u005f1"}}}}
            """#)
        #expect(event.id == "evt_1")
        #expect(event.type == "a.b")
        #expect(event.objectID == "pi_1")
        #expect(event.metadataValue == "ord_1")
    }

    @Test func `half a surrogate pair is refused only in what has to be read`() throws {
        #expect(isEvent(event(about: #"{"\ud800":1,"id":"x_1"}"#)))
        #expect(try read(event(about: #"{"id":"\ud800"}"#)).objectID == nil)
        #expect(try read(event(about: #"{"id":"\ud83d\u0041"}"#)).objectID == nil)
        let id = #"{"id":"evt_\udc00","object":"event","created":1,"livemode":true,"type":"a.b","data":{"object":{}}}"#
        #expect(throws: EventError.unreadable(.field("id"))) { try read(id) }
    }

    @Test func `of fields with one name the first counts, as it does to the decoder`() throws {
        let event = try read(
            """
            {"id":"evt_1","id":"evt_2","object":"event","created":1,"livemode":true,"type":"a.b","created":2,
             "data":{"object":{"id":"x_1","id":"x_2","metadata":{"checkout_order":"ord_1"}},
                     "object":{"id":"x_3","payment_intent":"pi_3","metadata":{"checkout_order":"ord_3"}}},
             "data":{"object":{"id":"x_4","payment_intent":"pi_4"}}}
            """)
        #expect(event.id == "evt_1")
        #expect(event.created == 1)
        #expect(event.objectID == "x_1")
        #expect(event.paymentIntent == nil)
        #expect(event.metadataValue == "ord_1")
    }

    @Test func `names count only in their own place`() throws {
        let event = try read(
            """
            {"previous":{"id":"a","data":{"object":{"id":"b"}}},"list":[{"id":"c","type":"c"},{"object":"charge"}],
             "id":"evt_1","object":"event","created":1,"livemode":true,"type":"a.b",
             "data":{"id":"d","previous_attributes":{"id":"e","metadata":{"checkout_order":"ord_0"}},
                     "object":{"list":[{"id":"f","payment_intent":"pi_0"}],"inner":{"metadata":{"checkout_order":"ord_0"}},
                               "metadata":{"nested":{"checkout_order":"ord_0"},"checkout_order":"ord_1"},"id":"x_1"}},
             "metadata":{"checkout_order":"ord_0"},"payment_intent":"pi_0"}
            """)
        #expect(event.id == "evt_1")
        #expect(event.objectID == "x_1")
        #expect(event.paymentIntent == nil)
        #expect(event.metadataValue == "ord_1")
    }

    @Test(
        arguments: [
            ("17e8", 1_700_000_000), ("1.7E+9", 1_700_000_000), ("5.0", 5), ("-5", -5), ("-0", 0),
            ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ] as [(String, Int64)])
    func `a time may be written as any number that is whole`(text: String, seconds: Int64) throws {
        let json = #"{"id":"e","object":"event","created":\#(text),"livemode":true,"type":"t","data":{"object":{}}}"#
        #expect(try read(json).created == seconds)
    }
}

/// The ids in an event's object that tell what it belongs to.
struct EventLinkTests {
    func event(about object: String) throws(EventError) -> EventEnvelope {
        let json = #"{"id":"e","object":"event","created":1,"livemode":true,"type":"t","data":{"object":\#(object)}}"#
        return try EventEnvelope.read(Array(json.utf8), metadataKey: "checkout_order")
    }

    @Test func `the PaymentIntent and the metadata's value are read`() throws {
        let charge = try event(
            about: #"{"id":"ch_1","payment_intent":"pi_1","metadata":{"a":"b","checkout_order":"ord_1","order":"7"}}"#)
        #expect(charge.objectID == "ch_1")
        #expect(charge.paymentIntent == "pi_1")
        #expect(charge.metadataValue == "ord_1")
    }

    @Test(arguments: [
        "{}", #"{"payment_intent":null,"metadata":null}"#, #"{"payment_intent":{"id":"pi_1"},"metadata":"ord_1"}"#,
        #"{"payment_intent":7,"metadata":["checkout_order","ord_1"]}"#,
        #"{"payment_intent":"pi 1","metadata":{"checkout_order":7}}"#,
        #"{"payment_intent":"","metadata":{"checkout_order":"ord_\u0000"}}"#,
        #"{"payment_intent":"\#(String(repeating: "p", count: 256))","metadata":{"checkout_order":{"id":"ord_1"}}}"#,
        #"{"metadata":{"checkout_orde":"ord_1","checkout_orders":"ord_1","Checkout_order":"ord_1","":"ord_1"}}"#,
    ])
    func `what is odd about them is no reason to refuse the event`(object: String) throws {
        let event = try event(about: object)
        #expect(event.paymentIntent == nil)
        #expect(event.metadataValue == nil)
    }

    @Test func `without a key no metadata is read, and a thin event has none`() throws {
        let snapshot = #"{"id":"e","object":"event","created":1,"livemode":true,"type":"t","data":{"object":"#
        let body = Array((snapshot + #"{"metadata":{"":"a","nil":"b"}}}}"#).utf8)
        #expect(try EventEnvelope.read(body).metadataValue == nil)
        let thin = Array(
            """
            {"id":"e","object":"v2.core.event","type":"t","created":"2026-11-22T10:00:00Z",
             "data":{"object":{"payment_intent":"pi_1","metadata":{"checkout_order":"ord_1"}}},
             "related_object":{"id":"pi_2","payment_intent":"pi_1","metadata":{"checkout_order":"ord_1"}}}
            """.utf8)
        let event = try EventEnvelope.read(thin, metadataKey: "checkout_order")
        #expect(event.objectID == "pi_2")
        #expect(event.paymentIntent == nil)
        #expect(event.metadataValue == nil)
    }
}
