// Command carryover carries a person's basic medical insurance relationship
// from one agency to another: it pulls contact letters and information forms
// from its partners' drops, moves each case along, and pushes results back.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// softLimit is how many bytes of memory the program asks for before its garbage is
// collected harder: what it holds at a time is far below it, whatever the size of a file.
const softLimit = 160 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
