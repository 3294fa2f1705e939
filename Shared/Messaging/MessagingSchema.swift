package import Database

/// The tables of the inbox and the queue. Versions 1 to 9 of the schema are theirs.
package enum MessagingSchema {
    package static let migrations = [
        Migration(1, "events") { _ in
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
        },
        Migration(2, "jobs") { dialect in
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
        },
    ]
}
