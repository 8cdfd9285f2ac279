// Package transfer is what each record and each answer of the core means for
// a case: applications, letters, forms, declines, advices, completions,
// cancellations, queries, payees, registry and posting results; and the track
// that each part of its money is on, on both sides.
//
// What cannot be answered yet waits, and new information ends the wait (Rejudge):
// a letter about somebody who is not in the registry holds its case until an
// extract has the person, or an officer accepts the decline that is proposed
// (intake, decision). A credit of nobody waits in bank; a letter that we issue, a
// form (Requeue) or an advice that names what it named makes it due again.
//
// A function takes the desk or the case that it works on; the domain decides what
// state follows and what must go out, and case, journal, ledger and outgoing
// records change in the desk's one transaction. It makes no payment (payment),
// reads no message of a bank (bank) and opens no file (intake, courier).
package transfer

import (
	"cmp"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Letter works a contact letter at the old place (SPEC 2.4). The first version
// opens a case. A letter that is declined or held is accepted as a record: the
// verdict on the record is about its form, the decline is an answer of its own.
func Letter(d *office.Desk, rec *formats.Letter) (office.Outcome, error) {
	if rec.FromAgency != d.Agency.Code {
		return office.Refused(code.WrongAgency, "from_agency", "不是发给本机构的 / not addressed to us"), nil
	}
	if rec.To.Code != d.File.Party {
		return office.Refused(code.WrongAgency, "to_code", "与发送方不符 / not the sender"), nil
	}
	if len(rec.LetterNo) != 20 || strings.Trim(rec.LetterNo, "0123456789") != "" {
		return office.Refused(code.Malformed, "letter_no", "应为发函机构区划代码、日期和6位顺序号，共20位数字 / area code, yyyymmdd and 6 digits are expected"), nil
	}
	l := letterOf(rec)
	l.ReceivedOn = d.File.Seen
	c, err := d.Tx.CaseByLetter(exchange.Out, l.No)
	var o office.Outcome
	switch {
	case office.IsNotFound(err):
		o, err = firstLetter(d, l)
	case err == nil:
		o, err = nextLetter(d, d.OpenCase(c), l)
	}
	if other := otherBank(d, l); o.Verdict == code.Accepted && !other.IsZero() {
		o.Field, o.Text = "bank_name", office.Clip(d.InBoth(other), 500)
	}
	return o, err
}

// otherBank warns of a bank that a letter names otherwise than it is registered, the
// account being the registered one: what is paid says what is registered.
func otherBank(d *office.Desk, l exchange.Letter) code.Phrase {
	name := exchange.OtherBank(d.Partners[l.To].Accounts, l.Account)
	if name == "" {
		return code.Phrase{}
	}
	return code.Say("bank-named-otherwise", l.Account.Bank, name)
}

// firstLetter opens a case for version 1 of a letter, and judges it unless it was
// cancelled before it came. A later version without the first is held or refused.
func firstLetter(d *office.Desk, l exchange.Letter) (office.Outcome, error) {
	if l.Version != 1 {
		return holdOrRefuseUnknown(d, code.UnknownLetter, "version")
	}
	c, err := d.NewCase(exchange.Case{
		Side: exchange.Out, Partner: l.To, State: exchange.Requested, Person: l.Person, Household: l.Household,
		SchemeFrom: l.SchemeFrom, SchemeTo: l.SchemeTo, LetterNo: l.No, CertificateNo: l.CertificateNo,
	})
	if err != nil {
		return office.Outcome{}, err
	}
	waits, err := cancellationPending(d, l.No)
	if err != nil {
		return office.Outcome{}, err
	}
	if waits { // cancelled before it was judged
		if err := storeLetter(c, l); err != nil {
			return office.Outcome{}, err
		}
		return office.Accepted(), c.Save()
	}
	return office.Accepted(), receiveLetter(c, l)
}

// nextLetter takes version n+1: after a decline it reopens the case, before
// acceptance it replaces the letter, afterwards only account and contact may differ.
func nextLetter(d *office.Desk, c *office.Case, l exchange.Letter) (office.Outcome, error) {
	if l.Version > c.LetterVersion+1 && c.Partner == l.To {
		return holdOrRefuseUnknown(d, code.UnknownLetter, "version") // the version before may still come
	}
	if l.Version != c.LetterVersion+1 || c.Partner != l.To {
		return office.Refused(code.NotAllowedInState, "version", "应为下一版本 / the next version is expected"), nil
	}
	switch c.Effective() {
	case exchange.Declined:
		return reopen(d, c, l)
	case exchange.Requested:
		if l.Person.IDKey != c.Person.IDKey && !l.Person.SameName(c.Person) {
			return office.Refused(code.PersonDiffers, "id_no", "新版本所列不是同一人 / another person than in the version before"), nil
		}
		c.Person, c.SchemeFrom, c.SchemeTo, c.CertificateNo = l.Person, l.SchemeFrom, l.SchemeTo, l.CertificateNo
		return office.Accepted(), receiveLetter(c, l)
	case exchange.Cancelled, exchange.Void:
		return office.Refused(code.NotAllowedInState, "", "办件已终结 / the case has ended"), nil
	}
	return changeAccount(d, c, l)
}

// reopen takes the version n+1 that follows a decline: the case is requested
// again, with the letter's person and schemes, and its limit starts anew (SPEC
// 2.4). Once a death was liquidated there is nothing left to transfer.
func reopen(d *office.Desk, c *office.Case, l exchange.Letter) (office.Outcome, error) {
	liquidated, err := deathLiquidated(c)
	if err != nil {
		return office.Outcome{}, err
	}
	if liquidated {
		return office.Refused(code.NotAllowedInState, "", "已按死亡处理 / the heirs are being paid"), nil
	}
	c.Person, c.SchemeFrom, c.SchemeTo, c.CertificateNo = l.Person, l.SchemeFrom, l.SchemeTo, l.CertificateNo
	c.Decline = ""
	if err := c.Move(exchange.LetterReopened, code.Say("next-letter"), nil); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), receiveLetter(c, l)
}

// receiveLetter stores a letter version and judges it.
func receiveLetter(c *office.Case, l exchange.Letter) error {
	if err := storeLetter(c, l); err != nil {
		return err
	}
	return judge(c, l)
}

// storeLetter stores a letter version and makes it the case's current one.
func storeLetter(c *office.Case, l exchange.Letter) error {
	l.CaseNo = c.No
	c.LetterVersion, c.LetterOn = l.Version, l.ReceivedOn
	if err := c.OnceStored(func() error { return c.Tx.InsertLetter(l) }); err != nil {
		return err
	}
	return c.Note("letter_received", otherBank(c.Desk, l), map[string]any{"letter_no": l.No, "version": l.Version})
}

// judge applies SPEC 2.4 to the current letter and does what follows: a hold, a
// decline, or acceptance with the first postings. Rejudge calls it again for a
// case on hold, so that the reminder of arrears goes out only when that hold
// begins, not every night.
func judge(c *office.Case, l exchange.Letter) error {
	facts, err := LetterFacts(c, l)
	if err != nil {
		return err
	}
	opinion := exchange.JudgeLetter(l, facts, c.RuleProfile())
	record, registered := recordOf(l, facts)
	if opinion.Do == exchange.Wait {
		reminded := c.State == exchange.Held && c.Hold == code.HoldArrears
		if err := c.PutOnHold(opinion.Hold, opinion.Text); err != nil {
			return err
		}
		if opinion.Hold == code.HoldArrears && !reminded {
			if err := notice.Notify(c, code.MilestoneArrears, notice.ArrearsNews(record, notice.VariantArrears)); err != nil {
				return err
			}
		}
		return c.Save()
	}
	if err := c.Resume(code.Say("reason-ended")); err != nil {
		return err
	}
	if registered {
		c.PersonalNo = record.PersonalNo
	}
	if opinion.Do == exchange.Refuse {
		err = DeclineLetter(c, opinion, l)
	} else {
		err = AcceptLetter(c, record)
	}
	if err != nil {
		return err
	}
	return c.Save()
}

// recordOf is the registry record that a letter is about, as exchange.JudgeLetter
// chose it; false when the registry has none.
func recordOf(l exchange.Letter, f exchange.LetterFacts) (exchange.RegistryPerson, bool) {
	named := ""
	if f.Certificate != nil {
		named = f.Certificate.PersonalNo
	}
	r, _, ok := exchange.FindRecord(f.Registry, l.SchemeFrom, l.OldPersonalNo, named)
	return r, ok
}

// LetterFacts reads what a letter is judged by: the registry's records of the
// person, the certificate it names, rival cases that come before it, and the
// partner's accounts, registered or confirmed for this case by an officer.
func LetterFacts(c *office.Case, l exchange.Letter) (f exchange.LetterFacts, err error) {
	f.Days = c.Days()
	f.Accounts, f.Settlement = c.Partners[c.Partner].Accounts, c.Partners[c.Partner].Settlement
	if !c.Fresh { // an officer may have confirmed the account of a case that waits
		confirmed, err := c.ConfirmedAccounts(c.No)
		if err != nil {
			return f, err
		}
		f.Confirmed = slices.ContainsFunc(confirmed, func(a exchange.Account) bool {
			a.Holder = cmp.Or(a.Holder, l.Account.Holder)
			return a.Is(l.Account)
		})
	}
	if f.Registry, err = c.Tx.RegistryByID(l.Person.IDKey); err != nil {
		return f, err
	}
	cases, err := c.Tx.CasesByPerson(l.Person.IDKey)
	if err != nil {
		return f, err
	}
	for _, other := range cases {
		if other.Side == exchange.Out && other.No != c.No && precedes(other, c.Case) {
			f.Rivals = append(f.Rivals, other)
		}
	}
	if l.CertificateNo != "" {
		cert, err := c.Tx.Certificate(l.CertificateNo)
		if err == nil {
			f.Certificate = &cert
		} else if !office.IsNotFound(err) {
			return f, err
		}
	}
	return f, nil
}

// precedes reports whether a rival comes before a case: it got further than
// requested, or it waits as well and came first. Case numbers grow with time.
func precedes(rival, c exchange.Case) bool {
	return rival.Effective() != exchange.Requested || rival.No < c.No
}

// AcceptLetter accepts a letter and asks the core to end and debit. The person is
// reminded of arrears, which keep no transfer back under this profile.
func AcceptLetter(c *office.Case, r exchange.RegistryPerson) error {
	c.AcceptedOn = c.Date
	if err := c.Move(exchange.LetterAccepted, code.Phrase{}, nil); err != nil {
		return err
	}
	if r.ArrearsMonths > 0 || r.Arrears > 0 {
		if err := notice.Notify(c, code.MilestoneArrears, notice.ArrearsNews(r, "")); err != nil {
			return err
		}
	}
	return requestEndAndDebit(c, "转出 "+c.Partner)
}

// changeAccount takes a letter version after acceptance, which may differ in
// account and contact alone and never changes the state (SPEC 4): payments that
// have not left are voided and made anew, returned ones are due again. With all
// of the money at the bank or paid the version is refused.
func changeAccount(d *office.Desk, c *office.Case, l exchange.Letter) (office.Outcome, error) {
	if c.Wish == exchange.WishVoid {
		return office.Refused(code.NotAllowedInState, "version", "双方已同意作废 / the annulment is agreed"), nil
	}
	old, err := c.Letter()
	if err != nil {
		return office.Outcome{}, err
	}
	if !onlyAccountDiffers(old, l) {
		return office.Refused(code.NotAllowedInState, "version", "受理后只能变更账户和联系方式 / after acceptance only account and contact may change"), nil
	}
	free, err := freePayments(c)
	if err != nil {
		return office.Outcome{}, err
	}
	if !free {
		return office.Refused(code.NotAllowedInState, "account_no", "款项已提交银行 / the payment is with the bank"), nil
	}
	l.CaseNo = c.No
	c.LetterVersion, c.LetterOn = l.Version, l.ReceivedOn
	if err := d.Tx.InsertLetter(l); err != nil {
		return office.Outcome{}, err
	}
	why := []code.Phrase{code.Say("account-changed")}
	if other := otherBank(d, l); !other.IsZero() {
		why = append(why, other)
	}
	if err := c.Note("letter_changed", code.SayAll("list", why), map[string]any{"version": l.Version, "account_no": l.Account.No}); err != nil {
		return office.Outcome{}, err
	}
	if err := payAgain(c, l, code.Say("account-changed-by-partner")); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), c.Save()
}

// onlyAccountDiffers reports whether two versions agree in everything but
// account, contact and remark.
func onlyAccountDiffers(a, b exchange.Letter) bool {
	return a.Person.Same(b.Person) && a.Household == b.Household && a.SchemeFrom == b.SchemeFrom && a.SchemeTo == b.SchemeTo &&
		a.EnrolledFrom == b.EnrolledFrom && a.OldPersonalNo == b.OldPersonalNo && a.CertificateNo == b.CertificateNo && a.AccountMoves == b.AccountMoves
}

// letterOf is the record of a letter in the domain, at the old place.
func letterOf(l *formats.Letter) exchange.Letter {
	return exchange.Letter{
		No: l.LetterNo, Version: l.Version, Side: exchange.Out, Date: l.LetterDate, AcceptedOn: l.AcceptedOn, CertificateNo: l.CertificateNo,
		Person: personOf(l.Person), Household: string(l.Household), SchemeFrom: string(l.SchemeFrom), SchemeTo: string(l.SchemeTo),
		EnrolledFrom: l.EnrolledFrom, OldPersonalNo: l.OldPersonalNo, From: l.FromAgency, To: l.To.Code, AccountMoves: l.AccountMoves,
		Account: exchange.Account{Holder: l.AccountName, Bank: l.BankName, No: l.AccountNo, CNAPS: l.CNAPS},
		Remark:  l.Remark, Echo: l.Echo,
	}
}
