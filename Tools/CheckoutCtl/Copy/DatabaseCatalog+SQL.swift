import Database

extension DatabaseCatalog {
    /// One row a column: table_name, column_name, type, required, key_position, counts_up.
    static func columns(_ dialect: Dialect) -> String {
        switch dialect {
        case .sqlite:
            """
            SELECT t.name AS table_name, c.name AS column_name, c.type AS type, c."notnull" AS required,
                c.pk AS key_position, c.pk = 1 AND t.sql LIKE '%AUTOINCREMENT%' AS counts_up
            FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            """
        case .postgres:
            """
            SELECT t.relname::text AS table_name, c.attname::text AS column_name,
                format_type(c.atttypid, NULL) AS type, c.attnotnull AS required,
                coalesce(array_position(k.conkey, c.attnum), 0) AS key_position,
                pg_get_serial_sequence(t.oid::regclass::text, c.attname) IS NOT NULL AS counts_up
            FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid
                LEFT JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'
            WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p')
                AND NOT t.relispartition AND c.attnum > 0 AND NOT c.attisdropped
            """
        }
    }

    /// One row a column of a foreign key: table_name, number (of the key within its table), parent, column_name,
    /// parent_column, position.
    static func references(_ dialect: Dialect) -> String {
        switch dialect {
        case .sqlite:
            """
            SELECT t.name AS table_name, f.id AS number, f."table" AS parent, f."from" AS column_name,
                f."to" AS parent_column, f.seq AS position
            FROM sqlite_master AS t JOIN pragma_foreign_key_list(t.name) AS f
            WHERE t.type = 'table'
            """
        case .postgres:
            """
            SELECT t.relname::text AS table_name, k.oid::bigint AS number,
                p.relname::text AS parent, own.attname::text AS column_name, theirs.attname::text AS parent_column,
                pair.position AS position
            FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.conrelid JOIN pg_class AS p ON p.oid = k.confrelid
                CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair (own, theirs, position)
                JOIN pg_attribute AS own ON own.attrelid = k.conrelid AND own.attnum = pair.own
                JOIN pg_attribute AS theirs ON theirs.attrelid = k.confrelid AND theirs.attnum = pair.theirs
            WHERE k.contype = 'f' AND t.relnamespace = current_schema()::regnamespace AND NOT t.relispartition
            """
        }
    }
}
