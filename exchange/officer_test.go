package exchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "carryover/exchange"
)

func TestOfficerParties(t *testing.T) {
	if name, ok := OfficerOf(OfficerParty("wang.min")); name != "wang.min" || !ok {
		t.Errorf("%q, %v", name, ok)
	}
	for _, party := range []string{"", "320500", "320500c", "officer", "officer:", "Officer:wang.min", "xfficer:wang.min"} {
		if name, ok := OfficerOf(party); ok || name != "" {
			t.Errorf("%s is the officer %q", party, name)
		}
	}
	a := Agency{Officers: []Officer{{Name: "li.na", FullName: "李娜"}, {Name: "wang.min", FullName: "王敏", Roles: []Role{RoleClerk, RoleFinance}}}}
	o, ok := a.Officer("wang.min")
	if !ok || o.FullName != "王敏" || !o.Has(RoleChecker, RoleFinance) || o.Has(RoleChecker) || o.Has() || o.Principal(RoleClerk) != "wang.min@clerk" {
		t.Errorf("%+v, %v", o, ok)
	}
	if o, ok := a.Officer("wang"); ok || o.Name != "" {
		t.Errorf("wang is %+v", o)
	}
}

func approval(name string, roles ...Role) Reviewed {
	return Reviewed{Officer: name, FullName: name, Roles: roles, Verdict: ReviewApproved}
}

// What was approved before a batch was sent back counts no more.
func TestApprovalsSinceTheLastReturn(t *testing.T) {
	a, b, c := approval("a"), approval("b"), approval("c")
	back := Reviewed{Officer: "x", Verdict: ReviewReturned}
	for _, v := range []struct{ said, want []Reviewed }{
		{nil, nil},
		{[]Reviewed{a}, []Reviewed{a}},
		{[]Reviewed{a, b}, []Reviewed{a, b}},
		{[]Reviewed{back}, nil},
		{[]Reviewed{back, a}, []Reviewed{a}},
		{[]Reviewed{a, back}, nil},
		{[]Reviewed{a, back, b}, []Reviewed{b}},
		{[]Reviewed{a, back, b, back, c, a}, []Reviewed{c, a}},
	} {
		if got := Approvals(v.said); !slices.EqualFunc(got, v.want, func(x, y Reviewed) bool { return x.Officer == y.Officer }) {
			t.Errorf("%v: %v, want %v", v.said, got, v.want)
		}
	}
}

// How many approvals each review asks for, and whose name stands where on the paper.
func TestApprovalsAreEnough(t *testing.T) {
	clerk, clerk2 := approval("经甲", RoleClerk), approval("经乙", RoleClerk)
	checker, checker2 := approval("复甲", RoleChecker), approval("复乙", RoleClerk, RoleChecker)
	a := Agency{Clerk: "系统", Checker: "主任"}
	for _, v := range []struct {
		name       string
		approvals  []Reviewed
		one, two   bool
		jing, fuhe string
	}{
		{"nobody", nil, false, false, "系统", "主任"},
		{"a clerk", []Reviewed{clerk}, true, false, "经甲", "主任"},
		{"a checker", []Reviewed{checker}, true, false, "系统", "复甲"},
		{"two clerks", []Reviewed{clerk, clerk2}, true, false, "经乙", "经甲"},
		{"a clerk, then a checker", []Reviewed{clerk, checker}, true, true, "经甲", "复甲"},
		{"a checker, then a clerk", []Reviewed{checker, clerk}, true, true, "经甲", "复甲"},
		{"two checkers", []Reviewed{checker, checker2}, true, true, "复甲", "复乙"},
		{"three, the last checks", []Reviewed{clerk2, clerk, checker}, true, true, "经甲", "复甲"},
	} {
		if !ReviewNone.Enough(v.approvals) || ReviewOne.Enough(v.approvals) != v.one || ReviewTwo.Enough(v.approvals) != v.two {
			t.Errorf("%s: enough for one %v, for two %v", v.name, ReviewOne.Enough(v.approvals), ReviewTwo.Enough(v.approvals))
		}
		if jing, fuhe := a.Names(v.approvals); jing != v.jing || fuhe != v.fuhe {
			t.Errorf("%s: 经办 %s, 复核 %s, want %s, %s", v.name, jing, fuhe, v.jing, v.fuhe)
		}
	}
}

// Two different officers release money, one of them 复核.
func TestSigned(t *testing.T) {
	by := func(roles ...Role) Signature { return Signature{Roles: roles} }
	for _, v := range []struct {
		list    []Signature
		signers int
		checker bool
	}{
		{nil, 2, true},
		{[]Signature{by(RoleClerk)}, 1, true},
		{[]Signature{by(RoleChecker)}, 1, false},
		{[]Signature{by(RoleClerk), by(RoleFinance)}, 0, true},
		{[]Signature{by(RoleFinance, RoleChecker), by(RoleClerk)}, 0, false},
		{[]Signature{by(RoleClerk), by(RoleClerk, RoleChecker), by(RoleFinance)}, 0, false},
	} {
		if signers, checker := Signed(v.list); signers != v.signers || checker != v.checker {
			t.Errorf("%v: lacks %d, and a checker: %v; want %d, %v", v.list, signers, checker, v.signers, v.checker)
		}
	}
}

// The text that officers sign changes when a value does, and not with the order of what
// it is made of; what no printer shows stands in it as its number.
func TestMoneySettingsText(t *testing.T) {
	a1 := Account{Holder: "苏州中心", Bank: "工行", No: "1", CNAPS: "102100099996", ValidFrom: 20260101, Schemes: []string{"310", "390"}}
	a2 := Account{Holder: "上海中心", Bank: "建行", No: "2", ValidFrom: 20260101, ValidTo: 20261231}
	keys := func() MoneyKeys {
		return MoneyKeys{
			Agency: Agency{
				Code: "320500", PaymentCap: 100, FileCap: 200, RemarkMax: 140, RemarkIn: "gb18030", Payer: a1, Accounts: []Account{a1},
				FundsClosed: []Span{{From: 20261225, To: 20261231}},
				Officers:    []Officer{{Name: "wang.min", FullName: "王敏", Roles: []Role{RoleFinance, RoleChecker}}},
				Others:      []OtherRule{{Text: "结息\n[partner 310100]\u202e", Reason: "interest"}},
			},
			Partners:    map[string]Partner{"310100": {Code: "310100", Settlement: SettleRemitted, LumpSum: true, Seal: SealSigned, Accounts: []Account{a2}}},
			BankAddress: "/bank", CoreAddress: "/core", PortalDrop: "/portal", Review: map[string]Review{"information-form": ReviewOne},
			Keys: []SignerLine{
				{Principal: "wang.min@checker", Fingerprint: "SHA256:A", Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), For: []string{"carryover-release"}},
				{Principal: "li.na@clerk", Fingerprint: "SHA256:B"},
			},
			PartnerKeys: map[string][]SignerLine{"310100": {{Principal: "310100", Fingerprint: "SHA256:C"}}}, RecoveryIDs: []string{"SHA256:R"},
		}
	}
	const want = `form: 2
agency: 320500
[人员与放行 staff and release]
accounts.release: dual
staff.allowed_signers: li.na@clerk | SHA256:B |  –  | 
staff.allowed_signers: wang.min@checker | SHA256:A |  – 2027-01-01T00:00:00Z | carryover-release
staff.officers: wang.min | 王敏 | checker,finance
staff.recovery_keys: SHA256:R
[本方账户、银行、限额 own accounts, bank, caps]
accounts.caps.file: 2.00
accounts.caps.new_account_day: 0.00
accounts.caps.notice: 0.00
accounts.caps.partner_day: 0.00
accounts.caps.payment: 1.00
accounts.caps.record: 200000.00
accounts.funds_closed: 2026-12-25 – 2026-12-31
accounts.others:  | 结息[U+000A][partner 310100][U+202E] | interest
accounts.own: 1 | 苏州中心 | 工行 | 102100099996 | 2026-01-01 –  | 310,390
accounts.payer: 1 | 苏州中心 | 工行 | 102100099996 | 2026-01-01 –  | 310,390
accounts.remark_charset: gb18030
accounts.remark_max: 140
bank.drop: /bank
bank.return_words: 退汇 | 退回 | 退款
[业务系统与门户 core and portal]
core.drop: /core
portal.drop: /portal
review.information-form: one
[对方机构 partner 310100]
accounts: 2 | 上海中心 | 建行 |  | 2026-01-01 – 2026-12-31 | 
lump_sum: true
seal: signed
settlement: remitted
signers: 310100 | SHA256:C |  –  | 
`
	if diff := cmp.Diff(want, keys().Text()); diff != "" {
		t.Error(diff)
	}
	before := SettingsSections(want)
	for _, c := range []struct {
		change   func(*MoneyKeys)
		lines    []string
		sections []string
	}{
		{func(k *MoneyKeys) { k.Automatic = true }, []string{"- accounts.release: dual", "+ accounts.release: automatic"}, []string{SectionStaff}},
		{
			func(k *MoneyKeys) { k.Agency.PartnerDayCap = 300 },
			[]string{"- accounts.caps.partner_day: 0.00", "+ accounts.caps.partner_day: 3.00"},
			[]string{SectionOwn},
		},
		{
			func(k *MoneyKeys) { k.PartnerKeys = nil },
			[]string{"- partners.310100.signers: 310100 | SHA256:C |  –  | "},
			[]string{PartnerSection("310100")},
		},
		{func(k *MoneyKeys) { k.Review = nil }, []string{"- review.information-form: one"}, []string{SectionSystems}},
		{func(*MoneyKeys) {}, nil, nil},
	} {
		k := keys()
		c.change(&k)
		if got := SettingsChange(want, k.Text()); !slices.Equal(got, c.lines) {
			t.Errorf("%q, want %q", got, c.lines)
		}
		if got := ChangedSections(before, SettingsSections(k.Text())); !slices.Equal(got, c.sections) {
			t.Errorf("sections %q, want %q", got, c.sections)
		}
		if len(c.lines) > 0 == (SettingsSHA(want) == SettingsSHA(k.Text())) || len(SettingsSHA("")) != 64 {
			t.Error("the hash does not tell")
		}
	}
	if SettingsSections("accounts.release: dual\n") != nil {
		t.Error("a text of form 1 has sections")
	}
}

// Lines that are gone and new stand together by what they are about, what is
// gone first; a line that stood twice and stands once is gone once.
func TestSettingsChange(t *testing.T) {
	for _, v := range []struct {
		before, after string
		want          []string
	}{
		{"", "", nil},
		{"a: 1\nb: 2\n", "b: 2\na: 1\n", nil},
		{"a: 1\n", "", []string{"- a: 1"}},
		{"", "a: 1\n", []string{"+ a: 1"}},
		{"a: 1\na: 1\na: 1\n", "a: 1\n", []string{"- a: 1", "- a: 1"}},
		{"a: 1\n", "a: 1\na: 1\n", []string{"+ a: 1"}},
		{"b: 1\na: 9\na: 2\n", "a: 3\na: 1\nc: 1\n", []string{"- a: 2", "- a: 9", "+ a: 1", "+ a: 3", "- b: 1", "+ c: 1"}},
	} {
		for range 20 { // maps have no order
			if got := SettingsChange(v.before, v.after); !slices.Equal(got, v.want) {
				t.Fatalf("%q to %q: %q, want %q", v.before, v.after, got, v.want)
			}
		}
	}
	// Many lines of one key, in every order that a map may have.
	var before, after, want strings.Builder
	for i := range 9 {
		fmt.Fprintf(&before, "k: %d\n", i)
		fmt.Fprintf(&want, "- k: %d\n", i)
	}
	for i := range 9 {
		fmt.Fprintf(&after, "k: n%d\n", i)
		fmt.Fprintf(&want, "+ k: n%d\n", i)
	}
	if got := strings.Join(SettingsChange(before.String(), after.String()), "\n") + "\n"; got != want.String() {
		t.Errorf("%s", got)
	}
}
