/// What a copy is at.
enum CopyPhase: Sendable {
    /// What the target holds already, with the source.
    case comparing
    case copying
    /// Counts and digests of both sides.
    case checking
}

/// Looks on while a copy goes on.
protocol CopyWatcher: Sendable {
    /// - Parameters:
    ///   - table: nil for all of them.
    ///   - rows: how many there are to go through, as far as is known.
    func begins(_ phase: CopyPhase, table: String?, rows: Int) async throws
    /// Behind each batch.
    func advanced(by rows: Int) throws
}

struct SilentWatcher: CopyWatcher {
    func begins(_ phase: CopyPhase, table: String?, rows: Int) {}
    func advanced(by rows: Int) {}
}
