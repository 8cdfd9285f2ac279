package jobs_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
)

// removed is what the office misses in its configuration: subjects, those that a pass would lose with a "!".
func (o *testOffice) removed() string {
	o.tb.Helper()
	var said []string
	err := o.env.Store.View(context.Background(), func(tx *store.Tx) error {
		list, err := jobs.FindRemoved(o.env.Office, tx)
		for _, r := range list {
			if r.Lost {
				r.Subject += "!"
			}
			said = append(said, r.Subject+" "+r.Why)
		}
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	return strings.Join(said, "; ")
}

// TestRemovedTooEarly: a partner with open cases, and an account of ours that money is under way on, are missed once
// they are taken out of the configuration, and only as long.
func TestRemovedTooEarly(t *testing.T) {
	withoutThem := func(o *testOffice) {
		o.env.Partners = maps.Clone(o.env.Partners)
		delete(o.env.Partners, them)
	}
	successor := func(o *testOffice) {
		account := secondAccount(us)
		o.env.Agency.Payer, o.env.Agency.Accounts = account, []exchange.Account{account}
	}
	account := receiving(us).No
	for name, c := range map[string]struct {
		make, remove func(o *testOffice)
		want         string
	}{
		"a partner without cases": {func(*testOffice) {}, withoutThem, ""},
		"a partner with a case":   {func(o *testOffice) { bringLetterTo(o, leaver(us, 0), "accepted") }, withoutThem, "partners " + them + "! cases with it are open: 1; what"},
		"another partner":         {func(o *testOffice) { bringLetterTo(o, leaver(us, 0), "accepted") }, func(o *testOffice) { delete(o.env.Partners, others) }, ""},
		"an application":          {func(o *testOffice) { o.put(portal, formats.KindApplication, o.application(leaver(them, 0))); o.pass() }, withoutThem, ""},
		"a payment at the bank":   {func(o *testOffice) { o.answerLetter(leaver(us, 0), 1); o.pass() }, successor, "accounts " + account + "! payments from it are at the bank: 1"},
		"a payment, the payer kept": {
			func(o *testOffice) { o.answerLetter(leaver(us, 0), 1); o.pass() },
			func(o *testOffice) {
				o.env.Agency.Accounts = []exchange.Account{o.env.Agency.Payer}
				o.env.Agency.Payer = secondAccount(us)
			}, "",
		},
		"nothing under way": {func(o *testOffice) { o.pass() }, successor, ""},
		"a letter":          {func(o *testOffice) { o.sendLetter(leaver(them, 0)) }, successor, "accounts " + account + "! letters ask for money to it, which has not come: 1"},
		"money that came": {func(o *testOffice) {
			p := leaver(them, 0)
			o.creditArrives(o.sendLetter(p), p, 12_00)
			o.pass()
		}, successor, ""},
		"a day that differs": {func(o *testOffice) {
			o.leaveStatement(firstDay, 1000, creditEntry("X1", 900, "", ""))
			o.pass()
		}, successor, "accounts " + account + " days of it are not proved: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.pass()
			if c.make(o); o.removed() != "" {
				t.Errorf("before: %s", o.removed())
			}
			partners, agency := o.env.Partners, o.env.Agency
			if c.remove(o); (o.removed() == "") != (c.want == "") || !strings.HasPrefix(o.removed(), c.want) {
				t.Errorf("%q, want %q", o.removed(), c.want)
			}
			o.env.Partners, o.env.Agency = partners, agency
		})
	}
}
