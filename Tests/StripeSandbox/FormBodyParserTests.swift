import Testing

@testable import StripeSandbox

struct FormBodyParserTests {
    @Test(
        arguments: [
            ("a=1&b=2", ["a": "1", "b": "2"]),
            ("a[b][c]=1&a[d]=2", ["a": ["b": ["c": "1"], "d": "2"]]),
            ("a[]=1&a[]=2", ["a": ["1", "2"]]),
            ("a[1]=y&a[0]=x", ["a": ["x", "y"]]),
            ("a[0][b]=1&a[0][c]=2&a[1][b]=3", ["a": [["b": "1", "c": "2"], ["b": "3"]]]),
            ("a=b+c%26%C3%A9&d", ["a": "b c&é", "d": ""]),
            ("a=1&a=2", ["a": "2"]),
            ("", [:]),
            ("a=100%&b=%zz", ["a": "100%", "b": "%zz"]),
        ] as [(String, JSON)])
    func `a form becomes a tree`(_ text: String, _ tree: JSON) throws {
        #expect(try FormBodyParser.parse(text) == tree)
    }

    @Test(arguments: ["a=1&a[b]=2", "a[b]=1&a=2", "a[b=1", "a[b]c=1", "a" + String(repeating: "[x]", count: 20) + "=1"])
    func `a form that contradicts itself is refused`(_ text: String) {
        #expect(throws: StripeFailure.self) { try FormBodyParser.parse(text) }
    }

    @Test func `bytes that are no UTF-8 do no harm`() throws {
        #expect(try FormBodyParser.parse("a=%ff%fe")["a"].string != nil)
    }
}
