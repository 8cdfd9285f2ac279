-- Checkpoints cover what was numbered and what lies in the ledger, too; those of before
-- (no hash of balances) did not.
ALTER TABLE checkpoints ADD COLUMN numbers BIGINT NOT NULL DEFAULT 0;
ALTER TABLE checkpoints ADD COLUMN counters BYTEA;
ALTER TABLE checkpoints ADD COLUMN entry_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE checkpoints ADD COLUMN balances BYTEA;
-- What left, what was found and what was accepted is asked for at every payment.
CREATE INDEX journal_audit ON journal (what, id) WHERE what = 'checkpoint_left' OR what = 'finding' OR what = 'finding_accepted';
