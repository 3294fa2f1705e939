import Database

/// One of the two databases of a copy. What fails in it says in which of them.
struct CopySide: Sendable {
    enum Role: String, Sendable {
        case source, target
    }

    let role: Role
    let database: Database
    let url: DatabaseURL

    var dialect: Dialect { database.dialect }

    /// For people: without user name and password.
    var name: String { url.masked }

    func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        do {
            return try await database.read(Self.unhurried(body))
        } catch let error as DatabaseError {
            throw failure(error)
        }
    }

    @discardableResult
    func write<T: Sendable>(
        _ durability: Durability = .synced, _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        do {
            return try await database.write(durability, Self.unhurried(body))
        } catch let error as DatabaseError {
            throw failure(error)
        }
    }

    func failure(_ error: DatabaseError) -> CommandFailure {
        .failed("The \(role.rawValue) \(name): \(error)")
    }

    /// Counting a large table takes as long as it takes, and would take as long when it is tried again.
    private static func unhurried<T>(
        _ body: @escaping @Sendable (Connection) throws -> T
    ) -> @Sendable (Connection) throws -> T {
        { connection in
            if connection.dialect == .postgres { try connection.execute("SET LOCAL statement_timeout = 0") }
            return try body(connection)
        }
    }
}
