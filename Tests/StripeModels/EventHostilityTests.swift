import StripeModels
import Testing

/// A signed body may still be anything: a tenant's key may sign what it likes.
struct EventHostilityTests {
    func failure(_ body: [UInt8]) -> EventError? {
        do {
            _ = try EventEnvelope.read(body)
            return nil
        } catch {
            return error
        }
    }

    func failure(_ json: String) -> EventError? { failure(Array(json.utf8)) }

    /// An event with one field replaced or added.
    func event(_ field: String, _ value: String) -> String {
        var fields = [
            "id": #""evt_1""#, "object": #""event""#, "created": "1", "livemode": "true", "type": #""a.b""#,
            "data": #"{"object":{"id":"x_1","object":"x"}}"#,
        ]
        fields[field] = value
        return "{" + fields.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
            Array(#"{"id":""#.utf8) + [0x80] + Array(#""}"#.utf8),
        ] as [[UInt8]])
    func `invalid UTF-8 is refused`(body: [UInt8]) {
        #expect(failure(body) == .unreadable(.notUTF8))
    }

    @Test(arguments: [
        "", " ", "null", "true", "1", "\"event\"", "[]", "[{}]", "{", "}", "{}}", "{]", "{\"id\"", "{\"id\":}",
        "{'id':1}",
        "\u{FEFF}{}", "{\"a\":\"\u{01}\"}", "{\u{00}\"\u{00}", "{\"id\":\"evt\u{00}\"}", "{\"a\":nan}", "{\"a\" 1}",
        "{} {}", "{\"a\":\"\\ud800\"}x",
    ])
    func `what is no JSON object is refused`(body: String) {
        #expect(failure(body) == .unreadable(.malformed))
    }

    @Test(arguments: [2, 4])
    func `JSON in UTF-16 or UTF-32 is refused`(width: Int) {
        let body = Array(event("id", #""evt_1""#).utf8)
        let zeros = [UInt8](repeating: 0, count: width - 1)
        #expect(failure(body.flatMap { [$0] + zeros }) == .unreadable(.malformed))
        #expect(failure(body.flatMap { zeros + [$0] }) == .unreadable(.malformed))
    }

    @Test(arguments: [100, 10_000, 500_000])
    func `deep nesting is refused, however deep`(depth: Int) {
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let objects = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(failure(event("data", arrays)) == .unreadable(.tooDeep(limit: 64)))
        #expect(failure(event("data", objects)) == .unreadable(.tooDeep(limit: 64)))
        #expect(failure(String(repeating: "{\"a\":[", count: depth)) == .unreadable(.tooDeep(limit: 64)))
    }

    @Test func `brackets inside of strings are no nesting`() {
        let text = String(repeating: "[{", count: 1_000) + #"\"[\\"#
        #expect(failure(event("description", "\"\(text)\"")) == nil)
    }

    @Test(arguments: ["id", "type", "object", "created", "livemode", "data"])
    func `a field that every event has may not be missing or null`(field: String) {
        #expect(failure(event(field, "null")) == .unreadable(.field(field)))
    }

    @Test(arguments: [
        ("created", "1e400"), ("created", "99999999999999999999"), ("created", "1.5"), ("created", "-1e999"),
        ("created", "true"), ("created", #""1""#), ("created", "{}"), ("livemode", "1"), ("livemode", #""true""#),
        ("id", "1"), ("id", "[]"), ("type", "{}"), ("object", "5"), ("data", "[]"), ("data", #""x""#), ("account", "7"),
    ])
    func `a field of the wrong type or size is named`(field: String, value: String) {
        #expect(failure(event(field, value)) == .unreadable(.field(field)))
    }

    @Test(arguments: ["{}", #"{"object":null}"#, #"{"object":[]}"#, #"{"object":"pi_1"}"#])
    func `data without its object is refused`(data: String) {
        #expect(failure(event("data", data)) == .unreadable(.field("data.object")))
    }

    @Test(arguments: [
        "", " ", "a b", "evt_\\u0000", "evt_\\n", "evt_é", "evt_\\u202e", String(repeating: "e", count: 256),
    ])
    func `names that no name of Stripe's looks like are refused`(text: String) {
        #expect(failure(event("id", "\"\(text)\"")) == .invalidText(field: "id"))
        #expect(failure(event("type", "\"\(text)\"")) == .invalidText(field: "type"))
        #expect(failure(event("account", "\"\(text)\"")) == .invalidText(field: "account"))
    }

    @Test(arguments: [#""charge""#, #""""#, #""EVENT""#, #""v2.core.event\n""#])
    func `another object is not an event`(object: String) {
        #expect(failure(event("object", object)) == .notAnEvent)
    }

    @Test(arguments: [
        "", "now", "2026", "2026-13-01T00:00:00Z", "999999999999-01-01T00:00:00Z", "2026-11-22T10:00:00",
        String(repeating: "9", count: 50),
    ])
    func `a thin event without a time is refused`(text: String) {
        let json = #"{"id":"e","object":"v2.core.event","type":"t","created":"\#(text)","livemode":true}"#
        #expect(failure(json) == .unreadable(.field("created")))
    }

    @Test func `fields that are there twice do not trap`() {
        let twice = #"{"id":"evt_1","id":"evt_2","object":"event","created":1,"livemode":true,"type":"a.b","#
        #expect(failure(twice + #""data":{"object":{}},"data":{"object":{}}}"#) == nil)
    }

    @Test func `an error never repeats what was received`() {
        let error = failure(event("created", #""4242424242424242""#))
        #expect(error?.description.contains("4242") == false)
        let body = Array(#"{"id":"cus_1","metadata":{"4242424242424242":{}}}"#.utf8)
        #expect(throws: StripeJSONError.field("metadata")) { try StripeJSON.decode(Customer.self, from: body) }
    }
}
