import CPostgres

/// Reads a result in PostgreSQL's binary form, by the type of each column.
enum PostgresResult {
    static func changed(_ result: OpaquePointer?) -> Int {
        Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    static func rows(of result: OpaquePointer?) throws(DatabaseError) -> Outcome {
        let width = PQnfields(result)
        let columns = Columns((0..<width).map { String(cString: PQfname(result, $0)) })
        let types = (0..<width).map { PQftype(result, $0) }
        var outcome = Outcome(changed: changed(result))
        for row in 0..<PQntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(width))
            for column in 0..<width {
                values.append(try value(result, row, column, types[Int(column)], columns))
            }
            outcome.rows.append(Row(columns: columns, values: values))
        }
        return outcome
    }

    private static func value(
        _ result: OpaquePointer?, _ row: Int32, _ column: Int32, _ type: Oid, _ columns: Columns
    ) throws(DatabaseError) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0 else { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        // The numbers are PostgreSQL's own: src/include/catalog/pg_type.dat.
        switch type {
        case 20: return .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case 23: return .integer(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case 21: return .integer(Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self))))
        case 16: return .integer(bytes[0] == 0 ? 0 : 1)
        case 25, 1043, 19: return .text(String(decoding: bytes, as: UTF8.self))
        case 17: return .blob([UInt8](bytes))
        case 701: return .double(Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))))
        case 2278: return .null
        default:
            throw DatabaseError(
                .misuse, "Column \(columns.names[Int(column)]) has PostgreSQL type \(type), which is not read: cast it."
            )
        }
    }
}
