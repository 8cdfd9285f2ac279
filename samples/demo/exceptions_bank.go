package demo

import (
	"fmt"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/formats/iso20022"
)

// aboutBanks adds those to whom a bank does what banks do: it refuses a
// transfer, gives one back nights later, tells a credit twice, and states the day.
func (c *cast) aboutBanks() {
	rejected := c.one("payment rejected", suzhou, shanghai, 2, func(p *person) { p.proof = provedRejected }, applyCertified()...)
	late := c.one("", shanghai, suzhou, 2, nil, applyAlone()...)
	twice := c.one("notice twice", shanghai, suzhou, 2, func(p *person) { p.proof = provedToldTwice }, applyAlone()...)
	c.one("day proved", suzhou, shanghai, 2, func(p *person) { p.proof = provedDay }, applyCertified()...)
	old, young := c.w.banks[suzhou], c.w.banks[shanghai]
	if old == nil || young == nil {
		return
	}
	old.Quirks.Refuse = once(func(t outside.Transfer) bool { return isAbout(t.Text, rejected) }, "AC04", "收款账户状态异常，请核实后重新提交")
	giveBack := once(func(t outside.Transfer) bool { return isAbout(t.Text, late) }, "AC01", "户名与账号不符")
	old.Quirks.GiveBack = func(t outside.Transfer) (string, string, int) {
		code, text := giveBack(t)
		return code, text, 1 // a night later than what is given back at once
	}
	old.Quirks.TellTwice = func(account string) bool {
		for _, e := range old.ToTell(account) {
			if e.Credit && isAbout(e.Text, twice) {
				twice.toldTwice++
				return true
			}
		}
		return false
	}
}

// isAbout reports whether a remittance text names the person.
func isAbout(text string, p *person) bool {
	_, idNo := iso20022.ParseRemittance(text)
	return idNo == p.IDNo
}

// once gives a reason for the first transfer that fits, and none afterwards.
func once(fits func(outside.Transfer) bool, code, text string) func(outside.Transfer) (string, string) {
	done := false
	return func(t outside.Transfer) (string, string) {
		if done || !fits(t) {
			return "", ""
		}
		done = true
		return code, text
	}
}

func provedRejected(e *evidence, p *person) (string, error) {
	c, parts, err := e.outParts(p)
	if err != nil {
		return "", err
	}
	first, err := e.tx[p.from].Payment(c.LetterNo + "-1-1")
	if err == nil && (len(parts) != 1 || parts[0].Attempts != 2 || parts[0].Track != exchange.MoneySettled || first.BankRef != "") {
		err = fmt.Errorf("case %s: %+v", c.No, parts)
	}
	return fmt.Sprintf("%s was refused (%s), %s settled", first.Ref, said(first.Reason), parts[0].Ref), err
}

func provedToldTwice(e *evidence, p *person) (string, error) {
	c, err := e.theCase(p.to, exchange.In, p, "")
	if err != nil {
		return "", err
	}
	entries, err := e.tx[p.to].BankEntriesByCase(c.No)
	if err == nil && (p.toldTwice == 0 || len(entries) != 1) {
		err = fmt.Errorf("case %s: told twice %d times, %d entries", c.No, p.toldTwice, len(entries))
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s of %s came in two messages and is booked once", entries[0].Ref, entries[0].Amount), nil
}

func provedDay(e *evidence, p *person) (string, error) {
	account := e.w.agencyOf(p.from).settings.Accounts.Payer.AccountNo
	days, err := e.tx[p.from].BankDays(account, firstDay)
	for _, d := range days {
		if d.State != exchange.DayProved {
			err = fmt.Errorf("%s on %s: %s %+v", account, d.Day, d.State, d.Faults)
		}
	}
	if err == nil && len(days) == 0 {
		err = fmt.Errorf("no statement of %s", account)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d statements of %s, from %s to %s: opening, bookings and closing agree", len(days), account, days[0].Day, days[len(days)-1].Day), nil
}

func (w *world) agencyOf(code string) *agency {
	for _, a := range w.agencies {
		if a.code == code {
			return a
		}
	}
	return nil
}
