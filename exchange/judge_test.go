package exchange_test

import (
	"strings"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/identity"
)

func personOf(idType, idNo, name string) Person {
	return Person{IDType: idType, IDNo: idNo, Name: name, IDKey: identity.Key(idNo), NameKey: identity.NameKey(name)}
}

var zhang = personOf("01", "11010519491231002X", "张三")

func TestSamePerson(t *testing.T) {
	for _, v := range []struct {
		name string
		a, b Person
		want bool
	}{
		{"themselves", zhang, zhang, true},
		{"the number was upgraded from 15 digits", personOf("01", "110105491231002", "张三"), zhang, true},
		{"the middle dot is another one", personOf("01", "11010519491231002X", "买买提·艾山"), personOf("01", "11010519491231002X", "买买提•艾山"), true},
		{"the dot is full-width", personOf("01", "11010519491231002X", "买买提．艾山"), personOf("01", "11010519491231002X", "买买提·艾山"), true},
		{"no dot is not a dot", personOf("01", "11010519491231002X", "买买提艾山"), personOf("01", "11010519491231002X", "买买提·艾山"), false},
		{"outer spaces", personOf("01", "11010519491231002X", " 张三 "), zhang, true},
		{"a rare character is itself", personOf("01", "11010519491231002X", "龚䶮"), personOf("01", "11010519491231002X", "龚䶯"), false},
		{"another number", personOf("01", "320505198401264454", "张三"), zhang, false},
		{"another name", personOf("01", "11010519491231002X", "张珊"), zhang, false},
	} {
		if got := v.a.Same(v.b); got != v.want {
			t.Errorf("%s: %v", v.name, got)
		}
	}
}

func TestSameArea(t *testing.T) {
	for _, v := range []struct {
		a, b string
		want bool
	}{
		{"320500", "320500", true},
		{"320500", "320583", true},
		{"320500", "320600", false},
		{"320000", "320500", false}, // the province's own agency
		{"310100", "310115", true},
		{"310100", "320100", false},
		{"500100", "500230", true},
		{"110101", "120101", false},
		{"429004", "429005", false}, // governed by the province, each an area of its own
		{"429004", "429004", true},
		{"3205", "320500", false},
		{"", "", true},
	} {
		if got := SameArea(v.a, v.b); got != v.want || SameArea(v.b, v.a) != v.want {
			t.Errorf("%s and %s: %v", v.a, v.b, got)
		}
	}
}

// SPEC 2.2 and 2.9: complete, in scope, enrolled here, eligible.
func TestAuditApplication(t *testing.T) {
	profiles := builtInProfiles(t)
	here := RegistryPerson{PersonalNo: "1", Person: zhang, Scheme: "310", Status: StatusActive}
	good := Application{
		No: "A1", Person: zhang, SchemeFrom: "310", SchemeTo: "310", From: "320500", To: "310100", AppliedOn: 20260302,
		Materials: []string{"id", "certificate"},
	}
	for _, v := range []struct {
		name    string
		change  func(*Application)
		own     []RegistryPerson
		profile string
		want    Do
		why     string
	}{
		{"in order", func(*Application) {}, []RegistryPerson{here}, "2021", Accept, ""},
		{"no identity document", func(a *Application) { a.Materials = []string{"certificate"} }, []RegistryPerson{here}, "2021", Return, ""},
		{"a proxy without a mandate", func(a *Application) { a.ProxyName = "李四" }, []RegistryPerson{here}, "2021", Return, ""},
		{"a proxy with one", func(a *Application) { a.ProxyName, a.Materials = "李四", []string{"id", "proxy"} }, []RegistryPerson{here}, "2021", Accept, ""},
		{"incomplete before out of scope", func(a *Application) { a.Materials, a.From = nil, "310200" }, []RegistryPerson{here}, "2021", Return, ""},
		{"same pooling area", func(a *Application) { a.From = "310200" }, []RegistryPerson{here}, "2021", Refuse, "same-area"},
		{"military", func(a *Application) { a.Person.IDType = "02" }, []RegistryPerson{here}, "2021", Refuse, "military"},
		{"armed police", func(a *Application) { a.Person.IDType = "03" }, []RegistryPerson{here}, "2021", Refuse, "military"},
		{"military before same area", func(a *Application) { a.Person.IDType, a.From = "02", "310200" }, []RegistryPerson{here}, "2021", Refuse, "military"},
		{"resident to resident in the year", func(a *Application) { a.SchemeFrom, a.SchemeTo, a.EnrolledFrom = "391", "390", 202601 }, []RegistryPerson{here}, "2021", Refuse, "same-year-resident"},
		{"resident to resident, enrolment not told", func(a *Application) { a.SchemeFrom, a.SchemeTo = "391", "390" }, []RegistryPerson{here}, "2021", Refuse, "same-year-resident"},
		{"resident to resident, enrolled the year before", func(a *Application) { a.SchemeFrom, a.SchemeTo, a.EnrolledFrom = "391", "390", 202512 }, []RegistryPerson{here}, "2021", Accept, ""},
		{"resident to employee in the year", func(a *Application) { a.SchemeFrom, a.EnrolledFrom = "391", 202601 }, []RegistryPerson{here}, "2021", Accept, ""},
		{"not in the registry yet: held, not refused", func(*Application) {}, nil, "2021", Wait, "awaiting-registry"},
		{"stopped here", func(*Application) {}, []RegistryPerson{{Person: zhang, Scheme: "310", Status: StatusStopped}}, "2021", Wait, "awaiting-registry"},
		{"in hospital is enrolled", func(*Application) {}, []RegistryPerson{{Person: zhang, Scheme: "310", Status: StatusInHospital}}, "2021", Accept, ""},
		{"another name here", func(a *Application) { a.Person.NameKey = "张珊" }, []RegistryPerson{here}, "2021", Return, ""},
		{"retired, 2021", func(*Application) {}, []RegistryPerson{{Person: zhang, Scheme: "310", Status: StatusRetired}}, "2021", Refuse, "out-of-scope"},
		{"retired, 2016", func(*Application) {}, []RegistryPerson{{Person: zhang, Scheme: "310", Status: StatusRetired}}, "2016", Accept, ""},
		{"retired in one scheme, active in the one applied for", func(*Application) {}, []RegistryPerson{{Person: zhang, Scheme: "390", Status: StatusRetired}, here}, "2021", Accept, ""},
	} {
		a := good
		v.change(&a)
		o := AuditApplication(a, v.own, profiles[v.profile])
		check(t, v.name, o, v.want, v.why)
	}
}

// check compares an opinion with what is wanted: what to do, and the code.
func check(t *testing.T, name string, o Opinion, want Do, why string) {
	t.Helper()
	if got := string(o.Decline) + string(o.Hold); o.Do != want || got != why {
		t.Errorf("%s: %s %s (%s), want %s %s", name, o.Do, got, o.Text, want, why)
	}
	if (o.Do == Accept) != o.Text.IsZero() {
		t.Errorf("%s: %s for the reason %q", name, o.Do, o.Text)
	}
	if o.Decline != "" && !o.Decline.Known() || o.Hold != "" && !o.Hold.Known() {
		t.Errorf("%s: unknown code %s%s", name, o.Decline, o.Hold)
	}
}

// letterCase is a letter with all that the old place knows, in good order.
type letterCase struct {
	l Letter
	f LetterFacts
	p Profile
}

func goodLetter(p Profile) letterCase {
	account := Account{Holder: "上海市医疗保险事业管理中心", Bank: "工行", No: "1001234567890123456", CNAPS: "102290000007"}
	registered := account
	registered.ValidFrom = 20250101
	return letterCase{
		Letter{
			No: "1", Version: 1, Date: 20260302, Person: zhang, SchemeFrom: "310", SchemeTo: "310", EnrolledFrom: 202601, From: "320500",
			To: "310100", CertificateNo: "C1", AccountMoves: true, Account: account,
		},
		LetterFacts{
			Registry:    []RegistryPerson{{PersonalNo: "P1", AsOf: 20260301, Person: zhang, Scheme: "310", Status: StatusStopped}},
			Certificate: &Certificate{No: "C1", PersonalNo: "P1"}, Accounts: []Account{registered}, Days: []calendar.Date{20260303},
		},
		p,
	}
}

func (c *letterCase) status(s string) { c.f.Registry[0].Status = s }

func (c *letterCase) rival(s State, f FormTrack, m MoneyTrack) {
	c.f.Rivals = append(c.f.Rivals, Case{No: "T0", Side: Out, Partner: "330100", State: s, FormTrack: f, MoneyTrack: m, ClosedOn: 20260210})
}

// SPEC 2.4 and 2.9, rule by rule.
func TestJudgeLetter(t *testing.T) {
	profiles := builtInProfiles(t)
	for _, v := range []struct {
		name    string
		change  func(*letterCase)
		profile string
		want    Do
		why     string
	}{
		{"in order", func(*letterCase) {}, "2016", Accept, ""},
		{"the number of 15 digits", func(c *letterCase) { c.l.Person = personOf("01", "110105491231002", "张三") }, "2016", Accept, ""},

		{"military", func(c *letterCase) { c.l.Person.IDType = "02" }, "2016", Refuse, "military"},
		{"same area", func(c *letterCase) { c.l.To = "320583" }, "2016", Refuse, "same-area"},
		{"resident in the year", func(c *letterCase) { c.l.SchemeFrom, c.l.SchemeTo = "390", "390" }, "2016", Refuse, "same-year-resident"},
		{"resident the year after", func(c *letterCase) {
			c.l.SchemeFrom, c.l.SchemeTo, c.l.EnrolledFrom, c.l.AccountMoves = "390", "390", 202512, false
		}, "2016", Accept, ""},

		{"nobody: held, never declined by itself", func(c *letterCase) { c.f.Registry = nil }, "2016", Wait, "awaiting-registry"},
		{"another name", func(c *letterCase) { c.l.Person.NameKey = "张珊" }, "2016", Refuse, "name-or-id-differs"},
		{"deceased", func(c *letterCase) { c.status(StatusDeceased) }, "2016", Refuse, "deceased"},
		{"deceased, whatever else is missing", func(c *letterCase) {
			c.status(StatusDeceased)
			c.f.Accounts, c.f.Certificate, c.f.Registry[0].ArrearsMonths = nil, nil, 3
		}, "2016", Refuse, "deceased"},
		{"deceased after a transfer", func(c *letterCase) {
			c.status(StatusDeceased)
			c.rival(Confirmed, FormDelivered, MoneySettled)
			c.f.Rivals[0].ClosedOn = 20260301
		}, "2016", Refuse, "already-transferred"},
		{"two records", func(c *letterCase) {
			c.f.Registry = append(c.f.Registry, RegistryPerson{PersonalNo: "P2", Person: zhang, Scheme: "310", Status: StatusStopped})
			c.f.Certificate, c.l.CertificateNo = nil, ""
		}, "2021", Wait, "possible-duplicate"},
		{"two records, the letter names one", func(c *letterCase) {
			c.f.Registry = append(c.f.Registry, RegistryPerson{PersonalNo: "P2", Person: zhang, Scheme: "310", Status: StatusActive})
			c.l.OldPersonalNo = "P1"
		}, "2016", Accept, ""},
		{"two records, the certificate is about one", func(c *letterCase) {
			c.f.Registry = append(c.f.Registry, RegistryPerson{PersonalNo: "P2", Person: zhang, Scheme: "310", Status: StatusActive})
		}, "2016", Accept, ""},
		{"a resident's record beside", func(c *letterCase) {
			c.f.Registry = append([]RegistryPerson{{PersonalNo: "P2", Person: zhang, Scheme: "390", Status: StatusActive}}, c.f.Registry...)
			c.f.Certificate, c.l.CertificateNo = nil, ""
		}, "2021", Accept, ""},

		{"no certificate, hold", func(c *letterCase) { c.l.CertificateNo, c.f.Certificate = "", nil }, "2016", Wait, "certificate-missing"},
		{"no certificate, accept", func(c *letterCase) { c.l.CertificateNo, c.f.Certificate = "", nil }, "2021", Accept, ""},
		{"a certificate we never issued", func(c *letterCase) { c.f.Certificate = nil }, "2021", Refuse, "certificate-void"},
		{"a certificate that was replaced", func(c *letterCase) { c.f.Certificate.ReplacedBy = "C2" }, "2021", Refuse, "certificate-void"},
		{"somebody else's certificate", func(c *letterCase) { c.f.Certificate.PersonalNo = "P9" }, "2021", Refuse, "certificate-void"},

		{"still participating", func(c *letterCase) { c.status(StatusActive) }, "2016", Refuse, "still-participating"},
		{"in hospital", func(c *letterCase) { c.status(StatusInHospital) }, "2016", Wait, "in-hospital-or-frozen"},
		{"frozen", func(c *letterCase) { c.status(StatusFrozen) }, "2016", Wait, "in-hospital-or-frozen"},
		{"retired, 2016", func(c *letterCase) { c.status(StatusRetired) }, "2016", Accept, ""},
		{"retired, 2021", func(c *letterCase) { c.status(StatusRetired) }, "2021", Refuse, "out-of-scope"},
		{"ended before", func(c *letterCase) { c.status(StatusEnded) }, "2016", Refuse, "already-transferred"},

		{"another letter first, still judged", func(c *letterCase) { c.rival(Requested, FormNone, MoneyNotDue) }, "2016", Wait, "possible-duplicate"},
		{"another letter first, held", func(c *letterCase) {
			c.rival(Held, FormNone, MoneyNotDue)
			c.f.Rivals[0].HeldFrom = Requested
		}, "2016", Wait, "possible-duplicate"},
		{"another letter accepted", func(c *letterCase) { c.rival(Accepted, FormNone, MoneyNotDue) }, "2016", Refuse, "other-place-first"},
		{"another letter accepted, held", func(c *letterCase) {
			c.rival(Held, FormNone, MoneyNotDue)
			c.f.Rivals[0].HeldFrom = Ended
		}, "2016", Refuse, "other-place-first"},
		{"another form sent", func(c *letterCase) { c.rival(Answered, FormSent, MoneyDue) }, "2016", Refuse, "other-place-first"},
		{"another form delivered", func(c *letterCase) { c.rival(Answered, FormDelivered, MoneyDue) }, "2016", Refuse, "already-transferred"},
		{"another place confirmed", func(c *letterCase) { c.rival(Confirmed, FormDelivered, MoneySettled); c.status(StatusEnded) }, "2016", Refuse, "already-transferred"},
		{"another place confirmed, our extract is older", func(c *letterCase) {
			c.rival(Confirmed, FormDelivered, MoneySettled)
			c.f.Registry[0].AsOf = 20260201
		}, "2016", Refuse, "already-transferred"},
		{"came back after an earlier transfer", func(c *letterCase) { c.rival(Confirmed, FormDelivered, MoneySettled) }, "2016", Accept, ""},
		{"declined, cancelled and void do not count", func(c *letterCase) {
			c.rival(Declined, FormNone, MoneyNotDue)
			c.rival(Cancelled, FormNone, MoneyNotDue)
			c.rival(Void, FormSent, MoneyNotDue)
		}, "2016", Accept, ""},
		{"one waits, another is accepted", func(c *letterCase) {
			c.rival(Requested, FormNone, MoneyNotDue)
			c.rival(Accepted, FormNone, MoneyNotDue)
		}, "2016", Refuse, "other-place-first"},

		{"arrears: hold", func(c *letterCase) { c.f.Registry[0].ArrearsMonths = 2 }, "2016", Wait, "arrears"},
		{"arrears: inform", func(c *letterCase) { c.f.Registry[0].Arrears = 126000 }, "2021", Accept, ""},
		{"arrears: decline", func(c *letterCase) { c.f.Registry[0].Arrears = 126000; c.p.Arrears = ArrearsDecl }, "2021", Refuse, "arrears"},

		{"account differs by one digit", func(c *letterCase) { c.l.Account.No = "1001234567890123457" }, "2016", Wait, "account-not-registered"},
		{"holder differs", func(c *letterCase) { c.l.Account.Holder = "上海市医疗保险管理中心" }, "2016", Wait, "account-not-registered"},
		{"bank differs", func(c *letterCase) { c.l.Account.CNAPS = "102290000015" }, "2016", Wait, "account-not-registered"},
		{"not valid yet", func(c *letterCase) { c.f.Accounts[0].ValidFrom = 20260304 }, "2016", Wait, "account-not-registered"},
		{"valid no longer", func(c *letterCase) { c.f.Accounts[0].ValidTo = 20260302 }, "2016", Wait, "account-not-registered"},
		{"for another scheme", func(c *letterCase) { c.f.Accounts[0].Schemes = []string{"390"} }, "2016", Wait, "account-not-registered"},
		{"for this scheme", func(c *letterCase) { c.f.Accounts[0].Schemes = []string{"390", "310"} }, "2016", Accept, ""},
		{"an officer confirmed it", func(c *letterCase) { c.f.Accounts, c.f.Confirmed = nil, true }, "2016", Accept, ""},
		{"the account does not move", func(c *letterCase) { c.f.Accounts, c.l.AccountMoves = nil, false }, "2016", Accept, ""},
		{"netted partners need none", func(c *letterCase) { c.f.Accounts, c.f.Settlement = nil, SettleNetted }, "2016", Accept, ""},
		{"nor where nothing moves", func(c *letterCase) { c.f.Accounts, c.f.Settlement = nil, SettleNotMoved }, "2016", Accept, ""},
	} {
		c := goodLetter(profiles[v.profile])
		v.change(&c)
		check(t, v.name, JudgeLetter(c.l, c.f, c.p), v.want, v.why)
	}
}

// When everything is wrong at once, the reasons come one after the other in
// the order of SPEC 2.4; what declines before what only waits.
func TestOrderOfJudgement(t *testing.T) {
	c := goodLetter(builtInProfiles(t)["2016"])
	c.p.Arrears = ArrearsDecl
	c.l.Person.IDType, c.l.To, c.l.SchemeFrom, c.l.SchemeTo = "02", "320583", "390", "390"
	c.l.Account.No = "1"
	c.l.CertificateNo = "C9"
	c.f.Certificate.ReplacedBy = "C9"
	registry := c.f.Registry
	registry[0].Scheme, registry[0].Status, registry[0].Person.NameKey, registry[0].ArrearsMonths = "310", StatusDeceased, "张珊", 3
	c.f.Registry = nil
	c.rival(Accepted, FormNone, MoneyNotDue)
	mended := []struct {
		why  string
		mend func()
	}{
		{"military", func() { c.l.Person.IDType = "01" }},
		{"same-area", func() { c.l.To = "310100" }},
		{"same-year-resident", func() { c.l.SchemeFrom, c.l.SchemeTo = "310", "310" }},
		{"awaiting-registry", func() { c.f.Registry = registry }},
		{"name-or-id-differs", func() { registry[0].Person.NameKey, c.f.Rivals[0].State = "张三", Requested }},
		{"deceased", func() { registry[0].Status, c.f.Rivals[0].State = StatusActive, Accepted }},
		{"certificate-void", func() { c.l.CertificateNo, c.f.Certificate = "", nil }},
		{"still-participating", func() { registry[0].Status = StatusFrozen }},
		{"other-place-first", func() { c.f.Rivals[0].State = Requested }},
		{"arrears", func() { c.p.Arrears = ArrearsHold }},
		{"certificate-missing", func() { c.p.NoCertificate = NoCertAccept }},
		{"in-hospital-or-frozen", func() { registry[0].Status = StatusStopped }},
		{"possible-duplicate", func() { c.f.Rivals = nil }},
		{"arrears", func() { registry[0].ArrearsMonths = 0 }},
		{"account-not-registered", func() { c.l.Account.No = "1001234567890123456" }},
	}
	var got, want []string
	for _, m := range mended {
		o := JudgeLetter(c.l, c.f, c.p)
		got, want = append(got, string(o.Decline)+string(o.Hold)), append(want, m.why)
		m.mend()
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("reasons\n%v, want\n%v", got, want)
	}
	check(t, "all mended", JudgeLetter(c.l, c.f, c.p), Accept, "")
}

func TestFindRecord(t *testing.T) {
	records := []RegistryPerson{
		{PersonalNo: "1", Scheme: "390", Status: StatusStopped},
		{PersonalNo: "2", Scheme: "310", Status: StatusEnded},
		{PersonalNo: "3", Scheme: "310", Status: StatusStopped},
	}
	for _, v := range []struct {
		name    string
		scheme  string
		numbers []string
		records []RegistryPerson
		want    string
		several bool
	}{
		{"the scheme's, not the ended one", "310", nil, records, "3", false},
		{"the number given, though ended", "310", []string{"", "2"}, records, "2", false},
		{"a number we do not know", "310", []string{"9"}, records, "3", false},
		{"no record of the scheme", "320", nil, records[:1], "1", false},
		{"no record of the scheme, two others", "320", nil, []RegistryPerson{records[0], records[2]}, "1", true},
		{"only an ended one", "310", nil, records[1:2], "2", false},
		{"none", "310", nil, nil, "", false},
	} {
		r, several, ok := FindRecord(v.records, v.scheme, v.numbers...)
		if r.PersonalNo != v.want || several != v.several || ok != (v.want != "") {
			t.Errorf("%s: %q %v %v", v.name, r.PersonalNo, several, ok)
		}
	}
	if records[0].PersonalNo != "1" || records[1].PersonalNo != "2" {
		t.Error("the records given were changed")
	}
}

func TestFindAccount(t *testing.T) {
	a := Agency{Accounts: []Account{
		{No: "1", ValidFrom: 20200101, ValidTo: 20260301}, {No: "2", ValidFrom: 20260301, Schemes: []string{"390"}}, {No: "3", ValidFrom: 20260302},
	}}
	for _, v := range []struct {
		on     []calendar.Date
		scheme string
		want   string
	}{
		{[]calendar.Date{20260301}, "310", "1"},
		{[]calendar.Date{20260302}, "310", "3"},
		{[]calendar.Date{20260302}, "390", "2"},
		{[]calendar.Date{20191231}, "310", ""},
		{[]calendar.Date{20260301, 20260302}, "390", "2"},
		{[]calendar.Date{20260301, 20260302}, "310", ""},
		{[]calendar.Date{20260302, 20260301}, "310", ""},
	} {
		got, ok := a.FindAccount(v.scheme, v.on...)
		if got.No != v.want || ok != (v.want != "") {
			t.Errorf("%s %s: %q", v.on, v.scheme, got.No)
		}
	}
}
