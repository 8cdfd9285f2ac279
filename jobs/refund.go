package jobs

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/money"
)

// A refund pays money back to where it came from (SPEC 4): decided by an
// officer, then ordered, released and debited as every payment is. From the
// decision on the part holds that much less; the money itself lies among the
// unmatched until the bank has debited it.

// surplus is what of a part can be paid back: all of it when the case takes no
// money, or no form asks for it, or it is too little; else what is too much.
func (c *casework) surplus(r exchange.Remittance) (money.Fen, error) {
	switch r.Track {
	case exchange.MoneyReceived, exchange.MoneyDiffers:
	default:
		return 0, nil
	}
	if ended(c.Case) || r.FormNo == "" || r.Received < r.Amount {
		return r.Received, nil
	}
	forms, err := c.tx.FormsByCase(c.No)
	for _, f := range forms {
		if f.Current && f.No == r.FormNo && f.Money != exchange.MoneyREMITTED {
			return r.Received, err
		}
	}
	return r.Received - r.Amount, err
}

// refundCourse pays back what a case got too much, or must not have.
func (c *casework) refundCourse(x exchange.Decision) (course, error) {
	way := course{caseNo: c.No}
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return way, err
	}
	var refunds []exchange.Refund
	for _, r := range parts {
		if x.Args["part"] != "" && x.Args["part"] != strconv.Itoa(r.Part) {
			continue
		}
		some, err := c.refundsOf(r, x)
		if err != nil {
			return way, err
		}
		refunds = append(refunds, some...)
	}
	if len(refunds) == 0 {
		return way, cannot("没有可退款项", "nothing of the case is to be paid back")
	}
	for _, f := range refunds {
		way.comesTo = append(way.comesTo, c.refundLine(f))
	}
	way.take = func() error {
		if err := c.closeMoney(); err != nil {
			return err
		}
		for i := range refunds {
			if err := c.giveBack(&refunds[i]); err != nil {
				return err
			}
		}
		if ended(c.Case) {
			if err := c.retrack(); err != nil {
				return err
			}
			return c.save()
		}
		if err := c.advance(); err != nil {
			return err
		}
		return c.save()
	}
	return way, nil
}

func (d *desk) refundLine(f exchange.Refund) string {
	return d.sayf("第 %d 笔：%s 退到 %s %s（%s）", "part %d: %s to %s %s (%s)", f.Part, f.Amount, f.Payee.No, f.Payee.Holder, f.Payee.CNAPS)
}

// refundsOf divides what is paid back of a part among the credits that it came
// by, the latest first: each goes back to its own account.
func (c *casework) refundsOf(r exchange.Remittance, x exchange.Decision) (list []exchange.Refund, err error) {
	rest, err := c.surplus(r)
	if err != nil || rest == 0 {
		return nil, err
	}
	entries, err := c.tx.BankEntriesByCase(c.No)
	if err != nil {
		return nil, err
	}
	left, err := c.notRefunded(entries)
	if err != nil {
		return nil, err
	}
	refund := func(key, counter string, amount money.Fen) error {
		payee, err := c.refundAccount(c.No, c.Partner, counter)
		if err != nil {
			return err
		}
		rest -= amount
		list = append(list, exchange.Refund{
			LetterNo: c.LetterNo, Part: r.Part, CaseNo: c.No, EntryKey: key, Partner: c.Partner, Amount: amount, Track: exchange.MoneyDue,
			Payee: payee, Since: c.Date, Reason: x.Reason, Officer: x.Officer,
		})
		return nil
	}
	for i := len(entries) - 1; i >= 0 && rest > 0; i-- {
		e := entries[i]
		if amount := min(rest, left[e.Key]); e.Credit && e.Part == r.Part && amount > 0 {
			if err := refund(e.Key, e.CounterAcct, amount); err != nil {
				return nil, err
			}
		}
	}
	if rest > 0 { // it came by a lump sum, or one credit for several
		return list, refund("", "", rest)
	}
	return list, nil
}

// notRefunded is what of each credit was not decided to be paid back before.
func (c *casework) notRefunded(entries []exchange.BankEntry) (map[string]money.Fen, error) {
	left := map[string]money.Fen{}
	for _, e := range entries {
		left[e.Key] = e.Amount
	}
	before, err := c.tx.RefundsByCase(c.No)
	for _, f := range before {
		left[f.EntryKey] -= f.Amount
	}
	return left, err
}

// refundAccount is where money goes back to: the partner's registered account
// that it came from, else an account that an officer has confirmed outside
// the drop for this subject.
func (d *desk) refundAccount(subject, partner, counter string) (exchange.Account, error) {
	for _, a := range d.Partners[partner].Accounts {
		if a.Schemes = nil; (a.No == counter || counter == "") && a.Valid(d.Date, "") {
			return a, nil
		}
	}
	confirmed, err := d.confirmed(subject)
	if err != nil {
		return exchange.Account{}, err
	}
	for _, a := range confirmed {
		if a.No == counter || counter == "" {
			return a, nil
		}
	}
	return exchange.Account{}, cannot(
		"来款账户 "+counter+" 未登记，请先在交换渠道之外核实并作出“确认账户”决定（confirm-account），或登记该账户",
		"the account that it came from, "+counter+", is not registered: confirm it outside the drop (confirm-account), or register it")
}

// confirmed are the accounts that officers have confirmed for a subject.
func (d *desk) confirmed(subject string) (list []exchange.Account, err error) {
	all, err := d.tx.DecisionsAbout(subject, exchange.ActConfirmAccount)
	for _, x := range all {
		list = append(list, exchange.Account{Holder: x.Args["holder"], Bank: x.Args["bank"], No: x.Args["account"], CNAPS: x.Args["cnaps"], ValidFrom: x.On})
	}
	return list, err
}

// giveBack takes a refund out of its part.
func (c *casework) giveBack(f *exchange.Refund) error {
	r, err := c.tx.Remittance(c.No, f.Part)
	if err != nil {
		return err
	}
	if err := c.tx.InsertRefund(f); err != nil {
		return err
	}
	if err := c.setMoney(&r, r.Track, func(r *exchange.Remittance) { r.Received -= f.Amount }); err != nil {
		return err
	}
	if err := c.note("refund_due", f.Reason, map[string]any{"part": f.Part, "amount": f.Amount.String(), "account_no": f.Payee.No}); err != nil {
		return err
	}
	if err := c.refundOpen(*f, "due"); err != nil {
		return err
	}
	return c.lessMoney(&r)
}

// lessMoney lets a part stand where the money that is left of it puts it.
func (c *casework) lessMoney(r *exchange.Remittance) error {
	if r.Received > 0 {
		if r.FormNo == "" || ended(c.Case) {
			return nil
		}
		if err := c.compare(r); err != nil {
			return err
		}
		return c.standsPosted(r)
	}
	if err := c.owes(r); err != nil {
		return err
	}
	if err := c.setMoney(r, exchange.MoneyNotDue, nil); err != nil {
		return err
	}
	if r.FormNo == "" || r.Amount == 0 || ended(c.Case) {
		return nil
	}
	return c.setMoney(r, exchange.MoneyNone, nil) // the form's money is still to come
}

// standsPosted moves a matched part to posted when the core has credited its
// form already: it had got more, and no longer has.
func (c *casework) standsPosted(r *exchange.Remittance) error {
	facts, err := c.creditFacts()
	if err != nil || r.Track != exchange.MoneyMatched {
		return err
	}
	for _, f := range facts.Forms {
		if f.Current && f.No == r.FormNo && f.Credited > 0 && facts.AccountPosted(f) {
			return c.setMoney(r, exchange.MoneyPosted, nil)
		}
	}
	return nil
}

// closeMoney closes the differences about the case's money, refunds that are
// under way apart: what asked for a refund has it.
func (c *casework) closeMoney() error {
	open, err := c.tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Kind == "money" && x.CaseNo == c.No && !strings.HasPrefix(x.Subject, "refund ") {
			if err := c.tx.CloseDifference(x.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// refundEntryCourse pays back a credit that belongs to nobody.
func (d *desk) refundEntryCourse(e exchange.BankEntry, x exchange.Decision) (course, error) {
	if !e.Credit || e.State != exchange.EntryUnmatched || x.Args["part"] != "" {
		return course{}, cannot("该笔流水不是待认领的来款", "the entry is no credit that waits to be matched")
	}
	partner := ""
	for _, p := range slices.Sorted(maps.Keys(d.Partners)) {
		for _, a := range d.Partners[p].Accounts {
			if a.No == e.CounterAcct {
				partner = p
			}
		}
	}
	payee, err := d.refundAccount(e.Key, partner, e.CounterAcct)
	if err != nil {
		return course{}, err
	}
	f := exchange.Refund{
		Part: 1, EntryKey: e.Key, Partner: partner, Amount: e.Amount, Track: exchange.MoneyDue, Payee: payee, Since: d.Date, Reason: x.Reason, Officer: x.Officer,
	}
	return course{comesTo: []string{d.refundLine(f)}, take: func() error {
		if f.LetterNo, err = d.tx.NextNumber("", d.Agency.Code, d.Date); err != nil {
			return err
		}
		after := e
		after.State = exchange.EntryRefund
		if err := d.tx.UpdateBankEntry(e, after); err != nil {
			return err
		}
		if err := d.tx.InsertRefund(&f); err != nil {
			return err
		}
		if err := d.closeAbout("money", e.Key); err != nil {
			return err
		}
		if err := d.journal("agency", "refund_due", x.Reason, map[string]any{"entry": e.Key, "amount": e.Amount.String(), "account_no": payee.No, "text": identity.MaskIn(e.Text)}); err != nil {
			return err
		}
		return d.refundOpen(f, "due")
	}}, nil
}

// closeAbout ends the open differences of a kind about a subject, with whatever partner.
func (d *desk) closeAbout(kind, subject string) error {
	open, err := d.tx.DifferencesAbout(kind, subject)
	if err != nil {
		return err
	}
	for _, x := range open {
		if err := d.tx.CloseDifference(x.ID); err != nil {
			return err
		}
	}
	return nil
}

// refundOpen keeps a refund on the list of what is to be done until the bank
// has debited it: who owes whom how much, and where it stands.
func (d *desk) refundOpen(f exchange.Refund, stands string) error {
	return d.difference("money", f.Partner, f.CaseNo, refundSubject(f), "we owe "+f.Amount.String(), stands)
}

func refundSubject(f exchange.Refund) string {
	return fmt.Sprintf("refund %d %s-R%d", f.ID, f.LetterNo, f.Part)
}
