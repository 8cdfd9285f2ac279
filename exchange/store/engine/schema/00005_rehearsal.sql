-- Whether the store is that of a rehearsal; one of before is none.
ALTER TABLE bindings ADD COLUMN rehearsal BIGINT NOT NULL DEFAULT 0 CHECK (rehearsal IN (0, 1));
