package demo

import (
	"fmt"
	"strings"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
)

// Each proof says in a sentence how an exception occurred, or returns what
// contradicts that it did. They look where an auditor would: in the journal, the
// stores, the books.

func provedArrears(e *evidence, p *person) (string, error) {
	c, err := e.theCase(p.from, exchange.Out, p, "")
	if err != nil {
		return "", err
	}
	ev, err := e.event(p.from, c.No, "held", string(code.HoldArrears))
	return fmt.Sprintf("held on %s for arrears (%s), accepted on %s after they were paid", ev.On, ev.Why, c.AcceptedOn), err
}

func provedUnknown(e *evidence, p *person) (string, error) {
	c, err := e.theCase(p.from, exchange.Out, p, "")
	if err == nil && (c.State != exchange.Held || (c.Hold != code.HoldAwaitingRegistry && c.Hold != code.HoldOfficersDecision)) {
		err = fmt.Errorf("case %s is %s %s", c.No, c.State, c.Hold)
	}
	return fmt.Sprintf("%s waits since %s: %s", c.No, c.HeldOn, c.HoldText), err
}

func provedAskedAgain(e *evidence, p *person) (string, error) {
	c, err := e.theCase(p.to, exchange.In, p, "")
	if err != nil {
		return "", err
	}
	ev, err := e.event(p.to, c.No, "decline_arrived", string(code.DeclineStillParticipating))
	if err == nil && c.LetterVersion != 2 {
		err = fmt.Errorf("letter version %d", c.LetterVersion)
	}
	return fmt.Sprintf("declined on %s, letter %s version %d sent on %s", ev.On, c.LetterNo, c.LetterVersion, c.LetterOn), err
}

func provedRareName(e *evidence, p *person) (string, error) {
	in, err := e.theCase(p.to, exchange.In, p, "")
	if err != nil {
		return "", err
	}
	out, err := e.theCase(p.from, exchange.Out, p, "")
	if err == nil && (in.Person.Name != p.Name || out.Person.Name != p.Name) {
		err = fmt.Errorf("the names are %q and %q", in.Person.Name, out.Person.Name)
	}
	return fmt.Sprintf("%s reads the same in both stores (%+q)", p.Name, p.Name), err
}

func provedLostCertificate(e *evidence, p *person) (string, error) {
	if len(p.voided) != 1 {
		return "", fmt.Errorf("%d certificates were replaced", len(p.voided))
	}
	old, err := e.tx[p.from].Certificate(p.voided[0])
	if err == nil && old.ReplacedBy != p.certificate {
		err = fmt.Errorf("certificate %s is replaced by %q", old.No, old.ReplacedBy)
	}
	return fmt.Sprintf("%s is void, %s was issued in its place", old.No, p.certificate), err
}

func provedCancelled(e *evidence, p *person) (string, error) {
	c, err := e.theCase(p.to, exchange.In, p, "")
	if err == nil && c.LetterNo == "" {
		err = fmt.Errorf("case %s: the letter was not out", c.No)
	}
	return fmt.Sprintf("letter %s withdrawn on %s before it was accepted", c.LetterNo, c.ClosedOn), err
}

func provedAlreadyTransferred(e *evidence, p *person) (string, error) {
	return provedDecline(e, p, code.DeclineAlreadyTransferred, "")
}

func provedOtherPlaceFirst(e *evidence, p *person) (string, error) {
	return provedDecline(e, p, code.DeclineOtherPlaceFirst, hangzhou)
}

func provedDecline(e *evidence, p *person, why code.Decline, partner string) (string, error) {
	c, err := e.theCase(p.from, exchange.Out, p, partner)
	if err == nil && c.Decline != why {
		err = fmt.Errorf("case %s: declined for %q", c.No, c.Decline)
	}
	return fmt.Sprintf("letter %s of %s declined: %s", c.LetterNo, c.Partner, c.Decline), err
}

func provedThirdPlace(e *evidence, p *person) (string, error) {
	third := p.Stays[0]
	months := 0
	for _, s := range e.w.cores[p.to].Books.People[p.hereNo].Stays {
		if s.Area == third.Area {
			months += s.Months
		}
	}
	if months != third.Months() {
		return "", fmt.Errorf("%d of %d months of %s are counted", months, third.Months(), third.Area)
	}
	return fmt.Sprintf("the %d months in %s came through the form of %s", months, third.Area, p.from), nil
}

func provedOverlapping(e *evidence, p *person) (string, error) {
	c, f, err := e.form(p, func(f exchange.Form) bool { return f.MonthsOverlapping == 3 })
	return fmt.Sprintf("%s: %d months credited, %d counted here already", c.No, f.MonthsCredited, f.MonthsOverlapping), err
}

func provedCorrected(e *evidence, p *person) (string, error) {
	c, f, err := e.form(p, func(f exchange.Form) bool { return f.Version == 2 && f.Nature == exchange.NatureCorrected })
	if err != nil {
		return "", err
	}
	undone := 0
	postings, err := e.tx[p.to].PostingsByCase(c.No)
	for _, k := range postings {
		if k.State == exchange.PostingUndone {
			undone++
		}
	}
	if undone == 0 {
		return "", fmt.Errorf("case %s: nothing was undone", c.No)
	}
	return fmt.Sprintf("form %s version 2 replaced version 1, %d months credited anew", f.No, f.MonthsCredited), err
}

func provedSupplement(e *evidence, p *person) (string, error) {
	c, f, err := e.form(p, func(f exchange.Form) bool { return f.Nature == exchange.NatureSupplement })
	if err == nil && (f.Amount == 0 || f.Credited != f.Amount || f.MonthsCredited != 1) {
		err = fmt.Errorf("case %s: supplement of %s credited %s and %d months", c.No, f.Amount, f.Credited, f.MonthsCredited)
	}
	return fmt.Sprintf("form %s added %d month and %s to %s", f.No, f.MonthsCredited, f.Credited, f.OfForm), err
}

func provedMoneyWord(word string) func(*evidence, *person) (string, error) {
	return func(e *evidence, p *person) (string, error) {
		_, f, err := e.form(p, func(f exchange.Form) bool { return f.Money == word })
		return fmt.Sprintf("form %s says %s, %s", f.No, f.Money, f.Amount), err
	}
}

func provedZero(e *evidence, p *person) (string, error) {
	return provedMoneyWord(exchange.MoneyZERO)(e, p)
}

func provedNetted(e *evidence, p *person) (string, error) {
	return provedMoneyWord(exchange.MoneyNETTED)(e, p)
}

func provedPaidToPerson(e *evidence, p *person) (string, error) {
	c, f, err := e.form(p, func(f exchange.Form) bool { return f.Money == exchange.MoneyPAIDTOPERSON })
	if err != nil || p.card == "" {
		return "", fmt.Errorf("no payment: %w", err)
	}
	paid := e.w.banks[p.from].Accounts[p.card].Balance
	if paid != f.Amount || paid == 0 {
		return "", fmt.Errorf("case %s: %s of %s are on the card", c.No, paid, f.Amount)
	}
	return fmt.Sprintf("%s stand on the person's own card", paid), nil
}

func provedReturned(e *evidence, p *person) (string, error) {
	c, parts, err := e.outParts(p)
	if err != nil {
		return "", err
	}
	if len(parts) != 1 || parts[0].Attempts != 2 || parts[0].Track != exchange.MoneySettled {
		return "", fmt.Errorf("case %s: %+v", c.No, parts)
	}
	first, err := e.tx[p.from].Payment(c.LetterNo + "-1-1")
	return fmt.Sprintf("%s came back (%s), %s settled with letter version %d", first.Ref, said(first.Reason), parts[0].Ref, c.LetterVersion), err
}

func provedBalanceChanged(e *evidence, p *person) (string, error) {
	c, f, err := e.form(p, func(exchange.Form) bool { return true })
	if err == nil && f.Amount <= p.Total() {
		err = fmt.Errorf("case %s: extract %s, debit %s", c.No, p.Total(), f.Amount)
	}
	return fmt.Sprintf("the extract said %s, the core debited %s", p.Total(), f.Amount), err
}

func provedRefusedByCore(e *evidence, p *person) (string, error) {
	c, err := e.theCase(p.from, exchange.Out, p, "")
	if err != nil {
		return "", err
	}
	postings, err := e.tx[p.from].PostingsByCase(c.No)
	for _, k := range postings {
		if k.Row == exchange.PostEnd && k.State == exchange.PostingRefused && k.Code == outside.CoreClaims {
			return fmt.Sprintf("%s refused: %s %s; the case is %s", k.No, k.Code, k.Text, c.State), err
		}
	}
	return "", fmt.Errorf("case %s: no refusal: %w", c.No, err)
}

func provedMoneyFirst(e *evidence, p *person) (string, error) {
	c, f, err := e.form(p, func(exchange.Form) bool { return true })
	if err != nil {
		return "", err
	}
	entries, err := e.tx[p.to].BankEntriesByCase(c.No)
	if err != nil || len(entries) == 0 || entries[0].SeenOn >= f.ReceivedOn {
		return "", fmt.Errorf("case %s: form received on %s, money %+v: %w", c.No, f.ReceivedOn, entries, err)
	}
	return fmt.Sprintf("%s came on %s, the form on %s", entries[0].Amount, entries[0].SeenOn, f.ReceivedOn), nil
}

func provedWorkbooks(e *evidence, p *person) (string, error) {
	in, err := e.file(p.from, store.FileFilter{Dir: exchange.In, Party: p.to, Kind: formats.KindLetter}, isWorkbook)
	if err != nil {
		return "", err
	}
	out, err := e.file(p.from, store.FileFilter{Dir: exchange.Out, Party: p.to, Kind: formats.KindForm}, isWorkbook)
	return in.Name + " came, " + out.Name + " went back", err
}

func isWorkbook(f exchange.File) bool {
	return f.Carrier == "xlsx" && strings.HasSuffix(f.Name, ".xlsx")
}

func provedLump(e *evidence, p *person) (string, error) {
	c, err := e.theCase(p.from, exchange.Out, p, "")
	if err != nil {
		return "", err
	}
	payments, err := e.tx[p.from].PaymentsByCase(c.No)
	for _, pay := range payments {
		if pay.Lump && len(pay.Items) == 2 {
			return fmt.Sprintf("%s paid %s for %d persons", pay.Ref, pay.Amount, len(pay.Items)), err
		}
	}
	return "", fmt.Errorf("case %s: no lump sum: %w", c.No, err)
}

func provedBadRecords(e *evidence, _ *person) (string, error) {
	f, err := e.file(suzhou, store.FileFilter{Dir: exchange.In, Party: suzhou + "p", Kind: formats.KindApplication}, func(f exchange.File) bool {
		return f.Verdict == code.FilePartly && f.Refused == 2
	})
	return fmt.Sprintf("%s: %d records accepted, %d refused", f.Name, f.Accepted, f.Refused), err
}

func provedTwice(e *evidence, _ *person) (string, error) {
	f, err := e.file(suzhou, store.FileFilter{Dir: exchange.In, Party: suzhou + "p", States: []exchange.FileState{exchange.FileDuplicate}},
		func(exchange.File) bool { return true })
	return f.Name + " came a second time and was recognised", err
}

func provedGap(e *evidence, _ *person) (string, error) {
	named := ""
	for _, r := range e.w.portals[suzhou].Box.Receipts {
		if r.Code == code.SequenceGap {
			named = r.File
		}
	}
	gaps, err := e.tx[suzhou].SequenceGaps(exchange.In, suzhou+"p", formats.KindApplication)
	if err != nil || named == "" || len(gaps) > 0 {
		return "", fmt.Errorf("receipt about %q, gaps left %v: %w", named, gaps, err)
	}
	return "the receipt to " + named + " named the gap, which is filled now", nil
}

func provedDown(e *evidence, p *person) (string, error) {
	if e.d.downAs == "" {
		return "", fmt.Errorf("%s was never down", suzhou)
	}
	line, _, _ := strings.Cut(e.d.downAs, "\n")
	return fmt.Sprintf("%s in the night of working day %d: %s", p.to, downDay+1, line), nil
}

// said are the words of a reason.
func said(why code.Phrase) string {
	return why.Words(code.English, exchange.Listed(code.English, exchange.Turns()))
}
