package office

// What the journal says of backups.
const (
	BackupMade    = "backup_made"
	RestoreTested = "restore_tested"
	RestoreFailed = "restore_failed"
	AgencyChain   = "agency"
)
