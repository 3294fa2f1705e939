/// A table as the engine's catalog describes it.
struct TableLayout: Sendable, Equatable {
    struct Column: Sendable, Equatable {
        let name: String
        let kind: ColumnKind
        /// NOT NULL, or part of the key.
        let isRequired: Bool
    }

    /// A foreign key.
    struct Reference: Sendable, Equatable {
        let columns: [String]
        let parent: String
        let parentColumns: [String]
    }

    let name: String
    /// By name: the order of the catalog is that of each side's past.
    let columns: [Column]
    /// The primary key's columns, in its order.
    let key: [String]
    /// The column that the engine counts up.
    let counter: String?
    var references: [Reference] = []

    /// Where in `columns` the key's are.
    var keyIndices: [Int] { key.compactMap { name in columns.firstIndex { $0.name == name } } }

    /// In what the same table differs on the other side; a sentence each.
    func differences(from target: TableLayout) -> [String] {
        var found: [String] = []
        let theirs = Dictionary(uniqueKeysWithValues: target.columns.map { ($0.name, $0) })
        for column in columns {
            guard let other = theirs[column.name] else {
                found.append("\(name).\(column.name) is only in the source")
                continue
            }
            if column.kind != other.kind {
                found.append("\(name).\(column.name) is \(column.kind) in the source and \(other.kind) in the target")
            } else if column.isRequired != other.isRequired {
                let (must, may) = column.isRequired ? ("source", "target") : ("target", "source")
                found.append("\(name).\(column.name) may be NULL in the \(may) and not in the \(must)")
            }
        }
        let ours = Set(columns.map(\.name))
        found += target.columns.filter { !ours.contains($0.name) }.map { "\(name).\($0.name) is only in the target" }
        if key != target.key { found.append("\(name) has another primary key in the target than in the source") }
        if counter != target.counter { found.append("\(name)'s ids are counted up on one side only") }
        return found
    }

    /// Why its rows cannot be copied; nil when they can.
    var obstacle: String? {
        if key.isEmpty { return "\(name) has no primary key" }
        for column in columns {
            if case .other(let type) = column.kind { return "\(name).\(column.name) has the type \(type)" }
        }
        return nil
    }
}
