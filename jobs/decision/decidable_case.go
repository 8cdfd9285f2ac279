package decision

import (
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// caseFilters find the cases that may need an officer: held, an annulment to
// be answered, money that came back, money of an ended case. They narrow
// the walk, so that a night does not plan for every open case; a case may match
// several.
func caseFilters() []store.CaseFilter {
	return []store.CaseFilter{
		{States: []exchange.State{exchange.Held}},
		{Wishes: []exchange.Wish{exchange.WishAsked}},
		{Side: exchange.Out, MoneyTracks: []exchange.MoneyTrack{exchange.MoneyReturned}, Unsettled: true},
		{
			Side: exchange.In, Unsettled: true, States: []exchange.State{exchange.Refused, exchange.Declined, exchange.Cancelled, exchange.Void},
			MoneyTracks: []exchange.MoneyTrack{exchange.MoneyReceived, exchange.MoneyDiffers, exchange.MoneyMatched},
		},
	}
}

// EachCase walks the cases that may need an officer, each once: those of
// caseFilters, and those with a refund that waits. With pressing, only those that
// may press.
func EachCase(d *office.Desk, pressing *store.Pressing, emit func(*office.Case, exchange.Todo) error) error {
	seen, count := map[string]bool{}, d.Counting("cases to be decided", 0)
	once := func(c *office.Case) error {
		if seen[c.No] {
			return nil
		}
		count()
		seen[c.No] = true
		t, err := openCase(d, c)
		if err != nil {
			return err
		}
		return emit(c, t)
	}
	for _, f := range caseFilters() {
		if len(f.Wishes) == 0 {
			f.Pressing = pressing
		}
		cases := office.Walk(func(visit func(exchange.Case) error) error { return d.Tx.EachCase(f, visit) })
		ahead := func(page []exchange.Case) error { return besideAhead(d, page) }
		if err := office.InPages(d.Tx, cases, ahead, func(c exchange.Case) error { return once(d.OpenCase(c)) }); err != nil {
			return err
		}
	}
	waiting, err := refundsWaiting(d)
	if err != nil {
		return err
	}
	for _, f := range waiting {
		if f.CaseNo == "" || seen[f.CaseNo] {
			continue // without a case it is of a credit: an item of EachEntry
		}
		c, err := d.CaseByNo(f.CaseNo)
		if err == nil {
			err = once(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// besideAhead reads what openCase looks at beside each case of a page.
func besideAhead(d *office.Desk, page []exchange.Case) error {
	var a store.Ahead
	for _, c := range page {
		a.Parts, a.Refunds, a.Letters = append(a.Parts, c.No), append(a.Refunds, c.No), append(a.Letters, c.LetterNo)
		a.Proposals = append(a.Proposals, code.Text(c.LetterNo))
	}
	return d.Tx.ReadAhead(a)
}

// refundsWaiting are the refunds that need an officer: the bank returned them,
// or they are due and cannot be paid as they are (transfer.RefundWaits: the
// account is not confirmed, or the amount is above a cap).
func refundsWaiting(d *office.Desk) (list []exchange.Refund, err error) {
	for _, t := range []exchange.MoneyTrack{exchange.MoneyReturned, exchange.MoneyDue} {
		all, err := d.Tx.RefundsByTrack(t)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			var why code.Phrase
			if t == exchange.MoneyDue {
				if why, err = transfer.RefundObstacle(d, f); err != nil {
					return nil, err
				}
			}
			if t == exchange.MoneyReturned || !why.IsZero() {
				list = append(list, f)
			}
		}
	}
	return list, nil
}

// openCase is the item of a case: what is the matter with it, and what can be
// decided. exchange's rules say which states an action fits; the switch narrows
// that to cases that wait for it, so that no row offers to end a case that goes
// on by itself.
func openCase(d *office.Desk, c *office.Case) (t exchange.Todo, err error) {
	s := subject{kind: exchange.AboutCase, no: c.No, c: c}
	proposed, err := proposal(c)
	if err != nil {
		return t, err
	}
	if t, err = openWords(c, proposed != nil); err != nil {
		return t, err
	}
	refunds, err := d.Tx.RefundsByCase(c.No)
	if err != nil {
		return t, err
	}
	refundWaits := slices.ContainsFunc(refunds, func(f exchange.Refund) bool {
		return f.Track == exchange.MoneyReturned || f.Track == exchange.MoneyDue
	})
	// Money that may have to be paid back: the account for it can be confirmed.
	owed := c.Side == exchange.In && (c.MoneyTrack == exchange.MoneyReceived || c.MoneyTrack == exchange.MoneyDiffers || refundWaits)
	held := c.State == exchange.Held
	t.Decisions, err = offers(d, s, func(r exchange.Rule) bool {
		switch r.Action {
		case exchange.ActConfirmAccount:
			return held && c.Side == exchange.Out && c.Hold == code.HoldAccountNotRegistered || owed
		case exchange.ActAllowCap:
			return held && c.Hold == code.HoldCap || refundWaits
		case exchange.ActTakeBack:
			return held && c.Hold == code.HoldAmountDiffers
		case exchange.ActWriteAgain:
			return false // nothing waits for it, the declined case has ended: on the command line only
		case exchange.ActDeclineLetter, exchange.ActReturnApplication, exchange.ActRefuseApplication, exchange.ActAcceptLetter:
			return held && r.Fits(c.Case)
		case exchange.ActAcceptProposal, exchange.ActRejectProposal:
			return proposed != nil && r.Fits(c.Case)
		}
		return r.Fits(c.Case)
	})
	return t, err
}

// openWords starts the item of a case: who and since when, what is the matter (a
// decline may be proposed), what to do, and the sum of the parts not settled. Stamp holds all
// that a decision could depend on: a row whose case has another stamp when it
// comes back is refused.
func openWords(c *office.Case, proposed bool) (t exchange.Todo, err error) {
	lang := c.CodeLang()
	t = exchange.Todo{About: exchange.AboutCase, No: c.No, CaseNo: c.No, Party: c.Partner, Who: Masked(c.Person), Since: c.StateSince}
	var what []string
	if c.State == exchange.Held {
		what = append(what, office.Join(c.Say("：", ": "), c.Hold.Word(lang), c.Words(c.HoldText)))
		t.Do = c.Hold.Todo(lang)
	} else if turn, ok := exchange.TurnOf(c.Turns, c.Case); ok {
		what = append(what, turn.Wait.Word(string(lang)))
	}
	if c.Wish == exchange.WishAsked {
		what = append(what, c.Sayf("对方提议作废，待答复", "the partner proposes to annul the case"))
		if t.Do == "" {
			t.Do = c.Sayf("请核实后同意或不同意作废。", "Agree or refuse.")
		}
	}
	if proposed {
		what = append(what, c.Sayf("参保信息中查无此人，建议不予转出", "not in the registry: a decline is proposed"))
	}
	parts, err := c.Parts()
	if err != nil {
		return t, err
	}
	for _, r := range parts {
		if r.Track == exchange.MoneyReturned || r.Track == exchange.MoneyDiffers || r.Track == exchange.MoneyReceived || r.Track == exchange.MoneyDue {
			t.Amount = money.Clamped(t.Amount, max(r.Amount, r.Received))
			if r.Track == exchange.MoneyDiffers {
				what = append(what, c.Sayf("第 %d 笔应收 %s，实收 %s", "part %d: %s expected, %s received", r.Part, r.Amount, r.Received))
			}
		}
	}
	t.What = office.OneLine(strings.Join(what, c.Sayf("；", "; ")), 500)
	t.Stamp = fmt.Sprintf("%s %s %s letter %d application %d %s %s %v",
		c.State, c.Hold, c.HoldText, c.LetterVersion, c.ApplicationVersion, c.Wish, c.MoneyTrack, proposed)
	return t, nil
}

// Masked is a person as a row names them: the name, and the ID number masked.
func Masked(p exchange.Person) string { return strings.TrimSpace(p.Name + " " + identity.Mask(p.IDNo)) }
