-- What holds for the inbox and the queue between any two transactions, whoever was killed at whatever moment.
-- Each query below finds nothing, on either engine; what it finds (its column `what`) breaks the sentence above it.
-- A job's event stands in its payload, {"event":"whe_…"}, at the 11th character, 30 characters long.

-- A job is in one of the states that there are.
SELECT id AS what FROM jobs
WHERE state NOT IN ('scheduled', 'ready', 'blocked', 'suspect', 'leased', 'done', 'dead', 'discarded');

-- A job has a lease exactly while it is leased.
SELECT id AS what FROM jobs
WHERE (state = 'leased') <> (leased_at IS NOT NULL) OR (state = 'leased') <> (lease_token IS NOT NULL)
    OR (state = 'leased') <> (lease_until IS NOT NULL) OR leased_at > lease_until;

-- A job has an end exactly when it is done, dead or discarded.
SELECT id AS what FROM jobs WHERE (state IN ('done', 'dead', 'discarded')) <> (finished_at IS NOT NULL);

-- Two jobs of one subject are never leased at once.
SELECT subject AS what FROM jobs WHERE state = 'leased' AND subject IS NOT NULL GROUP BY subject HAVING COUNT(*) > 1;

-- Only a job with a subject waits for one.
SELECT id AS what FROM jobs WHERE state = 'blocked' AND subject IS NULL;

-- Of one tenant, kind and unique key there is one unfinished job.
SELECT unique_key AS what FROM jobs
WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'ready', 'blocked', 'suspect', 'leased')
GROUP BY tenant_id, kind, unique_key HAVING COUNT(*) > 1;

-- Suspects are those jobs whose worker did not survive them, and such a job is never simply ready.
SELECT id AS what FROM jobs WHERE (state = 'suspect' AND crashes = 0) OR (state = 'ready' AND crashes > 0);

-- Every lease was counted as an attempt, and so was every failure.
SELECT id AS what FROM jobs
WHERE failures < 0 OR crashes < 0 OR max_attempts < 1
    OR attempt < failures + CASE WHEN state IN ('leased', 'done') THEN 1 ELSE 0 END;

-- No job gets more attempts than it may; one that kills every worker is claimed once more, to be buried.
SELECT id AS what FROM jobs
WHERE attempt > max_attempts AND (state IN ('dead', 'discarded') OR (state <> 'leased' AND crashes = 0));

-- A payload is in the job's row or apart, never in both, never in neither.
SELECT id AS what FROM jobs
WHERE (payload IS NULL) <> EXISTS (SELECT 1 FROM job_payloads WHERE job_payloads.job_id = jobs.id);

-- There is no payload without its job.
SELECT job_id AS what FROM job_payloads WHERE job_id NOT IN (SELECT id FROM jobs);

-- There is no attempt without its job.
SELECT job_id AS what FROM job_attempts WHERE job_id NOT IN (SELECT id FROM jobs);

-- An attempt on record has a number, an outcome, and an end behind its start.
SELECT id AS what FROM job_attempts
WHERE attempt < 1 OR ended_at < started_at OR outcome NOT IN ('failed', 'timed_out', 'expired', 'buried');

-- An event is held once.
SELECT stripe_event_id AS what FROM events GROUP BY tenant_id, livemode, stripe_event_id HAVING COUNT(*) > 1;

-- An event is in one of the states that there are, and it is known when it was settled.
SELECT id AS what FROM events
WHERE state NOT IN ('pending', 'applied', 'ignored', 'kept', 'failed')
    OR (state = 'applied' AND settled_at IS NULL) OR (state = 'pending' AND settled_at IS NOT NULL);

-- A failed event that a dead letter would apply is not settled yet: retention leaves it there.
SELECT id AS what FROM events WHERE state = 'failed' AND settled_at IS NOT NULL
INTERSECT SELECT substr(payload, 11, 30) FROM jobs WHERE kind = 'apply_stripe_event' AND state = 'dead';

-- The event of a dead letter has failed.
SELECT id AS what FROM events WHERE state <> 'failed'
INTERSECT SELECT substr(payload, 11, 30) FROM jobs WHERE kind = 'apply_stripe_event' AND state = 'dead';

-- A pending event has an unfinished job.
SELECT id AS what FROM events WHERE state = 'pending'
EXCEPT SELECT substr(payload, 11, 30) FROM jobs
WHERE kind = 'apply_stripe_event' AND state IN ('scheduled', 'ready', 'blocked', 'suspect', 'leased');

-- An event with an unfinished job is pending.
SELECT substr(payload, 11, 30) AS what FROM jobs
WHERE kind = 'apply_stripe_event' AND state IN ('scheduled', 'ready', 'blocked', 'suspect', 'leased')
EXCEPT SELECT id FROM events WHERE state = 'pending';

-- An event has one job at most that is unfinished or dead.
SELECT substr(payload, 11, 30) AS what FROM jobs
WHERE kind = 'apply_stripe_event' AND state IN ('scheduled', 'ready', 'blocked', 'suspect', 'leased', 'dead')
GROUP BY substr(payload, 11, 30) HAVING COUNT(*) > 1;

-- An event of the other mode or account is never applied.
SELECT id AS what FROM events WHERE state = 'kept'
INTERSECT SELECT substr(payload, 11, 30) FROM jobs WHERE kind = 'apply_stripe_event';

-- A circuit breaker has counted a failure, and is open from the fifth on.
SELECT tenant_id AS what FROM queue_breakers WHERE failures < 1 OR (failures >= 5) <> (open_until IS NOT NULL);

-- A duty is held by somebody until some time, or by nobody.
SELECT name AS what FROM duties WHERE (holder IS NULL) <> (held_until = 0);

-- A tenant's share is one that can be had.
SELECT tenant_id AS what FROM queue_shares WHERE weight NOT BETWEEN 1 AND 1000 OR job_limit < 1;
