import CPostgres
import Foundation

/// A libpq connection with its prepared statements. Made and used on one thread.
final class PostgresConnection: Driver {
    private let handle: OpaquePointer
    private var names = StatementCache<String>()
    private var prepared = 0

    /// Connects; blocks for at most the connect timeout.
    init(url: String, for options: DatabaseOptions) throws(DatabaseError) {
        // What stands before `dbname` is a default that the URL overrides; what stands after it holds.
        let parameters = [
            ("connect_timeout", "5"), ("tcp_user_timeout", "30000"),
            // Who only waits, for a notification or a lock, sends nothing that could go unanswered when the host dies.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("fallback_application_name", "checkout"), ("target_session_attrs", "read-write"),
            ("dbname", url), ("client_encoding", "UTF8"),
        ]
        guard let opened = Self.connect(parameters) else {
            throw DatabaseError(.unavailable, "No memory for a PostgreSQL connection.")
        }
        handle = opened
        guard PQstatus(handle) == CONNECTION_OK else {
            throw DatabaseError(.unavailable, "PostgreSQL cannot be reached: \(lastMessage)")
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try set("SET statement_timeout = \(options.statementTimeout.components.seconds * 1000)")
        // An old lock is better given up than waited for: the job or request comes again.
        try set("SET lock_timeout = '10s'")
        try set("SET idle_in_transaction_session_timeout = '60s'")
        // Statements are planned once: planning a claim takes longer than running it. So a plan made for an empty table
        // must not read a full one from end to end; and the price that this puts on small tables without an index is no
        // reason to compile. Other engines may not know the words.
        try set(
            """
            SELECT set_config(name, CASE name WHEN 'plan_cache_mode' THEN 'force_generic_plan' ELSE 'off' END, false)
            FROM pg_settings WHERE name IN ('enable_seqscan', 'jit', 'plan_cache_mode')
            """)
        try enter(for: options.purpose)
    }

    deinit { PQfinish(handle) }

    var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }
    var isInFailedTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }
    var socket: Int32 { PQsocket(handle) }

    func run(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Outcome {
        FaultPoint.beforeStatement()
        for case .text(let text) in parameters where text.utf8.contains(0) {
            // libpq would cut it there without a word.
            throw DatabaseError(.misuse, "PostgreSQL stores no text with a NUL character.")
        }
        let name = try preparedName(sql)
        let result = PostgresParameters(parameters).withPointers { values, lengths, formats in
            // 1: results in binary
            PQexecPrepared(handle, name, Int32(parameters.count), values, lengths, formats, 1)
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK: return try PostgresResult.rows(of: result)
        case PGRES_COMMAND_OK: return Outcome(changed: PostgresResult.changed(result))
        default: throw failure(result)
        }
    }

    func command(_ sql: String) throws(DatabaseError) {
        FaultPoint.beforeStatement()
        try set(sql)
    }

    /// Sets something of the connection itself.
    func set(_ sql: String) throws(DatabaseError) {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default: throw failure(result)
        }
    }

    /// The first row of what a statement returns, as text, NULL as the empty one; nil when there is no row.
    func first(_ sql: String) throws(DatabaseError) -> [String]? {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw failure(result) }
        guard PQntuples(result) > 0 else { return nil }
        return (0..<PQnfields(result)).map { String(cString: PQgetvalue(result, 0, $0)) }
    }

    /// Takes what has arrived and returns the payloads of the notifications in it.
    func notifications() throws(DatabaseError) -> [String] {
        guard PQconsumeInput(handle) == 1 else { throw DatabaseError(.connectionLost, lastMessage) }
        var payloads: [String] = []
        while let notice = PQnotifies(handle) {
            payloads.append(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        return payloads
    }

    private func preparedName(_ sql: String) throws(DatabaseError) -> String {
        if let known = names.statement(for: sql) { return known }
        prepared += 1
        let name = "s\(prepared)"
        let result = PQprepare(handle, name, sql, 0, nil)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw failure(result) }
        if let evicted = names.keep(name, for: sql) { try set("DEALLOCATE \(evicted)") }
        return name
    }

    private func failure(_ result: OpaquePointer?) -> DatabaseError {
        guard isAlive else {
            return DatabaseError(.connectionLost, "The connection to PostgreSQL broke: \(lastMessage)")
        }
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let text = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? lastMessage
        return DatabaseError(sqlState: state, message: text)
    }

    private var lastMessage: String {
        String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: " ")
    }

    private static func connect(_ options: [(String, String)]) -> OpaquePointer? {
        let keywords = options.map { strdup($0.0) }
        let values = options.map { strdup($0.1) }
        defer { for text in keywords + values { free(text) } }
        return PQconnectdbParams(
            keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
    }
}
