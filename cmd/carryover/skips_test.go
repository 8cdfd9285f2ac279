package main

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// otherSkips are the skips for which no missing program is the reason, by their
// file: what each needs is had somewhere else in .ci/run.
var otherSkips = []string{
	"exchange/drop/droptest/require.go",        // the one place that skips for want of a program
	"exchange/drop/droptest/suite_transfer.go", // root may write everywhere: run as nobody
	"exchange/drop/local_test.go",              // -short: the stage of tests is without it
	"jobs/crash_kill_test.go",                  // Windows has no signals
	"jobs/openssh_test.go",                     // -short: the stage of tests is without it
}

// TestSkips: a test that needs a program asks droptest.Require or Missing, which
// names it, and fails where everything is required.
func TestSkips(t *testing.T) {
	skip := regexp.MustCompile(`\b[tb]b?\.Skip(f|Now)?\(`)
	var found []string
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		if skip.MatchString(readText(t, path)) {
			found = append(found, strings.TrimPrefix(filepath.ToSlash(path), "../../"))
		}
		return nil
	})
	if err != nil || !slices.Equal(found, otherSkips) {
		t.Errorf("tests are skipped in %q, want %q, %v", found, otherSkips, err)
	}
}
