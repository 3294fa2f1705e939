import CSQLite

/// A prepared statement, kept for as long as its connection.
final class SQLiteStatement {
    private let pointer: OpaquePointer
    private(set) var columns: Columns
    private var preparations: Int32 = 0
    /// For each of SQLite's parameters, which `$n` it is: SQLite counts names as they appear, not by their number.
    private let order: [Int]

    init(_ pointer: OpaquePointer) throws(DatabaseError) {
        self.pointer = pointer
        columns = Self.columns(of: pointer)
        var order: [Int] = []
        for position in 1..<(sqlite3_bind_parameter_count(pointer) + 1) {
            guard let name = sqlite3_bind_parameter_name(pointer, position), name[0] == UInt8(ascii: "$"),
                let number = Int(String(cString: name + 1)), number >= 1
            else {
                sqlite3_finalize(pointer)
                throw DatabaseError(.misuse, "Parameters are written $1, $2, …")
            }
            order.append(number)
        }
        self.order = order
    }

    func finalize() { sqlite3_finalize(pointer) }

    /// The bindings stay until the next `bind`; SQLite keeps copies.
    func reset() { sqlite3_reset(pointer) }

    /// SQLite prepares a statement again by itself when another process has changed the schema: `*` may then have more
    /// columns than before.
    func step() -> Int32 {
        let status = sqlite3_step(pointer)
        let count = sqlite3_stmt_status(pointer, SQLITE_STMTSTATUS_REPREPARE, 0)
        if count != preparations {
            preparations = count
            columns = Self.columns(of: pointer)
        }
        return status
    }

    private static func columns(of pointer: OpaquePointer) -> Columns {
        Columns((0..<sqlite3_column_count(pointer)).map { String(cString: sqlite3_column_name(pointer, $0)) })
    }

    func bind(_ parameters: [SQLValue]) throws(DatabaseError) {
        guard order.max() ?? 0 == parameters.count else {
            throw DatabaseError(
                .misuse, "The statement names \(order.max() ?? 0) parameters and got \(parameters.count).")
        }
        for (position, number) in order.enumerated() {
            let status = bind(parameters[number - 1], at: Int32(position + 1))
            guard status == SQLITE_OK else {
                throw DatabaseError(sqlite: status, message: "A parameter could not be bound.")
            }
        }
    }

    private func bind(_ value: SQLValue, at position: Int32) -> Int32 {
        switch value {
        case .null:
            return sqlite3_bind_null(pointer, position)
        case .integer(let value):
            return sqlite3_bind_int64(pointer, position, value)
        case .double(let value):
            return sqlite3_bind_double(pointer, position, value)
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    // A nil pointer would bind NULL.
                    guard let start = $0.baseAddress else { return sqlite3_bind_text(pointer, position, "", 0, copied) }
                    return sqlite3_bind_text(pointer, position, start, Int32($0.count), copied)
                }
            }
        case .blob(let value):
            return value.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress, !bytes.isEmpty else {
                    return sqlite3_bind_zeroblob(pointer, position, 0)
                }
                return sqlite3_bind_blob(pointer, position, start, Int32(bytes.count), copied)
            }
        }
    }

    func values() -> [SQLValue] {
        (0..<Int32(columns.names.count)).map { column in
            switch sqlite3_column_type(pointer, column) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, column))
            case SQLITE_FLOAT: return .double(sqlite3_column_double(pointer, column))
            case SQLITE_TEXT:
                let count = Int(sqlite3_column_bytes(pointer, column))
                let bytes = UnsafeBufferPointer(start: sqlite3_column_text(pointer, column), count: count)
                return .text(String(decoding: bytes, as: UTF8.self))
            case SQLITE_BLOB:
                let count = Int(sqlite3_column_bytes(pointer, column))
                return .blob([UInt8](UnsafeRawBufferPointer(start: sqlite3_column_blob(pointer, column), count: count)))
            default: return .null
            }
        }
    }
}

/// SQLite's SQLITE_TRANSIENT, which C writes as a cast of -1: copy what is bound.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
