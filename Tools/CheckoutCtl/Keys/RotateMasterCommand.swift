import ArgumentParser
import Commerce
import Database
import Messaging
import Security

struct RotateMasterCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-master", abstract: "Seal every secret again under the first of CHECKOUT_MASTER_KEYS.",
        discussion: """
            To change the master key: add the new one behind the old one in every program and restart them; put it in \
            front and restart them again; run this; drop the old one where this says that it is no longer used.

            It runs beside the services, a few rows at a time; begun again after a stop, it goes on where it was. API keys \
            are recognised by a hash that only their next use can carry over: one that is not used before the old master \
            key is dropped stops working, and is rolled by 'checkoutctl key roll'.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var why: ReasonOptions

    func run(in session: Session) async throws {
        let keys = try session.keys
        let rotation = MasterKeyRotation(database: session.database, keys: keys)
        let total = Int(try await rotation.outdated())
        let entry = total == 0 ? nil : try await begin(session, keys)
        let progress = Progress("secrets", total: total)
        defer { progress.end() }
        let interruption = Interruption()
        var isStopped = false
        let tally = try await rotation.run { tally in
            progress.show(done: tally.resealed)
            isStopped = interruption.isAsked
            return !isStopped
        } note: { tally, connection in
            if let entry { try AuditLog.update(entry, details: Self.details(tally, keys).text(), in: connection) }
        }
        progress.end()
        let view = RotationView(
            tally: tally, usages: try await rotation.usage(), ring: keys.keyIDs, isStopped: isStopped)
        try session.output.print(view.json, view.text)
        if !view.isDone { throw ExitCode.failure }
    }

    private func begin(_ session: Session, _ keys: KeyRing) async throws -> Int64 {
        let entry = try AuditEntry(
            "keys.rotate_master", "all sealed secrets", reason: try why.given,
            details: Self.details(MasterKeyRotation.Tally(), keys))
        return try await session.database.write { try AuditLog.record(entry, in: $0) }
    }

    private static func details(_ tally: MasterKeyRotation.Tally, _ keys: KeyRing) -> JSON {
        ["key": .text(keys.currentKeyID), "resealed": .int(Int64(tally.resealed))]
    }
}
