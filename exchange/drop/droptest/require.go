package droptest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Require returns the path of a program with which the test works. args, when
// given, are a call of it that must succeed (the module that a script imports).
// Where the program is missing, Missing ends the test.
func Require(t testing.TB, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	for _, dir := range []string{"/usr/sbin", "/usr/lib/openssh"} { // not in everybody's PATH
		if err != nil {
			path, err = exec.LookPath(filepath.Join(dir, program))
		}
	}
	if err == nil && len(args) > 0 {
		err = exec.Command(path, args...).Run()
	}
	if err != nil {
		Missing(t, strings.Join(append([]string{program}, args...), " "))
	}
	return path
}

// Missing ends a test that needs what is not there: it is skipped, or fails when
// CARRYOVER_REQUIRED says that everything must run.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CARRYOVER_REQUIRED") != "" {
		t.Fatalf("needs %s", what)
	}
	t.Skipf("needs %s", what)
}
