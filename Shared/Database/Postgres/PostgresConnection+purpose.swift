import Foundation

extension PostgresConnection {
    /// Takes this connection's place in the database, until it is closed; see `UnfinishedCopy`.
    /// - Throws: `.unfinishedCopy` for work while a copy goes on or after it was broken off; `.busy` for a copy while
    ///   anybody works.
    func enter(for purpose: DatabaseOptions.Purpose) throws(DatabaseError) {
        switch purpose {
        case .work: try enterWithOthers()
        case .copyTarget: try enterAlone()
        }
    }

    private func enterWithOthers() throws(DatabaseError) {
        let answer = try first(
            "SELECT pg_try_advisory_lock_shared(\(UnfinishedCopy.lock)), "
                + "to_regclass('\(UnfinishedCopy.table)') IS NOT NULL")
        // Only a copy writes the mark, and there is none while this lock is held.
        guard answer?.first == "t" else { throw UnfinishedCopy.error }
        if answer?.last == "t", try first(UnfinishedCopy.isMarked) != nil { throw UnfinishedCopy.error }
    }

    private func enterAlone() throws(DatabaseError) {
        // The server takes a moment to notice that a process was killed: the last copy, or a service.
        for _ in 0..<60 {
            if try first("SELECT pg_try_advisory_lock(\(UnfinishedCopy.lock))") == ["t"] { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        // A number of 64 bits is shown in halves.
        let others = try first(
            """
            SELECT string_agg(coalesce(nullif(a.application_name, ''), 'a program') || ' (' || l.pid || ')', ', ')
            FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid = \(UnfinishedCopy.lock >> 32)
                AND l.objid = \(UnfinishedCopy.lock & 0xFFFF_FFFF)
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
        throw DatabaseError(.busy, "it is open in \(others?.first ?? "another program"): stop what runs on it first")
    }
}
