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

    func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

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

    /// - Parameter copies: room for `copiesSize(of: parameters)` bytes, which stay until `reset`: SQLite would allocate a
    ///   copy of each parameter by itself.
    func bind(_ parameters: [SQLValue], _ copies: UnsafeMutableRawBufferPointer) throws(DatabaseError) {
        guard order.max() ?? 0 == parameters.count else {
            throw DatabaseError(
                .misuse, "The statement names \(order.max() ?? 0) parameters and got \(parameters.count).")
        }
        var room = copies[...]
        for (position, number) in order.enumerated() {
            let status = bind(parameters[number - 1], at: Int32(position + 1), &room)
            guard status == SQLITE_OK else {
                throw DatabaseError(sqlite: status, message: "A parameter could not be bound.")
            }
        }
    }

    private func bind(
        _ value: SQLValue, at position: Int32, _ room: inout Slice<UnsafeMutableRawBufferPointer>
    ) -> Int32 {
        switch value {
        case .null:
            return sqlite3_bind_null(pointer, position)
        case .integer(let value):
            return sqlite3_bind_int64(pointer, position, value)
        case .double(let value):
            return sqlite3_bind_double(pointer, position, value)
        case .text(var value):
            let copy = value.withUTF8 { Self.copy(UnsafeRawBufferPointer($0), to: &room) }
            // A nil pointer would bind NULL.
            guard let start = copy.baseAddress else { return sqlite3_bind_text(pointer, position, "", 0, nil) }
            return sqlite3_bind_text(
                pointer, position, start.assumingMemoryBound(to: CChar.self), Int32(copy.count), nil)
        case .blob(let value):
            let copy = value.withUnsafeBytes { Self.copy($0, to: &room) }
            guard let start = copy.baseAddress else { return sqlite3_bind_zeroblob(pointer, position, 0) }
            return sqlite3_bind_blob(pointer, position, start, Int32(copy.count), nil)
        }
    }

    private static func copy(
        _ bytes: UnsafeRawBufferPointer, to room: inout Slice<UnsafeMutableRawBufferPointer>
    ) -> UnsafeRawBufferPointer {
        guard !bytes.isEmpty else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let place = UnsafeMutableRawBufferPointer(rebasing: room.prefix(bytes.count))
        place.copyMemory(from: bytes)
        room = room.dropFirst(bytes.count)
        return UnsafeRawBufferPointer(place)
    }

    static func copiesSize(of parameters: [SQLValue]) -> Int {
        parameters.reduce(0) { sum, value in
            switch value {
            case .text(let text): sum + text.utf8.count
            case .blob(let bytes): sum + bytes.count
            case .null, .integer, .double: sum
            }
        }
    }

    func row() -> Row {
        var repaired: [String] = []
        let values: [SQLValue] = (0..<Int32(columns.names.count)).map { column in
            switch sqlite3_column_type(pointer, column) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, column))
            case SQLITE_FLOAT: return .double(sqlite3_column_double(pointer, column))
            case SQLITE_TEXT:
                let count = Int(sqlite3_column_bytes(pointer, column))
                let bytes = UnsafeBufferPointer(start: sqlite3_column_text(pointer, column), count: count)
                if let text = String(validating: bytes, as: UTF8.self) { return .text(text) }
                repaired.append(columns.names[Int(column)])
                return .text(String(decoding: bytes, as: UTF8.self))
            case SQLITE_BLOB:
                let count = Int(sqlite3_column_bytes(pointer, column))
                return .blob([UInt8](UnsafeRawBufferPointer(start: sqlite3_column_blob(pointer, column), count: count)))
            default: return .null
            }
        }
        return Row(columns: columns, values: values, repaired: repaired)
    }
}
