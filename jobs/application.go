package jobs

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
)

// application works a request to transfer: ours to process, or to be relayed
// to the place it is meant for.
func (d *desk) application(a *formats.Application) (outcome, error) {
	if a.ToAgency != d.Agency.Code {
		return d.relay(a)
	}
	if _, ok := d.Partners[a.FromAgency]; !ok && !exchange.SameArea(a.FromAgency, a.ToAgency) {
		return refused(code.WrongAgency, "from_agency", "没有与 "+a.FromAgency+" 的交换关系 / no exchange agreed with it"), nil
	}
	app := d.applicationOf(a)
	c, err := d.tx.CaseByApplication(app.Sender, app.No)
	if app.Version > 1 && (notFound(err) || err == nil && c.Person.IDKey != app.Person.IDKey) {
		c, err = d.lodgedElsewhere(app, c, err)
	}
	switch {
	case notFound(err):
		return d.firstApplication(app)
	case err != nil:
		return outcome{}, err
	}
	app.Sender = c.ApplicationSender
	return d.nextApplication(d.open(c), app)
}

// lodgedElsewhere finds the case of an application whose next version comes by
// another way than the first: returned to somebody who had lodged it at the
// old place, it is mended at our counter. Its number may be somebody else's
// there, so that the person decides; without one, what was found first stays.
func (d *desk) lodgedElsewhere(a exchange.Application, own exchange.Case, ownErr error) (exchange.Case, error) {
	found, err := d.tx.CasesByApplication(a.No)
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

// relay passes an application on to the new place, which sees us as its
// sender: two of our own senders cannot both use a number there.
func (d *desk) relay(a *formats.Application) (outcome, error) {
	_, known := d.Partners[a.ToAgency]
	if a.FromAgency != d.Agency.Code || a.LodgedAt != code.LodgedOld || !known || d.file.Party == a.ToAgency {
		return refused(code.WrongAgency, "to_agency", "既非转入本地，也不能转送 / neither for us nor to be relayed by us"), nil
	}
	app := d.applicationOf(a)
	same, err := d.tx.LatestApplications(app.No)
	if err != nil {
		return outcome{}, err
	}
	for _, s := range same {
		if s.CaseNo == "" && s.To == app.To && s.Sender != app.Sender {
			return refused(code.DuplicateEarlier, "application_no",
				"该编号已由 "+s.Sender+" 使用并转送对方，请换用新编号 / the new place has this number through us already, from "+s.Sender), nil
		}
	}
	if err := d.tx.InsertApplication(app); err != nil {
		return outcome{}, err
	}
	if err := d.send(a.ToAgency, "", a); err != nil {
		return outcome{}, err
	}
	return accepted(), d.journal("agency", "application_relayed", "to "+a.ToAgency, map[string]string{"application_no": a.ApplicationNo})
}

func (d *desk) firstApplication(a exchange.Application) (outcome, error) {
	if a.Version != 1 {
		return refused(code.NotAllowedInState, "version", "首次申请版本应为1 / the first version of an application is 1"), nil
	}
	c, err := d.openFresh(exchange.Case{
		Side: exchange.In, Partner: a.From, State: exchange.Applied, Person: a.Person, Household: a.Household,
		SchemeFrom: a.SchemeFrom, SchemeTo: a.SchemeTo, ApplicationNo: a.No, ApplicationSender: a.Sender, ApplicationVersion: 1, CertificateNo: a.CertificateNo,
	})
	if err != nil {
		return outcome{}, err
	}
	if err := c.lodge(a); err != nil {
		return outcome{}, err
	}
	if err := c.note("applied", "application "+a.No, nil); err != nil {
		return outcome{}, err
	}
	return accepted(), c.audit(a)
}

func (d *desk) nextApplication(c *casework, a exchange.Application) (outcome, error) {
	if a.Version != c.ApplicationVersion+1 {
		return refused(code.NotAllowedInState, "version", "应为下一版本 / the next version is expected"), nil
	}
	if a.Person.IDKey != c.Person.IDKey || a.From != c.Partner {
		return refused(code.PersonDiffers, "id_no", "与上一版本的申请人或转出地不一致 / another person or old place than in the version before"), nil
	}
	if c.Effective() != exchange.Returned && c.Effective() != exchange.Declined {
		return refused(code.NotAllowedInState, "version", "当前状态不能补正 / a supplement is not expected now"), nil
	}
	if err := c.lodge(a); err != nil {
		return outcome{}, err
	}
	c.ApplicationVersion = a.Version
	c.Person, c.Household, c.SchemeFrom, c.SchemeTo = a.Person, a.Household, a.SchemeFrom, a.SchemeTo
	if a.CertificateNo != "" {
		c.CertificateNo = a.CertificateNo
	}
	c.Decline = ""
	if err := c.move(exchange.Supplemented, "application version n+1", map[string]int{"version": a.Version}); err != nil {
		return outcome{}, err
	}
	return accepted(), c.audit(a)
}

// lodge stores a version of the case's application.
func (c *casework) lodge(a exchange.Application) error {
	a.CaseNo = c.No
	c.lodged = &a
	return c.then(func() error { return c.tx.InsertApplication(a) })
}

// lodgement is the version of the application that counts.
func (c *casework) lodgement() (exchange.Application, error) {
	if c.lodged != nil {
		return *c.lodged, nil
	}
	return c.tx.LatestApplication(c.ApplicationSender, c.ApplicationNo)
}

// audit judges an application and does what follows, up to the letter.
func (c *casework) audit(a exchange.Application) error {
	own, err := c.tx.RegistryByID(a.Person.IDKey)
	if err != nil {
		return err
	}
	opinion := exchange.AuditApplication(a, own, c.rules())
	if opinion.Do == exchange.Wait {
		if err := c.hold(opinion.Hold, opinion.Text); err != nil {
			return err
		}
		return c.save()
	}
	if err := c.release("登记信息已到"); err != nil {
		return err
	}
	switch opinion.Do {
	case exchange.Return:
		err = c.end(exchange.AuditReturned, code.MilestoneReturned, opinion.Text, news{reason: opinion.Text})
	case exchange.Refuse:
		c.Decline = opinion.Decline
		err = c.end(exchange.AuditRefused, code.MilestoneRefused, opinion.Text, declineNews(opinion.Decline, opinion.Text))
	default:
		err = c.acceptApplication(a, own)
	}
	if err != nil {
		return err
	}
	return c.save()
}

// end returns or refuses an application, and says why and, of one that is
// returned, until when it is to be supplemented.
func (c *casework) end(on exchange.Happening, m code.Milestone, text string, more news) error {
	if err := c.move(on, text, nil); err != nil {
		return err
	}
	if t, ok := exchange.TurnOf(c.Turns, c.Case); ok && t.Owner == exchange.OwnerPerson {
		more.due = c.Calendar.Due(since(c.Case, t), t.WD, calendar.DueOptions{}).Date
	}
	return c.notify(m, more)
}

func (c *casework) acceptApplication(a exchange.Application, own []exchange.RegistryPerson) error {
	c.AcceptedOn = c.Date
	if r, ok := exchange.FindEnrolled(own, c.SchemeTo); ok {
		c.PersonalNo = r.PersonalNo
	}
	if err := c.move(exchange.AuditPassed, "", nil); err != nil {
		return err
	}
	if err := c.notify(code.MilestoneAccepted, news{due: c.limitNow()}); err != nil {
		return err
	}
	return c.issueLetter(a)
}

// issueLetter sends the contact letter, first or next version; without a
// valid registered account of our own none can be issued and the case waits.
func (c *casework) issueLetter(a exchange.Application) error {
	account, ok := c.Agency.FindAccount(c.Date, c.SchemeTo)
	moves := exchange.HasAccount(c.SchemeFrom) && exchange.HasAccount(c.SchemeTo)
	if moves && !ok {
		return c.hold(code.HoldAccountNotRegistered, "本方没有有效的收款账户，不能发出联系函")
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
		if l.No, err = c.tx.NextNumber("", c.Agency.Code, c.Date); err != nil {
			return err
		}
	}
	l.Echo = c.No
	return c.sendLetter(l, "")
}

// sendLetter stores and queues a letter version.
func (c *casework) sendLetter(l exchange.Letter, why string) error {
	c.LetterNo, c.LetterVersion, c.LetterOn = l.No, l.Version, c.Date
	if err := c.then(func() error { return c.tx.InsertLetter(l) }); err != nil {
		return err
	}
	rec := letterTo(l, c.agencyBlock())
	if err := c.send(c.Partner, c.No, &rec); err != nil {
		return err
	}
	if err := c.move(exchange.LetterIssued, why, map[string]any{"letter_no": l.No, "version": l.Version}); err != nil {
		return err
	}
	if err := c.tx.WakeMarked(letterMark(l.No)); err != nil {
		return err
	}
	if l.Version > 1 && c.Effective() != exchange.Requested {
		return nil
	}
	return c.notify(code.MilestoneLetterSent, news{due: c.limitNow()})
}

func letterTo(l exchange.Letter, to formats.AgencyBlock) formats.Letter {
	return formats.Letter{
		LetterNo: l.No, Version: l.Version, LetterDate: l.Date, AcceptedOn: l.AcceptedOn, CertificateNo: l.CertificateNo,
		Person: personTo(l.Person), Household: code.Household(l.Household), SchemeFrom: code.Scheme(l.SchemeFrom),
		SchemeTo: code.Scheme(l.SchemeTo), EnrolledFrom: l.EnrolledFrom, OldPersonalNo: l.OldPersonalNo, FromAgency: l.From, To: to,
		AccountMoves: l.AccountMoves, AccountName: l.Account.Holder, BankName: l.Account.Bank, AccountNo: l.Account.No, CNAPS: l.Account.CNAPS,
		Remark: l.Remark, Echo: l.Echo,
	}
}

func (d *desk) applicationOf(a *formats.Application) exchange.Application {
	return exchange.Application{
		Sender: d.file.Party, ReceivedOn: d.file.Seen, No: a.ApplicationNo, Version: a.Version, LodgedAt: string(a.LodgedAt), AppliedOn: a.AppliedOn, Applicant: string(a.Applicant),
		EmployerCode: a.EmployerCode, EmployerName: a.EmployerName, Person: personOf(a.Person), Household: string(a.Household),
		SchemeFrom: string(a.SchemeFrom), SchemeTo: string(a.SchemeTo), From: a.FromAgency, To: a.ToAgency,
		OldPersonalNo: a.OldPersonalNo, CertificateNo: a.CertificateNo, EnrolledFrom: a.EnrolledFrom,
		Materials: strings.Split(a.Materials, ";"), ProxyName: a.ProxyName, ProxyPhone: a.ProxyPhone, Echo: a.Echo,
	}
}
