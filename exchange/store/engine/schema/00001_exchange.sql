-- One schema for both engines. The words in capitals that are not SQL
-- (IDENTITY, CLUSTERED) are filled in by the engine's file. Dates are text
-- yyyy-mm-dd, months yyyy-mm, none is ''; instants are microseconds since
-- 1970 in UTC, none is 0; money is fen; yes and no are 1 and 0; doc is JSON of
-- what is never searched, summed or constrained. A reference to nothing is NULL.

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    n    BIGINT NOT NULL CHECK (n > 0)
) CLUSTERED;

CREATE TABLE files (
    id         IDENTITY,
    dir        TEXT NOT NULL CHECK (dir IN ('in', 'out')),
    party      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    carrier    TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    stored_sha TEXT NOT NULL,
    size       BIGINT NOT NULL CHECK (size >= 0),
    sequence   BIGINT NOT NULL CHECK (sequence >= 0),
    state      TEXT NOT NULL,
    verdict    TEXT NOT NULL CHECK (verdict = '' OR verdict IN ('accepted', 'partly', 'rejected')),
    code       TEXT NOT NULL,
    words      TEXT NOT NULL,
    seen       TEXT NOT NULL,
    at         BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    resent     BIGINT NOT NULL CHECK (resent >= 0),
    records    BIGINT NOT NULL CHECK (records >= 0),
    accepted   BIGINT NOT NULL CHECK (accepted >= 0),
    held       BIGINT NOT NULL CHECK (held >= 0),
    refused    BIGINT NOT NULL CHECK (refused >= 0),
    row_count  BIGINT NOT NULL CHECK (row_count >= 0),
    total      BIGINT NOT NULL CHECK (total >= 0),
    worked     BIGINT NOT NULL CHECK (worked >= 0),
    spool      TEXT NOT NULL,
    receipt    BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    dup_of     BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    signature  TEXT NOT NULL,
    signer     TEXT NOT NULL CHECK (signer = '' OR signature <> ''),
    CHECK (dir = 'in' AND (state = 'fetched' OR state = 'worked' OR state = 'rejected' OR state = 'duplicate' OR state = 'quarantined')
        OR dir = 'out' AND (state = 'prepared' OR state = 'approved' OR state = 'review' OR state = 'returned' OR state = 'queued' OR state = 'sending' OR state = 'sent' OR state = 'receipted' OR state = 'refused' OR state = 'void')),
    -- Inputs = accepted + held + refused, for every file that was worked.
    CHECK (dir = 'out' OR state <> 'worked' OR records = accepted + held + refused)
);
CREATE INDEX files_name ON files (dir, party, name);
CREATE INDEX files_sha ON files (dir, party, sha256);
CREATE INDEX files_sequence ON files (dir, party, kind, sequence);
CREATE UNIQUE INDEX files_out_sequence ON files (party, kind, sequence) WHERE dir = 'out' AND sequence > 0;
CREATE INDEX files_to_work ON files (id) WHERE state = 'fetched';
CREATE INDEX files_to_send ON files (id) WHERE state IN ('queued', 'sending', 'sent');
CREATE UNIQUE INDEX files_in_review ON files (party, kind) WHERE state IN ('review', 'returned');
CREATE INDEX files_to_answer ON files (id) WHERE dir = 'in' AND receipt IS NULL;

-- An officer's signature on a payment file or a text of the money settings.
CREATE TABLE signatures (
    file_id     BIGINT NOT NULL REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    officer     TEXT NOT NULL,
    roles       TEXT NOT NULL,
    at          BIGINT NOT NULL,
    on_date     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    armored     TEXT NOT NULL,
    PRIMARY KEY (file_id, officer),
    UNIQUE (file_id, fingerprint)
) CLUSTERED;

-- What an officer said about a batch that waited for review, as it was then.
CREATE TABLE reviews (
    id        IDENTITY,
    file_id   BIGINT NOT NULL REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    sha256    TEXT NOT NULL,
    officer   TEXT NOT NULL,
    full_name TEXT NOT NULL,
    roles     TEXT NOT NULL,
    verdict   TEXT NOT NULL CHECK (verdict = 'approved' OR verdict = 'returned'),
    reason    TEXT NOT NULL,
    on_date   TEXT NOT NULL,
    at        BIGINT NOT NULL,
    UNIQUE (file_id, sha256, officer, verdict)
);

-- The keys of the configuration that decide about money, as they were found
-- and, in the state approved, as payments may be made by them.
CREATE TABLE money_settings (
    n       BIGINT NOT NULL PRIMARY KEY CHECK (n > 0),
    sha256  TEXT NOT NULL,
    state   TEXT NOT NULL CHECK (state = 'waiting' OR state = 'approved' OR state = 'void'),
    since   TEXT NOT NULL,
    file_id BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    doc     TEXT NOT NULL,
    CHECK (file_id IS NOT NULL OR state = 'approved')
) CLUSTERED;
CREATE UNIQUE INDEX money_settings_waiting ON money_settings (state) WHERE state = 'waiting';

CREATE TABLE looks (
    party      TEXT NOT NULL,
    name       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    mod_time   BIGINT NOT NULL,
    first_seen TEXT NOT NULL,
    seen_at    BIGINT NOT NULL,
    file_id    BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    after      TEXT NOT NULL CHECK (after IN ('', 'move', 'delete', 'bad')),
    PRIMARY KEY (party, name)
) CLUSTERED;

CREATE TABLE cases (
    case_no        TEXT NOT NULL PRIMARY KEY,
    side           TEXT NOT NULL,
    partner        TEXT NOT NULL,
    state          TEXT NOT NULL,
    form_track     TEXT NOT NULL,
    money_track    TEXT NOT NULL,
    held_from      TEXT NOT NULL,
    hold           TEXT NOT NULL CHECK (hold = '' OR hold IN ('awaiting-registry', 'awaiting-core', 'account-not-registered', 'arrears', 'possible-duplicate', 'cap', 'officers-decision', 'query-open', 'payee-missing', 'funds-closed', 'amount-differs', 'still-participating', 'certificate-missing', 'in-hospital-or-frozen', 'refused-by-core', 'refused-by-partner', 'payment-returned')),
    wish           TEXT NOT NULL CHECK (wish = '' OR wish IN ('cancel', 'propose_void', 'asked_void', 'void')),
    id_key         TEXT NOT NULL,
    personal_no    TEXT NOT NULL,
    application_no TEXT NOT NULL,
    application_sender TEXT NOT NULL,
    letter_no      TEXT NOT NULL,
    opened_on      TEXT NOT NULL,
    closed_on      TEXT NOT NULL,
    due            TEXT NOT NULL,
    rev            BIGINT NOT NULL CHECK (rev >= 0),
    doc            TEXT NOT NULL,
    CHECK ((state = 'held') = (held_from <> '')),
    CHECK ((application_no = '') = (application_sender = '')),
    CHECK (
        -- allowed triples
        side = 'in' AND state = 'applied' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'returned' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'refused' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'accepted' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'requested' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'answered' AND (form_track = 'received' OR form_track = 'differs' OR form_track = 'checked' OR form_track = 'posted') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'matched' OR money_track = 'differs' OR money_track = 'not_due' OR money_track = 'posted') OR
        side = 'in' AND state = 'posting' AND (form_track = 'received' OR form_track = 'differs' OR form_track = 'checked' OR form_track = 'posted') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'matched' OR money_track = 'differs' OR money_track = 'not_due' OR money_track = 'posted') OR
        side = 'in' AND state = 'relation_done' AND (form_track = 'posted') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'matched' OR money_track = 'differs' OR money_track = 'not_due' OR money_track = 'posted') OR
        side = 'in' AND state = 'completed' AND (form_track = 'posted') AND (money_track = 'posted' OR money_track = 'not_due' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'matched') OR
        side = 'in' AND state = 'declined' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'held' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'held' AND (form_track = 'received' OR form_track = 'differs' OR form_track = 'checked' OR form_track = 'posted') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'matched' OR money_track = 'differs' OR money_track = 'not_due' OR money_track = 'posted') OR
        side = 'in' AND state = 'cancelled' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'void' AND (form_track = 'none') AND (money_track = 'none' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'not_due') OR
        side = 'in' AND state = 'void' AND (form_track = 'received' OR form_track = 'differs' OR form_track = 'checked' OR form_track = 'posted') AND (money_track = 'not_due' OR money_track = 'received' OR money_track = 'differs' OR money_track = 'matched') OR
        side = 'out' AND state = 'requested' AND (form_track = 'none') AND (money_track = 'not_due') OR
        side = 'out' AND state = 'held' AND (form_track = 'none') AND (money_track = 'due' OR money_track = 'ordered' OR money_track = 'released' OR money_track = 'submitted' OR money_track = 'unknown' OR money_track = 'settled' OR money_track = 'returned' OR money_track = 'not_due') OR
        side = 'out' AND state = 'held' AND (form_track = 'queued' OR form_track = 'sent' OR form_track = 'delivered' OR form_track = 'refused') AND (money_track = 'due' OR money_track = 'ordered' OR money_track = 'released' OR money_track = 'submitted' OR money_track = 'unknown' OR money_track = 'settled' OR money_track = 'returned' OR money_track = 'not_due') OR
        side = 'out' AND state = 'declined' AND (form_track = 'none') AND (money_track = 'due' OR money_track = 'ordered' OR money_track = 'released' OR money_track = 'submitted' OR money_track = 'unknown' OR money_track = 'settled' OR money_track = 'returned' OR money_track = 'not_due') OR
        side = 'out' AND state = 'accepted' AND (form_track = 'none') AND (money_track = 'not_due') OR
        side = 'out' AND state = 'accepted' AND (form_track = 'queued' OR form_track = 'sent' OR form_track = 'delivered' OR form_track = 'refused') AND (money_track = 'due' OR money_track = 'ordered' OR money_track = 'released' OR money_track = 'submitted' OR money_track = 'unknown' OR money_track = 'settled' OR money_track = 'returned' OR money_track = 'not_due') OR
        side = 'out' AND state = 'ended' AND (form_track = 'none') AND (money_track = 'not_due') OR
        side = 'out' AND state = 'liquidated' AND (form_track = 'queued' OR form_track = 'refused') AND (money_track = 'due' OR money_track = 'ordered' OR money_track = 'released' OR money_track = 'submitted' OR money_track = 'unknown' OR money_track = 'settled' OR money_track = 'returned' OR money_track = 'not_due') OR
        side = 'out' AND state = 'answered' AND (form_track = 'queued' OR form_track = 'sent' OR form_track = 'delivered' OR form_track = 'refused') AND (money_track = 'due' OR money_track = 'ordered' OR money_track = 'released' OR money_track = 'submitted' OR money_track = 'unknown' OR money_track = 'settled' OR money_track = 'returned' OR money_track = 'not_due') OR
        side = 'out' AND state = 'confirmed' AND (form_track = 'queued' OR form_track = 'sent' OR form_track = 'delivered') AND (money_track = 'due' OR money_track = 'ordered' OR money_track = 'released' OR money_track = 'submitted' OR money_track = 'unknown' OR money_track = 'settled' OR money_track = 'returned' OR money_track = 'not_due') OR
        side = 'out' AND state = 'cancelled' AND (form_track = 'none') AND (money_track = 'not_due') OR
        side = 'out' AND state = 'void' AND (form_track = 'none') AND (money_track = 'not_due') OR
        side = 'out' AND state = 'void' AND (form_track = 'queued' OR form_track = 'sent' OR form_track = 'delivered' OR form_track = 'refused') AND (money_track = 'not_due' OR money_track = 'settled' OR money_track = 'returned')
    )
) CLUSTERED;
CREATE UNIQUE INDEX cases_letter ON cases (letter_no, side) WHERE letter_no <> '';
-- An application number is its sender's own: two senders may use the same.
CREATE UNIQUE INDEX cases_application ON cases (application_no, application_sender) WHERE application_no <> '';
CREATE INDEX cases_person ON cases (id_key);
CREATE INDEX cases_state ON cases (side, state, case_no);

CREATE TABLE letters (
    letter_no   TEXT NOT NULL,
    version     BIGINT NOT NULL CHECK (version > 0),
    case_no     TEXT NOT NULL REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    side        TEXT NOT NULL CHECK (side IN ('in', 'out')),
    letter_date TEXT NOT NULL,
    id_key      TEXT NOT NULL,
    from_agency TEXT NOT NULL,
    to_agency   TEXT NOT NULL,
    received_on TEXT NOT NULL,
    doc         TEXT NOT NULL,
    PRIMARY KEY (letter_no, version)
) CLUSTERED;
-- A case is stored behind its first letter or application: the deferred
-- reference is looked up then, which without an index reads the whole table.
CREATE INDEX letters_case ON letters (case_no);

CREATE TABLE forms (
    form_no            TEXT NOT NULL,
    version            BIGINT NOT NULL CHECK (version > 0),
    case_no            TEXT NOT NULL REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    side               TEXT NOT NULL,
    nature             TEXT NOT NULL CHECK (nature = 'original' OR nature = 'corrected' OR nature = 'supplement'),
    letter_no          TEXT NOT NULL,
    track              TEXT NOT NULL,
    is_current         BIGINT NOT NULL CHECK (is_current IN (0, 1)),
    money              TEXT NOT NULL CHECK (money = 'REMITTED' OR money = 'NETTED' OR money = 'NOT_MOVED' OR money = 'PAID_TO_PERSON' OR money = 'ZERO'),
    principal          BIGINT NOT NULL CHECK (principal >= 0),
    interest           BIGINT NOT NULL CHECK (interest >= 0),
    amount             BIGINT NOT NULL CHECK (amount >= 0),
    credited           BIGINT NOT NULL CHECK (credited >= 0),
    months_credited    BIGINT NOT NULL CHECK (months_credited >= 0),
    months_overlapping BIGINT NOT NULL CHECK (months_overlapping >= 0),
    issued_on          TEXT NOT NULL,
    received_on        TEXT NOT NULL,
    posted_on          TEXT NOT NULL,
    told               TEXT NOT NULL CHECK (told IN ('', 'relation_done', 'completed', 'void')),
    sent_back          BIGINT NOT NULL CHECK (sent_back >= 0 AND sent_back <= credited),
    doc                TEXT NOT NULL,
    PRIMARY KEY (form_no, version),
    CHECK (amount = principal + interest),
    CHECK (side = 'in' AND (track = 'none' OR track = 'received' OR track = 'differs' OR track = 'checked' OR track = 'posted')
        OR side = 'out' AND (track = 'none' OR track = 'refused' OR track = 'queued' OR track = 'sent' OR track = 'delivered'))
) CLUSTERED;
CREATE INDEX forms_case ON forms (case_no);
CREATE UNIQUE INDEX forms_current ON forms (form_no) WHERE is_current = 1;

CREATE TABLE applications (
    sender         TEXT NOT NULL CHECK (sender <> ''),
    application_no TEXT NOT NULL,
    version        BIGINT NOT NULL CHECK (version > 0),
    case_no        TEXT REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    id_key         TEXT NOT NULL,
    applied_on     TEXT NOT NULL,
    received_on    TEXT NOT NULL,
    doc            TEXT NOT NULL,
    PRIMARY KEY (application_no, sender, version)
) CLUSTERED;
CREATE INDEX applications_case ON applications (case_no);

CREATE TABLE registry (
    personal_no TEXT NOT NULL PRIMARY KEY,
    as_of       TEXT NOT NULL,
    id_key      TEXT NOT NULL,
    status      TEXT NOT NULL CHECK (status = 'active' OR status = 'stopped' OR status = 'ended' OR status = 'retired' OR status = 'deceased' OR status = 'in_hospital' OR status = 'frozen'),
    arrears     BIGINT NOT NULL CHECK (arrears >= 0),
    principal   BIGINT NOT NULL CHECK (principal >= 0),
    interest    BIGINT NOT NULL CHECK (interest >= 0),
    file_id     BIGINT NOT NULL REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    file_date   TEXT NOT NULL,
    named_in    BIGINT NOT NULL,
    doc         TEXT NOT NULL
) CLUSTERED;
CREATE INDEX registry_person ON registry (id_key);

CREATE TABLE whole_registries (
    file_id BIGINT NOT NULL PRIMARY KEY REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    as_of   TEXT NOT NULL
);

CREATE TABLE certificates (
    certificate_no TEXT NOT NULL PRIMARY KEY,
    replaces       TEXT NOT NULL,
    replaced_by    TEXT NOT NULL,
    request_no     TEXT NOT NULL,
    personal_no    TEXT NOT NULL,
    issued_on      TEXT NOT NULL,
    balance        BIGINT NOT NULL CHECK (balance >= 0),
    arrears        BIGINT NOT NULL CHECK (arrears >= 0),
    doc            TEXT NOT NULL
) CLUSTERED;
CREATE UNIQUE INDEX certificates_live ON certificates (personal_no) WHERE replaced_by = '';

CREATE TABLE certificate_requests (
    request_no     TEXT NOT NULL PRIMARY KEY,
    file_id        BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    requested_on   TEXT NOT NULL,
    personal_no    TEXT NOT NULL,
    certificate_no TEXT NOT NULL,
    doc            TEXT NOT NULL
) CLUSTERED;
CREATE INDEX certificate_requests_open ON certificate_requests (request_no) WHERE certificate_no = '';

CREATE TABLE postings (
    posting_no   TEXT NOT NULL PRIMARY KEY,
    case_no      TEXT NOT NULL REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    posting_row  TEXT NOT NULL CHECK (posting_row = 'E' OR posting_row = 'B' OR posting_row = 'N' OR posting_row = 'Y' OR posting_row = 'U'),
    undoes       TEXT NOT NULL,
    form_no      TEXT NOT NULL,
    form_version BIGINT NOT NULL CHECK (form_version >= 0),
    part         BIGINT NOT NULL CHECK (part >= 0),
    state        TEXT NOT NULL CHECK (state = 'queued' OR state = 'done' OR state = 'refused' OR state = 'undone'),
    principal    BIGINT NOT NULL CHECK (principal >= 0),
    interest     BIGINT NOT NULL CHECK (interest >= 0),
    amount       BIGINT NOT NULL CHECK (amount >= 0),
    months       BIGINT NOT NULL CHECK (months >= 0),
    code         TEXT NOT NULL,
    words        TEXT NOT NULL,
    queued_on    TEXT NOT NULL,
    done_on      TEXT NOT NULL,
    registry_digest TEXT NOT NULL,
    CHECK ((posting_row = 'U') = (undoes <> ''))
) CLUSTERED;
CREATE INDEX postings_case ON postings (case_no);

CREATE TABLE remittances (
    case_no   TEXT NOT NULL REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    part      BIGINT NOT NULL CHECK (part > 0),
    side      TEXT NOT NULL,
    letter_no TEXT NOT NULL,
    form_no   TEXT NOT NULL,
    amount    BIGINT NOT NULL CHECK (amount >= 0),
    received  BIGINT NOT NULL CHECK (received >= 0),
    track     TEXT NOT NULL,
    pay_to    TEXT NOT NULL CHECK (pay_to IN ('', 'partner', 'person')),
    attempts  BIGINT NOT NULL CHECK (attempts >= 0),
    ref       TEXT NOT NULL,
    since     TEXT NOT NULL,
    doc       TEXT NOT NULL,
    PRIMARY KEY (case_no, part),
    CHECK (side = 'in' AND (track = 'none' OR track = 'differs' OR track = 'received' OR track = 'matched' OR track = 'posted' OR track = 'not_due')
        OR side = 'out' AND (track = 'returned' OR track = 'due' OR track = 'ordered' OR track = 'released' OR track = 'unknown' OR track = 'submitted' OR track = 'settled' OR track = 'not_due'))
) CLUSTERED;
CREATE INDEX remittances_track ON remittances (side, track, case_no, part);
CREATE INDEX remittances_expected ON remittances (amount, case_no, part) WHERE track = 'none';

CREATE TABLE payments (
    ref      TEXT NOT NULL PRIMARY KEY,
    file_id  BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    partner  TEXT NOT NULL,
    purpose  TEXT NOT NULL CHECK (purpose = 'transfer' OR purpose = 'supplement' OR purpose = 'refund'),
    lump     BIGINT NOT NULL CHECK (lump IN (0, 1)),
    amount   BIGINT NOT NULL CHECK (amount > 0),
    track    TEXT NOT NULL CHECK (track = 'returned' OR track = 'due' OR track = 'ordered' OR track = 'released' OR track = 'unknown' OR track = 'submitted' OR track = 'settled' OR track = 'not_due'),
    value_on TEXT NOT NULL,
    bank_ref TEXT NOT NULL,
    doc      TEXT NOT NULL
) CLUSTERED;
CREATE INDEX payments_file ON payments (file_id, ref);
CREATE INDEX payments_track ON payments (track, ref);

CREATE TABLE payment_items (
    ref     TEXT NOT NULL REFERENCES payments (ref) DEFERRABLE INITIALLY DEFERRED,
    ordinal BIGINT NOT NULL CHECK (ordinal > 0),
    case_no TEXT NOT NULL,
    part    BIGINT NOT NULL,
    amount  BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (ref, ordinal),
    UNIQUE (case_no, part, ref),
    FOREIGN KEY (case_no, part) REFERENCES remittances (case_no, part) DEFERRABLE INITIALLY DEFERRED
) CLUSTERED;

CREATE TABLE advices (
    ref       TEXT NOT NULL,
    letter_no TEXT NOT NULL,
    side      TEXT NOT NULL CHECK (side IN ('in', 'out')),
    partner   TEXT NOT NULL,
    purpose   TEXT NOT NULL CHECK (purpose = 'transfer' OR purpose = 'supplement' OR purpose = 'refund'),
    amount    BIGINT NOT NULL CHECK (amount >= 0),
    value_on  TEXT NOT NULL,
    doc       TEXT NOT NULL,
    PRIMARY KEY (ref, letter_no, side)
) CLUSTERED;
CREATE INDEX advices_letter ON advices (letter_no);

CREATE TABLE bank_entries (
    entry_key TEXT NOT NULL PRIMARY KEY,
    account   TEXT NOT NULL,
    booking   TEXT NOT NULL, -- the bank's number of it, else the key
    credit    BIGINT NOT NULL CHECK (credit IN (0, 1)),
    amount    BIGINT NOT NULL CHECK (amount >= 0),
    booked_on TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('unmatched', 'matched', 'returned', 'netted', 'own', 'reversed', 'refund')),
    case_no   TEXT REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    part      BIGINT NOT NULL CHECK (part >= 0),
    doc       TEXT NOT NULL
) CLUSTERED;
CREATE INDEX bank_entries_unmatched ON bank_entries (entry_key) WHERE state = 'unmatched';
CREATE INDEX bank_entries_odd ON bank_entries (account, amount) WHERE state = 'unmatched' AND credit = 0;
CREATE INDEX bank_entries_case ON bank_entries (case_no);
CREATE INDEX bank_entries_booking ON bank_entries (account, booking);
CREATE INDEX bank_entries_day ON bank_entries (account, booked_on);

-- By what a credit that belongs to nobody may be found later: L letter, I
-- person, R reference. again: it has become known since, and is tried again.
CREATE TABLE entry_marks (
    entry_key TEXT NOT NULL REFERENCES bank_entries (entry_key) DEFERRABLE INITIALLY DEFERRED,
    mark      TEXT NOT NULL,
    again     BIGINT NOT NULL CHECK (again IN (0, 1)),
    PRIMARY KEY (entry_key, mark)
) CLUSTERED;
CREATE INDEX entry_marks_mark ON entry_marks (mark);
CREATE INDEX entry_marks_again ON entry_marks (entry_key) WHERE again = 1;

-- What the bank states of an account and day: the day's proof. Books nothing.
CREATE TABLE bank_days (
    account  TEXT NOT NULL,
    day      TEXT NOT NULL,
    page     BIGINT NOT NULL CHECK (page >= 0), -- 0: the statement is whole
    from_day TEXT NOT NULL,
    opening  BIGINT NOT NULL,
    closing  BIGINT NOT NULL,
    entries  BIGINT NOT NULL CHECK (entries >= 0),
    credits  BIGINT NOT NULL CHECK (credits >= 0),
    debits   BIGINT NOT NULL CHECK (debits >= 0),
    state    TEXT NOT NULL CHECK (state IN ('proved', 'differs')),
    file_id  BIGINT NOT NULL REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    doc      TEXT NOT NULL,
    PRIMARY KEY (account, day, page),
    CHECK (from_day <= day),
    CHECK (opening + credits - debits = closing)
) CLUSTERED;
CREATE INDEX bank_days_differ ON bank_days (account, day) WHERE state = 'differs';

CREATE TABLE bank_lines (
    account TEXT NOT NULL,
    booking TEXT NOT NULL,
    day     TEXT NOT NULL,
    page    BIGINT NOT NULL,
    amount  BIGINT NOT NULL, -- credit above zero, debit below
    doc     TEXT NOT NULL,
    PRIMARY KEY (account, booking, day, page),
    FOREIGN KEY (account, day, page) REFERENCES bank_days (account, day, page) DEFERRABLE INITIALLY DEFERRED
) CLUSTERED;
CREATE INDEX bank_lines_day ON bank_lines (account, day, page);

CREATE TABLE refunds (
    id        IDENTITY,
    letter_no TEXT NOT NULL,
    part      BIGINT NOT NULL CHECK (part > 0),
    case_no   TEXT REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    entry_key TEXT REFERENCES bank_entries (entry_key) DEFERRABLE INITIALLY DEFERRED,
    partner   TEXT NOT NULL,
    amount    BIGINT NOT NULL CHECK (amount > 0),
    track     TEXT NOT NULL CHECK (track = 'returned' OR track = 'due' OR track = 'ordered' OR track = 'released' OR track = 'unknown' OR track = 'submitted' OR track = 'settled' OR track = 'not_due'),
    attempts  BIGINT NOT NULL CHECK (attempts >= 0),
    ref       TEXT NOT NULL,
    since     TEXT NOT NULL,
    doc       TEXT NOT NULL
);
CREATE INDEX refunds_track ON refunds (track, id);
CREATE INDEX refunds_case ON refunds (case_no);
CREATE UNIQUE INDEX refunds_ref ON refunds (ref) WHERE ref <> '';

-- What officers decided: the text that was signed, and the signature.
CREATE TABLE decisions (
    id          IDENTITY,
    digest      TEXT NOT NULL UNIQUE,
    action      TEXT NOT NULL CHECK (action = 'refund' OR action = 'match' OR action = 'split' OR action = 'match-payment' OR action = 'confirm-account' OR action = 'allow-cap' OR action = 'pay-again' OR action = 'paid-to-person' OR action = 'tie-netting' OR action = 'settle-amount' OR action = 'accept-difference' OR action = 'mark-sent' OR action = 'mark-not-sent' OR action = 'release-file' OR action = 'dismiss-file' OR action = 'resend-file' OR action = 'approve-batch' OR action = 'return-batch' OR action = 'accept-proposal' OR action = 'reject-proposal' OR action = 'release-hold' OR action = 'accept-letter' OR action = 'decline-letter' OR action = 'return-application' OR action = 'refuse-application' OR action = 'write-again' OR action = 'agree-void' OR action = 'refuse-void'),
    subject     TEXT NOT NULL,
    case_no     TEXT REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    officer     TEXT NOT NULL,
    role        TEXT NOT NULL,
    decided_on  TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    doc         TEXT NOT NULL
);
CREATE INDEX decisions_subject ON decisions (subject, action, id);
CREATE INDEX decisions_case ON decisions (case_no);

CREATE TABLE payees (
    case_no  TEXT NOT NULL REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    payee_id TEXT NOT NULL,
    relation TEXT NOT NULL CHECK (relation = 'self' OR relation = 'heir' OR relation = 'guardian'),
    num      BIGINT NOT NULL CHECK (num > 0),
    den      BIGINT NOT NULL CHECK (den >= num),
    doc      TEXT NOT NULL,
    PRIMARY KEY (case_no, payee_id)
) CLUSTERED;

CREATE TABLE queries (
    query_no TEXT NOT NULL PRIMARY KEY,
    side     TEXT NOT NULL CHECK (side IN ('sent', 'received')),
    party    TEXT NOT NULL,
    case_no  TEXT REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    state    TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    asked_on TEXT NOT NULL,
    doc      TEXT NOT NULL
) CLUSTERED;
CREATE INDEX queries_case ON queries (case_no);
CREATE INDEX queries_open ON queries (side, query_no) WHERE state = 'open';

CREATE TABLE netting_lines (
    month     TEXT NOT NULL,
    partner   TEXT NOT NULL,
    source    TEXT NOT NULL CHECK (source IN ('ours', 'theirs', 'tied')),
    direction TEXT NOT NULL CHECK (direction = 'in' OR direction = 'out'),
    letter_no TEXT NOT NULL,
    form_no   TEXT NOT NULL,
    amount    BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (month, partner, source, direction, letter_no, form_no)
) CLUSTERED;

CREATE TABLE statements (
    partner TEXT NOT NULL,
    month   TEXT NOT NULL,
    PRIMARY KEY (partner, month)
) CLUSTERED;

CREATE TABLE differences (
    id       IDENTITY,
    kind     TEXT NOT NULL CHECK (kind IN ('reconciliation', 'netting', 'money', 'bank', 'file', 'proposal')),
    partner  TEXT NOT NULL,
    case_no  TEXT NOT NULL,
    subject  TEXT NOT NULL,
    ours     TEXT NOT NULL,
    theirs   TEXT NOT NULL,
    found_on TEXT NOT NULL,
    closed   BIGINT NOT NULL CHECK (closed IN (0, 1))
);
CREATE UNIQUE INDEX differences_open ON differences (kind, subject, partner) WHERE closed = 0;

CREATE TABLE judgements (
    file_id   BIGINT NOT NULL REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal   BIGINT NOT NULL CHECK (ordinal >= 0),
    part      BIGINT NOT NULL CHECK (part >= 0),
    line      BIGINT NOT NULL,
    row_type  TEXT NOT NULL,
    record_no TEXT NOT NULL,
    verdict   TEXT NOT NULL CHECK (verdict = 'accepted' OR verdict = 'held' OR verdict = 'refused'),
    code      TEXT NOT NULL CHECK (code = '' OR code IN ('unreadable', 'wrong-envelope', 'not-for-us', 'not-from-this-party', 'kind-unknown', 'version-unknown', 'count', 'total', 'digest', 'duplicate-file', 'sequence-reused', 'signature-missing', 'signature-wrong', 'unknown-signer', 'not-decryptable', 'too-large', 'sequence-gap', 'profile-differs', 'normalised', 'credit-code', 'missing', 'malformed', 'too-long', 'check-digit', 'unknown-code', 'impossible-date', 'contradicts-id', 'amount', 'months-do-not-add-up', 'duplicate-in-file', 'duplicate-earlier', 'unknown-letter', 'unknown-form', 'not-allowed-in-state', 'person-differs', 'wrong-agency', 'account-invalid', 'awaiting-registry', 'awaiting-core', 'account-not-registered', 'arrears', 'possible-duplicate', 'cap', 'officers-decision', 'query-open', 'payee-missing', 'funds-closed', 'amount-differs', 'still-participating', 'certificate-missing', 'in-hospital-or-frozen', 'refused-by-core', 'refused-by-partner', 'payment-returned', 'not-found', 'already-transferred', 'name-or-id-differs', 'account-frozen', 'in-hospital', 'other-place-first', 'same-area', 'out-of-scope', 'deceased', 'same-year-resident', 'certificate-void', 'receiving-account-missing', 'military', 'withdrawn', 'other')),
    field     TEXT NOT NULL,
    words     TEXT NOT NULL,
    echo      TEXT NOT NULL,
    raw       BYTEA,
    nights    BIGINT NOT NULL CHECK (nights >= 0),
    told      BIGINT NOT NULL CHECK (told IN (0, 1)),
    PRIMARY KEY (file_id, ordinal, part)
) CLUSTERED;
CREATE INDEX judgements_held ON judgements (file_id, ordinal) WHERE verdict = 'held';
CREATE INDEX judgements_untold ON judgements (file_id, ordinal) WHERE told = 0;

CREATE TABLE claims (
    kind      TEXT NOT NULL,
    party     TEXT NOT NULL,
    claim_key TEXT NOT NULL,
    file_id   BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (kind, party, claim_key)
) CLUSTERED;

CREATE TABLE outgoing (
    id        IDENTITY,
    party     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    record_no TEXT NOT NULL,
    case_no   TEXT REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    encoded   BYTEA NOT NULL,
    row_count BIGINT NOT NULL CHECK (row_count >= 0), -- 0: an empty statement
    amount    BIGINT NOT NULL CHECK (amount >= 0),
    file_id   BIGINT REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX outgoing_waiting ON outgoing (party, kind, id) WHERE file_id IS NULL;
CREATE INDEX outgoing_file ON outgoing (file_id, id) WHERE file_id IS NOT NULL;
CREATE INDEX outgoing_record ON outgoing (record_no, file_id) WHERE file_id IS NOT NULL;
CREATE INDEX outgoing_case ON outgoing (case_no) WHERE case_no IS NOT NULL;

CREATE TABLE runs (
    id         IDENTITY,
    job        TEXT NOT NULL,
    run_date   TEXT NOT NULL,
    run_window TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state = 'running' OR state = 'done' OR state = 'failed' OR state = 'missed'),
    started    BIGINT NOT NULL,
    ended      BIGINT NOT NULL,
    step       TEXT NOT NULL,
    attempts   BIGINT NOT NULL CHECK (attempts >= 0),
    doc        TEXT NOT NULL,
    UNIQUE (job, run_date, run_window)
);

CREATE TABLE journal (
    id      IDENTITY,
    chain   TEXT NOT NULL,
    n       BIGINT NOT NULL CHECK (n > 0),
    at      BIGINT NOT NULL,
    on_date TEXT NOT NULL,
    actor   TEXT NOT NULL,
    what    TEXT NOT NULL,
    why     TEXT NOT NULL,
    file_id BIGINT NOT NULL,
    payload BYTEA,
    salt    BYTEA,
    digest  BYTEA NOT NULL,
    hash    BYTEA NOT NULL,
    UNIQUE (chain, n),
    CHECK ((payload IS NULL) = (salt IS NULL))
);

CREATE TABLE checkpoints (
    id       IDENTITY,
    at       BIGINT NOT NULL,
    on_date  TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    chains   BIGINT NOT NULL,
    events   BIGINT NOT NULL,
    cases    BIGINT NOT NULL,
    heads    BYTEA NOT NULL,
    hash     BYTEA NOT NULL
);

-- An entry is stored behind its postings: a trigger refuses one whose
-- postings do not sum to zero, another refuses postings of a stored entry.
CREATE TABLE ledger_entries (
    id         BIGINT NOT NULL PRIMARY KEY,
    entry_date TEXT NOT NULL,
    event      TEXT NOT NULL CHECK (event = 'liquidated' OR event = 'ordered' OR event = 'order_voided' OR event = 'submitted' OR event = 'settled' OR event = 'settled_to_person' OR event = 'refused_by_bank' OR event = 'returned' OR event = 'returned_by_person' OR event = 'ordered_again' OR event = 'confirmed' OR event = 'netted_out' OR event = 'not_moved_out' OR event = 'announced_remitted' OR event = 'announced_netted' OR event = 'announced_not_moved' OR event = 'announced_paid_to_person' OR event = 'received' OR event = 'matched' OR event = 'credited' OR event = 'refunded' OR event = 'netting_tied' OR event = 'reversed'),
    case_no    TEXT REFERENCES cases (case_no) DEFERRABLE INITIALLY DEFERRED,
    partner    TEXT NOT NULL,
    memo       TEXT NOT NULL
) CLUSTERED;
CREATE INDEX ledger_entries_case ON ledger_entries (case_no) WHERE case_no IS NOT NULL;

CREATE TABLE ledger_postings (
    entry_id BIGINT NOT NULL REFERENCES ledger_entries (id) DEFERRABLE INITIALLY DEFERRED,
    account  TEXT NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry_id, account)
) CLUSTERED;

CREATE TABLE ledger_balances (
    account TEXT NOT NULL PRIMARY KEY,
    amount  BIGINT NOT NULL
) CLUSTERED;
