import CPostgres
import Database
import Foundation

/// Where one test's data lives: a temporary folder, or a database in the test server.
struct TestPlace {
    let url: DatabaseURL
    let remove: () -> Void

    struct NotMade: Error { let reason: String }

    static func make(for engine: Engine) throws -> TestPlace {
        let name = "test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        switch engine {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("checkout-\(name)")
            return TestPlace(url: .sqlite(path: folder.appendingPathComponent("test.db").path)) {
                try? FileManager.default.removeItem(at: folder)
            }
        case .postgres:
            guard let server = Engine.postgresURL, let path = server.range(of: "/postgres?") else {
                throw NotMade(reason: "CHECKOUT_TEST_POSTGRES_URL must look like postgresql:///postgres?host=…")
            }
            try command("CREATE DATABASE \(name)", at: server)
            return TestPlace(url: .postgres(server.replacingCharacters(in: path, with: "/\(name)?"))) {
                try? command("DROP DATABASE \(name) WITH (FORCE)", at: server)
            }
        }
    }

    /// CREATE DATABASE cannot run inside a transaction, which is all that `Database` offers.
    private static func command(_ sql: String, at server: String) throws {
        let connection = PQconnectdb(server)
        defer { PQfinish(connection) }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            throw NotMade(reason: String(cString: PQerrorMessage(connection)))
        }
    }
}
