-- Portable SQL (see store/engine.rs): bigint, text and blob only; times are microseconds since 1970 UTC; JSON is text.

-- Numbers that are handed out once and never again: deployments, releases of a service, holds, outbox rows.
CREATE TABLE counter (
    name text NOT NULL PRIMARY KEY,
    value bigint NOT NULL
);

-- The journal: append-only, each record hashed together with the one before.
CREATE TABLE audit (
    seq bigint NOT NULL PRIMARY KEY,
    at bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL,
    prev_hash text NOT NULL,
    hash text NOT NULL
);

-- The last record, so that a tail that was cut off is noticed.
CREATE TABLE audit_head (
    id bigint NOT NULL PRIMARY KEY,
    seq bigint NOT NULL,
    hash text NOT NULL
);

-- Machine locks. A row stays when its lease is released, so that no token is ever used twice.
CREATE TABLE lease (
    scope text NOT NULL PRIMARY KEY,
    token bigint NOT NULL,
    held bigint NOT NULL,
    actor text NOT NULL,
    doing text NOT NULL,
    host text NOT NULL,
    pid bigint NOT NULL,
    process text NOT NULL,
    taken_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    renewals bigint NOT NULL
);

-- People's stops, each with a reason.
CREATE TABLE hold (
    id bigint NOT NULL PRIMARY KEY,
    service text NOT NULL,
    env text NOT NULL,
    reason text NOT NULL,
    author text NOT NULL,
    set_at bigint NOT NULL
);
CREATE INDEX hold_scope ON hold (service, env);

-- Which folder a service's name belongs to.
CREATE TABLE service (
    name text NOT NULL PRIMARY KEY,
    folder text NOT NULL,
    registered_at bigint NOT NULL
);

CREATE TABLE build (
    id text NOT NULL PRIMARY KEY,
    service text NOT NULL,
    key text NOT NULL,
    source text NOT NULL,
    size bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX build_key ON build (service, key);

-- Immutable.
CREATE TABLE release (
    service text NOT NULL,
    number bigint NOT NULL,
    env text NOT NULL,
    build text NOT NULL,
    identity text NOT NULL,
    spec text NOT NULL,
    source text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (service, number)
);
CREATE UNIQUE INDEX release_identity ON release (service, env, identity);

CREATE TABLE deployment (
    id bigint NOT NULL PRIMARY KEY,
    service text NOT NULL,
    env text NOT NULL,
    target text NOT NULL,
    operation text NOT NULL,
    state text NOT NULL,
    outcome text NOT NULL,
    release bigint,
    previous bigint,
    parent bigint,
    fence bigint NOT NULL,
    plan_hash text NOT NULL,
    gates text NOT NULL,
    actor text NOT NULL,
    note text,
    reason text,
    url text,
    started_at bigint NOT NULL,
    finished_at bigint,
    -- Last, since it is long and lists do not read it.
    plan text NOT NULL
);
CREATE INDEX deployment_scope ON deployment (service, env, id);
CREATE INDEX deployment_service ON deployment (service, id);
CREATE INDEX deployment_env ON deployment (env, id);
CREATE INDEX deployment_unfinished ON deployment (service, env, id) WHERE state <> 'done';
CREATE INDEX deployment_good ON deployment (service, env, id, release, operation) WHERE outcome = 'succeeded';
CREATE INDEX deployment_placed ON deployment (service, env, release, id)
    WHERE outcome = 'succeeded' AND operation = 'deploy';

-- Every service and environment that was ever deployed, with its newest deployment.
CREATE TABLE scope (
    service text NOT NULL,
    env text NOT NULL,
    deployment bigint NOT NULL,
    PRIMARY KEY (service, env)
);

-- Intent before the act, observation after it.
CREATE TABLE step (
    deployment bigint NOT NULL,
    seq bigint NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    intent text NOT NULL,
    observation text NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint,
    PRIMARY KEY (deployment, seq)
);

-- Sealed values; what opens them is not in here.
CREATE TABLE secret (
    service text NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    sealed blob NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (service, name, version)
);

CREATE TABLE traffic (
    service text NOT NULL,
    env text NOT NULL,
    bucket bigint NOT NULL,
    release bigint NOT NULL,
    class1 bigint NOT NULL,
    class2 bigint NOT NULL,
    class3 bigint NOT NULL,
    class4 bigint NOT NULL,
    class5 bigint NOT NULL,
    failed bigint NOT NULL,
    latency text NOT NULL,
    PRIMARY KEY (service, env, bucket, release)
);

-- What is to be told to the outside, written together with what it tells of.
CREATE TABLE outbox (
    id bigint NOT NULL PRIMARY KEY,
    topic text NOT NULL,
    payload text NOT NULL,
    enqueued_at bigint NOT NULL,
    due_at bigint NOT NULL,
    attempts bigint NOT NULL,
    claim bigint NOT NULL,
    last_error text,
    done_at bigint
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;
