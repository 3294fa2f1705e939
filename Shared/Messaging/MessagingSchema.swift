package import Database

/// The tables of the inbox and the queue. Versions 1 to 9 of the schema are theirs.
package enum MessagingSchema {
    package static let migrations = [events, firstJobs, jobs, operators, busySubjects, settledEvents, twins, deadWork]

    private static let events = Migration(1, "events") { _ in
        [
            """
            CREATE TABLE events (
                id TEXT PRIMARY KEY,
                tenant_id TEXT NOT NULL,
                livemode BOOLEAN NOT NULL,
                stripe_event_id TEXT NOT NULL,
                type TEXT NOT NULL,
                api_version TEXT,
                account TEXT,
                created BIGINT NOT NULL,
                received_at BIGINT NOT NULL,
                endpoint_id TEXT NOT NULL,
                signature TEXT NOT NULL,
                body BYTEA NOT NULL,
                state TEXT NOT NULL,
                settled_at BIGINT,
                UNIQUE (tenant_id, livemode, stripe_event_id))
            """
        ]
    }

    private static let firstJobs = Migration(2, "jobs") { dialect in
        [
            """
            CREATE TABLE jobs (
                id \(dialect.identity),
                kind TEXT NOT NULL,
                tenant_id TEXT NOT NULL,
                payload TEXT NOT NULL,
                unique_key TEXT,
                state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'done', 'dead')),
                attempt BIGINT NOT NULL,
                max_attempts BIGINT NOT NULL,
                failures BIGINT NOT NULL DEFAULT 0,
                run_at BIGINT NOT NULL,
                lease_token TEXT,
                lease_until BIGINT,
                last_error TEXT,
                created_at BIGINT NOT NULL,
                finished_at BIGINT,
                CHECK ((state = 'leased') = (lease_token IS NOT NULL AND lease_until IS NOT NULL)))
            """,
            "CREATE INDEX jobs_ready ON jobs (run_at, id) WHERE state = 'ready'",
            "CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'leased'",
            "CREATE INDEX jobs_dead ON jobs (id) WHERE state = 'dead'",
            """
            CREATE UNIQUE INDEX jobs_unfinished_key ON jobs (kind, unique_key)
            WHERE unique_key IS NOT NULL AND state IN ('ready', 'leased')
            """,
        ]
    }

    /// A job's states are told apart by partial indexes, so that finding the next one costs the same however many
    /// have finished. Built anew, since SQLite cannot change a CHECK.
    private static let jobs = Migration(3, "queue") { dialect in
        [
            "ALTER TABLE jobs RENAME TO old_jobs",
            """
            CREATE TABLE jobs (
                id \(dialect.identity),
                kind TEXT NOT NULL,
                tenant_id TEXT NOT NULL,
                subject TEXT,
                priority BIGINT NOT NULL,
                payload TEXT,
                unique_key TEXT,
                state TEXT NOT NULL CHECK (state IN
                    ('scheduled', 'ready', 'blocked', 'suspect', 'leased', 'done', 'dead', 'discarded')),
                attempt BIGINT NOT NULL,
                max_attempts BIGINT NOT NULL,
                failures BIGINT NOT NULL,
                crashes BIGINT NOT NULL,
                run_at BIGINT NOT NULL,
                leased_at BIGINT,
                lease_token TEXT,
                lease_until BIGINT,
                last_error TEXT,
                created_at BIGINT NOT NULL,
                finished_at BIGINT,
                CHECK ((state = 'leased') =
                    (leased_at IS NOT NULL AND lease_token IS NOT NULL AND lease_until IS NOT NULL)),
                CHECK ((state IN ('done', 'dead', 'discarded')) = (finished_at IS NOT NULL)))
            """,
            """
            INSERT INTO jobs (id, kind, tenant_id, priority, payload, unique_key, state, attempt, max_attempts,
                failures, crashes, run_at, leased_at, lease_token, lease_until, last_error, created_at, finished_at)
            SELECT id, kind, tenant_id, 2, payload, unique_key,
                CASE WHEN state = 'ready' AND run_at > now_us() THEN 'scheduled' ELSE state END,
                attempt, max_attempts, failures, 0, run_at,
                CASE WHEN state = 'leased' THEN run_at END, lease_token, lease_until, last_error, created_at,
                CASE WHEN state IN ('done', 'dead') THEN COALESCE(finished_at, created_at) END
            FROM old_jobs
            """,
            "DROP TABLE old_jobs",
            "CREATE INDEX jobs_ready ON jobs (tenant_id, kind, priority, run_at, id) WHERE state = 'ready'",
            "CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled'",
            "CREATE INDEX jobs_blocked ON jobs (subject, priority, run_at, id) WHERE state = 'blocked'",
            "CREATE INDEX jobs_suspect ON jobs (run_at, id) WHERE state = 'suspect'",
            "CREATE INDEX jobs_leased ON jobs (lease_until, tenant_id, kind) WHERE state = 'leased'",
            "CREATE UNIQUE INDEX jobs_busy ON jobs (subject) WHERE state = 'leased' AND subject IS NOT NULL",
            "CREATE INDEX jobs_dead ON jobs (id) WHERE state = 'dead'",
            "CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state IN ('done', 'discarded')",
            """
            CREATE UNIQUE INDEX jobs_unfinished_key ON jobs (kind, unique_key)
            WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'ready', 'blocked', 'suspect', 'leased')
            """,
            // Apart from `jobs`, so that moving a job between states rewrites a short row.
            "CREATE TABLE job_payloads (job_id BIGINT PRIMARY KEY, payload TEXT NOT NULL)",
            """
            CREATE TABLE job_attempts (
                id \(dialect.identity),
                job_id BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                started_at BIGINT NOT NULL,
                ended_at BIGINT NOT NULL,
                outcome TEXT NOT NULL,
                error TEXT NOT NULL)
            """,
            "CREATE INDEX job_attempts_job ON job_attempts (job_id)",
        ] + (dialect == .postgres ? [continuedJobNumbers] : [])
    }

    /// SQLite's AUTOINCREMENT goes on from the highest number by itself.
    private static let continuedJobNumbers = """
        SELECT setval(pg_get_serial_sequence('jobs', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM jobs), false)
        """

    /// What operators set and did, and what has one runner at a time.
    private static let operators = Migration(4, "operators") { dialect in
        [
            // '' stands for every tenant or kind: a NULL would not be unique.
            """
            CREATE TABLE queue_pauses (
                tenant_id TEXT NOT NULL, kind TEXT NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (tenant_id, kind))
            """,
            """
            CREATE TABLE queue_shares (
                tenant_id TEXT PRIMARY KEY, weight BIGINT NOT NULL CHECK (weight > 0),
                job_limit BIGINT CHECK (job_limit > 0))
            """,
            """
            CREATE TABLE queue_breakers (
                tenant_id TEXT NOT NULL, kind TEXT NOT NULL, failures BIGINT NOT NULL, open_until BIGINT,
                PRIMARY KEY (tenant_id, kind))
            """,
            """
            CREATE TABLE duties (
                name TEXT PRIMARY KEY, holder TEXT, held_until BIGINT NOT NULL, done_at BIGINT)
            """,
            """
            CREATE TABLE audit_log (
                id \(dialect.identity),
                at BIGINT NOT NULL,
                actor TEXT NOT NULL,
                action TEXT NOT NULL,
                subject TEXT NOT NULL,
                reason TEXT,
                details TEXT)
            """,
            "CREATE INDEX events_received ON events (received_at)",
            // Of its job, so that a replay's job has the same.
            "ALTER TABLE events ADD COLUMN subject TEXT",
        ]
    }

    /// By words that no other index has: a PostgreSQL that has not yet seen many leases at once takes the shortest index
    /// that will do, which is one of all leases, and reads it once a job.
    private static let busySubjects = Migration(5, "busy subjects") { _ in
        [
            "DROP INDEX jobs_busy",
            """
            CREATE UNIQUE INDEX jobs_busy ON jobs (subject)
            WHERE lease_token IS NOT NULL AND subject IS NOT NULL
            """,
        ]
    }

    /// From here on a failed event is settled only once nothing waits for it, and settled ones go by their age: so those
    /// of dead letters that wait are settled no more.
    private static let settledEvents = Migration(6, "settled events") { _ in
        [
            """
            UPDATE events SET settled_at = NULL WHERE state = 'failed' AND '{"event":"' || id || '"}' IN (
                SELECT payload FROM jobs WHERE state = 'dead' AND payload IS NOT NULL)
            """,
            // So that retention does not meet what stays, again in each of its steps.
            """
            CREATE INDEX events_removable ON events (received_at)
            WHERE state <> 'pending' AND (state <> 'failed' OR settled_at IS NOT NULL)
            """,
        ]
    }

    private static let twins = Migration(7, "twins of events") { _ in
        [
            "ALTER TABLE events ADD COLUMN twin TEXT",
            "CREATE INDEX events_by_twin ON events (tenant_id, livemode, twin) WHERE twin IS NOT NULL",
        ]
    }

    /// A dead letter is found by what it was to do, and a unique key is its tenant's own.
    private static let deadWork = Migration(8, "dead work") { _ in
        [
            "CREATE INDEX jobs_dead_work ON jobs (kind, payload) WHERE state = 'dead'",
            "DROP INDEX jobs_unfinished_key",
            """
            CREATE UNIQUE INDEX jobs_unfinished_key ON jobs (tenant_id, kind, unique_key)
            WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'ready', 'blocked', 'suspect', 'leased')
            """,
        ]
    }
}
