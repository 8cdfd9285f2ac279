-- What waits costs nothing: a pass looks at what has become due, and no more.

-- The last day of whoever has the turn with a case; '': nobody has, nothing of the case
-- is open. (due is the last day of the law.) A pass computes it for the cases that are
-- there already.
ALTER TABLE cases ADD COLUMN turn_due TEXT NOT NULL DEFAULT '';
UPDATE cases SET turn_due = '9999-12-31' WHERE closed_on = '' OR side = 'in' AND money_track IN ('received', 'differs', 'matched')
    OR side = 'out' AND (form_track IN ('queued', 'sent', 'refused') OR money_track IN ('due', 'ordered', 'released', 'submitted', 'unknown', 'returned'));
CREATE INDEX cases_unsettled ON cases (side, state, case_no, due, turn_due, hold) WHERE turn_due <> '';
CREATE INDEX cases_held ON cases (id_key) WHERE state = 'held';
CREATE INDEX cases_wish ON cases (wish, case_no) WHERE wish <> '';

-- Payment files that wait for their release.
CREATE INDEX files_prepared ON files (id) WHERE state = 'prepared';

-- The cases to be looked at again: what they wait for has changed, or a limit of
-- theirs has passed. The next pass takes them out.
CREATE TABLE again (
    case_no TEXT NOT NULL PRIMARY KEY REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED
) CLUSTERED;

-- How far passes have come, one row: limits before on_date were looked at, with the
-- settings of a digest; absent_on: the day on which people who are not in the registry
-- were looked for, '' since a whole registry came.
CREATE TABLE swept (
    one       BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    on_date   TEXT NOT NULL,
    settings  TEXT NOT NULL,
    absent_on TEXT NOT NULL
) CLUSTERED;
