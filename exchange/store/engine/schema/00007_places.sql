-- On which side of zero each title of the chart is: 1 above (a place), -1 below (a
-- source), 0 either. What is kept as a balance is on that side.
CREATE TABLE ledger_titles (
    title TEXT NOT NULL PRIMARY KEY,
    side  BIGINT NOT NULL CHECK (side IN (-1, 0, 1))
) CLUSTERED;
INSERT INTO ledger_titles (title, side) VALUES
    ('out:liquidated', -1), ('out:due', 1), ('out:ordered', 1), ('out:at_bank', 1), ('out:settled', 1), ('out:returned', 1), ('out:credited', 1),
    ('out:paid_to_person', 1), ('out:netting', 1), ('out:netted', 1), ('out:not_moved', 1), ('out:difference', 0),
    ('in:announced', -1), ('in:receivable', 0), ('in:fulfilled', 0), ('in:paid_to_person', 1), ('in:netting', 1), ('in:netted', 1), ('in:not_moved', 1),
    ('in:difference', 0), ('in:received', -1), ('in:unmatched', 1), ('in:matched', 1), ('in:credited', 1), ('in:refunded', 1);

-- What a completion says before the bank tells of the debit: it is booked with that.
ALTER TABLE forms ADD COLUMN early BIGINT NOT NULL DEFAULT 0 CHECK (early >= 0);
