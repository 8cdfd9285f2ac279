package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/exchange/store/storetest"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/restore"
	"carryover/jobs/signing"
)

// A disk is what an agency has of its own: store and spool, of which there are copies. What is
// around it (drops, reports) is not lost with it.
type disk struct {
	*testOffice
	engine testDisk
	dual   []*signer
	passes int
	keeps  bool // the bank keeps in a folder what it takes
	debits int  // transfers that the bank has had, which nothing takes back
}

// newDisk is an office that keeps a mark, with dual release.
func newDisk(t *testing.T, engine testDisk, change ...func(*jobs.Env)) *disk {
	t.Helper()
	d := &disk{engine: engine, dual: []*signer{wang(t), li(t)}}
	t.Cleanup(func() { d.env.Store.Close() })
	d.testOffice = newOfficeOn(t, engine.address(), change...)
	d.env.Mark = filepath.Join(d.env.Reports, ".store")
	d.hire(d.dual...)
	taken := filepath.Join(d.root, bank, "taken")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	withParty(bank, func(p *office.Party) {
		root := filepath.Join(d.root, bank)
		p.Open = func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(root, drop.Paths{Taken: "taken"}, drop.Options{})
		}
	})(d.env)
	return d
}

// bankTakes has the bank take what lies in its drop, and keep it where it does.
func (d *disk) bankTakes() {
	d.tb.Helper()
	left, err := filepath.Glob(d.dropPath(bank, "out", "*.xml"))
	if err != nil {
		d.tb.Fatal(err)
	}
	for _, name := range left {
		content, err := os.ReadFile(name)
		if err == nil && d.keeps {
			err = os.WriteFile(filepath.Join(d.root, bank, "taken", filepath.Base(name)), content, 0o600)
		}
		if err != nil {
			d.tb.Fatal(err)
		}
	}
	d.collect()
}

// testDisk is a store that can be copied, lost and put back.
type testDisk interface {
	address() string
	copyTo(s *store.Store, name string) // of the store, as it stands
	putBack(name string)                // in place of the store, which nobody has open
}

// fileDisk is a store of one machine: its file.
type fileDisk struct {
	tb  testing.TB
	dsn string
}

func newFileDisk(tb testing.TB) testDisk {
	dsn := filepath.Join(tb.TempDir(), "office.db")
	if err := os.WriteFile(dsn, emptyStore(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return fileDisk{tb, dsn}
}

func (f fileDisk) address() string { return f.dsn }

func (f fileDisk) copyTo(s *store.Store, name string) {
	if err := s.Backup(f.tb.Context(), f.dsn+name); err != nil {
		f.tb.Fatal(err)
	}
}

func (f fileDisk) putBack(name string) {
	content, err := os.ReadFile(f.dsn + name)
	if err == nil {
		err = errors.Join(os.WriteFile(f.dsn, content, 0o600), os.RemoveAll(f.dsn+"-wal"), os.RemoveAll(f.dsn+"-shm"))
	}
	if err != nil {
		f.tb.Fatal(err)
	}
}

// postgresDisk is a store on a server, of which there are dumps.
type postgresDisk struct {
	tb    testing.TB
	dsn   string
	dumps map[string]string
}

func newPostgresDisk(tb testing.TB) testDisk {
	dsn := storetest.NewDatabase(tb)
	s, err := store.Open(tb.Context(), store.Options{DSN: dsn})
	if err == nil {
		err = errors.Join(s.Migrate(tb.Context()), s.Close())
	}
	if err != nil {
		tb.Fatal(err)
	}
	return &postgresDisk{tb, dsn, map[string]string{}}
}

func (p *postgresDisk) address() string { return p.dsn }

func (p *postgresDisk) copyTo(_ *store.Store, name string) {
	p.dumps[name] = storetest.Copy(p.tb, p.dsn)
}

func (p *postgresDisk) putBack(name string) { p.dsn = storetest.Copy(p.tb, p.dumps[name]) }

// lose puts the copy of the store in place of the one in use; with spoolToo all that came into the
// spool since is lost as well.
func (d *disk) lose(copied string, spoolToo []string) {
	d.tb.Helper()
	dir := spoolFolder(d.env)
	if err := d.env.Store.Close(); err != nil {
		d.tb.Fatal(err)
	}
	d.engine.putBack(copied)
	s, err := store.Open(d.tb.Context(), store.Options{DSN: d.engine.address()})
	if err != nil {
		d.tb.Fatal(err)
	}
	d.env.Store = s
	d.env.Spool = openSpool(d.tb, d.env.Store, us, dir)
	if spoolToo == nil {
		return
	}
	for _, name := range d.spooled() {
		if !slices.Contains(spoolToo, name) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				d.tb.Fatal(err)
			}
		}
	}
}

// spooled are the files of the spool's folder.
func (d *disk) spooled() (names []string) {
	d.tb.Helper()
	names = []string{}
	if err := d.env.Spool.Names(func(name string) { names = append(names, name) }); err != nil {
		d.tb.Fatal(err)
	}
	return names
}

// run is a whole pass as the program makes it.
func (d *disk) run() error {
	d.tb.Helper()
	err := d.runAlone()
	d.bankTakes()
	d.now = d.now.Add(30 * time.Minute)
	return err
}

// runAlone is run while nobody outside does anything.
func (d *disk) runAlone() error {
	d.env.Date = calendar.DateOf(d.now)
	d.passes++
	_, err := d.env.Run(context.Background(), jobs.Pass{Steps: jobs.Steps()})
	return err
}

func (d *disk) mustRun() {
	d.tb.Helper()
	if err := d.run(); err != nil {
		d.tb.Fatalf("pass at %s: %v", d.now, err)
	}
}

// restore brings the store up, and has the list signed.
func (d *disk) restore() restore.Done {
	d.tb.Helper()
	d.env.Date = calendar.DateOf(d.now)
	done, err := restore.Restore(d.tb.Context(), d.env.Office, "copy")
	if err != nil {
		d.tb.Fatal(err)
	}
	return done
}

// signRestored has finance and 复核 sign the list.
func (d *disk) signRestored(done restore.Done) {
	d.tb.Helper()
	for _, s := range d.dual {
		d.signFile(s, done.File.Name)
	}
}

// signFile signs what waits under a name at the command line.
func (d *disk) signFile(s *signer, name string) {
	d.tb.Helper()
	p, err := payment.FindSignable(d.tb.Context(), d.env.Office, name)
	if err != nil {
		d.tb.Fatal(err)
	}
	content, err := payment.Content(d.tb.Context(), d.env.Office, p.File)
	if err != nil {
		d.tb.Fatal(err)
	}
	defer content.Close()
	sig, err := s.key.Sign(content, seal.NamespaceRelease)
	if err == nil {
		_, _, err = payment.Sign(d.tb.Context(), d.env.Office, s.Name, p.File, sig)
	}
	if err != nil {
		d.tb.Fatalf("%s signs %s: %v", s.Name, name, err)
	}
}

// pays signs every payment file that waits.
func (d *disk) pays() {
	d.tb.Helper()
	var waiting []exchange.File
	d.view(func(tx *store.Tx) (err error) {
		waiting, err = tx.Files(store.FileFilter{Dir: exchange.Out, Party: bank, Kind: office.KindPayment, States: []exchange.FileState{exchange.FilePrepared}})
		return err
	})
	for _, f := range waiting {
		for _, s := range d.dual {
			d.signFile(s, f.Name)
		}
	}
}

// endUnknown has finance say of payment files of which the bank has nothing that they never left.
func (d *disk) endUnknown() {
	d.tb.Helper()
	var sending []exchange.File
	d.view(func(tx *store.Tx) (err error) {
		sending, err = tx.Files(store.FileFilter{Dir: exchange.Out, Party: bank, Kind: office.KindPayment, States: []exchange.FileState{exchange.FileSending}})
		return err
	})
	for _, f := range sending {
		m := courier.Mark{File: f, Officer: d.dual[1].Name, Evidence: "the bank has none of it"}
		sig, err := d.dual[1].key.Sign(strings.NewReader(m.Text(us)), seal.NamespaceDecision)
		if err == nil {
			err = d.env.MarkSent(d.tb.Context(), m, sig)
		}
		if err != nil {
			d.tb.Fatalf("%s: %v", f.Name, err)
		}
	}
}

// requireNumbersOnce makes sure that nobody outside got a number twice for two things.
func (d *disk) requireNumbersOnce() {
	d.tb.Helper()
	seen := map[string]bool{}
	for _, f := range d.files {
		names := []string{f.party + f.name}
		for _, r := range f.records {
			if p, ok := r.(*formats.Posting); ok {
				names = append(names, p.PostingNo)
			}
		}
		for _, name := range names {
			if seen[name] {
				d.tb.Errorf("%s was issued twice", name)
			}
			seen[name] = true
		}
	}
}

// bankPays has the bank debit what was ordered, once however often it is told.
func (d *disk) bankPays() {
	d.tb.Helper()
	if d.debits += len(d.orders); d.debits > 1 {
		d.tb.Fatalf("the bank has %d transfers: %v", d.debits, d.orders)
	}
	if len(d.orders) > 0 {
		d.debitAll()
	}
}

// acceptAs journals the last acceptance as if it were of another restoration.
func (d *disk) acceptAs(n int) {
	d.tb.Helper()
	err := d.env.Do(d.tb.Context(), office.By{Actor: "nobody"}, func(d *office.Desk) error {
		list, err := signing.ReadRestored(d.Office, d.Tx)
		if err != nil {
			return err
		}
		accepted := *list[len(list)-1].Accepted
		accepted.Finding = n
		return d.Journal(exchange.AgencyChain, string(journal.RestoredAccepted), code.Text("x"), accepted)
	})
	if err != nil {
		d.tb.Fatal(err)
	}
}

// requireStopped compares why no payment leaves; nil: nothing keeps them.
func (d *disk) requireStopped(want error) {
	d.tb.Helper()
	d.view(func(tx *store.Tx) error {
		if err := payment.MayPay(d.env.Office, tx); !errors.Is(err, want) || want == nil && err != nil {
			d.tb.Errorf("payments: %v, want %v", err, want)
		}
		return nil
	})
}
