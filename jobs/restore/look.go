package restore

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs/audit"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// Behind is courier.ErrBehind with what was seen.
type Behind struct{ Signs []string }

// Error is all of it in one line.
func (b *Behind) Error() string {
	return fmt.Sprintf("%v: %s; run carryover restore, with a backup's FILE or for the store as it stands", courier.ErrBehind, strings.Join(b.Signs, "; "))
}

// Unwrap is courier.ErrBehind.
func (b *Behind) Unwrap() error { return courier.ErrBehind }

// Recognise is *Behind while the store lies behind what is around it, as far as this machine shows at
// no cost: the mark, the spool, drops on this machine. With audited it asks the drop on another host
// for the last checkpoint; of an empty store it asks all drops. A drop that cannot be reached is no
// sign; those on servers are looked at by the pass (courier.ErrBehind).
func Recognise(ctx context.Context, o *office.Office, audited bool) error {
	if o.Mark == "" {
		return nil
	}
	var b Behind
	var now Mark
	mark, err := readMark(o)
	if err != nil {
		b.add(err.Error())
	}
	err = o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if now, err = state(o, tx); err != nil {
			return err
		}
		sign, err := mark.aheadOf(tx, now)
		b.add(sign)
		return err
	})
	if err != nil {
		return err
	}
	if err := b.spool(o, now); err != nil {
		return err
	}
	if now.Event == 0 {
		b.add(reportsOf(o))
	}
	for _, p := range o.Parties {
		if p.Role == office.RoleAudit {
			if audited || now.Event == 0 {
				b.add(checkpointIn(ctx, o, p, now))
			}
		} else if p.Host == "" || now.Event == 0 {
			b.add(dropSign(ctx, o, p, now))
		}
	}
	if len(b.Signs) > 0 {
		return &b
	}
	return nil
}

func (b *Behind) add(sign string) {
	if sign != "" {
		b.Signs = append(b.Signs, sign)
	}
}

// spool looks for numbered files of ours that the store does not know. What a killed process leaves
// has the next number that is drawn; only those behind it are a sign.
func (b *Behind) spool(o *office.Office, now Mark) error {
	if o.Spool == nil { // a shared store keeps its files itself
		return nil
	}
	var ours []courier.Left
	err := o.Spool.Names(func(name string) {
		of, ok := courier.OurFile(strings.TrimPrefix(name, "out-"))
		if ok && strings.HasPrefix(name, "out-") && of.Sender == o.Agency.Code {
			of.Last--
			ours = append(ours, courier.Left{Entry: drop.Entry{Name: name}, Of: of})
		}
	})
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if name := courier.Ahead(ours, now.Sequences); name != "" {
		b.add(name + " lies in the spool")
	}
	return nil
}

// reportsOf says that there are reports beside an empty store.
func reportsOf(o *office.Office) string {
	list, _ := os.ReadDir(o.Reports) // one that is not there has none
	for _, e := range list {
		if !strings.HasPrefix(e.Name(), ".") {
			return fmt.Sprintf("the store is empty, and %s lies among the reports", e.Name())
		}
	}
	return ""
}

// dropSign says what in a drop the store does not know, of an empty one also what was taken in.
func dropSign(ctx context.Context, o *office.Office, p office.Party, now Mark) string {
	d, err := p.Open(ctx)
	if err != nil {
		return ""
	}
	defer d.Close()
	left, err := courier.LeftIn(ctx, o, p, d)
	if err != nil {
		return ""
	}
	if name := courier.Ahead(left, now.Sequences); name != "" {
		return fmt.Sprintf("%s lies in the drop of %s", name, p.Code)
	}
	if now.Event > 0 {
		return ""
	}
	if list, err := d.List(ctx, drop.Done); err == nil && len(list.Files) > 0 {
		return fmt.Sprintf("the store is empty, and %s was taken in from the drop of %s", list.Files[0].Name, p.Code)
	}
	return ""
}

// checkpointIn says that a checkpoint lies on another host that the store does not know.
func checkpointIn(ctx context.Context, o *office.Office, p office.Party, now Mark) string {
	c, ok, err := audit.Newest(ctx, p)
	if err != nil || !ok || c.ID <= now.Checkpoint {
		return ""
	}
	known := false
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		restored, err := signing.ReadRestored(o, tx)
		known = slices.ContainsFunc(restored, func(r signing.Restored) bool { return slices.Contains(r.Lost, hash(c)) })
		return err
	})
	if err != nil || known {
		return ""
	}
	return fmt.Sprintf("checkpoint %d of %s has left, and the store has %d", c.ID, c.On, now.Checkpoint)
}
