import Commerce
import Database
import Foundation
import Logging

/// Whether the database answers, takes writes, and has the schema of this program.
struct DatabaseCheck {
    let database: Database
    let url: DatabaseURL
    /// This machine's clock, in seconds since 1970.
    var now: @Sendable () -> Double = { Date().timeIntervalSince1970 }

    func findings() async -> [Finding] {
        do {
            let databaseTime: Int64 = try await database.write { connection in
                try connection.row("SELECT now_us() AS now")?.get("now") ?? 0
            }
            var findings = [Finding.ok("database", "\(url.masked) answers and takes writes")]
            findings.append(try await schema())
            findings.append(clock(databaseTime))
            return findings
        } catch let error as DatabaseError where error.code == .unfinishedCopy {
            return [.wrong("database", "\(url.masked): \(error.message)", mend: error.mend ?? "")]
        } catch {
            return await withoutSchema(error)
        }
    }

    /// `now_us()` comes with the first migration on PostgreSQL.
    private func withoutSchema(_ error: any Error) async -> [Finding] {
        do {
            guard try await database.schemaVersion() == 0 else { return [unusable(error)] }
            return [.ok("database", "\(url.masked) answers"), try await schema()]
        } catch {
            return [unusable(error)]
        }
    }

    private func unusable(_ error: any Error) -> Finding {
        let mend =
            switch url {
            case .sqlite(let path):
                "see that \(path) can be written by this user, on a disk of this machine with space left"
            case .postgres: "see that the server runs and that DATABASE_URL has its address, user and password"
            }
        return .wrong("database", CommandFailure(error).message, mend: mend)
    }

    private func schema() async throws -> Finding {
        let missing = try await database.pending(Schema.migrations)
        if let first = missing.first {
            return .wrong(
                "schema", "lacks \(missing.count) migrations, the first is \(first.version) \(first.name)",
                mend: "run 'checkoutctl migrate'")
        }
        let version = try await database.schemaVersion()
        guard version <= Schema.version else {
            return .note(
                "schema", "is at version \(version), newer than this program's \(Schema.version)",
                mend: "update this program")
        }
        return .ok("schema", "version \(version), up to date")
    }

    /// Leases and expiries go by the database's clock, signatures by this machine's.
    private func clock(_ databaseTime: Int64) -> Finding {
        let seconds = Double(databaseTime) / 1e6 - now()
        guard abs(seconds) > 5 else { return .ok("database clock", "agrees with this machine's") }
        return .wrong(
            "database clock", "\(ClockSkew.words(seconds)) this machine's",
            mend: "set both clocks by NTP: 'timedatectl set-ntp true'")
    }
}

/// A difference between clocks, in words.
enum ClockSkew {
    /// - Parameter seconds: how far the other clock is ahead.
    static func words(_ seconds: Double) -> String {
        let whole = Int(abs(seconds).rounded())
        return "is \(whole) second\(whole == 1 ? "" : "s") \(seconds < 0 ? "behind" : "ahead of")"
    }
}
