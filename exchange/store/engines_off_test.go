//go:build !postgres

package store

func serverEngines() []testEngine { return nil }
