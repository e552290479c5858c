-- What operating services needs: who they are, counts by hour and day, readiness over time, incidents.

-- What the newest deploy knew of a service (model::about), as JSON; null before that.
ALTER TABLE service ADD COLUMN about text;

-- `traffic` added up by hour and by day, so that a window of weeks is read from tens of rows. `span` is the length of
-- the bucket in microseconds.
CREATE TABLE traffic_sum (
    service text NOT NULL,
    env text NOT NULL,
    span bigint NOT NULL,
    bucket bigint NOT NULL,
    release bigint NOT NULL,
    class1 bigint NOT NULL,
    class2 bigint NOT NULL,
    class3 bigint NOT NULL,
    class4 bigint NOT NULL,
    class5 bigint NOT NULL,
    failed bigint NOT NULL,
    latency text NOT NULL,
    PRIMARY KEY (service, env, span, bucket, release)
);

-- Minutes are pruned by age, over all services.
CREATE INDEX traffic_bucket ON traffic (bucket);

CREATE INDEX deployment_started ON deployment (started_at, id);

-- One row for each time that a service's readiness was found to have changed; `checks` is JSON.
CREATE TABLE readiness (
    id bigint NOT NULL PRIMARY KEY,
    service text NOT NULL,
    at bigint NOT NULL,
    level text NOT NULL,
    required text NOT NULL,
    ready bigint NOT NULL,
    checks text NOT NULL
);
CREATE INDEX readiness_service ON readiness (service, id);
CREATE INDEX readiness_at ON readiness (at);

-- `version` counts the changes of a row: an update names the one it has seen. `roles`, `on_call` and `suspects` are JSON.
CREATE TABLE incident (
    id bigint NOT NULL PRIMARY KEY,
    title text NOT NULL,
    service text,
    env text,
    severity text NOT NULL,
    status text NOT NULL,
    impact_start bigint,
    detected bigint,
    acknowledged bigint,
    mitigated bigint,
    impact_end bigint,
    closed bigint,
    opened_at bigint NOT NULL,
    opened_by text NOT NULL,
    version bigint NOT NULL,
    roles text NOT NULL,
    cause bigint,
    fixed_by bigint,
    on_call text NOT NULL,
    -- Last, since it is long and lists do not read it.
    suspects text NOT NULL
);
CREATE INDEX incident_service ON incident (service, id);
CREATE INDEX incident_opened ON incident (opened_at, id);
-- What somebody has to look after now, the worst first.
CREATE INDEX incident_live ON incident (severity, opened_at, id) WHERE status IN ('open', 'mitigated');

-- Append-only. `at` is when it happened, `recorded_at` when it was written down.
CREATE TABLE incident_entry (
    incident bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    text text NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (incident, seq)
);

-- Follow-up work.
CREATE TABLE incident_action (
    incident bigint NOT NULL,
    seq bigint NOT NULL,
    text text NOT NULL,
    kind text NOT NULL,
    owner text,
    due bigint,
    created_at bigint NOT NULL,
    created_by text NOT NULL,
    done_at bigint,
    done_by text,
    PRIMARY KEY (incident, seq)
);
CREATE INDEX incident_action_open ON incident_action (due, incident, seq) WHERE done_at IS NULL;
