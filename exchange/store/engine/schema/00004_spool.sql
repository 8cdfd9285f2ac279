-- The spool of a store that several machines share: a file is its parts, from 0 on
-- without a gap, all but the last one full; an empty file is one empty part.
CREATE TABLE spool_parts (
    name  TEXT NOT NULL,
    n     BIGINT NOT NULL CHECK (n >= 0),
    bytes BYTEA NOT NULL CHECK (length(bytes) <= 1048576 AND (n = 0 OR length(bytes) > 0)),
    PRIMARY KEY (name, n)
);

-- Whose store this is, and which spool belongs to it.
CREATE TABLE bindings (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    agency TEXT NOT NULL CHECK (agency <> ''),
    spool  TEXT NOT NULL CHECK (spool <> '')
);
