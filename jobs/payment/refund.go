package payment

import (
	"maps"
	"slices"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// A refund pays money back to where it came from (SPEC 4): decided by an
// officer, then ordered, released and debited as every payment is. From the
// decision on the part holds that much less, so that nothing can be decided about
// the same money twice; in the ledger it stays unmatched until the bank has
// debited it.

// surplus is what of a part can be paid back: all of it when the case takes no
// money, or no form asks for it, or it is too little (a shortfall goes back whole
// when the officers agree on that); else what is too much. 0 for a part that is
// matched or posted: what a form has accounted for is no surplus.
func surplus(c *office.Case, r exchange.Remittance) (money.Fen, error) {
	switch r.Track {
	case exchange.MoneyReceived, exchange.MoneyDiffers:
	default:
		return 0, nil
	}
	if transfer.Ended(c.Case) || r.FormNo == "" || r.Received < r.Amount {
		return r.Received, nil
	}
	forms, err := c.Forms()
	for _, f := range forms {
		if f.Current && f.No == r.FormNo && f.Money != exchange.MoneyREMITTED {
			return r.Received, err
		}
	}
	return r.Received - r.Amount, err
}

// RefundPlan is the plan of a decision `refund` about a case: pay back what it
// got too much, or must not have, of one part (argument part) or of all. It
// returns office.Undecidable (exchange.ErrDecision) when there is nothing to pay
// back, or an account is not registered; nothing is written before Apply.
func RefundPlan(c *office.Case, x exchange.Decision) (office.Plan, error) {
	plan := office.Plan{CaseNo: c.No}
	parts, err := c.Parts()
	if err != nil {
		return plan, err
	}
	var refunds []exchange.Refund
	for _, r := range parts {
		if x.Args["part"] != "" && x.Args["part"] != strconv.Itoa(r.Part) {
			continue
		}
		some, err := refundsOf(c, r, x)
		if err != nil {
			return plan, err
		}
		refunds = append(refunds, some...)
	}
	if len(refunds) == 0 {
		return plan, office.Undecidable("没有可退款项", "nothing of the case is to be paid back")
	}
	for _, f := range refunds {
		plan.Effects = append(plan.Effects, RefundLine(c.Desk, f))
	}
	plan.Apply = func() error {
		// Before the refunds are reported, as these open differences of their own.
		if err := closeMoneyDifferences(c); err != nil {
			return err
		}
		for i := range refunds {
			if err := deductRefund(c, &refunds[i]); err != nil {
				return err
			}
		}
		if transfer.Ended(c.Case) {
			if err := c.Retrack(); err != nil {
				return err
			}
			return c.Save()
		}
		if err := transfer.Advance(c); err != nil {
			return err
		}
		return c.Save()
	}
	return plan, nil
}

// RefundLine is a refund in one line for officers, in the agency's language.
func RefundLine(d *office.Desk, f exchange.Refund) string {
	return d.Sayf("第 %d 笔：%s 退到 %s %s（%s）", "part %d: %s to %s %s (%s)", f.Part, f.Amount, f.Payee.No, f.Payee.Holder, f.Payee.CNAPS)
}

// refundsOf divides what is paid back of a part among the credits that it came
// by, the latest first: each goes back to the account it came from, and what came
// last is what was too much. Nothing for a part without a surplus.
func refundsOf(c *office.Case, r exchange.Remittance, x exchange.Decision) (list []exchange.Refund, err error) {
	rest, err := surplus(c, r)
	if err != nil || rest == 0 {
		return nil, err
	}
	entries, err := c.Tx.BankEntriesByCase(c.No)
	if err != nil {
		return nil, err
	}
	left, err := refundable(c, entries)
	if err != nil {
		return nil, err
	}
	refund := func(key, counter string, amount money.Fen) error {
		payee, err := transfer.RefundAccount(c.Desk, c.No, c.Partner, counter)
		if err != nil {
			return err
		}
		rest -= amount
		list = append(list, exchange.Refund{
			LetterNo: c.LetterNo, Part: r.Part, CaseNo: c.No, EntryKey: key, Partner: c.Partner, Amount: amount, Track: exchange.MoneyDue,
			Payee: payee, Since: c.Date, Reason: code.Text(x.Reason), Officer: x.Officer,
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
	if rest > 0 { // it came by a lump sum, or one credit for several parts: no entry is this part's alone
		return list, refund("", "", rest)
	}
	return list, nil
}

// refundable is what of each credit, by entry key, no earlier decision pays back.
func refundable(c *office.Case, entries []exchange.BankEntry) (map[string]money.Fen, error) {
	left := map[string]money.Fen{}
	for _, e := range entries {
		left[e.Key] = e.Amount
	}
	before, err := c.Tx.RefundsByCase(c.No)
	for _, f := range before {
		left[f.EntryKey] -= f.Amount
	}
	return left, err
}

// deductRefund stores a refund, takes it out of its part and reports it as owed.
func deductRefund(c *office.Case, f *exchange.Refund) error {
	r, err := c.Part(f.Part)
	if err != nil {
		return err
	}
	if err := c.Tx.InsertRefund(f); err != nil {
		return err
	}
	if err := c.SetMoney(&r, r.Track, func(r *exchange.Remittance) { r.Received -= f.Amount }); err != nil {
		return err
	}
	if err := c.Note("refund_due", f.Reason, map[string]any{"part": f.Part, "amount": f.Amount.String(), "account_no": f.Payee.No}); err != nil {
		return err
	}
	if err := transfer.ReportRefund(c.Desk, *f, code.Say("due")); err != nil {
		return err
	}
	return transfer.RecomputeTrack(c, &r)
}

// closeMoneyDifferences closes the differences about the case's money: what they
// asked for is decided now. Those of refunds that are pending (RefundSubject)
// stay open until the bank has debited them.
func closeMoneyDifferences(c *office.Case) error {
	open, err := c.Tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Kind == "money" && x.CaseNo == c.No && !x.Subject.Is("refund") {
			if err := c.Tx.CloseDifference(x.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// RefundEntryPlan is the plan of a decision `refund` about a bank credit that
// belongs to no case: all of it goes back to where it came from. It returns
// office.Undecidable for a debit, for an entry that was matched, doubted or
// refunded before, and for an account that is not registered.
func RefundEntryPlan(d *office.Desk, e exchange.BankEntry, x exchange.Decision) (office.Plan, error) {
	if !e.Credit || e.State != exchange.EntryUnmatched || x.Args["part"] != "" {
		return office.Plan{}, office.Undecidable("该笔流水不是待认领的来款", "the entry is no credit that waits to be matched")
	}
	partner := ""
	for _, p := range slices.Sorted(maps.Keys(d.Partners)) {
		for _, a := range d.Partners[p].Accounts {
			if a.No == e.CounterAcct {
				partner = p
			}
		}
	}
	payee, err := transfer.RefundAccount(d, e.Key, partner, e.CounterAcct)
	if err != nil {
		return office.Plan{}, err
	}
	f := exchange.Refund{
		Part: 1, EntryKey: e.Key, Partner: partner, Amount: e.Amount, Track: exchange.MoneyDue, Payee: payee, Since: d.Date, Reason: code.Text(x.Reason), Officer: x.Officer,
	}
	return office.Plan{Effects: []string{RefundLine(d, f)}, Apply: func() error {
		// There is no letter: a number of the same kind makes a reference that the
		// bank and we can tell from every other.
		if f.LetterNo, err = d.Tx.NextNumber("", d.Agency.Code, d.Date); err != nil {
			return err
		}
		after := e
		after.State = exchange.EntryRefund
		if err := d.Tx.UpdateBankEntry(e, after); err != nil {
			return err
		}
		if err := d.Tx.InsertRefund(&f); err != nil {
			return err
		}
		if err := d.Tx.CloseDifferencesAbout("money", code.Text(e.Key)); err != nil {
			return err
		}
		// The agency's journal is shown to more people than a case: IDs are masked.
		err := d.Journal(exchange.AgencyChain, "refund_due", f.Reason, map[string]any{
			"entry": e.Key, "amount": e.Amount.String(), "account_no": payee.No, "text": identity.MaskIn(e.Text),
		})
		if err != nil {
			return err
		}
		return transfer.ReportRefund(d, f, code.Say("due"))
	}}, nil
}
