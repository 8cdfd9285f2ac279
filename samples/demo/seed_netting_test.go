package demo

import (
	"errors"
	"fmt"
	"strings"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// counterOrder is the order of a transfer that no file asked for: a net sum
// that finance pays at the bank's counter.
const counterOrder = "NET"

// byVoucher reports how both agencies settle a month: by a voucher of the
// treasury, or by a transfer that each finds in its accounts.
func (l *life) byVoucher(month string) bool { return (l.seed+uint64(month[len(month)-1]))%2 == 0 }

// tieNetting is finance, who settles the months on which both statements agree.
func (h *house) tieNetting() error {
	if !h.l.stage.netted {
		return nil
	}
	var open []exchange.Difference
	err := h.view(func(tx *store.Tx) (err error) {
		open, err = tx.Differences(true)
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range open {
		month, isSum := d.Subject.Arg(0), d.Subject.Is("net-sum")
		if d.Kind != "netting" || !isSum || strings.Contains(d.Ours.String(), `"-`) {
			continue // of a month of which too much was tied, the two offices speak with each other first
		}
		if err := h.tie(month, d.Partner, d.Ours); err != nil {
			return err
		}
	}
	return nil
}

// tie settles a month: net says who owes whom.
func (h *house) tie(month, partner string, net code.Phrase) error {
	l := h.l
	owes, sum := net.Is("net-we-owe"), net.Arg(0)
	amount, err := money.Parse(sum)
	if err != nil {
		return err
	}
	if net.Is("net-even") {
		return h.decide(exchange.ActTieNetting, month, map[string]string{"partner": partner, "voucher": "轧差凭证-" + month})
	}
	if l.byVoucher(month) {
		return h.decide(exchange.ActTieNetting, month, map[string]string{"partner": partner, "voucher": "轧差凭证-" + month})
	}
	if key := month + " " + sum; owes && !l.netPaid[key] {
		rests, err := h.couldTie(month, partner)
		if !rests || err != nil {
			return err
		}
		l.netPaid[key] = true
		return h.payAtCounter(month, partner, amount)
	}
	entry, err := h.netEntry(month, amount, owes)
	if err != nil || entry == "" {
		return err
	}
	l.occur("netting tied to an entry")
	return h.decide(exchange.ActTieNetting, month, map[string]string{"partner": partner, "entry": entry})
}

// couldTie reports whether the month could be tied as it stands: finance pays
// nothing before.
func (h *house) couldTie(month, partner string) (bool, error) {
	h.env.Date = h.l.w.today
	_, err := h.env.PrepareDecision(h.l.ctx, exchange.Decision{
		Action: exchange.ActTieNetting, Subject: month, Reason: "试算", Officer: h.finance.officer.Name, On: h.l.w.today,
		Args: map[string]string{"partner": partner, "voucher": "试算"},
	})
	if errors.Is(err, exchange.ErrDecision) {
		return false, nil
	}
	return err == nil, err
}

// payAtCounter lets the bank transfer a net sum that no payment file asks for.
func (h *house) payAtCounter(month, partner string, amount money.Fen) error {
	l := h.l
	payer, accounts := h.settings.Accounts.Payer, l.houseOf(partner).settings.Accounts.Own
	to := accounts[len(accounts)-1]
	l.tell("%s: finance pays %s of %s at the counter", h.code, amount, month)
	l.w.banks[h.code].PayAtCounter(outside.Transfer{
		Order: counterOrder, EndToEnd: fmt.Sprintf("%s-%s-%d", counterOrder, month, amount), Amount: amount, Text: month + " 轧差",
		Debtor:   iso20022.Account{Name: payer.Holder, Number: payer.AccountNo, Bank: payer.Bank, CNAPS: payer.CNAPS},
		Creditor: iso20022.Account{Name: to.Holder, Number: to.AccountNo, Bank: to.Bank, CNAPS: to.CNAPS},
	})
	return nil
}

// netEntry finds the entry of a net sum at the own bank; "" before it is told.
func (h *house) netEntry(month string, amount money.Fen, debit bool) (key string, err error) {
	err = h.view(func(tx *store.Tx) error {
		return tx.EachUnmatchedEntry(func(b exchange.BankEntry) error {
			if b.Credit != debit && b.Amount == amount && strings.HasPrefix(b.Text, month) {
				key = b.Key
			}
			return nil
		})
	})
	return key, err
}

// nettedBetween is what the cores of the two agencies credited without a bank
// credit: the balances that they net between themselves.
func (l *life) nettedBetween(e *evidence) (sum money.Fen, err error) {
	for _, h := range l.houses {
		tx := e.tx[h.code]
		err := tx.EachCase(store.CaseFilter{Side: exchange.In}, func(c exchange.Case) error {
			forms, err := tx.FormsByCase(c.No)
			for _, f := range forms {
				if f.Current && f.Money == exchange.MoneyNETTED {
					sum += f.Credited
				}
			}
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// proveNetting: a month on which both agree is tied, or is about to be.
func (l *life) proveNetting(e *evidence) error {
	for _, h := range l.houses {
		if !l.stage.netted {
			return nil
		}
		partner := suzhou
		if h.code == suzhou {
			partner = shanghai
		}
		month := firstDay.Month()
		ours, err := e.tx[h.code].NettingLines(month, partner, "ours")
		if err != nil {
			return err
		}
		theirs, err := e.tx[h.code].NettingLines(month, partner, "theirs")
		if err != nil {
			return err
		}
		if len(ours) == 0 || len(theirs) == 0 {
			l.fault("%s: statements of %s: %d lines of ours, %d of %s", h.code, month, len(ours), len(theirs), partner)
		}
		for _, n := range ours {
			if n.FormNo != "" {
				l.occur("netted " + string(code.Direction(n.Direction)))
			}
		}
	}
	return nil
}
