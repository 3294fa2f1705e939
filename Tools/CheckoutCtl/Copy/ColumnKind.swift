import Database

/// What a column holds, by the words of either engine.
enum ColumnKind: Sendable, Equatable {
    case integer, boolean, text, bytes, real
    /// A type that only one engine has: nothing is known of how it would look on the other side.
    case other(String)

    /// - Parameter type: as SQLite's `pragma_table_info` or PostgreSQL's `format_type` says it.
    init(declared type: String) {
        switch type.uppercased() {
        case "BIGINT", "INTEGER", "INT", "SMALLINT": self = .integer
        case "BOOLEAN": self = .boolean
        case "TEXT", "CHARACTER VARYING": self = .text
        case "BYTEA", "BLOB": self = .bytes
        case "DOUBLE PRECISION", "REAL": self = .real
        default: self = .other(type)
        }
    }

    /// The type that a parameter is given on PostgreSQL, which would take one in a list of values for text.
    var postgresType: String {
        switch self {
        case .integer: "bigint"
        case .boolean: "boolean"
        case .text: "text"
        case .bytes: "bytea"
        case .real: "double precision"
        case .other(let type): type
        }
    }

    /// SQLite keeps any value in any column; PostgreSQL would refuse it or, worse, read it as something else.
    func holds(_ value: SQLValue) -> Bool {
        switch (self, value) {
        case (_, .null), (.integer, .integer), (.boolean, .integer(0)), (.boolean, .integer(1)), (.text, .text),
            (.bytes, .blob), (.real, .double):
            true
        default: false
        }
    }
}

extension ColumnKind: CustomStringConvertible {
    var description: String {
        switch self {
        case .integer: "integer"
        case .boolean: "boolean"
        case .text: "text"
        case .bytes: "bytes"
        case .real: "real"
        case .other(let type): type
        }
    }
}
