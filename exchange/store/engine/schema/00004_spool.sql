-- The spool of a store that several machines share: a file is its parts from 0 to the
-- last, all full but that one; an empty file is one empty part.
CREATE TABLE spool_parts (
    name    TEXT NOT NULL,
    n       BIGINT NOT NULL CHECK (n >= 0),
    is_last BIGINT NOT NULL CHECK (is_last IN (0, 1)),
    bytes   BYTEA NOT NULL,
    PRIMARY KEY (name, n),
    CHECK (length(bytes) = 1048576 OR is_last = 1 AND length(bytes) < 1048576 AND (n = 0 OR length(bytes) > 0))
);

-- Whose store this is, and which spool belongs to it.
CREATE TABLE bindings (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    agency TEXT NOT NULL CHECK (agency <> ''),
    spool  TEXT NOT NULL CHECK (spool <> '')
);
