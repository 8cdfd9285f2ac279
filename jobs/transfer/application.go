package transfer

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Application works a request to transfer (SPEC 2.2): ours to process, or to be
// relayed to the place it is meant for. The first version opens a case, the next
// ones supplement it; at most one case has an application of a sender.
func Application(d *office.Desk, a *formats.Application) (office.Outcome, error) {
	if a.ToAgency != d.Agency.Code {
		return relay(d, a)
	}
	if _, ok := d.Partners[a.FromAgency]; !ok && !exchange.SameArea(a.FromAgency, a.ToAgency) {
		return office.Refused(code.WrongAgency, "from_agency", "没有与 "+a.FromAgency+" 的交换关系 / no exchange agreed with it"), nil
	}
	app := applicationOf(d, a)
	c, err := d.Tx.CaseByApplication(app.Sender, app.No)
	if app.Version > 1 && (office.IsNotFound(err) || err == nil && c.Person.IDKey != app.Person.IDKey) {
		c, err = lodgedElsewhere(d, app, c, err) // c and err stay when nothing better is found
	}
	switch {
	case office.IsNotFound(err):
		return firstApplication(d, app)
	case err != nil:
		return office.Outcome{}, err
	}
	app.Sender = c.ApplicationSender // versions of one application have one sender, whoever brought them
	return nextApplication(d, d.OpenCase(c), app)
}

// lodgedElsewhere finds the case of an application whose next version comes by
// another sender than the first: returned to somebody who had lodged it at the
// old place, it is supplemented at our counter. The number may be another
// person's there, so that the case must be this person's and from that place;
// when none is, the result of the first look (own, ownErr) comes back.
func lodgedElsewhere(d *office.Desk, a exchange.Application, own exchange.Case, ownErr error) (exchange.Case, error) {
	found, err := d.Tx.CasesByApplication(a.No)
	if err != nil {
		return exchange.Case{}, err
	}
	for _, c := range found {
		if c.Person.IDKey == a.Person.IDKey && c.Partner == a.From {
			return c, nil
		}
	}
	return own, ownErr
}

// relay passes an application that was lodged with us as the old place on to the
// new one. No case is opened: that is the new place's. It sees us as the sender,
// so that two of our own senders cannot both use a number there. What came from
// the new place itself is refused, or the two would relay it for ever.
func relay(d *office.Desk, a *formats.Application) (office.Outcome, error) {
	_, known := d.Partners[a.ToAgency]
	if a.FromAgency != d.Agency.Code || a.LodgedAt != code.LodgedOld || !known || d.File.Party == a.ToAgency {
		return office.Refused(code.WrongAgency, "to_agency", "既非转入本地，也不能转送 / neither for us nor to be relayed by us"), nil
	}
	app := applicationOf(d, a)
	same, err := d.Tx.LatestApplications(app.No)
	if err != nil {
		return office.Outcome{}, err
	}
	for _, s := range same {
		if s.CaseNo == "" && s.To == app.To && s.Sender != app.Sender {
			return office.Refused(code.DuplicateEarlier, "application_no",
				"该编号已由 "+s.Sender+" 使用并转送对方，请换用新编号 / the new place has this number through us already, from "+s.Sender), nil
		}
	}
	if err := d.Tx.InsertApplication(app); err != nil {
		return office.Outcome{}, err
	}
	if err := d.Send(a.ToAgency, "", a); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), d.Journal(exchange.AgencyChain, "application_relayed", code.Say("relayed-to", a.ToAgency), map[string]string{"application_no": a.ApplicationNo})
}

// firstApplication opens a case for version 1 of an application and audits it.
func firstApplication(d *office.Desk, a exchange.Application) (office.Outcome, error) {
	if a.Version != 1 {
		return office.Refused(code.NotAllowedInState, "version", "首次申请版本应为1 / the first version of an application is 1"), nil
	}
	c, err := d.NewCase(exchange.Case{
		Side: exchange.In, Partner: a.From, State: exchange.Applied, Person: a.Person, Household: a.Household,
		SchemeFrom: a.SchemeFrom, SchemeTo: a.SchemeTo, ApplicationNo: a.No, ApplicationSender: a.Sender, ApplicationVersion: 1, CertificateNo: a.CertificateNo,
	})
	if err != nil {
		return office.Outcome{}, err
	}
	if err := storeApplication(c, a); err != nil {
		return office.Outcome{}, err
	}
	if err := c.Note("applied", code.Text(a.No), nil); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), audit(c, a)
}

// nextApplication takes version n+1 of an application that was returned, or that
// the old place declined (SPEC 2.4): the same person and old place, judged anew.
func nextApplication(d *office.Desk, c *office.Case, a exchange.Application) (office.Outcome, error) {
	if a.Version != c.ApplicationVersion+1 {
		return office.Refused(code.NotAllowedInState, "version", "应为下一版本 / the next version is expected"), nil
	}
	if a.Person.IDKey != c.Person.IDKey || a.From != c.Partner {
		return office.Refused(code.PersonDiffers, "id_no", "与上一版本的申请人或转出地不一致 / another person or old place than in the version before"), nil
	}
	if c.Effective() != exchange.Returned && c.Effective() != exchange.Declined {
		return office.Refused(code.NotAllowedInState, "version", "当前状态不能补正 / a supplement is not expected now"), nil
	}
	if err := storeApplication(c, a); err != nil {
		return office.Outcome{}, err
	}
	c.ApplicationVersion = a.Version
	c.Person, c.Household, c.SchemeFrom, c.SchemeTo = a.Person, a.Household, a.SchemeFrom, a.SchemeTo
	if a.CertificateNo != "" {
		c.CertificateNo = a.CertificateNo
	}
	c.Decline = ""
	if err := c.Move(exchange.Supplemented, code.Say("next-application"), map[string]int{"version": a.Version}); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), audit(c, a)
}

// storeApplication stores a version of the case's application, and keeps it on
// the case: the rest of the work reads it without asking the store again.
func storeApplication(c *office.Case, a exchange.Application) error {
	a.CaseNo = c.No
	c.Lodged = &a
	return c.OnceStored(func() error { return c.Tx.InsertApplication(a) })
}

// audit judges an application (exchange.AuditApplication, SPEC 2.2) and does what
// follows: a hold while the registry does not know the person, a return or a
// refusal, or acceptance up to the letter. It is called again by Rejudge for a
// case on hold, which PutOnHold leaves as it is while the reason is the same.
func audit(c *office.Case, a exchange.Application) error {
	own, err := c.Tx.RegistryByID(a.Person.IDKey)
	if err != nil {
		return err
	}
	opinion := exchange.AuditApplication(a, own, c.RuleProfile())
	if opinion.Do == exchange.Wait {
		if err := c.PutOnHold(opinion.Hold, opinion.Text); err != nil {
			return err
		}
		return c.Save()
	}
	if err := c.Resume(code.Say("registered-now")); err != nil {
		return err
	}
	switch opinion.Do {
	case exchange.Return:
		err = RejectApplication(c, exchange.AuditReturned, code.MilestoneReturned, opinion.Text, notice.News{Reason: c.InChinese(opinion.Text)})
	case exchange.Refuse:
		c.Decline = opinion.Decline
		err = RejectApplication(c, exchange.AuditRefused, code.MilestoneRefused, opinion.Text, notice.DeclineNews(opinion.Decline, c.InChinese(opinion.Text)))
	default:
		err = acceptApplication(c, a, own)
	}
	if err != nil {
		return err
	}
	return c.Save()
}

// RejectApplication returns or refuses an application (on says which), and
// notifies the applicant why and, of one that is returned, until when it is to be
// supplemented.
func RejectApplication(c *office.Case, on exchange.Happening, m code.Milestone, text code.Phrase, more notice.News) error {
	if err := c.Move(on, text, nil); err != nil {
		return err
	}
	if t, ok := exchange.TurnOf(c.Turns, c.Case); ok && t.Owner == exchange.OwnerPerson {
		more.Due = c.TurnLimit(c.Case, t).Date
	}
	return notice.Notify(c, m, more)
}

// acceptApplication accepts an application, notifies the person, and issues the
// contact letter. The personal number is the one under which the new place's
// registry has the person in the scheme; without one the core gives it later.
func acceptApplication(c *office.Case, a exchange.Application, own []exchange.RegistryPerson) error {
	c.AcceptedOn = c.Date
	if r, ok := exchange.FindEnrolled(own, c.SchemeTo); ok {
		c.PersonalNo = r.PersonalNo
	}
	if err := c.Move(exchange.AuditPassed, code.Phrase{}, nil); err != nil {
		return err
	}
	if err := notice.Notify(c, code.MilestoneAccepted, notice.News{Due: notice.LimitNow(c)}); err != nil {
		return err
	}
	return IssueLetter(c, a)
}

// IssueLetter sends the contact letter, first or next version (SPEC 2.3). While
// we have no valid registered account of our own none can be issued, and the case
// is put on hold; a transfer between schemes without accounts needs none.
func IssueLetter(c *office.Case, a exchange.Application) error {
	account, ok := c.Agency.FindAccount(c.SchemeTo, c.Days()...)
	moves := exchange.HasAccount(c.SchemeFrom) && exchange.HasAccount(c.SchemeTo)
	if moves && !ok {
		return c.PutOnHold(code.HoldAccountNotRegistered, code.Say("no-own-account"))
	}
	l := exchange.Letter{
		No: c.LetterNo, Version: c.LetterVersion + 1, CaseNo: c.No, Side: exchange.In, Date: c.Date, AcceptedOn: c.AcceptedOn,
		CertificateNo: c.CertificateNo, Person: c.Person, Household: c.Household, SchemeFrom: c.SchemeFrom, SchemeTo: c.SchemeTo,
		EnrolledFrom: a.EnrolledFrom, OldPersonalNo: a.OldPersonalNo, From: c.Partner, To: c.Agency.Code, AccountMoves: moves,
		ReceivedOn: c.Date,
	}
	if moves {
		l.Account = account
	}
	if l.EnrolledFrom == 0 {
		l.EnrolledFrom = c.Date.Month()
	}
	if l.No == "" {
		var err error
		if l.No, err = c.Tx.NextNumber("", c.Agency.Code, c.Date); err != nil {
			return err
		}
	}
	l.Echo = c.No
	return sendLetter(c, l, code.Phrase{})
}

// sendLetter stores and queues a letter version, moves the case, and requeues
// credits that named the letter before it was issued. The person is notified but
// for a version that only changes the account of a letter already answered.
func sendLetter(c *office.Case, l exchange.Letter, why code.Phrase) error {
	c.LetterNo, c.LetterVersion, c.LetterOn = l.No, l.Version, c.Date
	if err := c.OnceStored(func() error { return c.Tx.InsertLetter(l) }); err != nil {
		return err
	}
	rec := letterRecord(l, agencyBlock(c.Office))
	if err := c.SendOrHold(c.Partner, c.No, &rec); err != nil {
		return err
	}
	if err := c.Move(exchange.LetterIssued, why, map[string]any{"letter_no": l.No, "version": l.Version}); err != nil {
		return err
	}
	if err := c.Tx.RequeueMatching(LetterKey(l.No)); err != nil {
		return err
	}
	if l.Version > 1 && c.Effective() != exchange.Requested {
		return nil
	}
	return notice.Notify(c, code.MilestoneLetterSent, notice.News{Due: notice.LimitNow(c)})
}

// letterRecord is a letter as the record that goes to the old place.
func letterRecord(l exchange.Letter, to formats.AgencyBlock) formats.Letter {
	return formats.Letter{
		LetterNo: l.No, Version: l.Version, LetterDate: l.Date, AcceptedOn: l.AcceptedOn, CertificateNo: l.CertificateNo,
		Person: personRecord(l.Person), Household: code.Household(l.Household), SchemeFrom: code.Scheme(l.SchemeFrom),
		SchemeTo: code.Scheme(l.SchemeTo), EnrolledFrom: l.EnrolledFrom, OldPersonalNo: l.OldPersonalNo, FromAgency: l.From, To: to,
		AccountMoves: l.AccountMoves, AccountName: l.Account.Holder, BankName: l.Account.Bank, AccountNo: l.Account.No, CNAPS: l.Account.CNAPS,
		Remark: l.Remark, Echo: l.Echo,
	}
}

// applicationOf is the record of an application as the domain keeps it, with the
// party of its file as sender.
func applicationOf(d *office.Desk, a *formats.Application) exchange.Application {
	return exchange.Application{
		Sender: d.File.Party, ReceivedOn: d.File.Seen, No: a.ApplicationNo, Version: a.Version,
		LodgedAt: string(a.LodgedAt), AppliedOn: a.AppliedOn, Applicant: string(a.Applicant),
		EmployerCode: a.EmployerCode, EmployerName: a.EmployerName, Person: personOf(a.Person), Household: string(a.Household),
		SchemeFrom: string(a.SchemeFrom), SchemeTo: string(a.SchemeTo), From: a.FromAgency, To: a.ToAgency,
		OldPersonalNo: a.OldPersonalNo, CertificateNo: a.CertificateNo, EnrolledFrom: a.EnrolledFrom,
		Materials: strings.Split(a.Materials, ";"), ProxyName: a.ProxyName, ProxyPhone: a.ProxyPhone, Echo: a.Echo,
	}
}
