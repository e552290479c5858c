-- Where an environment was deployed to last, so that it can be looked at from anywhere.
CREATE TABLE place (
    service text NOT NULL,
    env text NOT NULL,
    target text NOT NULL,
    options text NOT NULL,
    PRIMARY KEY (service, env)
);

-- What a target made of a release when it was first made ready for it: an image by its digest, a full specification.
CREATE TABLE placement (
    service text NOT NULL,
    release bigint NOT NULL,
    record text NOT NULL,
    made_at bigint NOT NULL,
    PRIMARY KEY (service, release)
);

-- What was measured while a release was watched, with what it was held against.
CREATE TABLE measurement (
    deployment bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    measure text NOT NULL,
    PRIMARY KEY (deployment, seq)
);
