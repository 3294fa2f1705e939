import Testing

@testable import CheckoutCtl

@Suite struct TextTests {
    @Test func `columns are as wide as what is widest in them`() {
        var table = Table([("SKU", .left), ("PRICE", .right), ("NAME", .left)])
        table.add("a", "12.50 EUR", "Lamp")
        table.add("longer", "8 JPY", "")
        #expect(
            table.text(empty: "none") == """
                SKU         PRICE  NAME
                a       12.50 EUR  Lamp
                longer      8 JPY
                """)
    }

    @Test func `a character of East Asia takes two columns`() {
        var table = Table("A", "B")
        table.add("雲", "x")
        table.add("abc", "y")
        #expect(table.text(empty: "") == "A    B\n雲   x\nabc  y")
    }

    @Test func `an empty list says so, and one that goes on says how`() {
        #expect(Table("A").text(empty: "There is nothing.") == "There is nothing.")
        var table = Table("ID")
        table.add("ord_9")
        #expect(table.text(empty: "", true).hasSuffix("… more: --starting-after ord_9"))
    }

    @Test(arguments: ["\u{1B}[31mred", "a\nb", "a\u{9B}2J", "abc\u{202E}cba", "tab\there", "\u{7F}"])
    func `what comes from outside cannot steer the terminal`(_ text: String) {
        let safe = TerminalText.safe(text)
        #expect(safe.unicodeScalars.count == text.unicodeScalars.count)
        #expect(safe.contains("\u{FFFD}"))
        var table = Table("A")
        table.add(text)
        #expect(table.text(empty: "").split(separator: "\n").count == 2)
        var details = Details()
        details.add("Name", text)
        #expect(details.text == "Name  \(safe)")
    }

    @Test func `ordinary text stays as it is`() {
        #expect(TerminalText.safe("Zoë’s 雲 – 👩‍💻") == "Zoë’s 雲 – 👩‍💻")
    }

    @Test func `a field without a value has no line`() {
        var details = Details()
        details.add("Name", "Lamp")
        details.add("Note", nil)
        details.add("Description", "")
        #expect(details.text == "Name  Lamp")
    }
}
