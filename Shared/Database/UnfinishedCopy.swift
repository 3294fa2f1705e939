/// A database that another one is being copied into is nobody else's until the copy is finished. A copy makes it equal to
/// its source: what somebody else writes there meanwhile is undone, and after a copy was broken off, when it goes on.
package enum UnfinishedCopy {
    /// Its row says of which database this one is a copy. While `finished_at` is NULL, programs that open the database for
    /// work are refused.
    package static let table = "database_copies"

    /// PostgreSQL: every connection shares this advisory lock for as long as it lasts, but for a copy's into the database,
    /// which holds it alone. Names and addresses of connections are settings, and a pooler hides them. The number differs
    /// from those of migrations and claims.
    static let lock: Int64 = 7_203_184_617

    static let error = DatabaseError(
        .unfinishedCopy, "it holds a copy of another database that is not finished",
        mend: "run that 'checkoutctl db copy' again until it says that all tables are equal, or name another database")

    static let isMarked = "SELECT 1 AS found FROM \(table) WHERE finished_at IS NULL LIMIT 1"
}
