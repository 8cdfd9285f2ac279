-- A booking that a statement lists, in its order. Several may be alike.
CREATE TABLE stated_bookings (
    account   TEXT NOT NULL,
    day       TEXT NOT NULL,
    page      BIGINT NOT NULL,
    n         BIGINT NOT NULL CHECK (n > 0),
    booked_on TEXT NOT NULL,
    ref       TEXT NOT NULL,
    amount    BIGINT NOT NULL, -- credit above zero, debit below
    doc       TEXT NOT NULL,
    PRIMARY KEY (account, day, page, n),
    FOREIGN KEY (account, day, page) REFERENCES bank_days (account, day, page) DEFERRABLE INITIALLY DEFERRED
) CLUSTERED;
CREATE INDEX stated_bookings_day ON stated_bookings (account, booked_on);
INSERT INTO stated_bookings (account, day, page, n, booked_on, ref, amount, doc)
    SELECT account, day, page, row_number() OVER (PARTITION BY account, day, page ORDER BY booking),
        COALESCE((SELECT MIN(e.booked_on) FROM bank_entries AS e WHERE e.account = l.account AND e.booking = l.booking), day),
        CASE WHEN booking LIKE '%|%' OR replace(booking, '0', '') = '' OR upper(booking) IN ('NONREF', 'NOTPROVIDED') THEN '' ELSE booking END,
        amount, doc
    FROM bank_lines AS l;
DROP TABLE bank_lines;

-- A number that others issue is never the whole identity: a bank entry is known by
-- account, day of booking, sign, amount and the bank's number, where that says anything.
ALTER TABLE bank_entries ADD COLUMN known_as TEXT NOT NULL DEFAULT '';
ALTER TABLE bank_entries ADD COLUMN ref TEXT NOT NULL DEFAULT '';
-- What the whole booking changes the balance by, of which the entry may be a part.
ALTER TABLE bank_entries ADD COLUMN total BIGINT NOT NULL DEFAULT 0;
UPDATE bank_entries SET
    ref = CASE WHEN booking = entry_key OR replace(booking, '0', '') = '' OR upper(booking) IN ('NONREF', 'NOTPROVIDED') THEN '' ELSE booking END,
    total = (SELECT SUM(CASE WHEN e.credit = 1 THEN e.amount ELSE -e.amount END) FROM bank_entries AS e
        WHERE e.account = bank_entries.account AND e.booking = bank_entries.booking),
    known_as = CASE WHEN booking = entry_key OR replace(booking, '0', '') = '' OR upper(booking) IN ('NONREF', 'NOTPROVIDED') THEN '' ELSE booking END ||
        '|' || account || '|' || booked_on || '|' || CASE WHEN credit = 1 THEN 'C' ELSE 'D' END || (amount / 100) || '.' || substr('' || (100 + amount % 100), 2);
DROP INDEX bank_entries_booking;
CREATE INDEX bank_entries_known ON bank_entries (known_as);
CREATE INDEX bank_entries_doubtful ON bank_entries (account, booked_on) WHERE state = 'doubtful';
ALTER TABLE bank_entries DROP COLUMN booking;

-- The lists of before, with what is new in them.
RECHECK bank_entries.state CHECK (state = 'unmatched' OR state = 'matched' OR state = 'returned' OR state = 'netted' OR state = 'own' OR state = 'other' OR state = 'reversed' OR state = 'refund' OR state = 'doubtful' OR state = 'repeat');
RECHECK decisions.action CHECK (action = 'refund' OR action = 'match' OR action = 'split' OR action = 'match-payment' OR action = 'is-return' OR action = 'confirm-account' OR action = 'allow-cap' OR action = 'pay-again' OR action = 'paid-to-person' OR action = 'is-new' OR action = 'is-repeat' OR action = 'not-a-transfer' OR action = 'tie-netting' OR action = 'settle-amount' OR action = 'accept-difference' OR action = 'is-genuine' OR action = 'mark-sent' OR action = 'mark-not-sent' OR action = 'release-file' OR action = 'dismiss-file' OR action = 'resend-file' OR action = 'approve-batch' OR action = 'return-batch' OR action = 'accept-proposal' OR action = 'reject-proposal' OR action = 'release-hold' OR action = 'accept-letter' OR action = 'decline-letter' OR action = 'return-application' OR action = 'refuse-application' OR action = 'write-again' OR action = 'agree-void' OR action = 'refuse-void' OR action = 'take-back');
