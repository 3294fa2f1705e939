import Database

/// Values as bytes, the same for the same content whatever engine they come from: a letter for the type, the length, the
/// bytes. Booleans are integers already; -0.0 counts as 0.0, for SQLite keeps both as 0.
enum RowEncoding {
    static func bytes(of values: [SQLValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values { add(value, to: &bytes) }
        return bytes
    }

    private static func add(_ value: SQLValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(UInt8(ascii: "n"))
        case .integer(let value):
            bytes.append(UInt8(ascii: "i"))
            add(UInt64(bitPattern: value), to: &bytes)
        case .double(let value):
            bytes.append(UInt8(ascii: "d"))
            add(value == 0 ? 0 : value.bitPattern, to: &bytes)
        case .text(let value):
            bytes.append(UInt8(ascii: "t"))
            add(UInt64(value.utf8.count), to: &bytes)
            bytes.append(contentsOf: value.utf8)
        case .blob(let value):
            bytes.append(UInt8(ascii: "b"))
            add(UInt64(value.count), to: &bytes)
            bytes.append(contentsOf: value)
        }
    }

    private static func add(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
