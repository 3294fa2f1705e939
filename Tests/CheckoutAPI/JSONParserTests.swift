import Testing

@testable import CheckoutAPI

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("0", JSONValue.number("0")), ("-0", .number("-0")), ("10", .number("10")), ("10.0", .number("10.0")),
        ("1e2", .number("1e2")), ("-1.5E+3", .number("-1.5E+3")), (#""a""#, .string("a")), ("true", .bool(true)),
        ("false", .bool(false)), (" null\n", .null), ("[]", .array([])), ("{}", .object([])),
        ("[1, [2]]", .array([.number("1"), .array([.number("2")])])),
        (#"{"a":{"b":[]}}"#, .object([.init(name: "a", value: .object([.init(name: "b", value: .array([]))]))])),
        (#""\u00e9\n\/\"\\""#, .string("é\n/\"\\")), (#""\ud83d\ude00""#, .string("😀")), (#""😀é""#, .string("😀é")),
        (#""\u0000""#, .string("\0")), ("99999999999999999999", .number("99999999999999999999")),
    ])
    func `a valid text is read, and numbers stay as they were written`(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "[,]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{a:1}", "{'a':1}", "tru",
        "nul", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x10", "NaN", "Infinity", "1 2", "{} {}", #"""#,
        #""\""#,
        #""\x""#, #""\u12""#, #""\ud83d""#, #""\ude00""#, #""\ud83d\u0041""#, "\"\n\"", "\"\t\"", "/* */ 1",
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "\u{FEFF}{}",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: JSONFault.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFE, 0xFF],
            [0x22, 0xC0, 0xAF, 0x22],
        ] as [[UInt8]])
    func `bytes that are no UTF-8 are refused`(bytes: [UInt8]) {
        #expect(throws: JSONFault.self) { try JSONParser.parse(bytes) }
    }

    @Test func `nesting has a limit, however deep it goes`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONParser.parse(nested(JSONParser.maximumDepth))
        #expect(throws: JSONFault.self) { try JSONParser.parse(nested(JSONParser.maximumDepth + 2)) }
        #expect(throws: JSONFault.self) { try JSONParser.parse(nested(30_000)) }
        #expect(throws: JSONFault.self) {
            try JSONParser.parse(Array(String(repeating: #"{"a":"#, count: 30_000).utf8))
        }
    }

    @Test func `a fault tells the place and repeats nothing`() {
        #expect(throws: JSONFault(reason: "a value was expected", position: 9)) {
            try JSONParser.parse(Array(#"{"card": x4242}"#.utf8))
        }
    }

    @Test func `the same content is the same text, however it is written`() throws {
        let one = try JSONParser.parse(Array(#"{"b": [1, "x\"\\"], "a": {"d": null, "c": true}}"#.utf8))
        let two = try JSONParser.parse(Array(#"{"a":{"c":true,"d":null},"b":[1,"x\u0022\u005c"]}"#.utf8))
        #expect(one.canonicalText == two.canonicalText)
        for other in [#"{"a":1}"#, #"{"a":"1"}"#, #"{"a":1.0}"#, #"["a",1]"#, #"{"a":[1]}"#, #"{"a":"1\",\"b"}"#] {
            #expect(try JSONParser.parse(Array(other.utf8)).canonicalText != one.canonicalText)
        }
    }
}
