package decision

import (
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// openEntries lists the bank entries that belong to nobody, and refunds
// without a case that wait.
func openEntries(d *office.Desk, pass func(report.Open) error) error {
	one := func(b exchange.BankEntry) error {
		if hasOffer, err := hasOffer(d, b); err != nil || !hasOffer {
			return err
		}
		o, err := openEntry(d, b)
		if err != nil {
			return err
		}
		return pass(o)
	}
	if err := d.Tx.EachUnmatchedEntry(one); err != nil {
		return err
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
		if b.State != exchange.EntryUnmatched {
			if err := one(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// hasOffer reports whether something is to be decided about an entry: a debit
// whose difference was explained and accepted stays as it is.
func hasOffer(d *office.Desk, b exchange.BankEntry) (bool, error) {
	if b.Credit {
		return true, nil
	}
	named, err := d.Tx.DifferencesAbout("money", b.Key)
	return len(named) > 0, err
}

// entryWords say what is the matter with an entry, and what to do about it.
func entryWords(d *office.Desk, b exchange.BankEntry) (what, do string) {
	text := identity.MaskIn(b.Text)
	switch {
	case !b.Credit:
		return d.Sayf("扣款未找到对应付款：%s", "debited for no payment that is known: %s", text), d.Say("对应到本方付款；不是的，查明后核销差异。", "Match the payment; else find out why and accept the difference.")
	case b.ReturnCode != "" || b.Reversal:
		return d.Sayf("退回款项，未找到原付款：%s", "came back, it is not known for which payment: %s", text), d.Say("对应到本方付款。", "Match the payment that came back.")
	}
	return d.Sayf("到账待认领：%s", "belongs to no case: %s", text), d.Say("认领到办件，或退款。", "Match it to a case, or pay it back.")
}

func openEntry(d *office.Desk, b exchange.BankEntry) (o report.Open, err error) {
	what, do := entryWords(d, b)
	o = report.Open{
		About: exchange.AboutEntry, No: b.Key, Who: office.OneLine(strings.TrimSpace(b.Counterpart+" "+b.CounterAcct), 200), Amount: b.Amount, Since: b.BookedOn,
		What: office.OneLine(what, 400), Todo: do,
	}
	proposals, err := d.Tx.DifferencesAbout("proposal", b.Key)
	if err != nil {
		return o, err
	}
	for _, p := range proposals {
		o.What = office.OneLine(o.What+d.Say("；", "; ")+d.SideWord(p.Ours), 500)
	}
	waits := b.State == exchange.EntryRefund
	if waits {
		o.What, o.Todo = d.Sayf("退款待处理", "its refund waits"), d.Sayf("核实账户后重新付款。", "Confirm the account, pay again.")
	}
	o.Stamp = fmt.Sprintf("%s %s %v", b.State, b.Amount, len(proposals))
	open := b.Credit && b.State == exchange.EntryUnmatched
	o.Offers, err = offers(d, subject{kind: exchange.AboutEntry, no: b.Key, entry: b}, func(r exchange.Rule) bool {
		switch r.Action {
		case exchange.ActMatch, exchange.ActSplit, exchange.ActRefund:
			return open
		case exchange.ActMatchPayment:
			return b.State == exchange.EntryUnmatched
		case exchange.ActConfirmAccount:
			return open || waits
		case exchange.ActAllowCap:
			return waits
		}
		return true
	})
	return o, err
}
