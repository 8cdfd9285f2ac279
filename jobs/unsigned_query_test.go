package jobs_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
)

// returnedPayment is an office one of whose two payments came back: the return stands on
// the statement, and the partner was asked about the account.
func returnedPayment(t *testing.T) (o *testOffice, keys map[string]*seal.Key, paid paidPerson, asked *formats.Query) {
	t.Helper()
	o = newOffice(t)
	keys = staffWithKeys(o)
	paid = payTwo(o)[0]
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(paid.order))
	o.stateDay()
	o.pass()
	o.requireState(exchange.Out, paid.Person, "answered/sent/returned")
	return o, keys, paid, requireOne[formats.Query](o, them, formats.KindQuery)
}

// answerUnsigned answers a question, naming an account, without a signature.
func (o *testOffice) answerUnsigned(z *formats.Query, no string, change ...func(*formats.Query)) {
	o.tb.Helper()
	key := o.queryKey
	o.queryKey = nil
	defer func() { o.queryKey = key }()
	answer := &formats.Query{QueryNo: no, Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: z.AskedOn}
	for _, c := range change {
		c(answer)
	}
	name := o.put(them, formats.KindQuery, answer)
	o.pass()
	o.requireReceipt(them, name, "accepted", no+" accepted")
}

// shownToFinance is the row by which finance is told of an unsigned query; none when there
// is none.
func (o *testOffice) shownToFinance() []exchange.Todo {
	o.tb.Helper()
	return slices.DeleteFunc(o.todoList(), func(t exchange.Todo) bool { return !t.Decides(exchange.ActIsGenuine) })
}

// requireShown requires that finance is shown one unsigned query, has three working days,
// and can decide.
func (o *testOffice) requireShown() string {
	o.tb.Helper()
	list := o.shownToFinance()
	if len(list) != 1 {
		o.tb.Fatalf("finance is shown %+v", list)
	}
	by := o.env.Calendar.Due(o.env.Date, 3, calendar.DueOptions{})
	if x := list[0]; x.Owner != exchange.OwnerFinance || x.Due != by.Date || !x.Decides(exchange.ActAcceptDifference) {
		o.tb.Errorf("finance is shown %+v", x)
	}
	return list[0].No
}

const firstAnswer, secondAnswer = "Z31010020260303000001", "Z31010020260303000002"

// TestUnsignedAccountAnswer: an answer about an account without a signature is shown to
// finance and pays nothing, until finance decides or a signed one comes.
func TestUnsignedAccountAnswer(t *testing.T) {
	const waits, paid = "answered/sent/returned", "answered/sent/submitted"
	for name, c := range map[string]struct {
		answer func(*formats.Query)
		then   func(o *testOffice, decide decider, z *formats.Query, no string)
		want   string
		shown  bool
	}{
		"nobody decides":     {then: func(*testOffice, decider, *formats.Query, string) {}, want: waits, shown: true},
		"it is the partners": {then: decidesAbout(exchange.ActIsGenuine), want: paid},
		"it is the partners and names another account": {
			answer: func(z *formats.Query) { z.Ours = secondAccount(them).No }, then: decidesAbout(exchange.ActIsGenuine), want: waits,
		},
		"it says that it is about something else": {
			answer: func(z *formats.Query) { z.About = code.AboutStatus }, then: func(*testOffice, decider, *formats.Query, string) {}, want: waits, shown: true,
		},
		"it is nobodys": {then: decidesAbout(exchange.ActAcceptDifference), want: waits},
		"finance pays again": {then: func(o *testOffice, decide decider, _ *formats.Query, _ string) {
			decide(exchange.ActPayAgain, o.caseBy(exchange.Out, leaver(us, 0)).No)
		}, want: paid},
		"a signed one comes": {then: func(o *testOffice, _ decider, z *formats.Query, _ string) {
			o.put(them, formats.KindQuery, &formats.Query{QueryNo: secondAnswer, Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: z.AskedOn})
		}, want: paid},
		"another unsigned one comes": {then: func(o *testOffice, _ decider, z *formats.Query, _ string) {
			o.answerUnsigned(z, secondAnswer)
		}, want: waits, shown: true},
		"the letter's next version comes": {
			then: func(o *testOffice, _ decider, _ *formats.Query, _ string) {
				registerAccount(o, secondAccount(them))
				o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0), withVersion(2), withAccount(secondAccount(them))))
			}, want: paid,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, keys, p, z := returnedPayment(t)
			var change []func(*formats.Query)
			if c.answer != nil {
				change = append(change, c.answer)
			}
			o.answerUnsigned(z, firstAnswer, change...)
			o.requireState(exchange.Out, p.Person, waits)
			no := o.requireShown()
			c.then(o, func(action, subject string) { o.decide(keys, "li.na", action, subject) }, z, no)
			o.pass()
			o.requireState(exchange.Out, p.Person, c.want)
			if got := o.shownToFinance(); len(got) > 0 != c.shown {
				t.Errorf("finance is shown %+v", got)
			}
		})
	}
}

// decider takes a decision of finance's.
type decider func(action, subject string)

func decidesAbout(action string) func(*testOffice, decider, *formats.Query, string) {
	return func(_ *testOffice, decide decider, _ *formats.Query, no string) { decide(action, no) }
}

// TestLateAnswerPaysNothing: once finance has decided, an answer to the question before is
// none about the next attempt, which may have come back too.
func TestLateAnswerPaysNothing(t *testing.T) {
	o, keys, p, z := returnedPayment(t)
	o.decide(keys, "li.na", exchange.ActPayAgain, o.caseBy(exchange.Out, p.Person).No)
	o.pass()
	o.requireState(exchange.Out, p.Person, "answered/sent/submitted")
	again := o.orders[0]
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(again))
	o.stateDay()
	o.pass()
	o.requireState(exchange.Out, p.Person, "answered/sent/returned")
	o.put(them, formats.KindQuery, &formats.Query{QueryNo: firstAnswer, Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: z.AskedOn})
	o.pass()
	o.requireState(exchange.Out, p.Person, "answered/sent/returned")
}

// TestUnsignedAccountQuestion: a question about our account without a signature is answered
// once finance says that it is the partner's.
func TestUnsignedAccountQuestion(t *testing.T) {
	for action, answers := range map[string]int{exchange.ActIsGenuine: 1, exchange.ActAcceptDifference: 0} {
		t.Run(action, func(t *testing.T) {
			o := newOffice(t)
			keys := staffWithKeys(o)
			l := o.sendLetter(leaver(them, 0))
			o.queryKey = nil
			o.put(them, formats.KindQuery, &formats.Query{QueryNo: firstAnswer, LetterNo: l.LetterNo, About: code.AboutAccount, Ours: l.AccountNo, Text: "账户?", AskedOn: 20260302, DueOn: 20260309})
			o.pass()
			if got := take[formats.Query](o, them, formats.KindQuery); len(got) > 0 {
				t.Errorf("answered %+v", *got[0])
			}
			o.decide(keys, "li.na", action, o.requireShown())
			o.pass()
			got := take[formats.Query](o, them, formats.KindQuery)
			if len(got) != answers || answers > 0 && (got[0].Answers != firstAnswer || got[0].Ours != l.AccountNo) {
				t.Errorf("answered %+v", got)
			}
			o.skipDays(20)
			o.pass()
			for _, x := range o.todoList() {
				if x.Kind == exchange.TodoQuery || len(o.shownToFinance()) > 0 {
					t.Errorf("still to do: %+v", x)
				}
			}
		})
	}
}

// TestNoFinanceDecisionAboutAnotherDifference: what is genuine is a query that was shown.
func TestNoFinanceDecisionAboutAnotherDifference(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	err := o.env.Do(t.Context(), office.By{}, func(d *office.Desk) error {
		return d.RecordDifference("money", them, "", code.Text("X"), code.Say("due"), code.Phrase{})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range o.todoList() {
		if x.Kind != exchange.TodoDifference {
			continue
		}
		if _, err := o.tryDecide(keys, "li.na", exchange.ActIsGenuine, x.No); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("a difference about no query was taken for one: %v", err)
		}
		return
	}
	t.Error("the difference is not shown")
}

// TestOurQueriesAreSigned: with whomever we have agreed to, or not, a query carries our
// signature; without a key it leaves unsigned where nothing was agreed.
func TestOurQueriesAreSigned(t *testing.T) {
	key := newSealKey(t)
	for name, c := range map[string]struct {
		seal   string
		key    func(calendar.Date) (*seal.Key, error)
		signed bool
		sent   bool
	}{
		"agreed":              {exchange.SealSigned, func(calendar.Date) (*seal.Key, error) { return key, nil }, true, true},
		"not agreed":          {exchange.SealOff, func(calendar.Date) (*seal.Key, error) { return key, nil }, true, true},
		"not agreed, no key":  {exchange.SealOff, func(calendar.Date) (*seal.Key, error) { return nil, fs.ErrNotExist }, false, true},
		"not agreed, broken":  {exchange.SealOff, func(calendar.Date) (*seal.Key, error) { return nil, fs.ErrPermission }, false, false},
		"not agreed, no keys": {exchange.SealOff, nil, false, true},
		"agreed, no key":      {exchange.SealSigned, func(calendar.Date) (*seal.Key, error) { return nil, fs.ErrNotExist }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			paid := payTwo(o)[0]
			o.debitAll()
			o.pass()
			withPartner(them, func(p *exchange.Partner) { p.Seal = c.seal })(o.env)
			o.env.SealKey = c.key
			o.leaveNotification(returnEntry(paid.order))
			_ = o.tryPass() // fails where the query could not be sent
			sent := slices.DeleteFunc(o.outgoing(exchange.FileSent), func(f exchange.File) bool { return f.Kind != formats.KindQuery })
			if len(sent) > 0 != c.sent {
				t.Fatalf("sent: %+v", sent)
			}
			for _, f := range sent {
				if o.hasFile(them, "out", f.Name+seal.Suffix) != c.signed || f.Signer != "" != c.signed {
					t.Errorf("%s is signed by %q", f.Name, f.Signer)
				}
			}
		})
	}
}

// TestSealOfAnIncomingQuery: a signature beside a query is verified, whatever was agreed,
// by the keys of its sender that are here; a wrong one refuses it.
func TestSealOfAnIncomingQuery(t *testing.T) {
	right, stranger := newSealKey(t), newSealKey(t)
	for name, c := range map[string]struct {
		seal  string
		by    *seal.Key
		known func(*jobs.Env)
		want  string
		shown bool
	}{
		"agreed":                          {exchange.SealSigned, right, nil, "accepted", false},
		"agreed, unsigned":                {exchange.SealSigned, nil, nil, "accepted", true},
		"agreed, wrong":                   {exchange.SealSigned, stranger, nil, "rejected unknown-signer", false},
		"not agreed":                      {exchange.SealOff, right, nil, "accepted", false},
		"not agreed, wrong":               {exchange.SealOff, stranger, nil, "rejected unknown-signer", false},
		"not agreed, no keys of theirs":   {exchange.SealOff, right, noKeysOfTheirs, "accepted", true},
		"not agreed, keys of others":      {exchange.SealOff, right, keysOfOthers(right), "accepted", true},
		"not agreed, nobody knows of any": {exchange.SealOff, right, func(e *jobs.Env) { e.PartnerSigners = nil }, "accepted", true},
	} {
		t.Run(name, func(t *testing.T) {
			o, _, p, z := returnedPayment(t)
			withPartner(them, func(p *exchange.Partner) { p.Seal = c.seal })(o.env)
			o.env.SealKey = func(calendar.Date) (*seal.Key, error) { return stranger, nil }
			o.env.PartnerSigners = signersWith(them, right)
			if c.known != nil {
				c.known(o.env)
			}
			o.queryKey = c.by
			name := o.put(them, formats.KindQuery, &formats.Query{QueryNo: firstAnswer, Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: z.AskedOn})
			o.pass()
			if got := o.verdicts(them, name); len(got) == 0 || got[0] != c.want {
				t.Errorf("the receipt says %q", got)
			}
			if got := o.shownToFinance(); len(got) > 0 != c.shown {
				t.Errorf("finance is shown %+v", got)
			}
			want := "answered/sent/returned"
			if c.want == "accepted" && !c.shown {
				want = "answered/sent/submitted"
			}
			o.requireState(exchange.Out, p.Person, want)
		})
	}
}

func noKeysOfTheirs(e *jobs.Env) {
	e.PartnerSigners = func(string) (*seal.Signers, error) { return nil, fs.ErrNotExist }
}

func keysOfOthers(key *seal.Key) func(*jobs.Env) {
	return func(e *jobs.Env) { e.PartnerSigners = signersWith(others, key) }
}

// signersWith are the signers of one area, who sign with a key.
func signersWith(area string, key *seal.Key) func(string) (*seal.Signers, error) {
	return func(string) (*seal.Signers, error) {
		return seal.ParseSigners([]byte(config.SealLine(area, key.Public()) + "\n"))
	}
}

// passedBy is a drop whose listing passes every signature's place before it is there.
type passedBy struct{ drop.Drop }

func (p passedBy) List(ctx context.Context, f drop.Folder) (drop.Listing, error) {
	l, err := p.Drop.List(ctx, f)
	l.Files = slices.DeleteFunc(l.Files, func(e drop.Entry) bool { return strings.HasSuffix(e.Name, seal.Suffix) })
	return l, err
}

// TestSignatureOfAQueryIsLookedFor: a signature that a listing has missed is looked for,
// since without it the query would count for less.
func TestSignatureOfAQueryIsLookedFor(t *testing.T) {
	o, _, p, z := returnedPayment(t)
	withParty(them, func(p *office.Party) {
		open := p.Open
		p.Open = func(ctx context.Context) (drop.Drop, error) {
			d, err := open(ctx)
			return passedBy{d}, err
		}
	})(o.env)
	o.put(them, formats.KindQuery, &formats.Query{QueryNo: firstAnswer, Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: z.AskedOn})
	o.pass()
	o.requireState(exchange.Out, p.Person, "answered/sent/submitted")
}
