package jobs_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/decision"
)

// staffWithKeys gives the office officers who may decide: one of finance, a
// clerk, and a checker; every one has a key.
func staffWithKeys(o *testOffice) map[string]*seal.Key {
	o.tb.Helper()
	keys := map[string]*seal.Key{}
	var lines bytes.Buffer
	for _, x := range []exchange.Officer{
		{Name: "li.na", FullName: "李娜", Roles: []exchange.Role{exchange.RoleFinance}},
		{Name: "zhao.lei", FullName: "赵磊", Roles: []exchange.Role{exchange.RoleClerk}},
		{Name: "wang.min", FullName: "王敏", Roles: []exchange.Role{exchange.RoleChecker}},
	} {
		_, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			o.tb.Fatal(err)
		}
		block, err := ssh.MarshalPrivateKey(private, "")
		if err != nil {
			o.tb.Fatal(err)
		}
		key, err := seal.ParseKey(pem.EncodeToMemory(block), nil)
		if err != nil {
			o.tb.Fatal(err)
		}
		keys[x.Name] = key
		o.env.Agency.Officers = append(o.env.Agency.Officers, x)
		fmt.Fprintf(&lines, "%s %s", x.Principal(x.Roles[0]), ssh.MarshalAuthorizedKey(key.Public()))
	}
	o.env.AllowedSigners = func() (string, error) { return lines.String(), nil }
	o.pass() // takes them over
	return keys
}

// tryDecide lets an officer decide, with arguments "name=value", and carries
// out the plan.
func (o *testOffice) tryDecide(keys map[string]*seal.Key, officer, action, subject string, args ...string) (decision.Prepared, error) {
	o.tb.Helper()
	o.env.Date = calendar.DateOf(o.now)
	x := exchange.Decision{Action: action, Subject: subject, Reason: "已核实", Officer: officer, On: o.env.Date, Args: map[string]string{}}
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		x.Args[name] = value
	}
	p, err := o.env.PrepareDecision(context.Background(), x)
	if err != nil {
		return p, err
	}
	sig, err := keys[officer].Sign(strings.NewReader(p.Text), seal.NamespaceDecision)
	if err != nil {
		o.tb.Fatal(err)
	}
	return o.env.Decide(context.Background(), x, sig)
}

// decide is tryDecide for a decision that must be taken.
func (o *testOffice) decide(keys map[string]*seal.Key, officer, action, subject string, args ...string) decision.Prepared {
	o.tb.Helper()
	p, err := o.tryDecide(keys, officer, action, subject, args...)
	if err != nil {
		o.tb.Fatalf("%s about %s: %v", action, subject, err)
	}
	return p
}

func TestWhoMayDecide(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(secondAccount(them))))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	c := o.caseBy(exchange.Out, p)
	a := secondAccount(them)
	x := exchange.Decision{
		Action: exchange.ActConfirmAccount, Subject: c.No, Args: map[string]string{"account": a.No, "cnaps": a.CNAPS}, Reason: "电话核实", Officer: "li.na", On: o.env.Date,
	}
	ctx := context.Background()
	prepared, err := o.env.PrepareDecision(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(who, text, namespace string) []byte {
		sig, err := keys[who].Sign(strings.NewReader(text), namespace)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	for name, sig := range map[string][]byte{
		"nothing":             nil,
		"of another officer":  sign("wang.min", prepared.Text, seal.NamespaceDecision),
		"of another text":     sign("li.na", prepared.Text+"x", seal.NamespaceDecision),
		"for another purpose": sign("li.na", prepared.Text, seal.NamespaceRelease),
	} {
		if _, err := o.env.Decide(ctx, x, sig); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("signature %s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*exchange.Decision){
		"an officer without the role": func(x *exchange.Decision) { x.Officer = "zhao.lei" },
		"nobody":                      func(x *exchange.Decision) { x.Officer = "nobody" },
	} {
		y := x
		change(&y)
		q, err := o.env.PrepareDecision(ctx, y)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.env.Decide(ctx, y, sign("zhao.lei", q.Text, seal.NamespaceDecision)); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*exchange.Decision){
		"no reason":       func(x *exchange.Decision) { x.Reason = " " },
		"another account": func(x *exchange.Decision) { x.Args = map[string]string{"account": "1", "cnaps": a.CNAPS} },
		"no account":      func(x *exchange.Decision) { x.Args = nil },
		"an odd argument": func(x *exchange.Decision) {
			x.Args = map[string]string{"account": a.No, "cnaps": a.CNAPS, "voucher": "1"}
		},
		"no such case":   func(x *exchange.Decision) { x.Subject = "T1" },
		"no such action": func(x *exchange.Decision) { x.Action = "dance" },
		"a second line":  func(x *exchange.Decision) { x.Reason = "a\nofficer: wang.min" },
	} {
		y := x
		change(&y)
		if _, err := o.env.PrepareDecision(ctx, y); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	if _, err := o.env.Decide(ctx, x, sign("li.na", prepared.Text, seal.NamespaceDecision)); err != nil {
		t.Fatal(err)
	}
	o.requireState(exchange.Out, p, "accepted/none/not_due")
	again, err := o.env.Decide(ctx, x, nil)
	if err != nil || !again.Already {
		t.Errorf("the same decision again: %+v %v", again, err)
	}
	o.pass()
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Creditor.Number != a.No {
		t.Errorf("paid %+v", o.orders)
	}
	o.view(func(tx *store.Tx) error {
		events, err := tx.JournalOf(c.No)
		n := 0
		for _, v := range events {
			if v.Actor == "officer:li.na" && v.What == "decided_confirm-account" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d events tell of the decision", n)
		}
		return err
	})
}

func TestMatchedAndSplitByOfficers(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p, q := leaver(them, 0), leaver(them, 1)
	lp, lq := o.sendLetter(p), o.sendLetter(q)
	fp, fq := o.form(p, lp), o.form(q, lq)
	o.put(them, formats.KindForm, fp, fq)
	o.leaveNotification(creditEntry("M1", fp.Amount, "不明来款", ""), creditEntry("M2", fq.Amount+fp.Amount, "两人合计", ""))
	o.pass()
	for name, args := range map[string][]string{
		"no such case":       {"match", "M1", "case=31010020260302000777"},
		"no such entry":      {"match", "M9", "case=" + lp.LetterNo},
		"an odd part":        {"match", "M1", "case=" + lp.LetterNo, "part=0"},
		"shares of another":  {"split", "M2", "to=" + lp.LetterNo + ":1=0.01"},
		"shares in disorder": {"split", "M2", "to=" + lp.LetterNo},
	} {
		if _, err := o.tryDecide(keys, "li.na", args[0], args[1], args[2:]...); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("%s: %v", name, err)
		}
	}
	to := fmt.Sprintf("to=%s:1=%s,%s:1=%s", lp.LetterNo, fp.Amount, lq.LetterNo, fq.Amount)
	o.decide(keys, "li.na", exchange.ActSplit, "M2", to)
	if _, err := o.tryDecide(keys, "li.na", exchange.ActMatch, "M2", "case="+lp.LetterNo); !errors.Is(err, exchange.ErrDecision) {
		t.Errorf("matched twice: %v", err)
	}
	o.passUntil(exchange.In, p, "completed/posted/posted")
	o.requireState(exchange.In, q, "completed/posted/posted")
	// The second credit of p's amount is too much for p: it goes to the case and is a difference there.
	o.decide(keys, "li.na", exchange.ActMatch, "M1", "case="+lp.LetterNo)
	if c := o.caseBy(exchange.In, p); c.Hold != code.HoldAmountDiffers {
		t.Errorf("case stands at %s %s", c.State, c.Hold)
	}
	o.decide(keys, "li.na", exchange.ActRefund, lp.LetterNo)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Amount != fp.Amount {
		t.Errorf("paid back %+v", o.orders)
	}
}

func TestProposalsAreDecided(t *testing.T) {
	for _, accept := range []bool{true, false} {
		t.Run(fmt.Sprint(accept), func(t *testing.T) {
			o := newOffice(t)
			keys := staffWithKeys(o)
			p, q := leaver(us, 0), leaver(us, 1)
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			c := o.caseBy(exchange.Out, p)
			if _, err := o.tryDecide(keys, "zhao.lei", exchange.ActAcceptProposal, c.No); !errors.Is(err, exchange.ErrDecision) {
				t.Errorf("before it is proposed: %v", err)
			}
			o.skipDays(14)
			o.sequence[core+formats.KindRegistry]++
			o.putAs(core, formats.KindRegistry, o.sequence[core+formats.KindRegistry], "full", o.insured(q))
			o.pass()
			if len(o.openDifferences()) != 1 {
				t.Fatalf("open: %q", o.openDifferences())
			}
			action, want := exchange.ActRejectProposal, "held/none/not_due awaiting-registry"
			if accept {
				action, want = exchange.ActAcceptProposal, "declined/none/not_due"
			}
			o.decide(keys, "zhao.lei", action, c.LetterNo)
			o.nextNight()
			o.requireState(exchange.Out, p, want)
			o.requireNoDifferences()
			if n := len(take[formats.Decline](o, them, formats.KindForm)); (n == 1) != accept {
				t.Errorf("%d declines", n)
			}
		})
	}
}

func TestDifferencesAreAccepted(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	odd := debitEntry(order{Transfer: transfer("31010020260302000777-1-1", 500)})
	o.leaveNotification(odd)
	o.pass()
	var id int64
	o.view(func(tx *store.Tx) error {
		all, err := tx.Differences(true)
		if len(all) == 1 {
			id = all[0].ID
		}
		return err
	})
	o.decide(keys, "wang.min", exchange.ActAcceptDifference, fmt.Sprint(id))
	o.requireNoDifferences()
	if _, err := o.tryDecide(keys, "li.na", exchange.ActAcceptDifference, fmt.Sprint(id)); !errors.Is(err, exchange.ErrDecision) {
		t.Errorf("a closed one: %v", err)
	}
}
