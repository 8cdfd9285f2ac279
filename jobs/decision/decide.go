// Package decision is what an officer can decide now, what the effects of a
// decision are, and what became of it: on the command line and by workbook.
//
// It promises that an item is made in one place (openOf and the Each walks) for
// the workbooks and to judge them when they come back, that a row about something which has changed is
// refused, and that a decision, its signature and all that follows are one
// transaction, applied once. Who may decide what is exchange's table of rules;
// what follows is a plan of this room's table (planners), carried out by the
// room it concerns.
package decision

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
)

// Prepared is a decision that has been checked and planned, not yet applied.
type Prepared struct {
	exchange.Decision
	Rule    exchange.Rule
	CaseNo  string            // of the case that it is about; empty: of none
	Effects []string          // of its plan, a line each; nil for a duplicate
	Text    string            // what the officer signs: the decision and its effects
	Already bool              // a duplicate: it was taken before, with the same words, and nothing changes
	Before  exchange.Recorded // the decision that it duplicates
}

// PrepareDecision plans a decision and says what its effects would be now, for
// the officer to sign; it writes nothing. exchange.ErrDecision when it cannot
// be taken.
func PrepareDecision(ctx context.Context, o *office.Office, x exchange.Decision) (p Prepared, err error) {
	err = o.View(ctx, func(d *office.Desk) error {
		p, _, err = prepare(d, x)
		return err
	})
	return p, err
}

// Decide takes a decision that its officer has signed: the text as
// PrepareDecision made it, in the namespace of decisions. The decision, its
// signature and what follows are one transaction. A duplicate changes nothing.
// It is planned anew: when the case has moved since PrepareDecision the text is
// another and the signature does not fit, for nobody signs effects unseen.
// exchange.ErrDecision when it cannot be taken, errors of signing.SignedBy when
// the signature does not count.
func Decide(ctx context.Context, o *office.Office, x exchange.Decision, signature []byte) (p Prepared, err error) {
	// The drop is asked before the transaction: no network under the store's lock.
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

// authority is what a decision counts by: the officer's role, and the
// signature or the folder that proves who decided.
type authority struct {
	role        exchange.Role
	fingerprint string // of the key that signed; empty: the officer's folder is enough
	text        string // what was signed, or shown
	signature   string // armored; empty: none is needed
	fileID      int64  // of the workbook that it came by; 0: the command line
}

// recordAndApply stores a decision, journals it and applies its plan, in the
// caller's transaction. The record comes first: its digest is unique, so that
// of two that are the same the second fails (store.ErrDuplicate) before any
// money or case has moved.
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
		chain = exchange.AgencyChain
	}
	err = d.Journal(chain, "decided_"+p.Action, code.Text(p.Reason), map[string]any{
		"subject": p.Subject, "role": by.role, "fingerprint": by.fingerprint, "comes_to": p.Effects,
	})
	if err != nil {
		return err
	}
	return plan.Apply()
}

// prepare checks a decision against its rule, looks for a duplicate, finds its
// subject and plans it; it changes nothing. Of a duplicate the plan is empty.
//
// The duplicate is looked for before the subject: once applied, a decision has
// moved its case, and where it stands now would refuse the same again.
func prepare(d *office.Desk, x exchange.Decision) (p Prepared, plan office.Plan, err error) {
	r, ok := exchange.RuleOf(x)
	if !ok {
		return p, plan, office.Undecidable("“"+x.Action+"”不是可选的决定",
			fmt.Sprintf("%q is no action; there are %s", x.Action, strings.Join(exchange.Actions(), ", ")))
	}
	if _, partner := d.Partners[x.Subject]; partner && x.Args["day"] == "" && x.Action == exchange.ActAllowCap {
		return p, plan, office.Undecidable("须写明对方机构的哪一日（day）", "of a partner a day is decided about: give it (--day)")
	}
	if err := x.Check(r); err != nil {
		return p, plan, err
	}
	if p, err = findDuplicate(d, x, r); err != nil || p.Already {
		return p, plan, err
	}
	return planNew(d, x, r)
}

// planNew is prepare for a decision that was checked and is no duplicate as its
// subject is named.
func planNew(d *office.Desk, x exchange.Decision, r exchange.Rule) (p Prepared, plan office.Plan, err error) {
	s, err := findSubject(d, x, r)
	if err != nil {
		return p, plan, err
	}
	// A case may be named by its letter: it is recorded under its own number,
	// and under that it may be a duplicate.
	p.Decision, p.Rule = x, r
	if s.kind == exchange.AboutDay {
		p.Args = s.argsOfDay(x)
	}
	if p.Subject = s.no; p.Subject != x.Subject || !maps.Equal(p.Args, x.Args) {
		if p, err = findDuplicate(d, p.Decision, r); err != nil || p.Already {
			return p, plan, err
		}
	}
	if plan, err = planFor(d, s, p.Decision); err != nil {
		return p, plan, err
	}
	if plan.Roles != nil {
		p.Rule.Roles = plan.Roles
	}
	p.CaseNo, p.Effects, p.Text = plan.CaseNo, plan.Effects, p.Decision.Text(d.Agency.Code, plan.Effects)
	return p, plan, nil
}

// findDuplicate is the decision, with Already and Before set when the same
// officer has taken it before: same action, subject, arguments, reason and day
// (exchange.Decision.Given).
func findDuplicate(d *office.Desk, x exchange.Decision, r exchange.Rule) (p Prepared, err error) {
	p.Decision, p.Rule = x, r
	before, err := d.Tx.DecisionByDigest(office.DigestOf(x.Given(d.Agency.Code)))
	if office.IsNotFound(err) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Already, p.Before, p.CaseNo, p.Text = true, before, before.CaseNo, before.Text
	return p, stillHolds(d, before, r)
}

// stillHolds is exchange.ErrDecision for words that were decided before and do not hold
// any more: the decision was taken back, or one to take back has something to take back
// again. The same words would be no new decision.
func stillHolds(d *office.Desk, before exchange.Recorded, r exchange.Rule) error {
	holds := true
	switch {
	case before.Row != "": // the row of a workbook is that one for ever, and may be worked again
	case before.Action == exchange.ActTakeBack:
		s, err := findSubject(d, before.Decision, r)
		if err != nil {
			return err
		}
		_, err = planFor(d, s, before.Decision)
		if holds = errors.Is(err, exchange.ErrDecision); !holds && err != nil {
			return err
		}
	case slices.Contains(exchange.Revocable(), before.Action):
		standing, err := d.Standing(before.Subject)
		if err != nil {
			return err
		}
		holds = slices.ContainsFunc(standing, func(x exchange.Recorded) bool { return x.ID == before.ID })
	}
	if !holds {
		return office.Undecidable("此决定其后已有变化（撤回或另行决定）；如需再作，请写明新的理由", "it was taken back or decided otherwise since: give a reason of its own to decide it again")
	}
	return nil
}

// subject is what a decision is about, read from the store. Of the fields after
// no only that of its kind is set.
type subject struct {
	kind  exchange.Subject
	no    string // as decisions about it are recorded
	c     *office.Case
	entry exchange.BankEntry
	month calendar.Month
	file  exchange.File
	id    int64 // of a difference
	day   payment.DayCap
}

// findSubject reads what a decision is about: the number of a case or its
// letter, a bank entry's key or number, a month, a file's id or name, the id of a
// difference; with a day (in the arguments) a partner or an account. The kinds of the rule
// are tried in their order; exchange.ErrDecision when none of them has it.
func findSubject(d *office.Desk, x exchange.Decision, r exchange.Rule) (s subject, err error) {
	text := x.Subject
	for _, kind := range r.About {
		if (kind == exchange.AboutDay) != (x.Args["day"] != "") {
			continue
		}
		s = subject{kind: kind, no: text}
		switch kind {
		case exchange.AboutDay:
			return dayOf(d, x)
		case exchange.AboutMonth:
			s.month, err = calendar.ParseMonth(text)
		case exchange.AboutDifference:
			s.id, err = strconv.ParseInt(text, 10, 64)
		case exchange.AboutFile:
			if s.file, err = FileOf(d, text); err == nil {
				s.no = strconv.FormatInt(s.file.ID, 10)
			}
		case exchange.AboutEntry:
			if s.entry, err = d.EntryCalled(text); err == nil {
				s.no = s.entry.Key
			}
		case exchange.AboutCase:
			if s.c, err = decidedCase(d, text, r); err == nil {
				s.no = s.c.No
			}
		}
		if err == nil || (kind == exchange.AboutCase || kind == exchange.AboutEntry) && !office.IsNotFound(err) {
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

// decidedCase reads a case by its number or its letter's and checks that side,
// state and hold are those of the rule; else exchange.ErrDecision says which is
// not. store.ErrNotFound when no case is called so.
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
		return nil, office.Undecidable(r.Chinese+"仅用于"+d.Word(exchange.SideTerms(), string(r.Side))+"业务",
			fmt.Sprintf("%s is for cases on the %s side only", r.English, r.Side))
	case r.Holds != nil && (c.State != exchange.Held || !slices.Contains(r.Holds, c.Hold)):
		return nil, office.Undecidable("办件未因相应原因暂缓（"+stateWord(c)+"）", fmt.Sprintf("the case is not held for one of %v", r.Holds))
	case !r.Fits(c.Case):
		return nil, office.Undecidable("办件现为"+stateWord(c)+"，不能"+r.Chinese, fmt.Sprintf("the case stands at %s, not at one of %v", c.State, r.States))
	}
	return c, nil
}

// stateWord is a case's state in Chinese, with the reason of a hold.
func stateWord(c *office.Case) string {
	word := exchange.TermOf(exchange.StateTerms(c.Side), string(c.State)).Chinese
	if c.State == exchange.Held {
		word += "（" + c.Hold.Word(code.Chinese) + "）"
	}
	return word
}
