package signing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/jobs/office"
)

// A restoration says that the store lies behind what is around it. It is an event of the journal
// with the text of what lies between, and so are the signatures that let payments go on.
//
//	open ──► accepted   by signatures of finance and 复核 over that text

// ErrRestored is returned while what lies between a store that was taken back and what is around it
// is not signed.
var ErrRestored = errors.New("the store was taken back: no payment leaves until finance and 复核 have signed what lies between (carryover list todo)")

// Restored is one restoration, and what let payments go on.
type Restored struct {
	journal.Restoration
	On         calendar.Date
	Accepted   *journal.Acceptance // nil: it is open
	AcceptedOn calendar.Date
}

func (r Restored) open() bool { return r.Accepted == nil }

// ReadRestored are all restorations, the oldest first, with the acceptances that count.
func ReadRestored(o *office.Office, tx *store.Tx) (list []Restored, err error) {
	events, err := tx.Audited(journal.Restored)
	if err != nil {
		return nil, err
	}
	return restoredOf(o, tx, events)
}

// restoredOf are the restorations among events.
func restoredOf(o *office.Office, tx *store.Tx, events []exchange.JournalEvent) (list []Restored, err error) {
	for _, e := range events {
		if e.What != string(journal.Restored) {
			continue
		}
		r := Restored{On: e.On}
		if json.Unmarshal(e.Payload, &r.Restoration) != nil { // changed: a restoration all the same
			r.Restoration = journal.Restoration{}
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil, nil
	}
	ends, err := tx.Audited(journal.RestoredAccepted)
	if err != nil || len(ends) == 0 {
		return list, err
	}
	a, err := ReadApproved(o, tx)
	for _, e := range ends {
		var accepted journal.Acceptance
		if json.Unmarshal(e.Payload, &accepted) != nil {
			continue
		}
		for i := range list {
			if r := &list[i]; r.N == accepted.Finding && r.N > 0 && a.resumes(o, *r, accepted) {
				r.Accepted, r.AcceptedOn = &accepted, e.On
			}
		}
	}
	return list, err
}

// resumes reports whether an acceptance lets payments go on: it is signed by those who have to, over
// the very text; in a store that never had signed settings nobody has to.
func (a *Approved) resumes(o *office.Office, r Restored, accepted journal.Acceptance) bool {
	if !a.Ceremony && accepted.By != "" {
		return true
	}
	var signatures []exchange.Signature
	for _, s := range accepted.Signed {
		if roles, ok := a.made(o, s, office.KindRestored, accepted.Text); ok {
			signatures = append(signatures, exchange.Signature{Officer: s.Officer, Roles: roles})
		}
	}
	return accepted.Text == r.Text && exchange.Resumes(signatures)
}

// KeepRestored journals a restoration whose text is given, and shows it to those who sign.
func KeepRestored(d *office.Desk, r journal.Restoration, text string) (exchange.File, error) {
	f, err := audited(d, office.KindRestored, func(sha string) string { return fmt.Sprintf("restored-%d-%s.txt", r.N, sha[:12]) }, text)
	if err != nil {
		return f, err
	}
	r.File, r.Text = f.Name, Readable(text)
	if err := d.Journal(exchange.AgencyChain, string(journal.Restored), code.Text(f.Name), r); err != nil {
		return f, err
	}
	return f, ShowRestored(d)
}

// ShowRestored shows the texts of open restorations to those who sign: settings may name them only
// later, or ask for signatures where none were asked for.
func ShowRestored(d *office.Desk) error {
	list, err := ReadRestored(d.Office, d.Tx)
	if err != nil || !slices.ContainsFunc(list, Restored.open) {
		return err
	}
	a, err := ReadApproved(d.Office, d.Tx)
	if err != nil {
		return err
	}
	for _, r := range list {
		f, err := d.Tx.FileByName(exchange.Out, d.Agency.Code, r.File)
		if !r.open() || office.IsNotFound(err) {
			continue
		}
		if waits := f; err == nil && f.State != exchange.FilePrepared {
			waits.State = exchange.FilePrepared
			err = d.Tx.UpdateFile(f, waits)
			f = waits
		}
		if err := errors.Join(err, ShowSignables(d, f, a.Signers)); err != nil {
			return err
		}
	}
	return nil
}

// resume lets payments go on after the restoration of a text that is signed.
func resume(d *office.Desk, f exchange.File, accepted journal.Acceptance, who string) error {
	list, err := ReadRestored(d.Office, d.Tx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(r Restored) bool { return r.File == f.Name })
	if i < 0 {
		return office.Refuse("没有 %s 所述的恢复", "%s is of no restoration of this store", f.Name)
	}
	accepted.Finding = list[i].N
	return d.Journal(exchange.AgencyChain, string(journal.RestoredAccepted), code.Text(who), accepted)
}

// Resume lets payments go on where nobody ever signs (release: automatic), in the name of who
// answers for the agency. A *Refusal where officers sign, and when nothing waits.
func Resume(ctx context.Context, o *office.Office, evidence string) error {
	evidence = strings.TrimSpace(office.OneLine(evidence, 500))
	return o.Do(ctx, office.By{Actor: office.ActorOperator}, func(d *office.Desk) error {
		list, err := ReadRestored(d.Office, d.Tx)
		if err != nil {
			return err
		}
		a, err := ReadApproved(d.Office, d.Tx)
		open := slices.DeleteFunc(list, func(r Restored) bool { return !r.open() })
		switch {
		case err != nil:
			return err
		case len(open) == 0:
			return office.Refuse("没有待签名的恢复", "no restoration waits")
		case a.Ceremony || !d.Rules.AutomaticRelease:
			return office.Refuse("须由财务、复核签名：carryover release %s", "finance and 复核 sign it: carryover release %s", open[0].File)
		case evidence == "":
			return office.Refuse("须说明证据", "say what proves that nothing is paid twice: --evidence")
		}
		for _, r := range open {
			accepted := journal.Acceptance{Finding: r.N, Evidence: evidence, By: d.Agency.Checker}
			if err := d.Journal(exchange.AgencyChain, string(journal.RestoredAccepted), code.Text(d.Agency.Checker), accepted); err != nil {
				return err
			}
			if err := endText(d, r.File); err != nil {
				return err
			}
		}
		return nil
	})
}

// endText ends the wait of a text whose event was journaled.
func endText(d *office.Desk, name string) error {
	f, err := d.Tx.FileByName(exchange.Out, d.Agency.Code, name)
	if err != nil || f.State != exchange.FilePrepared {
		return office.IgnoreNotFound(err)
	}
	approved := f
	approved.State, approved.At = exchange.FileApproved, d.Now()
	return errors.Join(d.Tx.UpdateFile(f, approved), WithdrawSignables(d, f, ""))
}
