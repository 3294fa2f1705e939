import StripeModels
import Testing

/// A page taken apart without a byte being changed.
struct RawListTests {
    func texts(_ json: String) throws -> [String] {
        try RawList(Array(json.utf8)).elements.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `elements keep their bytes, order of fields and white space`() throws {
        let elements = [
            "{\n  \"b\" : 1.50e+2 ,\"a\":\t{ \"c\": [ ] } }", #"{"s":"]},{[\"\\","é":"\u00e9\ud83d\ude00"}"#, "{}",
            #"{"data":[{"data":[{}]}],"has_more":false}"#,
        ]
        let page = """
             { "object" : "list" , "url":"/v1/events?a=[]{}\\"",
              "data" : [ \(elements.joined(separator: "\n ,\t")) ] , "has_more" : true , "data": [{"late":1}] }
            """
        #expect(try texts(page) == elements)
        #expect(try RawList(Array(page.utf8)).hasMore)
    }

    @Test(
        arguments: [
            (#"{"data":[],"has_more":false}"#, false), (#"{"data":[],"has_more":true}"#, true),
            (#"{"data":[]}"#, false),
            (#"{"has_more":null,"data":[]}"#, false), (#"{"x":-1.5e9,"y":null,"z":"","data":[ ]}"#, false),
        ])
    func `an empty page is a page`(json: String, more: Bool) throws {
        let page = try RawList(Array(json.utf8))
        #expect(page.elements.isEmpty)
        #expect(page.hasMore == more)
    }

    @Test(
        arguments: [
            "", "[]", "{}", "null", #"{"data":null}"#, #"{"data":{}}"#, #"{"data":[1]}"#, #"{"data":["{}"]}"#,
            #"{"data":[{},]}"#, #"{"data":[{}"#, #"{"data":[{}]]}"#, #"{"data":[{} {}]}"#, #"{"data" [{}]}"#,
            #"{"data":[{}],}"#, #"{"data":[[{}]]}"#, #"{data:[]}"#, #"{"data":[{}]"x":1}"#, #"{"x":tru,"data":[]}"#,
            #"{"x":,"data":[]}"#, #"{"data":}"#, #"{"data":[{"a":"\q"}]}"#, "{\"data\":[{\"a\":\"\u{01}\"}]}",
            #"{"data":[{]}]}"#, #"{"data":[}{]}"#,
        ])
    func `what is no page is refused`(json: String) {
        #expect(throws: StripeJSONError.self) { try texts(json) }
    }

    @Test func `deep nesting and bad UTF-8 are refused before anything is looked at`() {
        let deep =
            #"{"data":[{"a":"# + String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000) + "}]}"
        #expect(throws: StripeJSONError.tooDeep(limit: 64)) { try texts(deep) }
        #expect(throws: StripeJSONError.notUTF8) {
            try RawList(Array(#"{"data":[{"a":""#.utf8) + [0xFF] + Array(#""}]}"#.utf8))
        }
    }

    @Test func `any cut of a page is refused or whole`() throws {
        let page = Array(
            #"{"object":"list","data":[{"id":"evt_1","a":[1,"x\n"]},{"id":"evt_2"}],"has_more":false}"#.utf8)
        for end in 0..<page.count {
            #expect(throws: StripeJSONError.self) { try RawList(Array(page[..<end])) }
        }
        for byte in 0..<page.count {
            var broken = page
            broken[byte] = UInt8(ascii: "{")
            // No trap is all that is asked for.
            _ = try? RawList(broken)
        }
    }
}
