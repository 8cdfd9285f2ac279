package exchange_test

import (
	"slices"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

func TestBankEntry(t *testing.T) {
	e := BankEntry{Account: "62", Ref: UsableRef("S1"), Credit: true, Amount: 700, BookedOn: 20260319}
	if e.KnownAs() != "S1|62|2026-03-19|C7.00" || e.KeyOf(2) != "62:2026-03-19:C7.00:S1:2" || e.Signed() != 700 {
		t.Errorf("a credit with a number: %s, %s, %s", e.KnownAs(), e.KeyOf(2), e.Signed())
	}
	e.Ref, e.Credit = UsableRef("000"), false
	if e.KnownAs() != "|62|2026-03-19|D7.00" || e.KeyOf(1) != "62:2026-03-19:D7.00::1" || e.Signed() != -700 {
		t.Errorf("a debit without one: %s, %s, %s", e.KnownAs(), e.KeyOf(1), e.Signed())
	}
	for ref, want := range map[string]string{"": "", "0": "", "0000": "", "NONREF": "", "notprovided": "", "00009": "00009", "S1": "S1"} {
		if got := UsableRef(ref); got != want {
			t.Errorf("%q is used as %q, want %q", ref, got, want)
		}
	}
	for key, want := range map[string]string{"62:2026-03-19:C7.00:S1:2": "S1", "62:2026-03-19:C7.00::2": "62:2026-03-19:C7.00::2", "62:2026-03-19:C7.00:A:B:2": "A:B", "S1": "S1"} {
		if got := BankNumber(key); got != want {
			t.Errorf("%q has the number %q, want %q", key, got, want)
		}
	}
}

// What the new place has confirmed is what its best version says, less what it
// sent back, and nothing once it says void.
func TestConfirmedBy(t *testing.T) {
	completed, done, void := string(code.OutcomeCompleted), string(code.OutcomeRelationDone), string(code.OutcomeVoid)
	for _, v := range []struct {
		name  string
		forms []Form
		want  money.Fen
	}{
		{"none", nil, 0},
		{"told nothing", []Form{{Money: MoneyREMITTED, Credited: 700}}, 0},
		{"the relation alone", []Form{{LastCompletion: done, Money: MoneyREMITTED, Credited: 700}}, 0},
		{"completed", []Form{{LastCompletion: completed, Money: MoneyREMITTED, Credited: 700}}, 700},
		{"completed, netted", []Form{{LastCompletion: completed, Money: MoneyNETTED, Credited: 700}}, 0},
		{"some sent back", []Form{{LastCompletion: completed, Money: MoneyREMITTED, Credited: 700, SentBack: 200}}, 500},
		{"the version that says most", []Form{{LastCompletion: completed, Money: MoneyREMITTED, Credited: 700}, {LastCompletion: completed, Money: MoneyREMITTED, Credited: 800, SentBack: 300}}, 700},
		{"void", []Form{{LastCompletion: completed, Money: MoneyREMITTED, Credited: 700}, {LastCompletion: void, Money: MoneyREMITTED, Credited: 700}}, 0},
	} {
		if got := ConfirmedBy(v.forms); got != v.want {
			t.Errorf("%s: %s, want %s", v.name, got, v.want)
		}
	}
}

func TestFigures(t *testing.T) {
	var f File
	for _, v := range []code.Verdict{code.Accepted, code.Held, code.Accepted, code.Refused, code.Accepted, code.Held} {
		f.Count(v)
	}
	if f.Accepted != 3 || f.Held != 2 || f.Refused != 1 {
		t.Errorf("%d, %d, %d", f.Accepted, f.Held, f.Refused)
	}
	if in := FileStates(In); !slices.Contains(in, FileFetched) || slices.Contains(in, FileQueued) {
		t.Errorf("states of files that come in: %v", in)
	}
	if out := FileStates(Out); !slices.Contains(out, FileQueued) || slices.Contains(out, FileFetched) {
		t.Errorf("states of files that go out: %v", out)
	}
}

func TestSpanHolds(t *testing.T) {
	s := Span{From: 20261225, To: 20261231}
	for d, want := range map[calendar.Date]bool{20261224: false, 20261225: true, 20261228: true, 20261231: true, 20270101: false, 0: false} {
		if s.Holds(d) != want {
			t.Errorf("%s holds %s: %v", s, d, !want)
		}
	}
}

func TestRefundRefs(t *testing.T) {
	const no = "32050020260302000001"
	if letter, part, ok := SplitRefund(RefundRef(no, 2, 13)); letter != no || part != 2 || !ok {
		t.Errorf("%s, %d, %v", letter, part, ok)
	}
	for ref, want := range map[string]bool{
		no + "-R1-1": true, no + "-R0-1": false, no + "-R1-0": false, no + "-R-1-1": false, no + "-Rx-1": false, no + "-R1-x": false,
		no + "-1-1": false, no + "-R1": false, no + "-R1-1-1": false, no[1:] + "-R1-1": false, no + "0-R1-1": false, "": false, no + "--1": false, no + "-r1-1": false,
	} {
		if letter, part, ok := SplitRefund(ref); ok != want {
			t.Errorf("%q is taken apart as %q, %d, %v", ref, letter, part, ok)
		}
	}
}

// The digest of what the registry says depends on nothing but that.
func TestRegistryDigest(t *testing.T) {
	a := RegistryPerson{
		PersonalNo: "1", Person: zhang, Scheme: "310", Status: StatusActive, Principal: 700, AsOf: 20260301, FileID: 7, FileDate: 20260302,
		Stays: []Stay{stay("320500", 202001, 202012, StayActual), stay("310100", 201901, 201912, StayBackpaid), stay("310100", 202001, 202012, StayActual)},
	}
	b := RegistryPerson{PersonalNo: "2", Person: zhang, Scheme: "390", Status: StatusStopped}
	want := RegistryDigest([]RegistryPerson{a, b})
	later := a
	later.AsOf, later.FileID, later.FileDate, later.Stays = 20260401, 8, 20260402, slices.Clone(a.Stays)
	slices.Reverse(later.Stays)
	if got := RegistryDigest([]RegistryPerson{b, later}); got != want || len(got) != 32 {
		t.Errorf("the same in another order and file: %s, want %s", got, want)
	}
	if a.Stays[0].Area != "320500" || a.FileID != 7 {
		t.Errorf("what was asked about is changed: %+v", a)
	}
	for name, change := range map[string]func(*RegistryPerson){
		"status":    func(p *RegistryPerson) { p.Status = StatusStopped },
		"principal": func(p *RegistryPerson) { p.Principal++ },
		"a stay":    func(p *RegistryPerson) { p.Stays = p.Stays[1:] },
		"number":    func(p *RegistryPerson) { p.PersonalNo = "3" },
	} {
		other := a
		change(&other)
		if RegistryDigest([]RegistryPerson{other, b}) == want {
			t.Errorf("another %s has the same digest", name)
		}
	}
	if sum, err := (RegistryPerson{Principal: 7, Interest: 5}).Balance(); sum != 12 || err != nil {
		t.Errorf("balance %s, %v", sum, err)
	}
}
