/// The right to finish a job: a token made at the claim, valid until it expires by the database's clock.
package struct Lease: Sendable, Hashable {
    package let job: JobID
    let token: String
}

/// The lease expired or was taken before the job was finished: whatever was done for it must be discarded.
package struct LeaseLost: Error, CustomStringConvertible {
    package let job: JobID
    package var description: String { "Lease on \(job) was lost before its completion; its result was discarded." }
}

/// 128 random bits in hexadecimal.
enum LeaseToken {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return [generator.next(), generator.next()].map { (word: UInt64) in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
