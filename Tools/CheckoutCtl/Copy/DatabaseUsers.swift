import Database
import Foundation

/// A program, other than this one, that has a database open.
struct DatabaseUser: Sendable, Equatable {
    /// As it calls itself.
    let name: String
    let process: Int64

    var text: String { "\(name.isEmpty ? "a program" : TerminalText.safe(name)) (\(process))" }
}

extension CopySide {
    /// Who else has this database open, as far as can be seen from here: on SQLite the processes of this host and user,
    /// on PostgreSQL the connections.
    func otherUsers() async throws -> [DatabaseUser] {
        switch url {
        case .sqlite(let path): return DatabaseFileUsers.others(of: path)
        case .postgres:
            return try await read { connection in
                try connection.rows(
                    """
                    SELECT coalesce(application_name, '') AS name, pid AS process FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                    ORDER BY 1, 2
                    """
                ).map { DatabaseUser(name: try $0.get("name"), process: try $0.get("process")) }
            }
        }
    }
}

/// Reads from Linux's /proc which processes have a file open; elsewhere nobody is found.
enum DatabaseFileUsers {
    static func others(of path: String) -> [DatabaseUser] {
        let files = FileManager.default
        let file = resolved(path)
        let own = ProcessInfo.processInfo.processIdentifier
        let processes = (try? files.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return processes.filter { $0 != own }.sorted().compactMap { process in
            // Other users' processes do not say what they have open.
            let folder = "/proc/\(process)/fd"
            let open = (try? files.contentsOfDirectory(atPath: folder)) ?? []
            guard open.contains(where: { (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == file })
            else { return nil }
            return DatabaseUser(name: name(of: process), process: Int64(process))
        }
    }

    static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    /// From the command line: `comm` is cut off after 15 characters.
    private static func name(of process: Int32) -> String {
        guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return "" }
        let program = String(decoding: line.prefix { $0 != 0 }, as: UTF8.self)
        return URL(fileURLWithPath: program).lastPathComponent
    }
}
