-- The journal answers for the rows that money depends on: an event names those that were
-- written with it, by their digests. Each chain keeps its last event.
ALTER TABLE journal ADD COLUMN proves TEXT NOT NULL DEFAULT '';
CREATE TABLE heads (
    chain TEXT NOT NULL PRIMARY KEY,
    n     BIGINT NOT NULL CHECK (n > 0),
    hash  BYTEA NOT NULL
) CLUSTERED;
INSERT INTO heads (chain, n, hash)
    SELECT j.chain, j.n, j.hash FROM journal AS j WHERE j.n = (SELECT max(l.n) FROM journal AS l WHERE l.chain = j.chain);
-- Checkpoints cover what keeps rows as they should be, too; those of before ('') did not.
ALTER TABLE checkpoints ADD COLUMN schema_print TEXT NOT NULL DEFAULT '';
-- Rows of before are taken over once, after this.
CREATE TABLE proofs (
    one        BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    taken_over BIGINT NOT NULL CHECK (taken_over IN (0, 1))
) CLUSTERED;
INSERT INTO proofs (one, taken_over)
    SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM cases) OR EXISTS (SELECT 1 FROM bank_entries) OR EXISTS (SELECT 1 FROM money_settings)
        OR EXISTS (SELECT 1 FROM signatures) OR EXISTS (SELECT 1 FROM decisions) THEN 0 ELSE 1 END;
