package courier

import (
	"context"
	"io"
	"sync"

	"carryover/exchange/drop"
	"carryover/jobs/office"
)

// DryRun is what a pass would have done in the drops, had it changed anything
// there.
type DryRun struct {
	Take  []DryFile `json:"take"`  // files that would have been taken in
	Send  []DryFile `json:"send"`  // files that would have been left
	Blind []string  `json:"blind"` // parties that were not looked at
	mu    sync.Mutex
}

// DryFile is one file that would have been taken in or left.
type DryFile struct {
	Party string `json:"party"`
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// ReadOnly makes the drops of an office ones that are only read, and notes what
// a pass would do there. The drop of a party whose server hands a file out only
// once (readOnce) is not even read: reading would take the file away from the
// pass that counts. The office's store and spool must be copies.
func ReadOnly(o *office.Office, readOnce func(party string) bool) *DryRun {
	r := &DryRun{Take: []DryFile{}, Send: []DryFile{}, Blind: []string{}}
	for i := range o.Parties {
		r.wrap(&o.Parties[i], readOnce(o.Parties[i].Code))
	}
	return r
}

// note adds a file to one of the lists; parties are worked at the same time.
func (r *DryRun) note(list *[]DryFile, f DryFile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*list = append(*list, f)
}

// wrap replaces how a party's drop is opened.
func (r *DryRun) wrap(party *office.Party, readOnce bool) {
	open, code := party.Open, party.Code
	if readOnce {
		r.Blind = append(r.Blind, code)
	}
	party.Open = func(ctx context.Context) (drop.Drop, error) {
		d, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &dryDrop{Drop: d, plan: r, party: code, blind: readOnce}, nil
	}
}

// dryDrop is a drop in which nothing is changed.
type dryDrop struct {
	drop.Drop
	plan  *DryRun
	party string
	blind bool
}

// List shows nothing of a drop that is not to be read.
func (d *dryDrop) List(ctx context.Context, f drop.Folder) (drop.Listing, error) {
	if d.blind {
		return drop.Listing{}, nil
	}
	return d.Drop.List(ctx, f)
}

// Put notes what would be left.
func (d *dryDrop) Put(_ context.Context, _ drop.Folder, name string, _ io.ReaderAt, size int64, opt drop.PutOptions) error {
	if opt.Naming != nil {
		if err := opt.Naming(); err != nil {
			return err
		}
	}
	d.plan.note(&d.plan.Send, DryFile{d.party, name, size})
	return nil
}

// Move notes what would be taken in.
func (d *dryDrop) Move(_ context.Context, _ drop.Folder, e drop.Entry, _ drop.Folder) error {
	d.plan.note(&d.plan.Take, DryFile{d.party, e.Name, e.Size})
	return nil
}

// Remove notes what would be taken in.
func (d *dryDrop) Remove(_ context.Context, _ drop.Folder, e drop.Entry) error {
	d.plan.note(&d.plan.Take, DryFile{d.party, e.Name, e.Size})
	return nil
}
