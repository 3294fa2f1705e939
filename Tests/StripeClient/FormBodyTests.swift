import StripeClient
import Testing

struct FormBodyTests {
    @Test func `forms nest with brackets`() {
        let form: FormBody = [
            "amount": 1_099, "confirm": true, "card": ["number": ["last": "4"]], "types": ["a", "b"],
            "items": [["price": "p_1", "quantity": 2], ["price": "p_2"]],
        ]
        #expect(
            form.encoded
                == "amount=1099&confirm=true&card[number][last]=4&types[0]=a&types[1]=b"
                + "&items[0][price]=p_1&items[0][quantity]=2&items[1][price]=p_2")
    }

    @Test func `what is not given is left out`() {
        let customer: String? = nil
        let form: FormBody = ["customer": customer.map(FormValue.text), "metadata": .map([:]), "list": [], "a": ""]
        #expect(form.encoded == "a=")
        #expect(FormBody.empty.encoded.isEmpty)
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("a+b", "a%2Bb"), ("a&b=c", "a%26b%3Dc"), ("50%", "50%25"),
        ("Zoë 💳", "Zo%C3%AB%20%F0%9F%92%B3"),
        ("[x]", "%5Bx%5D"), ("a\r\nb\u{00}", "a%0D%0Ab%00"), ("A-z_0.9~", "A-z_0.9~"),
    ])
    func `text is escaped`(text: String, escaped: String) {
        let form: FormBody = ["k": .text(text)]
        #expect(form.encoded == "k=\(escaped)")
    }

    @Test func `no key of metadata names another parameter`() {
        let form: FormBody = ["metadata": .map(["a]=1&amount": "5", "b][c": "6"])]
        #expect(form.encoded == "metadata[a%5D%3D1%26amount]=5&metadata[b%5D%5Bc]=6")
    }

    @Test func `the same metadata makes the same form`() {
        let keys = (0..<50).map { "key_\($0)" }
        let forms = Set(
            (0..<20).map { _ in
                var metadata: [String: String] = [:]
                for key in keys.shuffled() { metadata[key] = key }
                return FormBody(dictionaryLiteral: ("metadata", .map(metadata))).encoded
            })
        #expect(forms.count == 1)
    }

    @Test func `a field that is set again stays in its place`() {
        var form: FormBody = ["limit": 10, "starting_after": "a"]
        form.set("limit", 20)
        form.set("starting_after", nil)
        form.set("new", true)
        #expect(form.encoded == "limit=20&starting_after=a&new=true")
    }
}
