import Testing

@testable import CheckoutCtl

@Suite struct TableLayoutTests {
    @Test func `tables are told apart column by column`() {
        func table(_ columns: [TableLayout.Column], key: [String] = ["id"], counter: String? = nil) -> TableLayout {
            TableLayout(name: "t", columns: columns, key: key, counter: counter)
        }
        let id = TableLayout.Column(name: "id", kind: .integer, isRequired: true)
        let text = TableLayout.Column(name: "note", kind: .text, isRequired: false)
        let bytes = TableLayout.Column(name: "note", kind: .bytes, isRequired: false)
        let required = TableLayout.Column(name: "note", kind: .text, isRequired: true)
        #expect(table([id, text]).differences(from: table([id, text])) == [])
        #expect(table([id]).differences(from: table([id, text])) == ["t.note is only in the target"])
        #expect(
            table([id, text]).differences(from: table([id, bytes]))
                == ["t.note is text in the source and bytes in the target"])
        #expect(
            table([id, text]).differences(from: table([id, required]))
                == ["t.note may be NULL in the source and not in the target"])
        #expect(table([id, text]).differences(from: table([id, text], key: ["note"])).count == 1)
        #expect(table([id], counter: "id").differences(from: table([id])).count == 1)
        #expect(table([id], key: []).obstacle == "t has no primary key")
        let other = TableLayout.Column(name: "at", kind: .other("timestamptz"), isRequired: false)
        #expect(table([id, other]).obstacle == "t.at has the type timestamptz")
    }

    @Test func `a circle of foreign keys is refused, and parents come first`() throws {
        func table(_ name: String, parents: String...) -> TableLayout {
            let references = parents.map { TableLayout.Reference(columns: ["x"], parent: $0, parentColumns: ["id"]) }
            return TableLayout(name: name, columns: [], key: ["id"], counter: nil, references: references)
        }
        let ordered = try CopyOrder.parentsFirst([table("a", parents: "b", "c"), table("b", parents: "c"), table("c")])
        #expect(ordered.map(\.name) == ["c", "b", "a"])
        #expect(throws: CommandFailure.self) {
            try CopyOrder.parentsFirst([table("a", parents: "b"), table("b", parents: "a"), table("c")])
        }
        #expect(throws: CommandFailure.self) { try CopyOrder.parentsFirst([table("a", parents: "a")]) }
    }
}
