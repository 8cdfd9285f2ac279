package jobs

import (
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats"
)

// readAhead reads what the letters among records will be judged by, all at once.
func (d *desk) readAhead(items []item) error {
	a := store.Ahead{Side: exchange.Out}
	for _, it := range items {
		l, ok := it.value.(*formats.Letter)
		if !ok || refusing(it.faults) {
			continue
		}
		a.Letters = append(a.Letters, l.LetterNo)
		a.IDKeys = append(a.IDKeys, identity.Key(l.Person.IDNo))
		if l.CertificateNo != "" {
			a.Certificates = append(a.Certificates, l.CertificateNo)
		}
	}
	return d.tx.ReadAhead(a)
}

// letter works a contact letter at the old place.
func (d *desk) letter(rec *formats.Letter) (outcome, error) {
	if rec.FromAgency != d.Agency.Code {
		return refused(code.WrongAgency, "from_agency", "不是发给本机构的 / not addressed to us"), nil
	}
	if rec.To.Code != d.file.Party {
		return refused(code.WrongAgency, "to_code", "与发送方不符 / not the sender"), nil
	}
	if len(rec.LetterNo) != 20 || strings.Trim(rec.LetterNo, "0123456789") != "" {
		return refused(code.Malformed, "letter_no", "应为发函机构区划代码、日期和6位顺序号，共20位数字 / area code, yyyymmdd and 6 digits are expected"), nil
	}
	l := letterOf(rec)
	l.ReceivedOn = d.file.Seen
	c, err := d.tx.CaseByLetter(exchange.Out, l.No)
	switch {
	case notFound(err):
		return d.firstLetter(l)
	case err != nil:
		return outcome{}, err
	}
	return d.nextLetter(d.open(c), l)
}

func (d *desk) firstLetter(l exchange.Letter) (outcome, error) {
	if l.Version != 1 {
		return d.unknown(code.UnknownLetter, "version")
	}
	c, err := d.openFresh(exchange.Case{
		Side: exchange.Out, Partner: l.To, State: exchange.Requested, Person: l.Person, Household: l.Household,
		SchemeFrom: l.SchemeFrom, SchemeTo: l.SchemeTo, LetterNo: l.No, CertificateNo: l.CertificateNo,
	})
	if err != nil {
		return outcome{}, err
	}
	waits, err := d.cancelWaits(l.No)
	if err != nil {
		return outcome{}, err
	}
	if waits { // cancelled before it was judged
		if err := c.storeLetter(l); err != nil {
			return outcome{}, err
		}
		return accepted(), c.save()
	}
	return accepted(), c.receiveLetter(l)
}

// nextLetter takes version n+1: after a decline it reopens the case, before
// acceptance it replaces the letter, afterwards only account and contact may differ.
func (d *desk) nextLetter(c *casework, l exchange.Letter) (outcome, error) {
	if l.Version > c.LetterVersion+1 && c.Partner == l.To {
		return d.unknown(code.UnknownLetter, "version") // the version before may still come
	}
	if l.Version != c.LetterVersion+1 || c.Partner != l.To {
		return refused(code.NotAllowedInState, "version", "应为下一版本 / the next version is expected"), nil
	}
	switch c.Effective() {
	case exchange.Declined:
		return d.reopen(c, l)
	case exchange.Requested:
		if l.Person.IDKey != c.Person.IDKey && l.Person.NameKey != c.Person.NameKey {
			return refused(code.PersonDiffers, "id_no", "新版本所列不是同一人 / another person than in the version before"), nil
		}
		c.Person, c.SchemeFrom, c.SchemeTo, c.CertificateNo = l.Person, l.SchemeFrom, l.SchemeTo, l.CertificateNo
		return accepted(), c.receiveLetter(l)
	case exchange.Cancelled, exchange.Void:
		return refused(code.NotAllowedInState, "", "办件已终结 / the case has ended"), nil
	}
	return d.changeAccount(c, l)
}

func (d *desk) reopen(c *casework, l exchange.Letter) (outcome, error) {
	inherited, err := c.inherited()
	if err != nil {
		return outcome{}, err
	}
	if inherited {
		return refused(code.NotAllowedInState, "", "已按死亡处理 / the heirs are being paid"), nil
	}
	c.Person, c.SchemeFrom, c.SchemeTo, c.CertificateNo = l.Person, l.SchemeFrom, l.SchemeTo, l.CertificateNo
	c.Decline = ""
	if err := c.move(exchange.LetterReopened, "letter version n+1", nil); err != nil {
		return outcome{}, err
	}
	return accepted(), c.receiveLetter(l)
}

// receiveLetter stores a letter version and judges it.
func (c *casework) receiveLetter(l exchange.Letter) error {
	if err := c.storeLetter(l); err != nil {
		return err
	}
	return c.judge(l)
}

func (c *casework) storeLetter(l exchange.Letter) error {
	l.CaseNo = c.No
	c.LetterVersion, c.LetterOn = l.Version, l.ReceivedOn
	if err := c.then(func() error { return c.tx.InsertLetter(l) }); err != nil {
		return err
	}
	return c.note("letter_received", "", map[string]any{"letter_no": l.No, "version": l.Version})
}

// judge applies SPEC 2.4 to the current letter and does what follows.
func (c *casework) judge(l exchange.Letter) error {
	facts, err := c.letterFacts(l)
	if err != nil {
		return err
	}
	opinion := exchange.JudgeLetter(l, facts, c.rules())
	record, registered := recordOf(l, facts)
	if opinion.Do == exchange.Wait {
		told := c.State == exchange.Held && c.Hold == code.HoldArrears
		if err := c.hold(opinion.Hold, opinion.Text); err != nil {
			return err
		}
		if opinion.Hold == code.HoldArrears && !told {
			if err := c.notify(code.MilestoneArrears, arrearsNews(record, variantArrears)); err != nil {
				return err
			}
		}
		return c.save()
	}
	if err := c.release("暂缓原因已消除"); err != nil {
		return err
	}
	if registered {
		c.PersonalNo = record.PersonalNo
	}
	if opinion.Do == exchange.Refuse {
		err = c.decline(opinion, l)
	} else {
		err = c.acceptLetter(record)
	}
	if err != nil {
		return err
	}
	return c.save()
}

// recordOf is the registry record that a letter is about, as it was judged.
func recordOf(l exchange.Letter, f exchange.LetterFacts) (exchange.RegistryPerson, bool) {
	named := ""
	if f.Certificate != nil {
		named = f.Certificate.PersonalNo
	}
	r, _, ok := exchange.FindRecord(f.Registry, l.SchemeFrom, l.OldPersonalNo, named)
	return r, ok
}

func (c *casework) letterFacts(l exchange.Letter) (f exchange.LetterFacts, err error) {
	f.Today = c.Date
	f.Accounts, f.Settlement = c.Partners[c.Partner].Accounts, c.Partners[c.Partner].Settlement
	if !c.fresh { // an officer may have confirmed the account of a case that waits
		confirmed, err := c.confirmed(c.No)
		if err != nil {
			return f, err
		}
		f.Confirmed = slices.ContainsFunc(confirmed, func(a exchange.Account) bool { return a.No == l.Account.No && a.CNAPS == l.Account.CNAPS })
	}
	if f.Registry, err = c.tx.RegistryByID(l.Person.IDKey); err != nil {
		return f, err
	}
	cases, err := c.tx.CasesByPerson(l.Person.IDKey)
	if err != nil {
		return f, err
	}
	for _, other := range cases {
		if other.Side == exchange.Out && other.No != c.No && earlier(other, c.Case) {
			f.Rivals = append(f.Rivals, other)
		}
	}
	if l.CertificateNo != "" {
		cert, err := c.tx.Certificate(l.CertificateNo)
		if err == nil {
			f.Certificate = &cert
		} else if !notFound(err) {
			return f, err
		}
	}
	return f, nil
}

// earlier reports whether a rival stands before a case: it is accepted, or it waits and came first.
func earlier(rival, c exchange.Case) bool {
	return rival.Effective() != exchange.Requested || rival.No < c.No
}

func (c *casework) decline(o exchange.Opinion, letter exchange.Letter) error {
	c.Decline = o.Decline
	if err := c.move(exchange.LetterDeclined, string(o.Decline)+": "+o.Text, nil); err != nil {
		return err
	}
	rec := formats.Decline{
		LetterNo: c.LetterNo, LetterVersion: c.LetterVersion, Echo: letter.Echo, Code: o.Decline, Text: o.Text, DeclinedOn: c.Date,
	}
	if err := c.send(c.Partner, c.No, &rec); err != nil {
		return err
	}
	if o.Decline != code.DeclineDeceased || c.PersonalNo == "" {
		return nil
	}
	if inherited, err := c.inherited(); err != nil || inherited {
		return err
	}
	if err := c.askEndAndDebit("参保人死亡，清算个人账户"); err != nil {
		return err
	}
	return c.notify(code.MilestonePaidToPerson, news{variant: variantHeirs})
}

// inherited reports whether the core was asked already, for this case or
// another one of the person, to end and debit because of the person's death.
func (c *casework) inherited() (bool, error) {
	cases, err := c.tx.CasesByPerson(c.Person.IDKey)
	if err != nil {
		return false, err
	}
	for _, other := range cases {
		if other.Side != exchange.Out || other.Decline != code.DeclineDeceased {
			continue
		}
		postings, err := c.tx.PostingsByCase(other.No)
		if err != nil {
			return false, err
		}
		for _, p := range postings {
			if p.State == exchange.PostingQueued || p.State == exchange.PostingDone {
				return true, nil
			}
		}
	}
	return false, nil
}

func (c *casework) acceptLetter(r exchange.RegistryPerson) error {
	c.AcceptedOn = c.Date
	if err := c.move(exchange.LetterAccepted, "", nil); err != nil {
		return err
	}
	if r.ArrearsMonths > 0 || r.Arrears > 0 {
		if err := c.notify(code.MilestoneArrears, arrearsNews(r, "")); err != nil {
			return err
		}
	}
	return c.askEndAndDebit("转出 " + c.Partner)
}

// changeAccount takes a letter version after acceptance.
func (d *desk) changeAccount(c *casework, l exchange.Letter) (outcome, error) {
	if c.Wish == exchange.WishVoid {
		return refused(code.NotAllowedInState, "version", "双方已同意作废 / the annulment is agreed"), nil
	}
	old, err := d.tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return outcome{}, err
	}
	if !onlyAccountDiffers(old, l) {
		return refused(code.NotAllowedInState, "version", "受理后只能变更账户和联系方式 / after acceptance only account and contact may change"), nil
	}
	free, err := c.freePayments()
	if err != nil {
		return outcome{}, err
	}
	if !free {
		return refused(code.NotAllowedInState, "account_no", "款项已提交银行 / the payment is with the bank"), nil
	}
	l.CaseNo = c.No
	c.LetterVersion, c.LetterOn = l.Version, l.ReceivedOn
	if err := d.tx.InsertLetter(l); err != nil {
		return outcome{}, err
	}
	if err := c.note("letter_changed", "account", map[string]any{"version": l.Version, "account_no": l.Account.No}); err != nil {
		return outcome{}, err
	}
	if err := c.payAgain(l, "对方变更收款账户"); err != nil {
		return outcome{}, err
	}
	return accepted(), c.save()
}

// onlyAccountDiffers reports whether two versions agree in everything but
// account, contact and remark.
func onlyAccountDiffers(a, b exchange.Letter) bool {
	return a.Person.Same(b.Person) && a.Household == b.Household && a.SchemeFrom == b.SchemeFrom && a.SchemeTo == b.SchemeTo &&
		a.EnrolledFrom == b.EnrolledFrom && a.OldPersonalNo == b.OldPersonalNo && a.CertificateNo == b.CertificateNo && a.AccountMoves == b.AccountMoves
}

func letterOf(l *formats.Letter) exchange.Letter {
	return exchange.Letter{
		No: l.LetterNo, Version: l.Version, Side: exchange.Out, Date: l.LetterDate, AcceptedOn: l.AcceptedOn, CertificateNo: l.CertificateNo,
		Person: personOf(l.Person), Household: string(l.Household), SchemeFrom: string(l.SchemeFrom), SchemeTo: string(l.SchemeTo),
		EnrolledFrom: l.EnrolledFrom, OldPersonalNo: l.OldPersonalNo, From: l.FromAgency, To: l.To.Code, AccountMoves: l.AccountMoves,
		Account: exchange.Account{Holder: l.AccountName, Bank: l.BankName, No: l.AccountNo, CNAPS: l.CNAPS},
		Remark:  l.Remark, Echo: l.Echo,
	}
}
