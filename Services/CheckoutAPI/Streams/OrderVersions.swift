import Commerce
import Database

/// Which of the followed orders have moved on: their versions alone, by the primary key.
///
/// Whoever follows an order has shown that it may read it, so a version, which leaves this process nowhere, is asked for
/// by the id alone.
enum OrderVersions {
    /// Orders asked for by one statement.
    static let batch = 100

    private static let sql =
        "SELECT id, version FROM orders WHERE id IN (\((1...batch).map { "$\($0)" }.joined(separator: ", ")))"

    /// - Parameter ids: at most `batch`.
    static func read(_ ids: [OrderID], in connection: Connection) throws -> [OrderID: Int64] {
        guard let last = ids.last else { return [:] }
        // Always the same statement, however many are asked for, so that it is prepared once.
        let padding = Array(repeating: last, count: max(0, batch - ids.count))
        var versions: [OrderID: Int64] = [:]
        for row in try connection.rows(sql, with: ids + padding) {
            versions[try row.get("id")] = try row.get("version", as: Int64.self)
        }
        return versions
    }
}
