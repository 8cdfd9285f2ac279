package store

import (
	"fmt"
	"os"
	"testing"

	"carryover/exchange/store/storetest"
)

func serverEngines() []testEngine {
	return []testEngine{{
		name: "postgres", dsn: storetest.NewDatabase, unguard: "DROP TRIGGER %s ON %s", backup: "pg_dump",
		sever: "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
	}}
}

func TestMain(m *testing.M) {
	status := m.Run()
	if err := storetest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop postgres:", err)
		status = 1
	}
	os.Exit(status)
}
