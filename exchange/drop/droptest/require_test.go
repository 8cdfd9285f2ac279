package droptest

import (
	"fmt"
	"runtime"
	"testing"
)

// ended is a test that records how it was ended.
type ended struct {
	testing.TB
	how string
}

func (e *ended) Helper() {}

func (e *ended) Fatalf(format string, args ...any) {
	e.how = "failed: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (e *ended) Skipf(format string, args ...any) {
	e.how = "skipped: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// What is missing is named, and required where everything is.
func TestRequire(t *testing.T) {
	for _, v := range []struct{ required, program, arg, want string }{
		{"", "no-such-program", "", "skipped: needs no-such-program"},
		{"1", "no-such-program", "", "failed: needs no-such-program"},
		{"yes", "go", "no-such-command", "failed: needs go no-such-command"},
		{"", "go", "no-such-command", "skipped: needs go no-such-command"},
		{"1", "go", "version", ""},
		{"1", "go", "", ""},
	} {
		t.Setenv("CARRYOVER_REQUIRED", v.required)
		var args []string
		if v.arg != "" {
			args = append(args, v.arg)
		}
		e, done := &ended{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			Require(e, v.program, args...)
		}()
		<-done
		if e.how != v.want {
			t.Errorf("%s %v, required %q: %q, want %q", v.program, args, v.required, e.how, v.want)
		}
	}
}
