package import Database
import Messaging
package import Security

/// Seals every secret again under the current master key, beside running services.
///
/// A few rows at a time: they are read and opened, and each is replaced in a short transaction only where it still is
/// what was read. So nothing that a service writes meanwhile is lost, nothing waits, and a run that ended early is
/// simply begun again: what is done is passed over.
package struct MasterKeyRotation: Sendable {
    package struct Tally: Sendable, Equatable {
        package fileprivate(set) var resealed = 0
        /// Values that could not be opened and were left as they are, by the reason.
        package fileprivate(set) var unreadable: [String: Int] = [:]

        package init() {}
    }

    /// What a master key is still needed for.
    package struct Usage: Sendable, Equatable {
        package let id: String
        package fileprivate(set) var sealed: Int64 = 0
        /// API keys that count now and are recognised by a hash under this key. A hash is carried over at the API key's
        /// next use.
        package fileprivate(set) var apiKeys: Int64 = 0
    }

    private let database: Database
    private let keys: KeyRing
    private let step: Int

    package init(database: Database, keys: KeyRing, step: Int = 200) {
        self.database = database
        self.keys = keys
        self.step = step
    }

    /// - Parameters:
    ///   - goesOn: told how far it came, and asked, before each step.
    ///   - note: run in the transaction of each step that changed something.
    /// - Returns: what was done; also where it was stopped.
    package func run(
        _ goesOn: (Tally) -> Bool, note: @escaping @Sendable (Tally, Connection) throws -> Void = { _, _ in }
    ) async throws -> Tally {
        var tally = Tally()
        for column in SealedColumn.all {
            var last: [SealedColumn.KeyValue]?
            repeat {
                guard goesOn(tally) else { return tally }
                let rows = try await database.read { [last, step, prefix = "\(keys.currentKeyID)."] connection in
                    try column.outdated(after: last, unless: prefix, limit: step, in: connection)
                }
                tally = try await reseal(rows, of: column, tally, note)
                last = rows.count == step ? rows.last?.key : nil
            } while last != nil
        }
        return tally
    }

    private func reseal(
        _ rows: [SealedColumn.Outdated], of column: SealedColumn, _ before: Tally,
        _ note: @escaping @Sendable (Tally, Connection) throws -> Void
    ) async throws -> Tally {
        var opened = before
        var replacements: [(row: SealedColumn.Outdated, sealed: String)] = []
        for row in rows {
            let context = column.purpose.context(TenantID(rawValue: row.tenant))
            do {
                let secret = try keys.open(row.sealed, for: context)
                replacements.append((row, try keys.seal(secret, for: context)))
            } catch let error as KeyRingError {
                opened.unreadable[error.message, default: 0] += 1
            }
        }
        guard !replacements.isEmpty else { return opened }
        return try await database.write { [opened, replacements] connection in
            var after = opened
            after.resealed += try replacements.count { row, sealed in
                try column.replace(row, by: sealed, in: connection)
            }
            try note(after, connection)
            return after
        }
    }

    /// How many values other keys than the current one sealed.
    package func outdated() async throws -> Int64 {
        try await usage().filter { $0.id != keys.currentKeyID }.reduce(0) { $0 + $1.sealed }
    }

    /// What each key of the ring is needed for now, and keys that the ring does not hold, but rows name.
    package func usage() async throws -> [Usage] {
        let ids = keys.keyIDs
        return try await database.read { connection in
            var usages = ids.map { Usage(id: $0) }
            func index(of id: String) -> Int {
                if let index = usages.firstIndex(where: { $0.id == id }) { return index }
                usages.append(Usage(id: id))
                return usages.count - 1
            }
            for column in SealedColumn.all {
                for (id, count) in try column.usage(in: connection) { usages[index(of: id)].sealed += count }
            }
            let live = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now_us())"
            for (id, count) in try SealedColumn.usage(of: "hash", in: "api_keys", where: live, connection) {
                usages[index(of: id)].apiKeys += count
            }
            return usages
        }
    }
}
