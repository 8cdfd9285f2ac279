// Command carryover carries a person's basic medical insurance relationship
// from one agency to another: it pulls contact letters and information forms
// from its partners' drops, moves each case along, and pushes results back.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
