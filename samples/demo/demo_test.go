package demo

import (
	"context"
	"os"
	"testing"
)

// The whole demo with one plain person and every exception.
func TestDemo(t *testing.T) {
	r, err := Run(context.Background(), Options{Dir: t.TempDir(), People: 1, Seed: 1, Out: os.Stderr, Open: wire(os.Stderr)})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Faults {
		t.Error(f)
	}
}
