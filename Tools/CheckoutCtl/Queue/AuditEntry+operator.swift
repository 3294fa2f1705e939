import Foundation
import Messaging

extension AuditEntry {
    /// What the person at this command line did.
    /// - Parameters:
    ///   - reason: in their own words.
    ///   - details: what was chosen and counted.
    init(_ action: String, _ subject: String, reason: String?, details: JSON? = nil) throws {
        self.init(
            actor: Self.actor, action: action, subject: subject, reason: reason,
            details: try details?.text())
    }

    /// `alice@host`: by the operating system, not by a variable that anyone may set.
    static let actor: String = {
        let process = ProcessInfo.processInfo
        // A container's user may have no name.
        let user = process.userName.isEmpty ? "uid\(geteuid())" : process.userName
        return "\(user)@\(process.hostName)"
    }()
}
