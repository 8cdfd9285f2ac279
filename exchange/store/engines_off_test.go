//go:build !postgres

package store

import "testing"

// serverEngines names the engine that this build leaves out, so that its
// tests are seen to be skipped, and fail where they are required.
func serverEngines() []testEngine {
	return []testEngine{{name: "postgres", dsn: func(t testing.TB) string {
		return need(t, "the build tag postgres", func() string { return "" })
	}}}
}
