-- Why an event happened is a phrase (code and arguments) from here on: coded is 1.
-- The prose of older events stays as it was hashed, and coded is 0.
ALTER TABLE journal ADD COLUMN coded BIGINT NOT NULL DEFAULT 0 CHECK (coded IN (0, 1));
