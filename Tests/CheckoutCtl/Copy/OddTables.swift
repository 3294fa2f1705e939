import Database

/// Tables with everything that a copy may meet, and none of the services': it is to work for tables not yet thought of.
enum OddTables {
    static let names = ["attachments", "bare", "children", "empty", "measures", "pairs", "parents"]

    static let migrations = [
        Migration(1, "odd tables") { dialect in
            [
                "CREATE TABLE parents (id TEXT PRIMARY KEY, label TEXT)",
                """
                CREATE TABLE children (
                    id \(dialect.identity),
                    parent_id TEXT NOT NULL REFERENCES parents,
                    slot TEXT,
                    note TEXT,
                    body BYTEA NOT NULL,
                    flag BOOLEAN NOT NULL,
                    amount BIGINT)
                """,
                "CREATE UNIQUE INDEX children_by_slot ON children (slot) WHERE flag",
                """
                CREATE TABLE attachments (
                    child_id BIGINT NOT NULL REFERENCES children (id),
                    position BIGINT NOT NULL,
                    body BYTEA,
                    PRIMARY KEY (position, child_id))
                """,
                // Sorted otherwise than SQLite sorts, as a database in any language but C is.
                """
                CREATE TABLE pairs (
                    livemode BOOLEAN NOT NULL,
                    sku TEXT \(dialect == .postgres ? #"COLLATE "und-x-icu""# : "") NOT NULL,
                    "order" BIGINT,
                    "od\"\"d" TEXT,
                    PRIMARY KEY (sku, livemode))
                """,
                "CREATE TABLE bare (a TEXT NOT NULL, b BIGINT NOT NULL, PRIMARY KEY (a, b))",
                "CREATE TABLE measures (id BIGINT PRIMARY KEY, value DOUBLE PRECISION)",
                "CREATE TABLE empty (id BIGINT PRIMARY KEY, note TEXT)",
            ]
        }
    ]

    static let skus = ["", " ", "a", "A", "b", "B", "ä", "é", "e\u{301}", "z", "Z", "ß", "日本", "🧾", "a'b\"c", "%_\\"]

    /// In bytes: more than fits into a batch, one by one and together.
    static let attachments = [0, 1, 300_000, 700_000, 1_500_000, 900_000]

    static func fill(_ connection: Connection, attachments: [Int] = attachments) throws {
        try connection.execute("INSERT INTO parents VALUES ('p1', NULL), ('p2', ''), ('p3', 'line\nline')")
        for number in 1...601 {
            let slot = number % 7 == 0 ? nil : "s\(number)"
            try addChild(number, parent: "p\(number % 3 + 1)", slot: slot, in: connection)
        }
        for (position, size) in attachments.enumerated() {
            try connection.execute(
                "INSERT INTO attachments VALUES (5, $1, $2)", position,
                [UInt8](repeating: UInt8(position), count: size))
        }
        try connection.execute("INSERT INTO attachments VALUES (5, -1, NULL), (6, -1, $1)", [UInt8]())
        for (index, sku) in skus.enumerated() {
            for livemode in [true, false] {
                try connection.execute(
                    #"INSERT INTO pairs (livemode, sku, "order", "od""d") VALUES ($1, $2, $3, $4)"#, livemode, sku,
                    livemode ? Int64.max - Int64(index) : Int64.min + Int64(index), livemode ? sku : nil)
            }
            try connection.execute("INSERT INTO bare VALUES ($1, -1), ($1, 1)", sku)
        }
        let values: [Double] = [0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 3]
        for (id, value) in values.enumerated() {
            try connection.execute("INSERT INTO measures VALUES ($1, $2)", id, value)
        }
        try connection.execute("INSERT INTO measures VALUES (-9223372036854775808, NULL)")
    }

    static func addChild(_ number: Int, parent: String, slot: String?, in connection: Connection) throws {
        try connection.execute(
            """
            INSERT INTO children (parent_id, slot, note, body, flag, amount) VALUES ($1, $2, $3, $4, $5, $6)
            """, parent, slot, number % 2 == 0 ? "👩🏽‍🚀 \(number)" : nil,
            number % 3 == 0 ? [] : [0, 255, UInt8(number % 256)], number % 4 != 0,
            number % 5 == 0 ? nil : Int64(-number))
    }
}
