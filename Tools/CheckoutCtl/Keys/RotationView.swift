import Commerce

/// What a rotation of the master key did, and which keys are still needed, as it is shown.
struct RotationView {
    let tally: MasterKeyRotation.Tally
    let usages: [MasterKeyRotation.Usage]
    /// The ids of CHECKOUT_MASTER_KEYS, the current one first.
    let ring: [String]
    let isStopped: Bool

    private var older: [MasterKeyRotation.Usage] { usages.filter { $0.id != ring.first } }

    /// Keys of the ring that may be dropped.
    var unused: [String] {
        older.filter { ring.contains($0.id) && $0.sealed == 0 && $0.apiKeys == 0 }.map(\.id)
    }

    /// Whether nothing is sealed under another key than the current one.
    var isDone: Bool { !isStopped && older.allSatisfy { $0.sealed == 0 } }

    var json: JSON {
        [
            "object": "master_key_rotation", "key": .text(ring.first), "finished": .bool(isDone),
            "resealed": .int(Int64(tally.resealed)),
            "unreadable": .int(Int64(tally.unreadable.values.reduce(0, +))), "unused_keys": .texts(unused),
            "keys": .list(
                usages.map {
                    [
                        "id": .text($0.id), "in_ring": .bool(ring.contains($0.id)), "sealed": .int($0.sealed),
                        "api_keys": .int($0.apiKeys),
                    ]
                }),
        ]
    }

    var text: String {
        let key = ring.first ?? ""
        var lines = [
            tally.resealed == 0
                ? "There was nothing to seal again under master key '\(key)'."
                : "Sealed \(tally.resealed) secrets again under master key '\(key)'."
        ]
        lines += tally.unreadable.sorted { $0.key < $1.key }.map { "Left as they are, \($0.value): \($0.key)" }
        var table = Table([("MASTER KEY", .left), ("SECRETS", .right), ("API KEYS", .right), ("", .left)])
        for usage in usages {
            table.add(usage.id, "\(usage.sealed)", "\(usage.apiKeys)", word(usage))
        }
        lines += ["", table.text(empty: ""), ""]
        return (lines + [verdict]).joined(separator: "\n")
    }

    private func word(_ usage: MasterKeyRotation.Usage) -> String {
        if usage.id == ring.first { return "seals now" }
        if !ring.contains(usage.id) { return "missing in CHECKOUT_MASTER_KEYS" }
        return unused.contains(usage.id) ? "no longer used" : "still needed"
    }

    private var verdict: String {
        if isStopped { return "Stopped before the end; run it again to go on." }
        if !isDone {
            return """
                Some secrets are still sealed under another key. If a service runs with that key in front, restart it \
                with '\(ring.first ?? "")' there, and run this again.
                """
        }
        if older.contains(where: { ring.contains($0.id) && $0.apiKeys > 0 }) {
            return """
                An older key is still needed by API keys that were not used since: each is carried over at its next use; \
                roll those that nobody uses ('checkoutctl key list').
                """
        }
        if unused.isEmpty { return "No other master key is in use." }
        return "No longer used, and can be dropped from CHECKOUT_MASTER_KEYS: \(unused.joined(separator: ", "))."
    }
}
