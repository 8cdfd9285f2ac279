package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/exchange/store/storetest"
	"carryover/jobs/office"
	"carryover/samples/demo"
	"carryover/samples/scratch"
)

// played is the small demo, played once for all stories.
type played struct {
	once    sync.Once
	dir     string
	result  *demo.Result
	story   testWriter
	waiting time.Time // the night on which the first payment file waited for signatures
	err     error
}

// ended is the demo that the tests of this package share; TestMain removes it.
var ended played

// cleaned runs the tests and removes what they share.
type cleaned struct{ *testing.M }

func (m cleaned) Run() int {
	if err := scratch.InMemory(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.M.Run()
	if err := errors.Join(ended.remove(), storetest.Stop()); err != nil {
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
		p.result, p.err = demo.Run(context.Background(), demo.Options{Dir: p.dir, People: 1, Seed: 1, Out: &p.story, Open: p.open})
	}
}

// waitingDir is the folder of what an agency was when its first payment file
// waited for signatures.
func (p *played) waitingDir() string { return filepath.Join(p.dir, "waiting") }

// open opens an agency of the demo, and keeps its folder as it is when its
// first payment file waits for signatures.
func (p *played) open(ctx context.Context, path string, now func() time.Time) (demo.Runner, error) {
	r, err := openRunner(ctx, path, now)
	if err != nil {
		return nil, err
	}
	return vigil{r.(runner), p}, nil
}

// vigil is an agency of the demo whose passes are looked at.
type vigil struct {
	runner
	p *played
}

// Pass runs jobs, and keeps the folder on the night that the stories need.
func (w vigil) Pass(ctx context.Context, steps []string) error {
	if err := w.runner.Pass(ctx, steps); err != nil || !w.p.waiting.IsZero() {
		return err
	}
	waits := false
	err := w.env.Store.View(ctx, func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.Out, Kind: office.KindPayment, States: []exchange.FileState{exchange.FilePrepared}})
		waits = len(files) > 0
		return err
	})
	if err != nil || !waits {
		return err
	}
	w.p.waiting = w.env.Now()
	return os.CopyFS(w.p.waitingDir(), os.DirFS(w.config.Dir))
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
// to that of the demo's end. `world waiting` brings 320500 alone, on the night
// on which its first payment file waits for signatures; $PAYMENT is its
// name, $NIGHT the date, $BEFORE the one before, and $MIDNIGHT comes after it.
func (p *played) world(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 2 || len(args) > 0 && args[0] != "waiting" {
		ts.Fatalf("usage: world [waiting [DIR]]")
	}
	p.once.Do(p.play)
	ts.Check(p.err)
	if len(args) > 0 {
		p.worldWaiting(ts, append(args[1:], "320500")[0])
		return
	}
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

func (p *played) worldWaiting(ts *testscript.TestScript, dir string) {
	ts.Check(os.RemoveAll(ts.MkAbs("officers")))
	ts.Check(os.CopyFS(ts.MkAbs(dir), os.DirFS(p.waitingDir())))
	ts.Check(os.CopyFS(ts.MkAbs("officers"), os.DirFS(filepath.Join(p.dir, filepath.FromSlash(demo.Officers)))))
	papers, err := filepath.Glob(ts.MkAbs(dir + "/drops/staff/wang.min/out/pain.001_*.xlsx"))
	ts.Check(err)
	if len(papers) != 1 {
		ts.Fatalf("%d payment files lie in the officer's folder", len(papers))
	}
	ts.Setenv("PAYMENT", filepath.Base(papers[0]))
	ts.Setenv("NOW", p.waiting.Add(time.Hour).Format(time.RFC3339))
	ts.Setenv("NIGHT", p.waiting.Format(time.DateOnly))
	ts.Setenv("MIDNIGHT", p.waiting.AddDate(0, 0, 1).Format(time.DateOnly)+"T00:10:00+08:00")
	ts.Setenv("BEFORE", p.waiting.AddDate(0, 0, -1).Format(time.DateOnly))
}

// meant makes an agency of the demo, which rehearses, one whose money is meant:
// `meant 320500`. No command of the program does.
func meant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: meant AGENCY")
	}
	path := ts.MkAbs(args[0] + "/config.yaml")
	text, err := os.ReadFile(path)
	ts.Check(err)
	ts.Check(os.WriteFile(path, []byte(strings.Replace(string(text), "\nrehearsal: true\n", "\n", 1)), 0o600))
	change(ts, false, []string{args[0], "UPDATE bindings SET rehearsal = 0"})
}

// cutShort makes the last run of an agency one that was cut short: `cutshort 320500`.
func cutShort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: cutshort AGENCY")
	}
	change(ts, false, []string{args[0], "UPDATE runs SET state = 'running', ended = 0, step = 'remit' WHERE id = (SELECT max(id) FROM runs)"})
}

// change changes rows of an agency's store behind the program's back: `change 320500 STATEMENT…`.
func change(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: change AGENCY STATEMENT…")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]+"/store/carryover.db"))
	ts.Check(err)
	for _, statement := range args[1:] {
		r, err := db.Exec(statement)
		ts.Check(err)
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			ts.Fatalf("%s: no row, %v", statement, err)
		}
	}
	ts.Check(db.Close())
}

// cut makes a push of 320500 whose line to the bank is cut as a payment file is to get
// its name, or after the bank has taken it: `cut before`, `cut after`.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || args[0] != "before" && args[0] != "after" {
		ts.Fatalf("usage: cut before|after")
	}
	at, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	ctx := context.Background()
	a, err := openAgency(ctx, ts.MkAbs("320500/config.yaml"), func() time.Time { return at }, io.Discard)
	ts.Check(err)
	for i := range a.env.Parties {
		if b := &a.env.Parties[i]; b.Role == office.RoleBank {
			open := b.Open
			b.Open = func(ctx context.Context) (drop.Drop, error) {
				d, err := open(ctx)
				return cutLine{d, args[0] == "after"}, err
			}
		}
	}
	_, err = a.env.Push(ctx)
	if !errors.Is(err, errCut) {
		ts.Fatalf("the line was to be cut: %v", err)
	}
	ts.Check(a.close())
}

var errCut = errors.New("the line was cut")

// cutLine is the bank's drop, over a line that is cut while a file is put down.
type cutLine struct {
	drop.Drop
	after bool // the bank has it by then, and took it
}

// Put fails; after: only once the file was there, and is the bank's.
func (c cutLine) Put(ctx context.Context, f drop.Folder, name string, src io.ReaderAt, size int64, o drop.PutOptions) error {
	if !c.after && o.Naming != nil {
		return errors.Join(o.Naming(), errCut)
	}
	err := c.Drop.Put(ctx, f, name, src, size, o)
	if err == nil {
		var e drop.Entry
		if e, err = c.Stat(ctx, f, name); err == nil {
			err = c.Remove(ctx, f, e)
		}
	}
	return errors.Join(errCut, err)
}
