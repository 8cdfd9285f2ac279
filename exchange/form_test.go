package exchange_test

import (
	"strings"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// SPEC 2.7, in its order.
func TestDecideMoney(t *testing.T) {
	all := MoneyFacts{Deceased: true, Amount: 0, Settlement: SettleNetted, AccountMoves: false, SchemeTo: "390"}
	for _, v := range []struct {
		name     string
		change   func(*MoneyFacts)
		word, to string
	}{
		{"deceased, nothing left", func(*MoneyFacts) {}, "", ""},
		{"deceased: the heirs, no form", func(f *MoneyFacts) { f.Amount = 1 }, "", ToPerson},
		{"nothing to pay before netted", func(f *MoneyFacts) { f.Deceased, f.Amount = false, 0 }, MoneyZERO, ""},
		{"netted before the letter's word", func(f *MoneyFacts) { f.Amount = 1 }, MoneyNETTED, ""},
		{"not moved", func(f *MoneyFacts) { f.Settlement = SettleNotMoved }, MoneyNOTMOVED, ""},
		{"the letter says it does not move", func(f *MoneyFacts) { f.Settlement, f.SchemeTo = SettleRemitted, "310" }, MoneyPAIDTOPERSON, ToPerson},
		{"the new scheme has no account", func(f *MoneyFacts) { f.AccountMoves, f.SchemeTo = true, "390" }, MoneyPAIDTOPERSON, ToPerson},
		{"remitted", func(f *MoneyFacts) { f.SchemeTo = "310" }, MoneyREMITTED, ToPartner},
	} {
		v.change(&all) // each builds on the one before
		if word, to := DecideMoney(all); word != v.word || to != v.to {
			t.Errorf("%s: %q to %q, want %q to %q", v.name, word, to, v.word, v.to)
		}
	}
}

func TestHasAccount(t *testing.T) {
	for scheme, want := range map[string]bool{"310": true, "320": false, "390": false, "391": false, "510": false} {
		if HasAccount(scheme) != want {
			t.Errorf("%s", scheme)
		}
	}
}

func goodForm() (Form, Letter) {
	l := Letter{No: "1", Version: 1, Person: zhang}
	f := Form{
		No: "F1", Version: 1, Nature: NatureOriginal, Person: zhang, EndedOn: 20260305, Actual: 12, Deemed: 2, Gap: 10,
		Money: MoneyREMITTED, Principal: 100_00, Interest: 23, Amount: 100_23, Part: 1,
		Stays: []Stay{stay("320500", 202001, 202002, StayDeemed), stay("320500", 202101, 202112, StayActual)},
	}
	return f, l
}

func TestCheckForm(t *testing.T) {
	for _, v := range []struct {
		name   string
		change func(*Form, *Letter)
		want   string // a word of what differs; none: the form is right
	}{
		{"right", func(*Form, *Letter) {}, ""},
		{"the number of 15 digits", func(f *Form, _ *Letter) { f.Person = personOf("01", "110105491231002", "张三") }, ""},
		{"another middle dot", func(f *Form, l *Letter) {
			f.Person, l.Person = personOf("01", "11010519491231002X", "买买提•艾山"), personOf("01", "11010519491231002X", "买买提·艾山")
		}, ""},
		{"another person", func(f *Form, _ *Letter) { f.Person.IDKey = "320505198401264454" }, "证件号码"},
		{"another name", func(f *Form, _ *Letter) { f.Person.NameKey = "张珊" }, "姓名"},
		{"a month too many", func(f *Form, _ *Letter) { f.Actual++ }, "月数"},
		{"months of another kind", func(f *Form, _ *Letter) { f.Deemed, f.Backpaid = 0, 2 }, "月数"},
		{"the gap", func(f *Form, _ *Letter) { f.Gap = 0 }, "中断"},
		{"a fen too few", func(f *Form, _ *Letter) { f.Amount-- }, "本金"},
		{"sums that overflow", func(f *Form, _ *Letter) { f.Principal, f.Interest = money.Fen(1<<63-1), 1 }, "本金"},
		{"months after the end", func(f *Form, _ *Letter) { f.EndedOn = 20211130 }, "终止日期"},
		{"ends in the last month", func(f *Form, _ *Letter) { f.EndedOn = 20211201 }, ""},
		{"ZERO with money", func(f *Form, _ *Letter) { f.Money = MoneyZERO }, "资金处理方式"},
		{"REMITTED without", func(f *Form, _ *Letter) { f.Principal, f.Interest, f.Amount = 0, 0, 0 }, "资金处理方式"},
		{"ZERO without", func(f *Form, _ *Letter) { f.Money, f.Principal, f.Interest, f.Amount = MoneyZERO, 0, 0, 0 }, ""},
		{"a supplement that lists only money", func(f *Form, _ *Letter) {
			f.Nature, f.Stays, f.Actual, f.Deemed, f.Gap = NatureSupplement, nil, 0, 0, 0
		}, ""},
	} {
		f, l := goodForm()
		v.change(&f, &l)
		differs := CheckForm(f, l)
		if (v.want == "") != (len(differs) == 0) || !strings.Contains(code.SayAll("list", differs).Words(code.Chinese, nil), v.want) {
			t.Errorf("%s: %q, want %q", v.name, differs, v.want)
		}
	}
	f, l := goodForm()
	f.Person.NameKey, f.Actual, f.Amount = "张珊", 13, 1
	if differs := CheckForm(f, l); len(differs) != 3 {
		t.Errorf("everything that differs is told, not only %q", differs)
	}
}

func TestNeedsCredit(t *testing.T) {
	want := map[string]bool{MoneyREMITTED: true, MoneyNETTED: true, MoneyNOTMOVED: false, MoneyPAIDTOPERSON: false, MoneyZERO: false}
	for word, needs := range want {
		if (Form{Money: word}).NeedsCredit() != needs {
			t.Errorf("%s", word)
		}
	}
}
