import Crypto

/// What a table holds, in 256 bits.
///
/// The sum, modulo 2^256, of the SHA-256 of every row: it is the same in whatever order the rows come. The engines sort
/// text differently (PostgreSQL by the database's locale), so there is no order in which both would read a table along
/// its key.
struct TableDigest: Sendable, Equatable {
    /// Least significant first.
    private var words: [UInt64] = [0, 0, 0, 0]

    mutating func add(_ encoding: [UInt8]) {
        var carry: UInt64 = 0
        SHA256.hash(data: encoding).withUnsafeBytes { hash in
            for index in words.indices {
                let word = UInt64(littleEndian: hash.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
                let (partial, first) = words[index].addingReportingOverflow(word)
                let (sum, second) = partial.addingReportingOverflow(carry)
                words[index] = sum
                carry = first || second ? 1 : 0
            }
        }
    }

    /// 64 hexadecimal digits; all zero for an empty table.
    var text: String {
        words.reversed().map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// A table's count and digest, of one snapshot.
struct TableSummary: Sendable, Equatable {
    let rows: Int
    let digest: TableDigest
}

extension [String: TableSummary] {
    /// All tables in one line.
    var fingerprint: String {
        let lines = map { "\($0.key) \($0.value.rows) \($0.value.digest.text)\n" }.sorted().joined()
        return SHA256.hash(data: Array(lines.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
