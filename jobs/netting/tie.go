package netting

import (
	"strconv"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// NetSums is what of a month's netting with a partner is not settled yet: out, what we
// owe, and in, what is owed to us, by our statement less what was tied. Either is
// negative when more was tied than is stated now. ties counts the lines of ties so far.
func NetSums(d *office.Desk, partner string, month calendar.Month) (out, in money.Fen, ties int, err error) {
	for _, source := range []string{SourceOurs, SourceTied} {
		lines, err := d.Tx.NettingLines(month, partner, source)
		if err != nil {
			return 0, 0, 0, err
		}
		for _, l := range lines {
			sum := &in
			if l.Direction == string(code.Out) {
				sum = &out
			}
			if source == SourceTied {
				l.Amount = -l.Amount
				ties++
			}
			if err := sum.Increase(l.Amount); err != nil {
				return 0, 0, 0, err
			}
		}
	}
	return out, in, ties, nil
}

// listToTie keeps a month on which both sides agree listed as a difference until an
// officer has tied its net sum; it closes that difference while the statements differ,
// or when nothing is left to settle.
func listToTie(d *office.Desk, partner string, month calendar.Month, differs bool) error {
	out, in, _, err := NetSums(d, partner, month)
	if err != nil {
		return err
	}
	subject := code.Say("net-sum", month)
	if differs || (out == 0 && in == 0) {
		return d.CloseDifference("netting", partner, subject)
	}
	return d.RecordDifference("netting", partner, "", subject, netSides(out, in), code.Say("net-agreed"))
}

// netSides is who owes whom, as the difference keeps it.
func netSides(out, in money.Fen) code.Phrase {
	switch {
	case out > in:
		return code.Say("net-we-owe", out-in, out, in)
	case in > out:
		return code.Say("net-they-owe", in-out, out, in)
	}
	return code.Say("net-even", out, in)
}

// TiePlan plans the decision tie-netting: a month is settled by the bank entry of its net
// sum, or by a voucher, since it was paid outside Carryover. Without either only a month
// whose sums cancel out is settled. exchange.ErrDecision while netting is not agreed with
// the partner, the statements differ, the sums are about to change, or the entry is not
// of the net sum.
func TiePlan(d *office.Desk, month calendar.Month, x exchange.Decision) (office.Plan, error) {
	partner := x.Args["partner"]
	if d.Partners[partner].Settlement != exchange.SettleNetted {
		return office.Plan{}, office.Undecidable("与 "+partner+" 未约定轧差结算", "netting is not agreed with "+partner)
	}
	if agreed, err := nettingAgreed(d, partner, month); err != nil || !agreed {
		if err != nil {
			return office.Plan{}, err
		}
		return office.Plan{}, office.Undecidable("双方 "+month.String()+" 轧差对账单尚未核对一致", "both statements of the month do not agree to the fen yet")
	}
	if err := CheckStable(d, partner, month); err != nil {
		return office.Plan{}, err
	}
	out, in, ties, err := NetSums(d, partner, month)
	if err != nil {
		return office.Plan{}, err
	}
	if out == 0 && in == 0 {
		return office.Plan{}, office.Undecidable("该月没有待结算金额", "nothing of the month is left to be settled")
	}
	if out < 0 || in < 0 {
		return office.Plan{}, office.Undecidable("该月已结算的多于双方现在的对账单，请与对方商定差额后核销该差异",
			"more of the month was tied than both statements say now: agree about the rest with the partner, then accept the difference")
	}
	by := x.Args["voucher"]
	var entry *exchange.BankEntry
	switch {
	// Both, or neither although there is a sum to pay.
	case x.Args["entry"] != "" && by != "", out != in && x.Args["entry"] == "" && by == "":
		return office.Plan{}, office.Undecidable("须给出银行流水或凭证号之一", "a bank entry or a voucher is needed, one of them")
	case x.Args["entry"] != "":
		by = x.Args["entry"]
		if entry, err = netEntry(d, by, out, in); err != nil {
			return office.Plan{}, err
		}
	}
	plan := office.Plan{Effects: []string{partner + " " + month.String() + d.Say("：", ": ") + d.Words(netSides(out, in))}}
	plan.Apply = func() error { return tie(d, tied{partner, month, by, out, in, ties, entry}) }
	return plan, nil
}

// tied is a month that is tied: by what, and with which sums.
type tied struct {
	partner string
	month   calendar.Month
	by      string // key of the bank entry, number of the voucher, or ""
	out, in money.Fen
	ties    int                 // lines of earlier ties of the month: numbers the new ones
	entry   *exchange.BankEntry // nil: none
}

// tie writes what ties a month: ledger, lines of the tie, and the matched entry.
func tie(d *office.Desk, t tied) error {
	head := ledger.Head{Date: int(d.Date), Partner: t.partner, Memo: t.month.String() + " " + t.by}
	if err := d.Book(ledger.TieNetting(head, t.out, t.in)); err != nil {
		return err
	}
	for direction, amount := range map[code.Direction]money.Fen{code.Out: t.out, code.In: t.in} {
		line := exchange.NettingLine{
			Month: t.month, Partner: t.partner, Source: SourceTied, Direction: string(direction),
			LetterNo: t.by, FormNo: strconv.Itoa(t.ties), // unique among the ties of a month
			Amount: amount,
		}
		if err := d.Tx.PutNettingLine(line); err != nil {
			return err
		}
	}
	if err := listToTie(d, t.partner, t.month, false); err != nil || t.entry == nil {
		return err
	}
	return matchNetEntry(d, *t.entry)
}

// CheckStable returns nil when a month's net sum is not about to change, else
// office.Undecidable with the reason: the annulment of a case in it is proposed or under
// way, or our statement lags behind our forms. Were it tied now, one side would have
// settled what the other annuls.
func CheckStable(d *office.Desk, partner string, month calendar.Month) error {
	wishes := []exchange.Wish{exchange.WishProposed, exchange.WishAsked, exchange.WishVoid}
	err := d.Tx.EachCase(store.CaseFilter{Partner: partner, Wishes: wishes}, func(c exchange.Case) error {
		forms, err := d.Tx.FormsByCase(c.No)
		for _, f := range forms {
			if f.Money == exchange.MoneyNETTED && f.IssuedOn.Month() == month {
				return office.Undecidable("联系函 "+c.LetterNo+" 正在协商作废，办结后再结算该月",
					"the annulment of "+c.LetterNo+" is under way: tie the month when it has ended")
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	stated, err := nettingLines(d, month, partner, SourceOurs)
	if err != nil {
		return err
	}
	now, err := d.Tx.NettedForms(partner, month)
	if err != nil {
		return err
	}
	current := map[lineKey]money.Fen{}
	for _, l := range now {
		current[lineKey{l.Direction, l.FormNo}] = max(l.Amount, 0)
	}
	if !sameLines(stated, current) {
		return office.Undecidable("本方对账单有变更尚未发出，待下次运行后再结算", "our statement has changed and is not sent yet: tie the month after the next run")
	}
	return nil
}

// nettingAgreed reports whether both statements of a month are here and agree.
func nettingAgreed(d *office.Desk, partner string, month calendar.Month) (bool, error) {
	ours, err := nettingLines(d, month, partner, SourceOurs)
	if err != nil || ours == nil {
		return false, err
	}
	theirs, err := nettingLines(d, month, partner, SourceTheirs)
	if err != nil || theirs == nil {
		return false, err
	}
	return sameLines(ours, theirs), nil
}

// sameLines reports whether two statements say the same; a line that only one of them has
// counts as 0.00 in the other.
func sameLines(a, b map[lineKey]money.Fen) bool {
	for k, amount := range a {
		if b[k] != amount {
			return false
		}
	}
	for k, amount := range b {
		if a[k] != amount {
			return false
		}
	}
	return true
}

// netEntry finds the bank entry of a net sum: unmatched, of exactly that amount, a debit
// when we owe and a credit when they do; office.Undecidable when it is not that.
func netEntry(d *office.Desk, key string, out, in money.Fen) (*exchange.BankEntry, error) {
	e, err := d.EntryCalled(key)
	if office.IsNotFound(err) {
		return nil, office.Undecidable("没有该笔银行流水 "+key, "no such bank entry")
	}
	if err != nil {
		return nil, err
	}
	net := out - in
	if e.Credit {
		net = in - out
	}
	if e.State != exchange.EntryUnmatched || e.Amount != net {
		return nil, office.Undecidable("该笔流水已认领或金额、方向不符："+office.SignedAmount(e),
			"the entry is not unmatched, or not of the net sum: "+office.SignedAmount(e)+"; "+d.Words(netSides(out, in)))
	}
	return &e, nil
}

// matchNetEntry matches the bank entry of a net sum to its month. A credit was booked as
// received and unmatched when it came; the tie has booked the same money, so that entry
// is reversed. A debit was not booked before.
func matchNetEntry(d *office.Desk, e exchange.BankEntry) error {
	end := d.CloseAbout
	if e.Credit {
		end = func(e exchange.BankEntry) error { return d.Unreceive(e, "net sum") }
	}
	if err := end(e); err != nil {
		return err
	}
	return d.SetEntryState(e, exchange.EntryNetted, "", 0)
}
