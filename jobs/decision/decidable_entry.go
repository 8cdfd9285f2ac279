package decision

import (
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/jobs/bank"
	"carryover/jobs/office"
)

// EachEntry walks the bank entries that belong to nobody, those that are in doubt, and the
// credits whose refund waits without a case.
func EachEntry(d *office.Desk, emit func(exchange.BankEntry, exchange.Todo) error) error {
	one := func(b exchange.BankEntry) error {
		if open, err := stillOpen(d, b); err != nil || !open {
			return err
		}
		t, err := openEntry(d, b)
		if err != nil {
			return err
		}
		return emit(b, t)
	}
	if err := d.Tx.EachUnmatchedEntry(one); err != nil {
		return err
	}
	doubtful, err := d.Tx.DoubtfulEntries("", 10000101, 99991231)
	if err != nil {
		return err
	}
	for _, b := range doubtful {
		if err := one(b); err != nil {
			return err
		}
	}
	waiting, err := refundsWaiting(d)
	if err != nil {
		return err
	}
	for _, f := range waiting {
		if f.CaseNo != "" || f.EntryKey == "" {
			continue
		}
		b, err := d.Tx.BankEntry(f.EntryKey)
		if err != nil {
			return err
		}
		if b.State != exchange.EntryUnmatched { // those had their row above
			if err := one(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// stillOpen reports whether something is to be decided about an entry. A credit
// stays open until its money has a place; a debit stays unmatched for ever when
// its difference was explained and accepted, and has no row any more.
func stillOpen(d *office.Desk, b exchange.BankEntry) (bool, error) {
	if b.Credit || b.State == exchange.EntryDoubtful {
		return true, nil
	}
	named, err := d.Tx.DifferencesAbout("money", code.Text(b.Key))
	return len(named) > 0, err
}

// entryWords say what is the matter with an entry, and what to do about it. The
// bank's text is masked: people write ID numbers into it.
func entryWords(d *office.Desk, b exchange.BankEntry, ours bool) (what, todo string) {
	text := identity.MaskIn(b.Said())
	switch {
	case b.State == exchange.EntryDoubtful:
		return d.Sayf("存疑未记，附言不同：%s（可能重复通知 %s）", "in doubt, not booked: %s (it may tell %s again, in other words)", text, b.Repeats),
			d.Say("当日对账单到达后自行判定；急用时问清银行，确认为新入账或重复通知。",
				"The day's statement decides; or ask the bank, and say whether it is another one or a repetition.")
	case !b.Credit:
		return d.Sayf("扣款未找到对应付款：%s", "debited for no payment that is known: %s", text),
			d.Say("对应到本方付款；不是的，查明后核销差异。", "Match the payment; else find out why and accept the difference.")
	case ours && b.Order != "":
		return d.Sayf("整批付款 %s 的冲回，扣款尚未到达：%s", "takes back payment file %s, whose debit is not here yet: %s", b.Order, text),
			d.Say("扣款到达后自行入账；逾期未到的，向银行查明。", "It is booked when the debit is here; past the limit, ask the bank.")
	case ours:
		return d.Sayf("到账写有本方付款编号：%s", "names a payment of ours: %s", text),
			d.Say("向银行查明：确为退汇的确认（is-return），其他来款认领或退款。", "Ask the bank: say that it is the payment's return (is-return), or match it or pay it back.")
	case b.ReturnCode != "" || b.Reversal:
		return d.Sayf("退回款项，未找到原付款：%s", "came back, it is not known for which payment: %s", text),
			d.Say("查明后确认为哪笔付款的退汇。", "Find out, and say which payment came back (is-return).")
	}
	return d.Sayf("到账待认领：%s", "belongs to no case: %s", text), d.Say("认领到办件，或退款。", "Match it to a case, or pay it back.")
}

// openEntry is the item of a bank entry: what it is, the cases proposed for it by
// matching, and what can be decided.
func openEntry(d *office.Desk, b exchange.BankEntry) (t exchange.Todo, err error) {
	ours, err := bank.WaitsAsReturn(d, b)
	if err != nil {
		return t, err
	}
	what, todo := entryWords(d, b, ours)
	t = exchange.Todo{
		About: exchange.AboutEntry, No: b.Key, Who: office.OneLine(strings.TrimSpace(b.Counterpart+" "+b.CounterAcct), 200),
		Amount: b.Amount, Since: b.BookedOn, What: office.OneLine(what, 400), Do: todo,
	}
	proposals, err := d.Tx.DifferencesAbout("proposal", code.Text(b.Key))
	if err != nil {
		return t, err
	}
	for _, p := range proposals {
		t.What = office.OneLine(t.What+d.Say("；", "; ")+d.SideWord(p.Ours), 500)
	}
	refundWaits := b.State == exchange.EntryRefund
	if refundWaits {
		t.What, t.Do = d.Sayf("退款待处理", "its refund waits"), d.Sayf("核实账户后重新付款。", "Confirm the account, pay again.")
	}
	t.Stamp = fmt.Sprintf("%s %s %v", b.State, b.Amount, len(proposals))
	unmatched := b.Credit && b.State == exchange.EntryUnmatched
	t.Decisions, err = offers(d, subject{kind: exchange.AboutEntry, no: b.Key, entry: b}, func(r exchange.Rule) bool {
		switch r.Action {
		case exchange.ActIsNew, exchange.ActIsRepeat:
			return b.State == exchange.EntryDoubtful
		case exchange.ActMatch, exchange.ActSplit, exchange.ActRefund:
			return unmatched
		case exchange.ActMatchPayment:
			return !b.Credit && b.State == exchange.EntryUnmatched
		case exchange.ActIsReturn:
			return unmatched
		case exchange.ActNotATransfer:
			return b.State == exchange.EntryUnmatched
		case exchange.ActConfirmAccount:
			return unmatched || refundWaits
		case exchange.ActAllowCap, exchange.ActTakeBack:
			return refundWaits
		}
		return true
	})
	return t, err
}
