package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"carryover/samples/demo"
)

// played is the small demo, played once for all stories.
type played struct {
	once   sync.Once
	dir    string
	result *demo.Result
	err    error
}

// ended is the demo that the tests of this package share; TestMain removes it.
var ended played

// cleaned runs the tests and removes what they share.
type cleaned struct{ *testing.M }

func (m cleaned) Run() int {
	code := m.M.Run()
	if err := ended.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// copyOf is a copy of one agency's folder after the demo.
func (p *played) copyOf(t *testing.T, agency string) string {
	t.Helper()
	p.once.Do(p.play)
	if p.err != nil {
		t.Fatal(p.err)
	}
	dir := filepath.Join(t.TempDir(), agency)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(p.dir, agency))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (p *played) play() {
	if p.dir, p.err = os.MkdirTemp("", "carryover-stories-"); p.err == nil {
		p.result, p.err = demo.Run(context.Background(), demo.Options{Dir: p.dir, People: 1, Seed: 1, Out: io.Discard, Open: openRunner})
	}
}

func (p *played) remove() error {
	if p.dir == "" {
		return nil
	}
	return os.RemoveAll(p.dir)
}

// world copies the folders of the played demo's two agencies, and that of the
// officers' keys, into the story's
// and names the case of every exception: $CASE_zero_balance. It sets the day
// to that of the demo's end.
func (p *played) world(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: world")
	}
	p.once.Do(p.play)
	ts.Check(p.err)
	for _, agency := range []string{"320500", "310100"} {
		ts.Check(os.CopyFS(ts.MkAbs(agency), os.DirFS(filepath.Join(p.dir, agency))))
	}
	ts.Check(os.CopyFS(ts.MkAbs("officers"), os.DirFS(filepath.Join(p.dir, filepath.FromSlash(demo.Officers)))))
	for name, x := range p.result.Exceptions {
		ts.Setenv("CASE_"+strings.ReplaceAll(name, " ", "_"), x.Case)
	}
	last := filepath.Base(p.result.Workbooks[len(p.result.Workbooks)-1])
	ts.Setenv("NOW", fmt.Sprintf("%sT22:30:00+08:00", strings.TrimSuffix(last, ".xlsx")))
	ts.Setenv("LAST", strings.TrimSuffix(last, ".xlsx"))
}
