package courier_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"carryover/exchange/drop"
	"carryover/jobs/courier"
)

// What to do about a fault follows from what it is: a file that is missing is not looked
// for on the network.
func TestFaultTodo(t *testing.T) {
	_, missing := os.Open(filepath.Join(t.TempDir(), "none"))
	for want, err := range map[string]error{
		"put back what is missing":         missing,
		"mend the permissions":             &os.PathError{Op: "open", Path: "x", Err: syscall.EACCES},
		"see that the server is reachable": &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"mend user and password":           drop.ErrAuth,
	} {
		if todo := courier.FaultTodo(fmt.Errorf("push: %w", err)); !strings.Contains(todo, want) {
			t.Errorf("%v: %q, want %q", err, todo, want)
		}
	}
	if todo := courier.FaultTodo(errors.New("any other")); todo != "" {
		t.Error(todo)
	}
}
