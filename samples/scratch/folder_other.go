//go:build !linux

package scratch

// inMemory is none: only Linux has one everywhere at the same place.
func inMemory() string { return "" }
