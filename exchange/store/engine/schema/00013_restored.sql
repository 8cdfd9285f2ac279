-- That a store was taken back to a backup, and who let payments go on, is asked for at every
-- payment, too.
DROP INDEX journal_audit;
CREATE INDEX journal_audit ON journal (what, id) WHERE what = 'checkpoint_left' OR what = 'finding' OR what = 'finding_accepted'
    OR what = 'restored' OR what = 'restored_accepted' OR what = 'payment_file_found';
