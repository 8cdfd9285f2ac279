package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

// The reasons for which a core refuses a posting, in its own numbers.
const (
	coreUnknown     = "C01" // no such person
	coreEnded       = "C02" // participation has ended already
	coreNotEnded    = "C03" // a debit without an end
	coreBooked      = "C04" // this version of the form is booked
	coreLapping     = "C05" // months that are counted already
	coreClaims      = "C06" // medical costs not settled
	coreNothing     = "C07" // nothing to undo
	coreStillActive = "C08" // participation has not stopped
)

// books are what a core knows about its people and has booked. The people
// stand in memory, every booking also in a file that is only ever added to.
type books struct {
	area     string
	file     *bookFile
	people   map[string]*member // by personal_no
	byID     map[string]*member
	answered map[string]*booking // by posting_no
	forms    map[string]string   // row, form_no and version → posting_no that stands
}

// member is one person in the books.
type member struct {
	formats.RegistryRecord
	AccruedTo calendar.Date // interest is credited up to this day
	Claims    bool          // medical costs of a stay in hospital are not settled
	Changed   bool          // the core changed something that the agency does not know
}

// booking is a posting that the core did, with what it takes to undo it.
type booking struct {
	formats.Posting
	result formats.PostingResult
	before code.RegistryStatus // E
	undone bool
}

// coreLine is a line of the core's books.
type coreLine struct {
	On        calendar.Date   `json:"on"`
	Posting   string          `json:"posting"`
	Case      string          `json:"case"`
	Row       code.PostingRow `json:"row"`
	Person    string          `json:"person"`
	Form      string          `json:"form,omitempty"`
	Version   int             `json:"version,omitempty"`
	Principal money.Fen       `json:"principal_fen"`
	Interest  money.Fen       `json:"interest_fen"`
	Amount    money.Fen       `json:"fen"`
	Months    int             `json:"months,omitempty"`
	Undoes    string          `json:"undoes,omitempty"`
}

func newBooks(area string, file *bookFile) *books {
	return &books{
		area: area, file: file, people: map[string]*member{}, byID: map[string]*member{},
		answered: map[string]*booking{}, forms: map[string]string{},
	}
}

// enrol enters a person.
func (b *books) enrol(m *member) {
	b.people[m.PersonalNo] = m
	b.byID[m.Person.IDNo] = m
}

// post books one row, or refuses it. A posting number that was answered
// before gets the same answer.
func (b *books) post(p *formats.Posting, on calendar.Date) (formats.PostingResult, error) {
	if known, ok := b.answered[p.PostingNo]; ok {
		return known.result, nil
	}
	k := &booking{Posting: *p, result: formats.PostingResult{
		PostingNo: p.PostingNo, CaseNo: p.CaseNo, Row: p.Row, Result: code.ResultDone, DoneOn: on, Echo: p.Echo,
	}}
	b.answered[p.PostingNo] = k
	refuse, text := b.apply(k, on)
	if refuse != "" {
		k.undone = true
		k.result.Result, k.result.Code, k.result.Text = code.ResultRefused, refuse, text
		return k.result, nil
	}
	return k.result, b.file.write(coreLine{
		On: on, Posting: p.PostingNo, Case: p.CaseNo, Row: p.Row, Person: p.PersonalNo, Form: p.FormNo, Version: p.FormVersion.Value,
		Principal: k.result.Principal.Value, Interest: k.result.Interest.Value, Amount: k.result.Amount.Value,
		Months: k.result.Months.Value, Undoes: p.Undoes,
	})
}

// apply changes the books; refuse is the core's reason not to.
func (b *books) apply(k *booking, on calendar.Date) (refuse, text string) {
	m := b.people[k.PersonalNo]
	if m == nil || m.Person.IDNo != k.IDNo {
		return coreUnknown, "查无此人或证件号码不符"
	}
	switch k.Row {
	case code.PostingEnd:
		return b.end(k, m, on)
	case code.PostingDebit:
		return b.debit(k, m, on)
	case code.PostingCredit:
		return b.credit(k, m, on)
	case code.PostingMonths:
		return b.months(k, m)
	}
	return b.undo(k, m)
}

func (b *books) end(k *booking, m *member, on calendar.Date) (refuse, text string) {
	switch {
	case m.Status == code.RegistryEnded:
		return coreEnded, "参保关系此前已终止"
	case m.Status == code.RegistryActive:
		return coreStillActive, "尚未停保"
	case m.Claims:
		return coreClaims, "有未结算的医疗费用，结清后方可终止"
	}
	k.before = m.Status
	m.Status, m.StoppedOn = code.RegistryEnded, cmp.Or(m.StoppedOn, on)
	return "", ""
}

// debit takes the whole balance, with the interest up to this day.
func (b *books) debit(k *booking, m *member, on calendar.Date) (refuse, text string) {
	if m.Status != code.RegistryEnded && m.Status != code.RegistryDeceased {
		return coreNotEnded, "参保关系未终止，不能清算个人账户"
	}
	m.accrue(on)
	k.result.Principal, k.result.Interest = batch.Some(m.Principal), batch.Some(m.Interest)
	k.result.Amount, k.result.BalanceAfter = batch.Some(m.Principal+m.Interest), batch.Some(money.Fen(0))
	m.Principal, m.Interest = 0, 0
	return "", ""
}

func (b *books) credit(k *booking, m *member, on calendar.Date) (refuse, text string) {
	if refuse, text = b.claim(k); refuse != "" {
		return refuse, text
	}
	m.accrue(on)
	m.Principal += k.Amount.Value
	k.result.Amount, k.result.BalanceAfter = k.Amount, batch.Some(m.Principal+m.Interest)
	return "", ""
}

func (b *books) months(k *booking, m *member) (refuse, text string) {
	counted := monthsOf(m.Stays)
	months := 0
	for _, s := range k.Stays {
		for month := s.From; month <= s.To; month = month.Add(1) {
			if counted[month] {
				return coreLapping, "月份 " + month.String() + " 已计算"
			}
			counted[month] = true
			months++
		}
	}
	if refuse, text = b.claim(k); refuse != "" {
		return refuse, text
	}
	m.Stays = append(m.Stays, k.Stays...)
	k.result.Months = batch.Some(months)
	return "", ""
}

// claim takes a form version for a row, once.
func (b *books) claim(k *booking) (refuse, text string) {
	key := k.formKey()
	if b.forms[key] != "" {
		return coreBooked, "信息表该版本已入账"
	}
	b.forms[key] = k.PostingNo
	return "", ""
}

func (k *booking) formKey() string {
	return fmt.Sprintf("%s %s %d", k.Row, k.FormNo, k.FormVersion.Value)
}

func (b *books) undo(k *booking, m *member) (refuse, text string) {
	was := b.answered[k.Undoes]
	if was == nil || was.undone || was.PersonalNo != k.PersonalNo {
		return coreNothing, "没有可以冲销的记账"
	}
	switch was.Row {
	case code.PostingEnd:
		m.Status = was.before
	case code.PostingDebit:
		m.Principal += was.result.Principal.Value
		m.Interest += was.result.Interest.Value
	case code.PostingCredit:
		m.Principal -= was.result.Amount.Value
		delete(b.forms, was.formKey())
	case code.PostingMonths:
		for _, s := range was.Stays {
			m.Stays = slices.DeleteFunc(m.Stays, func(have formats.Stay) bool { return have == s })
		}
		delete(b.forms, was.formKey())
	default:
		return coreNothing, "冲销不能再冲销"
	}
	was.undone = true
	k.result.Amount, k.result.Months = was.result.Amount, was.result.Months
	return "", ""
}

// interestPerMyriad is the yearly rate on personal accounts, in 1/10000.
const interestPerMyriad = 150

// accrue credits the interest up to a day.
func (m *member) accrue(on calendar.Date) {
	if days := on.Sub(m.AccruedTo); days > 0 {
		m.Interest += m.Principal * money.Fen(interestPerMyriad*days) / (10_000 * 365)
		m.AccruedTo = on
	}
}

// monthsOf is the set of months that stays hold.
func monthsOf(stays []formats.Stay) map[calendar.Month]bool {
	set := map[calendar.Month]bool{}
	for _, s := range stays {
		for m := s.From; m <= s.To; m = m.Add(1) {
			set[m] = true
		}
	}
	return set
}

// extract is the registry as the core hands it out: everybody, or who was
// changed by the core since the last extract. Interest stands as of the last time it
// was credited, which is why a debit may differ.
func (b *books) extract(full bool, on calendar.Date) []*formats.RegistryRecord {
	var list []*formats.RegistryRecord
	for _, no := range slices.Sorted(maps.Keys(b.people)) {
		m := b.people[no]
		if !full && !m.Changed {
			continue
		}
		m.Changed = false
		r := m.RegistryRecord
		r.AsOf = on
		r.FirstMonth, r.PaidTo = 0, 0
		for _, s := range r.Stays {
			if r.FirstMonth == 0 || s.From < r.FirstMonth {
				r.FirstMonth = s.From
			}
			r.PaidTo = max(r.PaidTo, s.To)
		}
		r.Stays = slices.Clone(r.Stays)
		list = append(list, &r)
	}
	return list
}

// coreSums are drawn from the lines of the books, not from memory.
type coreSums struct {
	debited, credited money.Fen
	monthsCredited    int
	refusedEnds       int
	byForm            map[string]money.Fen // credited, by form
	debits            map[string]money.Fen // by personal_no
}

// sum reads the books again.
func (b *books) sum() (coreSums, error) {
	s := coreSums{byForm: map[string]money.Fen{}, debits: map[string]money.Fen{}}
	done := map[string]coreLine{}
	count := func(l coreLine, sign int) {
		amount := l.Amount * money.Fen(sign)
		switch l.Row {
		case code.PostingDebit:
			s.debited += amount
			s.debits[l.Person] += amount
		case code.PostingCredit:
			s.credited += amount
			s.byForm[l.Form] += amount
		case code.PostingMonths:
			s.monthsCredited += l.Months * sign
		}
	}
	err := readBooks(b.file, func(l coreLine) {
		done[l.Posting] = l
		if l.Row == code.PostingUndo {
			count(done[l.Undoes], -1)
			return
		}
		count(l, 1)
	})
	return s, err
}

// has reports whether a row is booked for a person and stands.
func (b *books) has(personalNo string, row code.PostingRow) bool {
	for _, k := range b.answered {
		if k.PersonalNo == personalNo && k.Row == row && !k.undone {
			return true
		}
	}
	return false
}

// refused reports whether the core refused a posting for a person.
func (b *books) refused(personalNo string) bool {
	for _, k := range b.answered {
		if k.PersonalNo == personalNo && k.result.Result == code.ResultRefused {
			return true
		}
	}
	return false
}
