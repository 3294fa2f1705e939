/// The names of a result's columns, shared by all its rows.
final class Columns: Sendable {
    let names: [String]
    private let indices: [String: Int]

    init(_ names: [String]) {
        self.names = names
        indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func index(of name: String) -> Int? { indices[name] }
}

/// One row of a result, read by column name.
package struct Row: Sendable {
    let columns: Columns
    let values: [SQLValue]
    /// Columns whose text is not as it is stored: SQLite keeps any bytes as text, and what is not UTF-8 was replaced.
    package var repaired: [String] = []

    /// The column's value as `T`.
    /// - Throws: `DatabaseError` `.misuse` when there is no such column or it holds something else: a fault of the
    ///   statement, not of its data.
    package func get<T: SQLReadable>(_ column: String, as type: T.Type = T.self) throws(DatabaseError) -> T {
        guard let index = columns.index(of: column) else {
            throw DatabaseError(.misuse, "The result has no column \(column); it has \(columns.names).")
        }
        guard let value = T(sqlValue: values[index]) else {
            throw DatabaseError(.misuse, "Column \(column) does not hold a \(T.self).")
        }
        return value
    }

    /// Every column with its name, in the statement's order.
    package var cells: [(name: String, value: SQLValue)] { Array(zip(columns.names, values)) }
}
