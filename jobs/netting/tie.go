package netting

import (
	"fmt"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// NetSums is what of a month's netting with a partner is not settled yet: what
// we owe, and what is owed to us.
func NetSums(d *office.Desk, partner string, month calendar.Month) (out, in money.Fen, ties int, err error) {
	for source, sign := range map[string]money.Fen{NettingOurs: 1, NettingTied: -1} {
		lines, err := d.Tx.NettingLines(month, partner, source)
		if err != nil {
			return 0, 0, 0, err
		}
		for _, l := range lines {
			if l.Direction == string(code.Out) {
				out += sign * l.Amount
			} else {
				in += sign * l.Amount
			}
			if source == NettingTied {
				ties++
			}
		}
	}
	return out, in, ties, nil
}

// toTie keeps a month on which both agree on the list of what is to be done
// until an officer has tied its net sum.
func toTie(d *office.Desk, partner string, month calendar.Month, differs bool) error {
	out, in, _, err := NetSums(d, partner, month)
	if err != nil {
		return err
	}
	subject := month.String() + office.NetSum
	if differs || (out == 0 && in == 0) {
		return d.CloseDifference("netting", partner, subject)
	}
	return d.RecordDifference("netting", partner, "", subject, netWords(out, in), "agreed, to be tied (tie-netting)")
}

// netWords says who owes whom.
func netWords(out, in money.Fen) string {
	switch {
	case out > in:
		return fmt.Sprintf("we owe %s (out %s, in %s)", out-in, out, in)
	case in > out:
		return fmt.Sprintf("they owe %s (in %s, out %s)", in-out, in, out)
	}
	return fmt.Sprintf("nothing owed (out %s, in %s)", out, in)
}

// TiePlan settles a month's netting by the bank entry of its net sum, or a
// voucher: it was paid outside Carryover.
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
	if err := NettingRests(d, partner, month); err != nil {
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
	case x.Args["entry"] != "" && by != "", out != in && x.Args["entry"] == "" && by == "":
		return office.Plan{}, office.Undecidable("须给出银行流水或凭证号之一", "a bank entry or a voucher is needed, one of them")
	case x.Args["entry"] != "":
		by = x.Args["entry"]
		if entry, err = netEntry(d, by, out, in); err != nil {
			return office.Plan{}, err
		}
	}
	way := office.Plan{Effects: []string{partner + " " + month.String() + d.Say("：", ": ") + d.SideWord(netWords(out, in))}}
	way.Apply = func() error {
		head := ledger.Head{Date: int(d.Date), Partner: partner, Memo: month.String() + " " + by}
		if err := d.Book(ledger.TieNetting(head, out, in)); err != nil {
			return err
		}
		for direction, amount := range map[code.Direction]money.Fen{code.Out: out, code.In: in} {
			line := exchange.NettingLine{
				Month: month, Partner: partner, Source: NettingTied, Direction: string(direction), LetterNo: by, FormNo: strconv.Itoa(ties), Amount: amount,
			}
			if err := d.Tx.PutNettingLine(line); err != nil {
				return err
			}
		}
		if err := toTie(d, partner, month, false); err != nil || entry == nil {
			return err
		}
		return netPaid(d, *entry)
	}
	return way, nil
}

// NettingRests says why a month's net sum is about to change: the annulment of a
// case in it is proposed or under way, or our statement lags behind our forms.
// Were it tied now, one side would have settled what the other annuls.
func NettingRests(d *office.Desk, partner string, month calendar.Month) error {
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
	stated, err := nettingLines(d, month, partner, NettingOurs)
	if err != nil {
		return err
	}
	now, err := d.Tx.NettedForms(partner, month)
	if err != nil {
		return err
	}
	current := map[string]money.Fen{}
	for _, l := range now {
		current[lineKey(l.Direction, l.FormNo)] = max(l.Amount, 0)
	}
	if !sameLines(stated, current) {
		return office.Undecidable("本方对账单有变更尚未发出，待下次运行后再结算", "our statement has changed and is not sent yet: tie the month after the next run")
	}
	return nil
}

// nettingAgreed reports whether both statements of a month are here and agree.
func nettingAgreed(d *office.Desk, partner string, month calendar.Month) (bool, error) {
	ours, err := nettingLines(d, month, partner, NettingOurs)
	if err != nil || ours == nil {
		return false, err
	}
	theirs, err := nettingLines(d, month, partner, NettingTheirs)
	if err != nil || theirs == nil {
		return false, err
	}
	return sameLines(ours, theirs), nil
}

// sameLines reports whether two statements say the same; a line that one of
// them does not have is one of nothing.
func sameLines(a, b map[string]money.Fen) bool {
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

// netEntry finds the bank entry of a net sum: nobody's yet, of exactly that
// amount, out when we owe and in when they do.
func netEntry(d *office.Desk, key string, out, in money.Fen) (*exchange.BankEntry, error) {
	e, err := d.Tx.BankEntry(key)
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
		return nil, office.Undecidable("该笔流水已认领或金额、方向不符："+office.SignedAmount(e), "the entry is not unmatched, or not of the net sum: "+office.SignedAmount(e)+"; "+netWords(out, in))
	}
	return &e, nil
}

// netPaid ties the entry of a net sum. A credit is no remittance: the netting
// stands for it in the ledger.
func netPaid(d *office.Desk, e exchange.BankEntry) error {
	if e.Credit {
		received := ledger.Receive(ledger.Head{Date: int(d.Date), Memo: e.Key}, e.Amount)
		if err := d.Book(ledger.Reverse(received, int(d.Date), "net sum")); err != nil {
			return err
		}
	}
	if err := d.CloseDifferencesAbout("money", e.Key); err != nil {
		return err
	}
	return d.SetEntryState(e, exchange.EntryNetted, "", 0)
}
