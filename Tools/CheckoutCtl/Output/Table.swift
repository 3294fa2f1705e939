/// Rows under aligned columns, for people.
struct Table {
    enum Alignment { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) {
        self.columns = columns
    }

    init(_ titles: String...) {
        self.init(titles.map { ($0, .left) })
    }

    mutating func add(_ cells: String...) {
        rows.append(cells.map { TerminalText.safe($0) })
    }

    /// - Parameters:
    ///   - empty: said when there are no rows.
    ///   - hasMore: the list goes on after these rows.
    func text(empty: String, _ hasMore: Bool = false) -> String {
        guard let last = rows.last?.first else { return empty }
        return aligned + (hasMore ? "\n… more: --starting-after \(last)" : "")
    }

    private var aligned: String {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { TerminalText.width($0[column]) }.max() ?? 0 }
        return lines.map { line in
            let cells = zip(zip(line, widths), columns).map { cell, column in
                let space = String(repeating: " ", count: cell.1 - TerminalText.width(cell.0))
                return column.alignment == .right ? space + cell.0 : cell.0 + space
            }
            return TerminalText.trimmingEnd(cells.joined(separator: "  "))
        }.joined(separator: "\n")
    }
}

/// One thing's fields, one a line, for people.
struct Details {
    private var fields: [(name: String, value: String)] = []

    /// A field without a value is left out.
    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        fields.append((name, TerminalText.safe(value)))
    }

    /// A field of several lines.
    mutating func add(_ name: String, lines: [String]) {
        for (index, line) in lines.enumerated() { add(index == 0 ? name : "", line) }
    }

    var text: String {
        let width = fields.map { TerminalText.width($0.name) }.max() ?? 0
        return fields.map { field in
            field.name + String(repeating: " ", count: width - TerminalText.width(field.name)) + "  " + field.value
        }.joined(separator: "\n")
    }
}
