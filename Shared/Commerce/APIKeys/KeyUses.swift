import Synchronization

/// Which keys were used and when, until it is written down. At most as many entries as there are keys in use; what a
/// crash loses is a minute of a date that nobody's money depends on.
final class KeyUses: Sendable {
    private let noted = Mutex<[APIKeyID: Int64]>([:])

    func note(_ id: APIKeyID, at time: Int64) {
        noted.withLock { $0[id] = max($0[id] ?? time, time) }
    }

    func take() -> [APIKeyID: Int64] {
        noted.withLock { noted in
            defer { noted = [:] }
            return noted
        }
    }
}
