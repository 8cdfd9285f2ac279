-- The account that a payment goes to, in a column: what went to it before, and to the
-- partner, is asked for each payment that officers sign for.
ALTER TABLE payments ADD COLUMN payee_no TEXT NOT NULL DEFAULT '';
UPDATE payments SET payee_no = COALESCE(PAYEE_IN_DOC, '');
CREATE INDEX payments_payee ON payments (payee_no, value_on);
CREATE INDEX payments_partner ON payments (partner, value_on);
