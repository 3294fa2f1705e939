extension Progress: CopyWatcher {
    func begins(_ phase: CopyPhase, table: String?, rows: Int) {
        begin("rows of \(table ?? "both sides") \(phase.done)", total: rows)
        // Most tables are empty when a copy begins.
        if rows > 0 { show(done: 0) }
    }

    func advanced(by rows: Int) { advance(by: rows) }
}

extension CopyPhase {
    fileprivate var done: String {
        switch self {
        case .comparing: "compared"
        case .copying: "copied"
        case .checking: "checked"
        }
    }
}
