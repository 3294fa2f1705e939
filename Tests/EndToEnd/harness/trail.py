"""Every change of some columns of a table, written down by a trigger: what came before what, by whichever process."""

SQLITE = """
    CREATE TABLE {table}_trail AS SELECT 0 AS number, 0 AS at, {columns} FROM {table} WHERE 1 = 0;
    CREATE TRIGGER {table}_followed AFTER UPDATE OF {columns} ON {table} BEGIN
        INSERT INTO {table}_trail (number, at, {columns}) VALUES (
            (SELECT COUNT(*) FROM {table}_trail),
            CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000, {new});
    END;
"""
POSTGRES = """
    CREATE TABLE {table}_trail AS SELECT 0::BIGINT AS at, {columns} FROM {table} WHERE 1 = 0;
    ALTER TABLE {table}_trail ADD COLUMN number BIGINT GENERATED ALWAYS AS IDENTITY;
    CREATE FUNCTION follow_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO {table}_trail (at, {columns}) VALUES (
            (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT, {new});
        RETURN new;
    END $$;
    CREATE TRIGGER {table}_followed AFTER UPDATE OF {columns} ON {table}
        FOR EACH ROW EXECUTE FUNCTION follow_{table}();
"""
# µs by which the trail's clock and the programs' may differ: SQLite's own has milliseconds.
BLUR = 5_000


class Trail:
    """Of a table, from now on; `at` is in µs since 1970."""

    def __init__(self, tables, table, *columns):
        self.tables = tables
        self.query = f"SELECT at, {', '.join(columns)} FROM {table}_trail ORDER BY number"
        script = SQLITE if tables.url.startswith("sqlite:") else POSTGRES
        new = ", ".join(f"new.{column}" for column in columns)
        tables.execute(script.format(table=table, columns=", ".join(columns), new=new))

    def steps(self):
        return [(int(at), *values) for at, *values in self.tables.rows(self.query)]
