import Database

/// A column whose values are sealed under a master key.
struct SealedColumn: Sendable {
    let table: String
    let column: String
    /// The primary key's columns.
    let key: [String]
    /// Whose secret a row holds.
    let tenant: String
    let purpose: SealPurpose

    /// Every one there is, in the order in which they are sealed again: what few rows hold comes first.
    static let all: [SealedColumn] = [
        SealedColumn("tenants", "stripe_secret_key_sealed", tenant: "id", .stripeSecretKey),
        SealedColumn("tenants", "fulfillment_secret_sealed", tenant: "id", .fulfillmentSecret),
        SealedColumn(
            "webhook_secrets", "secret_sealed",
            tenant: "(SELECT e.tenant_id FROM webhook_endpoints e WHERE e.id = webhook_secrets.endpoint_id)",
            .webhookSecret),
        SealedColumn("orders", "client_secret_sealed", tenant: "tenant_id", .clientSecret),
        SealedColumn(
            "idempotency_keys", "body_sealed", key: ["tenant_id", "livemode", "key"], tenant: "tenant_id",
            .storedAnswer),
    ]

    private init(
        _ table: String, _ column: String, key: [String] = ["id"], tenant: String, _ purpose: SealPurpose
    ) {
        self.table = table
        self.column = column
        self.key = key
        self.tenant = tenant
        self.purpose = purpose
    }

    /// A row that another key than the current one sealed.
    struct Outdated: Sendable {
        let key: [KeyValue]
        let tenant: String
        let sealed: String
    }

    /// A part of a primary key, as it was read.
    struct KeyValue: SQLBindable, Sendable {
        let sqlValue: SQLValue
    }

    /// The next rows behind `last`, by their primary key.
    /// - Parameter current: the prefix of what need not be touched: `k2.`.
    func outdated(
        after last: [KeyValue]?, unless current: String, limit: Int, in connection: Connection
    ) throws -> [Outdated] {
        let keys = key.joined(separator: ", ")
        let places = key.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        let rows = try connection.rows(
            """
            SELECT \(keys), \(tenant) AS sealed_for, \(column) AS sealed FROM \(table)
            WHERE \(Self.isOutdated(column, current)) \(last == nil ? "" : "AND (\(keys)) > (\(places))")
            ORDER BY \(keys) LIMIT \(limit)
            """, with: [current] + (last ?? []))
        return try rows.map { row in
            Outdated(
                key: row.cells.prefix(key.count).map { KeyValue(sqlValue: $0.value) },
                tenant: try row.get("sealed_for"), sealed: try row.get("sealed"))
        }
    }

    /// Puts `sealed` in the place of what was read, unless a service has written there meanwhile.
    func replace(_ row: Outdated, by sealed: String, in connection: Connection) throws -> Bool {
        let conditions = key.indices.map { "\(key[$0]) = $\($0 + 3)" }.joined(separator: " AND ")
        return try connection.execute(
            "UPDATE \(table) SET \(column) = $1 WHERE \(column) = $2 AND \(conditions)",
            with: [sealed, row.sealed] + row.key) == 1
    }

    /// How many rows each master key sealed, by its id.
    func usage(in connection: Connection) throws -> [(id: String, count: Int64)] {
        try Self.usage(of: column, in: table, where: "\(column) IS NOT NULL", connection)
    }

    /// - Parameter column: begins with a key's id and a dot.
    static func usage(
        of column: String, in table: String, where condition: String, _ connection: Connection
    ) throws -> [(id: String, count: Int64)] {
        let id =
            switch connection.dialect {
            case .sqlite: "substr(\(column), 1, instr(\(column), '.') - 1)"
            case .postgres: "split_part(\(column), '.', 1)"
            }
        return try connection.rows(
            "SELECT \(id) AS key_id, COUNT(*) AS count FROM \(table) WHERE \(condition) GROUP BY 1"
        ).map { (try $0.get("key_id"), try $0.get("count")) }
    }

    private static func isOutdated(_ column: String, _ current: String) -> String {
        "\(column) IS NOT NULL AND substr(\(column), 1, \(current.utf8.count)) <> $1"
    }
}
