package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"carryover/exchange/calendar"
)

// Decision is what an officer decides about a case, a credit, a month's
// netting, a difference or a file, and why.
type Decision struct {
	Action  string
	Subject string            // number of a case, key of a bank entry, month, number of a difference
	Args    map[string]string // what the action needs to know, by the names of Arguments
	Reason  string
	Officer string
	On      calendar.Date
	Row     string // of a decisions workbook: which one; empty: it was given on the command line
}

// ErrDecision is a decision that cannot be taken; its text says why and what
// to do.
var ErrDecision = errors.New("决定无效 / not a decision that can be taken")

// Check says whether a decision says all that its rule needs, and nothing else.
func (d Decision) Check(r Rule) error {
	if d.Subject == "" || strings.TrimSpace(d.Reason) == "" || d.Officer == "" || d.On == 0 {
		return fmt.Errorf("%w: 须写明事项、理由和决定人 / what it is about, why, and who decides", ErrDecision)
	}
	for _, name := range r.Needs {
		if d.Args[name] == "" {
			return fmt.Errorf("%w: %s 须给出 %s / %s is needed", ErrDecision, r.Chinese, TermOf(Arguments(), name).Chinese, name)
		}
	}
	for name, value := range d.Args {
		if value != "" && !slices.Contains(r.Needs, name) && !slices.Contains(r.May, name) {
			return fmt.Errorf("%w: %s 不用填 %s / %s says nothing here", ErrDecision, r.Chinese, TermOf(Arguments(), name).Chinese, name)
		}
	}
	for _, text := range append([]string{d.Subject, d.Reason, d.Officer}, values(d.Args)...) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("%w: %q 含有控制字符 / holds a control character", ErrDecision, text)
		}
	}
	return nil
}

func values(args map[string]string) (list []string) {
	for _, v := range args {
		list = append(list, v)
	}
	return list
}

// Given is the decision as it was given, which makes it the same decision
// when it comes again.
func (d Decision) Given(agency string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "carryover decision 1\nagency: %s\naction: %s\nsubject: %s\n", agency, d.Action, d.Subject)
	for _, a := range Arguments() {
		if v := d.Args[a.Code]; v != "" {
			fmt.Fprintf(&b, "%s: %s\n", a.Code, v)
		}
	}
	fmt.Fprintf(&b, "reason: %s\nofficer: %s\ndate: %s\n", d.Reason, d.Officer, d.On)
	if d.Row != "" {
		fmt.Fprintf(&b, "row: %s\n", d.Row)
	}
	return b.String()
}

// Text is the decision as given, and what it comes to (amounts, accounts,
// persons masked), a line each: on the command line the officer signs it.
func (d Decision) Text(agency string, comesTo []string) string {
	var b strings.Builder
	b.WriteString(d.Given(agency))
	for _, line := range comesTo {
		fmt.Fprintf(&b, "comes to: %s\n", line)
	}
	return b.String()
}

// Decider is an officer who decided about a payment, and may not sign for it: the actor
// of an event (What) in the journal of a case that it carries money of, or who decided
// about the credit that a refund pays back (decided_ and the action).
type Decider struct{ Ref, Officer, About, What string }

// CompareDeciders orders by payment, officer, what it is about and event.
func CompareDeciders(a, b Decider) int {
	return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Officer, b.Officer), cmp.Compare(a.About, b.About), cmp.Compare(a.What, b.What))
}

// Recorded is a decision that was taken, as it is kept.
type Recorded struct {
	ID int64
	Decision
	Digest      string // SHA-256 of Given: the same decision again is this one
	CaseNo      string
	Role        Role   // the officer's, by which it counts
	Fingerprint string // of the key that signed; empty: the action needs no signature
	Text        string
	Signature   string // over Text, or over the workbook that FileID is
	FileID      int64  // the workbook that it came by; 0: none
}
