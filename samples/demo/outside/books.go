package outside

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
	CoreUnknown     = "C01" // no such person
	CoreEnded       = "C02" // participation has ended already
	CoreNotEnded    = "C03" // a debit without an end
	CoreBooked      = "C04" // this version of the form is booked
	CoreLapping     = "C05" // months that are counted already
	CoreClaims      = "C06" // medical costs not settled
	CoreNothing     = "C07" // nothing to undo
	CoreStillActive = "C08" // participation has not stopped
)

// Books are what a core knows about its people and has booked. The people
// stand in memory, every booking also in a file that is only ever added to.
type Books struct {
	area     string
	file     *BookFile
	People   map[string]*Member // by personal_no
	byID     map[string]*Member
	Answered map[string]*Booking // by posting_no
	forms    map[string]bool     // row, form_no and version that stand
}

// Member is one person in the books.
type Member struct {
	formats.RegistryRecord
	AccruedTo calendar.Date // interest is credited up to this day
	Claims    bool          // medical costs of a stay in hospital are not settled
	Changed   bool          // the core changed something that the agency does not know
	told      calendar.Date // of the last extract with the person
}

// Booking is a posting as the core answered it, with what it takes to undo
// it. There are many, so it keeps no more than that.
type Booking struct {
	member    *Member
	row       code.PostingRow
	form      string              // what Y and N claimed: row, form_no and version
	before    code.RegistryStatus // E
	stays     []formats.Stay      // Y
	principal money.Fen
	interest  money.Fen
	Amount    money.Fen
	after     money.Fen // balance
	months    int
	on        calendar.Date
	Refused   string // the core's reason and words
	Text      string
	Undone    bool
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

// NewBooks opens a core's books without people; what is booked is written to
// the file.
func NewBooks(area string, file *BookFile) *Books {
	return &Books{
		area: area, file: file, People: map[string]*Member{}, byID: map[string]*Member{},
		Answered: map[string]*Booking{}, forms: map[string]bool{},
	}
}

// Enrol enters a person.
func (b *Books) Enrol(m *Member) {
	b.People[m.PersonalNo] = m
	b.byID[m.Person.IDNo] = m
}

// post books one row, or refuses it. A posting number that was answered
// before gets the same answer.
func (b *Books) post(p *formats.Posting, on calendar.Date) (formats.PostingResult, error) {
	if known, ok := b.Answered[p.PostingNo]; ok {
		return known.result(p), nil
	}
	k := &Booking{member: b.People[p.PersonalNo], row: rowOf(p.Row), on: on}
	b.Answered[strings.Clone(p.PostingNo)] = k
	if k.Refused, k.Text = b.apply(k, p); k.Refused != "" {
		return k.result(p), nil
	}
	return k.result(p), b.file.write(coreLine{
		On: on, Posting: p.PostingNo, Case: p.CaseNo, Row: k.row, Person: p.PersonalNo, Form: p.FormNo, Version: p.FormVersion.Value,
		Principal: k.principal, Interest: k.interest, Amount: k.Amount, Months: k.months, Undoes: p.Undoes,
	})
}

// rowOf is the row's own word, which does not hold on to the file it was read from.
func rowOf(row code.PostingRow) code.PostingRow { return code.PostingRow(strings.Clone(string(row))) }

// result is the answer to the posting that was booked, or refused.
func (k *Booking) result(p *formats.Posting) formats.PostingResult {
	r := formats.PostingResult{
		PostingNo: p.PostingNo, CaseNo: p.CaseNo, Row: p.Row, Result: code.ResultDone, DoneOn: k.on, Echo: p.Echo,
	}
	if k.Refused != "" {
		r.Result, r.Code, r.Text = code.ResultRefused, k.Refused, k.Text
		return r
	}
	switch k.row {
	case code.PostingDebit:
		r.Principal, r.Interest = batch.Some(k.principal), batch.Some(k.interest)
		r.Amount, r.BalanceAfter = batch.Some(k.Amount), batch.Some(k.after)
	case code.PostingCredit:
		r.Amount, r.BalanceAfter = batch.Some(k.Amount), batch.Some(k.after)
	case code.PostingMonths:
		r.Months = batch.Some(k.months)
	case code.PostingUndo:
		r.Amount, r.Months = batch.Some(k.Amount), batch.Some(k.months)
	}
	return r
}

// apply changes the books; refuse is the core's reason not to.
func (b *Books) apply(k *Booking, p *formats.Posting) (refuse, text string) {
	m := k.member
	if m == nil || m.Person.IDNo != p.IDNo {
		return CoreUnknown, "查无此人或证件号码不符"
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
	return b.undo(k, b.Answered[p.Undoes])
}

func (k *Booking) end() (refuse, text string) {
	m := k.member
	switch {
	case m.Status == code.RegistryEnded:
		return CoreEnded, "参保关系此前已终止"
	case m.Status == code.RegistryActive:
		return CoreStillActive, "尚未停保"
	case m.Claims:
		return CoreClaims, "有未结算的医疗费用，结清后方可终止"
	}
	k.before = m.Status
	m.Status, m.StoppedOn = code.RegistryEnded, cmp.Or(m.StoppedOn, k.on)
	return "", ""
}

// debit takes the whole balance, with the interest up to this day.
func (k *Booking) debit() (refuse, text string) {
	m := k.member
	if m.Status != code.RegistryEnded && m.Status != code.RegistryDeceased {
		return CoreNotEnded, "参保关系未终止，不能清算个人账户"
	}
	m.accrue(k.on)
	k.principal, k.interest, k.Amount = m.Principal, m.Interest, m.Principal+m.Interest
	m.Principal, m.Interest = 0, 0
	return "", ""
}

func (b *Books) credit(k *Booking, p *formats.Posting) (refuse, text string) {
	if refuse, text = b.claim(k, p); refuse != "" {
		return refuse, text
	}
	m := k.member
	m.accrue(k.on)
	m.Principal += p.Amount.Value
	k.Amount, k.after = p.Amount.Value, m.Principal+m.Interest
	return "", ""
}

func (b *Books) months(k *Booking, p *formats.Posting) (refuse, text string) {
	m := k.member
	counted := monthsOf(m.Stays)
	for _, s := range p.Stays {
		for month := s.From; month <= s.To; month = month.Add(1) {
			if counted[month] {
				return CoreLapping, "月份 " + month.String() + " 已计算"
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
func (b *Books) claim(k *Booking, p *formats.Posting) (refuse, text string) {
	k.form = fmt.Sprintf("%s %s %d", p.Row, p.FormNo, p.FormVersion.Value)
	if b.forms[k.form] {
		return CoreBooked, "信息表该版本已入账"
	}
	b.forms[k.form] = true
	return "", ""
}

func (b *Books) undo(k, was *Booking) (refuse, text string) {
	if was == nil || was.Undone || was.Refused != "" || was.member != k.member || was.row == code.PostingUndo {
		return CoreNothing, "没有可以冲销的记账"
	}
	m := k.member
	switch was.row {
	case code.PostingEnd:
		m.Status = was.before
	case code.PostingDebit:
		m.Principal += was.principal
		m.Interest += was.interest
	case code.PostingCredit:
		m.Principal -= was.Amount
	case code.PostingMonths:
		for _, s := range was.stays {
			m.Stays = slices.DeleteFunc(m.Stays, func(have formats.Stay) bool { return have == s })
		}
	}
	delete(b.forms, was.form)
	was.Undone = true
	k.Amount, k.months = was.Amount, was.months
	return "", ""
}

// interestPerMyriad is the yearly rate on personal accounts, in 1/10000.
const interestPerMyriad = 150

// accrue credits the interest up to a day.
func (m *Member) accrue(on calendar.Date) {
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

// NewStay is a row of months at one place, as files tell it.
func NewStay(area string, scheme code.Scheme, from, to calendar.Month, kind code.StayKind) formats.Stay {
	return formats.Stay{Area: area, Scheme: scheme, From: from, To: to, Months: to.Sub(from) + 1, Kind: kind}
}

// Extract is the registry as the core hands it out: everybody, or who was
// changed by the core since the last extract. Interest stands as of the last time it
// was credited, which is why a debit may differ.
func (b *Books) Extract(full bool, on calendar.Date) []*formats.RegistryRecord {
	var list []*formats.RegistryRecord
	for _, no := range slices.Sorted(maps.Keys(b.People)) {
		m := b.People[no]
		if !full && (!m.Changed || m.told == on) { // a day has one state of a person: the other is told tomorrow
			continue
		}
		m.Changed, m.told = false, on
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

// Sums are drawn from the lines of the books, not from memory.
type Sums struct {
	Debited, Credited money.Fen
	MonthsCredited    int
	ByForm            map[string]money.Fen // credited, by form
	Debits            map[string]money.Fen // by personal_no
}

// Sum reads the books again.
func (b *Books) Sum() (Sums, error) {
	s := Sums{ByForm: map[string]money.Fen{}, Debits: map[string]money.Fen{}}
	done := map[string]coreLine{}
	count := func(l coreLine, sign int) {
		amount := l.Amount * money.Fen(sign)
		switch l.Row {
		case code.PostingDebit:
			s.Debited += amount
			s.Debits[l.Person] += amount
		case code.PostingCredit:
			s.Credited += amount
			s.ByForm[l.Form] += amount
		case code.PostingMonths:
			s.MonthsCredited += l.Months * sign
		}
	}
	err := ReadBookFile(b.file, func(l coreLine) {
		done[l.Posting] = l
		if l.Row == code.PostingUndo {
			count(done[l.Undoes], -1)
			return
		}
		count(l, 1)
	})
	return s, err
}

// Refused reports whether the core refused a posting for a person.
func (b *Books) Refused(personalNo string) bool {
	for _, k := range b.Answered {
		if k.Refused != "" && k.member != nil && k.member.PersonalNo == personalNo {
			return true
		}
	}
	return false
}
