// Package decision is what an officer can decide now, what a decision comes to,
// and what became of it: on the command line and by workbook.
//
// It promises that the same walk (Decidable) fills the workbooks and judges
// them when they come back, that a row about something which has changed is
// refused, and that a decision, its signature and all that follows are one
// transaction, taken once. Who may decide what is exchange's table of rules;
// what follows is a plan of this room's table (planners), carried out by the
// room it concerns.
package decision

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// Prepared is a decision and what it comes to.
type Prepared struct {
	exchange.Decision
	Rule    exchange.Rule
	CaseNo  string // of the case that it is about; empty: of none
	ComesTo []string
	Text    string            // what the officer signs
	Already bool              // it was taken before, with the same words: nothing changes
	Before  exchange.Recorded // that one
}

// PrepareDecision says what a decision would come to now, for the officer to
// sign; exchange.ErrDecision when it cannot be taken.
func PrepareDecision(ctx context.Context, o *office.Office, x exchange.Decision) (p Prepared, err error) {
	err = o.View(ctx, func(d *office.Desk) error {
		p, _, err = prepare(d, x)
		return err
	})
	return p, err
}

// Decide takes a decision that its officer has signed: the text as
// PrepareDecision made it, in the namespace of decisions. The decision, its
// signature and what follows are one transaction. One that was taken before
// changes nothing.
func Decide(ctx context.Context, o *office.Office, x exchange.Decision, signature []byte) (p Prepared, err error) {
	if err := checkOutside(ctx, o, x); err != nil {
		return p, err
	}
	err = o.Do(ctx, office.By{Actor: exchange.OfficerParty(x.Officer)}, func(d *office.Desk) error {
		var plan office.Plan
		if p, plan, err = prepare(d, x); err != nil || p.Already {
			return err
		}
		role, signer, err := signing.SignedBy(d, x.Officer, p.Rule.Roles, []byte(p.Text), signature)
		if err != nil {
			return err
		}
		return recordAndApply(d, p, plan, authority{role: role, fingerprint: signer.Fingerprint, text: p.Text, signature: string(signature)})
	})
	return p, err
}

// authority is what a decision counts by.
type authority struct {
	role        exchange.Role
	fingerprint string // of the key that signed; empty: the officer's folder is enough
	text        string
	signature   string
	fileID      int64 // the workbook that it came by
}

// recordAndApply keeps a decision and does what follows.
func recordAndApply(d *office.Desk, p Prepared, plan office.Plan, by authority) error {
	err := d.Tx.InsertDecision(exchange.Recorded{
		Decision: p.Decision, Digest: office.DigestOf(p.Given(d.Agency.Code)), CaseNo: p.CaseNo, Role: by.role, Fingerprint: by.fingerprint,
		Text: by.text, Signature: by.signature, FileID: by.fileID,
	})
	if err != nil {
		return err
	}
	chain := p.CaseNo
	if chain == "" {
		chain = "agency"
	}
	err = d.Journal(chain, "decided_"+p.Action, p.Reason, map[string]any{
		"subject": p.Subject, "role": by.role, "fingerprint": by.fingerprint, "comes_to": p.ComesTo,
	})
	if err != nil {
		return err
	}
	return plan.Apply()
}

// prepare finds out what a decision is about and what it comes to.
func prepare(d *office.Desk, x exchange.Decision) (p Prepared, plan office.Plan, err error) {
	r, ok := exchange.FindRule(x.Action)
	if !ok {
		return p, plan, office.Undecidable("“"+x.Action+"”不是可选的决定", fmt.Sprintf("%q is no action; there are %s", x.Action, strings.Join(actions(), ", ")))
	}
	if err := x.Check(r); err != nil {
		return p, plan, err
	}
	if p, err = findDuplicate(d, x, r); err != nil || p.Already {
		return p, plan, err
	}
	s, err := findSubject(d, x.Subject, r)
	if err != nil {
		return p, plan, err
	}
	if x.Subject = s.no; x.Subject != p.Subject {
		if p, err = findDuplicate(d, x, r); err != nil || p.Already {
			return p, plan, err
		}
	}
	if plan, err = planFor(d, s, p.Decision); err != nil {
		return p, plan, err
	}
	p.CaseNo, p.ComesTo, p.Text = plan.CaseNo, plan.Effects, p.Decision.Text(d.Agency.Code, plan.Effects)
	return p, plan, nil
}

// findDuplicate is the decision, and whether it was taken before with the same words.
func findDuplicate(d *office.Desk, x exchange.Decision, r exchange.Rule) (p Prepared, err error) {
	p.Decision, p.Rule = x, r
	before, err := d.Tx.DecisionByDigest(office.DigestOf(x.Given(d.Agency.Code)))
	if err == nil {
		p.Already, p.Before, p.CaseNo, p.Text = true, before, before.CaseNo, before.Text
	} else if office.IsNotFound(err) {
		err = nil
	}
	return p, err
}

func actions() (list []string) {
	for _, r := range exchange.Rules() {
		list = append(list, r.Action)
	}
	return list
}

// subject is what a decision is about, found in the store.
type subject struct {
	kind  exchange.Subject
	no    string
	c     *office.Case
	entry exchange.BankEntry
	month calendar.Month
	file  exchange.File
	id    int64
}

// findSubject finds what a decision is about: the number of a case or its letter,
// a bank entry's key, a month, the number of a difference.
func findSubject(d *office.Desk, text string, r exchange.Rule) (s subject, err error) {
	for _, kind := range r.About {
		s = subject{kind: kind, no: text}
		switch kind {
		case exchange.AboutMonth:
			s.month, err = calendar.ParseMonth(text)
		case exchange.AboutDifference:
			s.id, err = strconv.ParseInt(text, 10, 64)
		case exchange.AboutFile:
			if s.file, err = FileOf(d, text); err == nil {
				s.no = strconv.FormatInt(s.file.ID, 10)
			}
		case exchange.AboutEntry:
			s.entry, err = d.Tx.BankEntry(text)
		case exchange.AboutCase:
			if s.c, err = decidedCase(d, text, r); err == nil {
				s.no = s.c.No
			}
		}
		if err == nil || (kind == exchange.AboutCase && !office.IsNotFound(err)) {
			return s, err
		}
	}
	return s, office.Undecidable("找不到 "+text, "there is no "+words(r.About)+" "+text+" that it could be about")
}

func words(about []exchange.Subject) string {
	var list []string
	for _, a := range about {
		list = append(list, string(a))
	}
	return strings.Join(list, " or ")
}

// decidedCase finds a case by its number or its letter's, and sees that it
// stands where the rule is allowed.
func decidedCase(d *office.Desk, text string, r exchange.Rule) (*office.Case, error) {
	c, err := d.CaseByNo(text)
	if office.IsNotFound(err) {
		c, err = d.CaseOfEitherSide(text)
		if err == nil && c == nil {
			return nil, fmt.Errorf("case %s: %w", text, store.ErrNotFound)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case r.Side != "" && c.Side != r.Side:
		return nil, office.Undecidable(r.Chinese+"仅用于"+d.Word(exchange.SideTerms(), string(r.Side))+"业务", fmt.Sprintf("%s is for cases on the %s side only", r.English, r.Side))
	case r.Holds != nil && (c.State != exchange.Held || !slices.Contains(r.Holds, c.Hold)):
		return nil, office.Undecidable("办件未因相应原因暂缓（"+stateWord(c)+"）", fmt.Sprintf("the case is not held for one of %v", r.Holds))
	case !r.Fits(c.Case):
		return nil, office.Undecidable("办件现为"+stateWord(c)+"，不能"+r.Chinese, fmt.Sprintf("the case stands at %s, not at one of %v", c.State, r.States))
	}
	return c, nil
}

// stands is where a case stands, as staff read it.
func stateWord(c *office.Case) string {
	word := exchange.TermOf(exchange.StateTerms(c.Side), string(c.State)).Chinese
	if c.State == exchange.Held {
		word += "（" + c.Hold.Word(code.Chinese) + "）"
	}
	return word
}
