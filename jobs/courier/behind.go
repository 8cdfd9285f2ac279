package courier

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// ErrBehind is returned when something lies outside that the store would know, had it not been
// taken back.
var ErrBehind = errors.New("the store lies behind what is around it")

// numbered is the name of a numbered file: of a batch, a payment file, or the signature of one.
var numbered = regexp.MustCompile(`^([a-z0-9.-]+)_([0-9]{6}[a-z]?)_([0-9]{6}[a-z]?)_[0-9]{8}_([0-9]{6})\.(?:csv|xlsx|xml)(?:\.sig)?$`)

// OurFile reads sender, receiver, kind and sequence from the name of a numbered file; false for any
// other name.
func OurFile(name string) (of store.Sequence, ok bool) {
	m := numbered.FindStringSubmatch(name)
	if m == nil {
		return of, false
	}
	last, err := strconv.ParseInt(m[4], 10, 64)
	return store.Sequence{Kind: m[1], Sender: m[2], Receiver: m[3], Last: last}, err == nil && last > 0
}

// Left is a numbered file of ours in a folder of a drop.
type Left struct {
	drop.Entry
	Folder drop.Folder
	Of     store.Sequence
}

// LeftIn lists the numbered files of ours that lie in a party's drop, or that it keeps as taken.
func LeftIn(ctx context.Context, o *office.Office, p office.Party, d drop.Drop) (files []Left, err error) {
	for _, folder := range []drop.Folder{drop.Out, drop.Taken} {
		list, err := d.List(ctx, folder)
		if err != nil {
			return nil, err
		}
		for _, e := range list.Files {
			if of, ok := OurFile(e.Name); ok && of.Sender == o.Agency.Code && of.Receiver == p.Code {
				files = append(files, Left{e, folder, of})
			}
		}
	}
	return files, nil
}

// Ahead is the first of the files whose sequence the store has not drawn; "" when there is none.
func Ahead(files []Left, drawn []store.Sequence) string {
	last := map[store.Sequence]int64{}
	for _, s := range drawn {
		of := s
		of.Last = 0
		last[of] = s.Last
	}
	for _, f := range files {
		of := f.Of
		of.Last = 0
		if f.Of.Last > last[of] {
			return f.Name
		}
	}
	return ""
}

// DoneIn lists what lies in a party's Done folder and the store does not know, with signatures.
func DoneIn(ctx context.Context, o *office.Office, p office.Party, d drop.Drop) (files []drop.Entry, err error) {
	again, err := doneIn(ctx, o, p, d)
	for _, a := range again {
		files = append(files, a.Entry)
	}
	return files, err
}

func doneIn(ctx context.Context, o *office.Office, p office.Party, d drop.Drop) (again []arrival, err error) {
	if p.Role == office.RoleAudit || p.After != office.AfterMove {
		return nil, nil
	}
	list, err := d.List(ctx, drop.Done)
	if err != nil {
		return nil, err
	}
	files, _ := pairSignatures(p, list.Files)
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		for _, a := range files {
			if p.Role == office.RoleOfficer && strings.HasSuffix(a.Name, seal.Suffix) {
				continue // of what waited for it then
			}
			f, err := tx.FileByName(exchange.In, p.Code, a.Name)
			if err == nil && f.Size == a.Size {
				continue
			}
			if err := office.IgnoreNotFound(err); err != nil {
				return err
			}
			a.from = drop.Done
			again = append(again, a)
		}
		return nil
	})
	return again, err
}

// behind is what a pass looks for in each drop beside what has come: whether the store lies behind,
// on servers, whose drops are opened anyway; and after a restoration what the store does not know
// any more.
type behind struct {
	drawn []store.Sequence
	open  bool // what lies between is not signed yet
}

func readBehind(ctx context.Context, o *office.Office) (b behind, err error) {
	if o.Mark == "" {
		return b, nil
	}
	return b, o.Store.View(ctx, func(tx *store.Tx) error {
		restored, err := signing.ReadRestored(o, tx)
		if err != nil {
			return err
		}
		b.open = slices.ContainsFunc(restored, func(r signing.Restored) bool { return r.Accepted == nil })
		b.drawn, err = tx.Sequences()
		return err
	})
}

// look is ErrBehind when a drop on a server holds files of ours that the store does not know; it takes
// in again, while a restoration is open, what lies in Done.
func (b behind) look(ctx context.Context, v *visit) error {
	if v.Mark == "" {
		return nil
	}
	if v.party.Host != "" {
		left, err := LeftIn(ctx, v.Office, v.party, v.drop)
		if err != nil {
			return err
		}
		if name := Ahead(left, b.drawn); name != "" {
			return fmt.Errorf("%w: %s lies in the drop of %s", ErrBehind, name, v.party.Code)
		}
	}
	if !b.open {
		return nil
	}
	return v.takeAgain(ctx)
}

// TakeAgain takes in again from all drops what lies in Done and the store does not know.
func TakeAgain(ctx context.Context, o *office.Office) error {
	_, err := o.EachParty(ctx, "take again", func(ctx context.Context, p office.Party) (office.Counts, error) {
		if p.Role == office.RoleAudit {
			return nil, nil
		}
		d, err := p.Open(ctx)
		if err != nil {
			return nil, err
		}
		defer d.Close()
		v := &visit{Office: o, party: p, drop: d, looks: map[string]exchange.Look{}}
		return nil, errors.Join(v.takeAgain(ctx), v.faults.Err())
	})
	return err
}

// takeAgain takes in what lies in Done and the store does not know.
func (v *visit) takeAgain(ctx context.Context) error {
	again, err := doneIn(ctx, v.Office, v.party, v.drop)
	if err != nil {
		return err
	}
	for _, a := range again {
		look := exchange.Look{FirstSeen: min(calendar.DateOf(a.ModTime.In(v.Agency.Zone)), v.Date)}
		_, err := fetchWithSignature(ctx, v.Office, v.party, v.drop, a, look, true)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := v.fault(ctx, a.Name, err); err != nil {
			return err
		}
	}
	return nil
}
