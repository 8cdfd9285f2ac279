// Package screen is what a person reads in a terminal: the stories of show and the
// lists, as tables whose columns fit Chinese.
//
// It promises that a screen tells nothing but what --json prints, in the office's
// language. It reads no store and decides nothing: what it prints is gathered by
// jobs/story.
package screen

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/jobs/office"
	"carryover/jobs/story"
)

// Screen prints stories for people, in the office's language. It tells nothing but
// what --json prints, so that a program can tell as much as the Screen does.
type Screen struct {
	Out io.Writer
	*office.Office
}

// lineWidth is how many columns a line may take before it goes on in the next.
const lineWidth = 116

// word is the word of a code: of one of the lists that fields of package exchange
// name in their tag show.
func (s Screen) word(list, value string) string { return story.Word(s.Office, list, value) }

// heads are a table's header, its columns divided by "|".
func (s Screen) heads(chinese, english string) []string {
	return strings.Split(s.Say(chinese, english), "|")
}

// fact prints a label and what belongs to it; nothing when that is empty. What
// does not fit on the line goes on below, under the first of it.
func (s Screen) fact(chinese, english string, parts ...string) {
	label := s.Say(chinese, english) + s.Say("：", ": ")
	indent := 2 + Columns(label)
	line, at := "  "+label, indent
	some := false
	for _, p := range parts {
		if p == "" {
			continue
		}
		if some && at+3+Columns(p) > lineWidth {
			fmt.Fprintln(s.Out, line)
			line, at = strings.Repeat(" ", indent)+p, indent+Columns(p)
			continue
		}
		if some {
			p = " · " + p
		}
		line, at, some = line+p, at+Columns(p), true
	}
	if some {
		fmt.Fprintln(s.Out, line)
	}
}

// Columns are how many a text takes on the terminal.
func Columns(t string) int {
	SetAmbiguousWidth()
	return text.StringWidthWithoutEscSequences(t)
}

// Labelled is "label value", or nothing without a value.
func Labelled(label, value string) string {
	if value == "" || label == "" {
		return value
	}
	return label + " " + value
}

// day is a date, "" for none: empty facts and columns are left out.
func day(d calendar.Date) string { return d.String() }

// Minute is an instant in the agency's zone; "" for none.
func (s Screen) minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Minute(t.In(s.Agency.Zone))
}

// Minute is an instant in its own zone.
func Minute(t time.Time) string { return t.Format("2006-01-02 15:04") }

// count is a number of which none need not be told.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// version is "label number vN", or nothing where there is no document.
func version(label, no string, n int) string {
	if no == "" {
		return ""
	}
	return fmt.Sprintf("%s %s v%d", label, no, n)
}

// zeroless is an amount of which nought need not be told.
func zeroless(f money.Fen) string {
	if f == 0 {
		return ""
	}
	return f.String()
}

// yuan is "label amount yuan", or nothing of nought.
func (s Screen) yuan(label string, amount money.Fen) string {
	if amount == 0 {
		return ""
	}
	return Labelled(label, s.Sayf("%s 元", "%s yuan", amount))
}

// signed is an amount of the bank with its sign.
func signed(b exchange.BankEntry, amount string) string {
	if b.Credit {
		return "+" + amount
	}
	return "-" + amount
}

// provisional marks a day counted with a calendar that lacks the year's notice:
// it may still move.
func (s Screen) provisional(p bool) string {
	if p {
		return s.Say("（暂定）", " (provisional)")
	}
	return ""
}

// left says how many working days are left; a negative number is overdue.
func (s Screen) left(n int) string {
	switch {
	case n < 0:
		return s.Sayf("已超 %d 个工作日", "%d working days over", -n)
	case n == 0:
		return s.Say("今天到期", "due today")
	}
	return s.Sayf("还有 %d 个工作日", "%d working days left", n)
}

// Stories prints all that was found.
func (s Screen) Stories(out *story.Stories, all bool) {
	if len(out.Cases) > 1 {
		s.several(out.Cases)
	}
	for _, c := range out.Cases {
		s.story(c, all, len(out.Cases) > 1)
	}
	for _, p := range out.Payments {
		s.payment(p, all)
	}
	for _, f := range out.Files {
		s.file(f, all)
	}
	for _, b := range out.Entries {
		s.entry(b)
	}
	s.others(out)
	s.similar(out.Similar)
}

// several lists the cases of a person before each of them.
func (s Screen) several(cases []*story.Case) {
	var list []story.CaseRow
	for _, c := range cases {
		list = append(list, story.CaseRow{Outline: c.Outline})
	}
	s.cases(s.Say("办件", "Cases"), list)
}

// tabled prints a table of a list: its title, its header, and what makes a row of
// one of it. There may be more than are listed.
func tabled[T any](s Screen, title string, heads []string, list []T, row func(T) []string) {
	var rows [][]string
	for _, x := range list {
		rows = append(rows, row(x))
	}
	Table(s.Out, title, heads, rows)
}

// tracks are a case's state, form and money in words.
func (s Screen) tracks(c story.Outline) (state, form, money string) {
	side := string(c.Side)
	return c.State.Word, s.word("form-"+side, string(c.FormTrack)), s.word("money-"+side, string(c.MoneyTrack))
}

// cases lists cases by what a caller asks first.
func (s Screen) cases(title string, list []story.CaseRow) {
	heads := s.heads("办件编号|方向|姓名|对方|状态|信息表|资金|金额|轮到|不晚于", "case|side|name|partner|state|form|money|amount|whose turn|until")
	tabled(s, title, heads, list, func(c story.CaseRow) []string {
		who, until := "", ""
		if c.Turn != nil {
			who = s.word("owner", string(c.Turn.Owner)) + s.Say("：", ": ") + c.Turn.Wait
			until = day(c.Turn.Due)
		}
		state, form, money := s.tracks(c.Outline)
		return []string{c.No, s.word("direction", string(c.Side)), c.Person.Name, c.Partner, state, form, money, zeroless(c.Amount), who, until}
	})
}

// similar lists what has a part of a number, when nothing is called so.
func (s Screen) similar(l story.Similar) {
	s.cases(s.Say("编号或姓名相近的办件", "Cases with that in a number, or of that name"), l.Cases)
	s.files(s.Say("文件名相近的文件", "Files with that in the name"), l.Files)
}

// others are people and applications without a case here, and files that only
// lie in a drop.
func (s Screen) others(out *story.Stories) {
	for _, x := range out.Applications {
		fmt.Fprint(s.Out, s.Sayf("申请 %s v%d（%s）于 %s 收到，已转交 %s %s 办理\n", "application %s v%d (%s), received on %s, was relayed to %s %s\n",
			x.No, x.Version, x.Person.Name, x.ReceivedOn, x.To, s.PartyName(x.To)))
	}
	for _, x := range out.Waiting {
		fmt.Fprint(s.Out, s.Sayf("%s：在 %s %s 的交换目录中见到（%s），尚未取回\n", "%s: seen in the drop of %s %s (%s), not taken in yet\n",
			x.Name, x.Party, s.PartyName(x.Party), s.minute(x.SeenAt)))
	}
	for _, p := range out.People {
		fmt.Fprintf(s.Out, "%s %s\n", p.Person.Name, p.Person.IDNo)
		s.fact("参保登记", "registry", p.PersonalNo, s.word("registry-status", p.Status), Labelled(s.Say("截至", "as of"), day(p.AsOf)))
		for _, c := range p.Certificates {
			s.fact("参保凭证", "certificate", c.No, Labelled(s.Say("出具", "issued"), day(c.IssuedOn)),
				Labelled(s.Say("月数", "months"), strconv.Itoa(c.Actual+c.Backpaid+c.Deemed)),
				s.yuan(s.Say("余额", "balance"), c.Balance), Labelled(s.Say("已作废，由其取代：", "void, replaced by"), c.ReplacedBy))
		}
		s.fact("办件", "cases", s.Say("没有正在办理的转移业务", "none"))
	}
}

// direction is an arrow: towards us for what comes in, a transfer-in included.
func direction(side exchange.Side) string {
	if side == exchange.In {
		return "←"
	}
	return "→"
}
