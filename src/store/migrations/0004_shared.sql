-- What machines that share a store must agree on.

-- Which key seals the store's secrets: written with the first of them. The key itself is not in here.
CREATE TABLE sealing (
    id bigint NOT NULL PRIMARY KEY,
    fingerprint text NOT NULL,
    actor text NOT NULL,
    at bigint NOT NULL
);
