import Testing

@testable import StripeSandbox

struct JSONTests {
    @Test(arguments: [
        #"{"a":[1,-2,3.5,true,false,null,"x"],"b":{}}"#, #"[]"#, #""é \"quoted\" \\ \u0001""#, "9223372036854775807",
    ])
    func `what is written is read back`(_ text: String) throws {
        let value = try JSON(reading: text)
        #expect(try JSON(reading: value.compact) == value)
        #expect(try JSON(reading: value.pretty) == value)
    }

    @Test func `escapes are undone`() throws {
        #expect(try JSON(reading: #""\u00e9\ud83d\ude00\n""#) == "é😀\n")
        #expect(try JSON(reading: #""\ud83d""#) == "\u{FFFD}")
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "nul", "\"x", "1 2", "+", "{1:2}", "\"\\u12\"",
    ])
    func `what is no JSON is refused`(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSON(reading: text) }
    }

    @Test func `no nesting is too deep to be refused`() {
        #expect(throws: JSONSyntaxError.self) { try JSON(reading: String(repeating: "[", count: 100_000)) }
    }

    @Test func `fields keep their order and can be set in depth`() {
        var value: JSON = ["b": 1, "a": 2]
        value["c"]["d"] = "x"
        value.remove("b")
        #expect(value.compact == #"{"a":2,"c":{"d":"x"}}"#)
        #expect(value["nothing"]["at"]["all"].isNull)
    }
}
