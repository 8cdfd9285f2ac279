package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	forms    map[string]bool     // row, form_no and version that stand
}

// member is one person in the books.
type member struct {
	formats.RegistryRecord
	AccruedTo calendar.Date // interest is credited up to this day
	Claims    bool          // medical costs of a stay in hospital are not settled
	Changed   bool          // the core changed something that the agency does not know
}

// booking is a posting as the core answered it, with what it takes to undo
// it. There are many, so it keeps no more than that.
type booking struct {
	member    *member
	row       code.PostingRow
	form      string              // what Y and N claimed: row, form_no and version
	before    code.RegistryStatus // E
	stays     []formats.Stay      // Y
	principal money.Fen
	interest  money.Fen
	amount    money.Fen
	after     money.Fen // balance
	months    int
	on        calendar.Date
	refused   string // the core's reason and words
	text      string
	undone    bool
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
		answered: map[string]*booking{}, forms: map[string]bool{},
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
		return known.result(p), nil
	}
	k := &booking{member: b.people[p.PersonalNo], row: rowOf(p.Row), on: on}
	b.answered[strings.Clone(p.PostingNo)] = k
	if k.refused, k.text = b.apply(k, p); k.refused != "" {
		return k.result(p), nil
	}
	return k.result(p), b.file.write(coreLine{
		On: on, Posting: p.PostingNo, Case: p.CaseNo, Row: k.row, Person: p.PersonalNo, Form: p.FormNo, Version: p.FormVersion.Value,
		Principal: k.principal, Interest: k.interest, Amount: k.amount, Months: k.months, Undoes: p.Undoes,
	})
}

// rowOf is the row's own word, which does not hold on to the file it was read from.
func rowOf(row code.PostingRow) code.PostingRow { return code.PostingRow(strings.Clone(string(row))) }

// result is the answer to the posting that was booked, or refused.
func (k *booking) result(p *formats.Posting) formats.PostingResult {
	r := formats.PostingResult{
		PostingNo: p.PostingNo, CaseNo: p.CaseNo, Row: p.Row, Result: code.ResultDone, DoneOn: k.on, Echo: p.Echo,
	}
	if k.refused != "" {
		r.Result, r.Code, r.Text = code.ResultRefused, k.refused, k.text
		return r
	}
	switch k.row {
	case code.PostingDebit:
		r.Principal, r.Interest = batch.Some(k.principal), batch.Some(k.interest)
		r.Amount, r.BalanceAfter = batch.Some(k.amount), batch.Some(k.after)
	case code.PostingCredit:
		r.Amount, r.BalanceAfter = batch.Some(k.amount), batch.Some(k.after)
	case code.PostingMonths:
		r.Months = batch.Some(k.months)
	case code.PostingUndo:
		r.Amount, r.Months = batch.Some(k.amount), batch.Some(k.months)
	}
	return r
}

// apply changes the books; refuse is the core's reason not to.
func (b *books) apply(k *booking, p *formats.Posting) (refuse, text string) {
	m := k.member
	if m == nil || m.Person.IDNo != p.IDNo {
		return coreUnknown, "查无此人或证件号码不符"
	}
	switch k.row {
	case code.PostingEnd:
		return k.end()
	case code.PostingDebit:
		return k.debit()
	case code.PostingCredit:
		return b.credit(k, p)
	case code.PostingMonths:
		return b.months(k, p)
	}
	return b.undo(k, b.answered[p.Undoes])
}

func (k *booking) end() (refuse, text string) {
	m := k.member
	switch {
	case m.Status == code.RegistryEnded:
		return coreEnded, "参保关系此前已终止"
	case m.Status == code.RegistryActive:
		return coreStillActive, "尚未停保"
	case m.Claims:
		return coreClaims, "有未结算的医疗费用，结清后方可终止"
	}
	k.before = m.Status
	m.Status, m.StoppedOn = code.RegistryEnded, cmp.Or(m.StoppedOn, k.on)
	return "", ""
}

// debit takes the whole balance, with the interest up to this day.
func (k *booking) debit() (refuse, text string) {
	m := k.member
	if m.Status != code.RegistryEnded && m.Status != code.RegistryDeceased {
		return coreNotEnded, "参保关系未终止，不能清算个人账户"
	}
	m.accrue(k.on)
	k.principal, k.interest, k.amount = m.Principal, m.Interest, m.Principal+m.Interest
	m.Principal, m.Interest = 0, 0
	return "", ""
}

func (b *books) credit(k *booking, p *formats.Posting) (refuse, text string) {
	if refuse, text = b.claim(k, p); refuse != "" {
		return refuse, text
	}
	m := k.member
	m.accrue(k.on)
	m.Principal += p.Amount.Value
	k.amount, k.after = p.Amount.Value, m.Principal+m.Interest
	return "", ""
}

func (b *books) months(k *booking, p *formats.Posting) (refuse, text string) {
	m := k.member
	counted := monthsOf(m.Stays)
	for _, s := range p.Stays {
		for month := s.From; month <= s.To; month = month.Add(1) {
			if counted[month] {
				return coreLapping, "月份 " + month.String() + " 已计算"
			}
			counted[month] = true
			k.months++
		}
	}
	if refuse, text = b.claim(k, p); refuse != "" {
		return refuse, text
	}
	for _, s := range p.Stays {
		s.Area, s.Scheme, s.Kind = strings.Clone(s.Area), code.Scheme(strings.Clone(string(s.Scheme))), code.StayKind(strings.Clone(string(s.Kind)))
		k.stays = append(k.stays, s)
	}
	m.Stays = append(m.Stays, k.stays...)
	return "", ""
}

// claim takes a form version for a row, once.
func (b *books) claim(k *booking, p *formats.Posting) (refuse, text string) {
	k.form = fmt.Sprintf("%s %s %d", p.Row, p.FormNo, p.FormVersion.Value)
	if b.forms[k.form] {
		return coreBooked, "信息表该版本已入账"
	}
	b.forms[k.form] = true
	return "", ""
}

func (b *books) undo(k, was *booking) (refuse, text string) {
	if was == nil || was.undone || was.refused != "" || was.member != k.member || was.row == code.PostingUndo {
		return coreNothing, "没有可以冲销的记账"
	}
	m := k.member
	switch was.row {
	case code.PostingEnd:
		m.Status = was.before
	case code.PostingDebit:
		m.Principal += was.principal
		m.Interest += was.interest
	case code.PostingCredit:
		m.Principal -= was.amount
	case code.PostingMonths:
		for _, s := range was.stays {
			m.Stays = slices.DeleteFunc(m.Stays, func(have formats.Stay) bool { return have == s })
		}
	}
	delete(b.forms, was.form)
	was.undone = true
	k.amount, k.months = was.amount, was.months
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

// stay is a row of months at one place, as files tell it.
func stay(area string, scheme code.Scheme, from, to calendar.Month, kind code.StayKind) formats.Stay {
	return formats.Stay{Area: area, Scheme: scheme, From: from, To: to, Months: to.Sub(from) + 1, Kind: kind}
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

// refused reports whether the core refused a posting for a person.
func (b *books) refused(personalNo string) bool {
	for _, k := range b.answered {
		if k.refused != "" && k.member != nil && k.member.PersonalNo == personalNo {
			return true
		}
	}
	return false
}
