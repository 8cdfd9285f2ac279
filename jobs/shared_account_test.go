package jobs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// TestOtherBusiness: what is no transfer is booked under a reason, by a rule or by
// finance's word, and proves its day; never what names something of ours.
func TestOtherBusiness(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	o.env.Agency.Others = []exchange.OtherRule{{Text: "结息", Reason: "interest"}, {Account: "999", Reason: "allocation"}}
	letter := o.sendLetter(leaver(them, 0))
	from := func(e iso20022.Entry, account string) iso20022.Entry {
		e.Counterparty.Number = account
		return e
	}
	entries := []iso20022.Entry{
		creditEntry("1", 100, "一季度 结 息", ""),
		from(creditEntry("2", 200, "拨款", ""), "999"),
		creditEntry("3", 300, "结息 "+letter.LetterNo, ""),
		from(creditEntry("4", 400, "拨款 310101199003070011", ""), "999"),
		creditEntry("5", 500, "门诊统筹", ""),
		{Ref: "6", Amount: 600, Status: iso20022.Booked, Text: "门诊统筹"},
		creditEntry("7", 700, "不明来款", ""),
	}
	o.leaveNotification(entries...)
	o.leaveStatement(firstDay, 90_000_000, entries...)
	o.pass()
	for what, args := range map[string][]string{
		"a letter's":         {"3", "code=other"},
		"a person's":         {"4", "code=other"},
		"interest by rule":   {"1", "code=interest"},
		"no such reason":     {"5", "code=whatever"},
		"without any reason": {"5"},
	} {
		if _, err := o.tryDecide(keys, "li.na", exchange.ActNotATransfer, args[0], args[1:]...); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("%s: %v", what, err)
		}
	}
	o.decide(keys, "li.na", exchange.ActNotATransfer, "5", "code=other")
	o.decide(keys, "li.na", exchange.ActNotATransfer, "6", "code=charge")
	want := []string{
		"1 1.00 一季度 结 息 other", "2 2.00 拨款 other", "4 4.00 拨款 310101199003070011 unmatched", "5 5.00 门诊统筹 other", "6 -6.00 门诊统筹 other",
		"7 7.00 不明来款 unmatched",
	}
	got := slices.DeleteFunc(o.entriesOn(firstDay), func(s string) bool { return strings.HasPrefix(s, "3 ") })
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	o.pass()
	if got := o.dayState(firstDay); got != "proved" {
		t.Error(got)
	}
	// Only what belongs to nobody is in the ledger: those of 300, 400 and 700.
	if got := o.balances(); !strings.Contains(got, "in:unmatched::14.00") {
		t.Errorf("the ledger: %s", got)
	}
}

// TestSharedAccount: on an account that others use, too, a statement lists what nobody
// tells us of: it is one sum beside ours, but for what names something of ours.
func TestSharedAccount(t *testing.T) {
	for name, c := range map[string]struct {
		shared bool
		text   string
		want   string
	}{
		"ours alone":         {false, "门诊统筹", "differs unexplained 0.00/9.00 unexplained 0.00/9.00 unexplained 0.00/-4.00"},
		"shared":             {true, "门诊统筹", "proved"},
		"a letter's is ours": {true, "31010020260302000001", "differs unexplained 0.00/9.00 unexplained 0.00/9.00"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			if c.shared {
				o.env.Agency.Shared = []string{receiving(us).No}
			}
			ours := creditEntry("1", 500, "不明来款", "")
			o.leaveNotification(ours)
			o.leaveStatement(firstDay, 0, ours, creditEntry("X1", 900, c.text, ""), creditEntry("X2", 900, c.text, ""),
				iso20022.Entry{Ref: "X3", Amount: 400, Status: iso20022.Booked, Text: "门诊统筹"})
			o.pass()
			if got := o.dayState(firstDay); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			var day exchange.BankDay
			o.view(func(tx *store.Tx) (err error) {
				day, err = tx.BankDay(receiving(us).No, firstDay, 0)
				return err
			})
			if c.want == "proved" && (day.Others != 3 || day.OthersSum != 1400) {
				t.Errorf("%d others, %s", day.Others, day.OthersSum)
			}
		})
	}
}

// TestQuietDays: a day on which nothing moved needs no statement, when those before and
// after it agree.
func TestQuietDays(t *testing.T) {
	for name, c := range map[string]struct {
		opening money.Fen
		want    int
	}{"they agree": {100, 0}, "they do not": {101, 2}} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.leaveStatement(firstDay, 100)
			o.pass()
			o.now = o.now.AddDate(0, 0, 3)
			o.leaveStatement(firstDay.AddDays(3), c.opening)
			o.pass()
			if got := o.todoNumbers("缺银行对账单"); len(got) != c.want {
				t.Errorf("to be done: %q", got)
			}
		})
	}
}
