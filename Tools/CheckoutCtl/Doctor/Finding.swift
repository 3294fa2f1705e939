/// What one check found.
struct Finding: Sendable, Equatable {
    enum Status: String, Sendable {
        case ok
        /// Nothing is broken, but somebody should know.
        case note
        case wrong
    }

    let check: String
    let status: Status
    let detail: String
    /// What to do about it; nil when there is nothing to do.
    let mend: String?

    private init(_ check: String, _ status: Status, _ detail: String, mend: String?) {
        self.check = check
        self.status = status
        self.detail = detail
        self.mend = mend
    }

    static func ok(_ check: String, _ detail: String) -> Finding { Finding(check, .ok, detail, mend: nil) }

    static func note(_ check: String, _ detail: String, mend: String) -> Finding {
        Finding(check, .note, detail, mend: mend)
    }

    static func wrong(_ check: String, _ detail: String, mend: String) -> Finding {
        Finding(check, .wrong, detail, mend: mend)
    }

    var json: JSON {
        [
            "check": .text(check), "status": .text(status.rawValue), "detail": .text(detail), "mend": .text(mend),
        ]
    }

    static func text(_ findings: [Finding]) -> String {
        let width = findings.map { TerminalText.width($0.check) }.max() ?? 0
        let lines = findings.flatMap { finding in
            let space = String(repeating: " ", count: width - TerminalText.width(finding.check))
            let line = "\(finding.status.label)  \(finding.check)\(space)  \(TerminalText.safe(finding.detail))"
            let mend = finding.mend.map {
                String(repeating: " ", count: width + 9) + "mend: \(TerminalText.safe($0))"
            }
            return [line, mend].compactMap { $0 }
        }
        let wrong = findings.count { $0.status == .wrong }
        let verdict = wrong == 0 ? "All is well." : "\(wrong) of \(findings.count) checks found something wrong."
        return (lines + ["", verdict]).joined(separator: "\n")
    }
}

extension Finding.Status {
    /// As wide as the others.
    fileprivate var label: String {
        switch self {
        case .ok: "ok   "
        case .note: "note "
        case .wrong: "WRONG"
        }
    }
}
