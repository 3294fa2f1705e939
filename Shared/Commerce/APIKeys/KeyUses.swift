import Synchronization

/// A use of a key that is yet to be written down.
struct KeyUse: Sendable {
    /// µs since 1970.
    var time: Int64
    /// The key's hash under the current master key, where the row has an older one's.
    var hash: String?
}

/// Which keys were used and when, until it is written down. At most as many entries as there are keys in use; what a
/// crash loses is a minute of a date that nobody's money depends on, and a hash that the next use notes again.
final class KeyUses: Sendable {
    private let noted = Mutex<[APIKeyID: KeyUse]>([:])

    func note(_ id: APIKeyID, _ use: KeyUse) {
        noted.withLock { noted in
            let earlier = noted[id] ?? use
            noted[id] = KeyUse(time: max(earlier.time, use.time), hash: use.hash ?? earlier.hash)
        }
    }

    func take() -> [APIKeyID: KeyUse] {
        noted.withLock { noted in
            defer { noted = [:] }
            return noted
        }
    }
}
