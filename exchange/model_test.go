package exchange_test

import (
	"fmt"
	"slices"

	. "carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// part is one part of a remittance; announced says that a form told of it.
type part struct {
	track     MoneyTrack
	announced bool
}

// model is a case with its forms and parts, at most two of each: what the
// tables allow is explored with it to the end.
type model struct {
	c     Case
	forms []FormTrack
	parts []part
}

func newModel(side Side) model {
	c := Case{No: "T1", Side: side, State: Applied, FormTrack: FormNone, MoneyTrack: MoneyNone, LetterNo: "1", LetterVersion: 1}
	if side == Out {
		c.State, c.MoneyTrack = Requested, MoneyNotDue
	}
	return model{c: c}
}

func (m model) copy() model {
	m.forms, m.parts = slices.Clone(m.forms), slices.Clone(m.parts)
	return m
}

// key says where a model stands; forms and parts in any order are the same.
func (m model) key() string {
	var rows []string
	for _, f := range m.forms {
		rows = append(rows, string(f))
	}
	slices.Sort(rows)
	var parts []string
	for _, p := range m.parts {
		parts = append(parts, fmt.Sprint(p.track, p.announced))
	}
	slices.Sort(parts)
	return fmt.Sprint(m.c.State, m.c.HeldFrom, rows, parts)
}

func (m model) String() string {
	return fmt.Sprintf("%s %s(%s)/%s/%s", m.c.Side, m.c.State, m.c.HeldFrom, m.c.FormTrack, m.c.MoneyTrack)
}

// change is one thing that happens to a model: what, and what it is afterwards.
type change struct {
	what string
	to   model
}

// explorer makes the changes that are natural for a model, and remembers
// which rows of the tables they used.
type explorer struct {
	day  calendar.Date
	used map[string]bool
	out  []change
	from model
}

func newExplorer() *explorer { return &explorer{day: 20260302, used: map[string]bool{}} }

// changes lists everything that can happen to a model.
func (e *explorer) changes(m model) []change {
	e.out, e.from = nil, m
	e.try(Hold, nil)
	e.try(Resume, nil)
	if m.c.Side == In {
		e.changesIn()
	} else {
		e.changesOut()
	}
	return e.out
}

// try lets something happen, with what comes with it, if the table lists it.
func (e *explorer) try(on Happening, with func(*model)) {
	m := e.from.copy()
	if _, err := m.c.Next(on); err != nil {
		return
	}
	e.used[fmt.Sprint(m.c.Side, m.c.Effective(), on)] = true
	var err error
	switch on {
	case Hold:
		err = m.c.Suspend(code.HoldOfficersDecision, code.Phrase{}, Profile{}, e.day)
	case Resume:
		err = m.c.Unsuspend(e.day)
	default:
		err = m.c.Apply(on, e.day)
	}
	if err != nil {
		panic(fmt.Sprintf("%s on %s: %v, though next is listed", on, m, err))
	}
	e.add(string(on), m, with)
}

// happen changes forms and parts only.
func (e *explorer) happen(what string, with func(*model)) { e.add(what, e.from.copy(), with) }

func (e *explorer) add(what string, m model, with func(*model)) {
	if with != nil {
		with(&m)
	}
	var tracks []MoneyTrack
	for _, p := range m.parts {
		tracks = append(tracks, p.track)
	}
	m.c.SetTracks(m.forms, tracks, e.day)
	e.out = append(e.out, change{what, m})
}

// stepForm takes form i along a row of the table.
func (e *explorer) stepForm(m *model, i int, to FormTrack) {
	if !CanForm(m.c.Side, m.forms[i], to) {
		panic(fmt.Sprintf("form %s to %s is not listed", m.forms[i], to))
	}
	e.used[fmt.Sprint("form", m.c.Side, m.forms[i], to)] = true
	m.forms[i] = to
}

func (e *explorer) stepMoney(m *model, i int, to MoneyTrack) {
	if m.parts[i].track == to {
		return
	}
	if !CanMoney(m.c.Side, m.parts[i].track, to) {
		panic(fmt.Sprintf("money %s to %s is not listed", m.parts[i].track, to))
	}
	e.used[fmt.Sprint("money", m.c.Side, m.parts[i].track, to)] = true
	m.parts[i].track = to
}

// suspend holds the model, as every difference does, if it can be held.
func (e *explorer) suspend(m *model) {
	if _, err := m.c.Next(Hold); err == nil {
		_ = m.c.Suspend(code.HoldAmountDiffers, code.Phrase{}, Profile{}, e.day)
	}
}

// addForm begins a form at its first track.
func (e *explorer) addForm(m *model, empty, to FormTrack) {
	m.forms = append(m.forms, empty)
	e.stepForm(m, len(m.forms)-1, to)
}

func (e *explorer) addPart(m *model, announced bool, empty, to MoneyTrack) {
	m.parts = append(m.parts, part{empty, announced})
	e.stepMoney(m, len(m.parts)-1, to)
}

func (m model) allForms(tracks ...FormTrack) bool {
	return len(m.forms) > 0 && !slices.ContainsFunc(m.forms, func(f FormTrack) bool { return !slices.Contains(tracks, f) })
}

func (m model) anyPart(tracks ...MoneyTrack) bool {
	return slices.ContainsFunc(m.parts, func(p part) bool { return slices.Contains(tracks, p.track) })
}

func (e *explorer) changesIn() {
	for _, on := range []Happening{AuditPassed, AuditReturned, AuditRefused, Supplemented, LetterIssued, DeclineArrived, CancelAgreed} {
		e.try(on, nil)
	}
	m := e.from
	unheld := m.c.State != Held
	if len(m.parts) < 2 {
		e.happen("money without form", func(m *model) { e.addPart(m, false, MoneyNone, MoneyReceived) })
	}
	for i := range m.parts {
		e.moneyIn(i)
	}
	for i, f := range m.forms {
		e.formIn(i, f)
	}
	e.formArrives()
	if unheld && (slices.Contains(m.forms, FormChecked) || slices.Contains(m.forms, FormPosted)) {
		e.try(PostingsAsked, nil)
	}
	if unheld && m.allForms(FormPosted) {
		e.try(MonthsDone, nil)
		if !slices.ContainsFunc(m.parts, func(p part) bool { return p.announced && p.track != MoneyPosted && p.track != MoneyNotDue }) {
			e.try(AllPosted, nil)
		}
	}
	e.try(VoidCompleted, func(m *model) {
		for i, p := range m.parts {
			switch p.track {
			case MoneyPosted:
				e.stepMoney(m, i, MoneyMatched) // undone by the core
			case MoneyNone:
				e.stepMoney(m, i, MoneyNotDue)
			}
		}
	})
}

// moneyIn is what can happen to a part of the money at the new place.
func (e *explorer) moneyIn(i int) {
	p, at := e.from.parts[i], e.from.c.Effective()
	ended := at == Refused || at == Declined || at == Cancelled || at == Void
	step := func(to MoneyTrack) {
		e.happen("money "+string(to), func(m *model) { e.stepMoney(m, i, to) })
	}
	differs := func() {
		e.happen("another credit", func(m *model) {
			e.stepMoney(m, i, MoneyDiffers)
			e.suspend(m)
		})
	}
	switch p.track {
	case MoneyNone:
		step(MoneyReceived)
	case MoneyReceived:
		differs()
		step(MoneyNotDue) // paid back
		if p.announced && !ended {
			step(MoneyMatched)
		}
	case MoneyDiffers:
		step(MoneyReceived)
		step(MoneyNotDue)
		if p.announced && !ended {
			step(MoneyMatched)
		}
	case MoneyMatched:
		differs()
		step(MoneyReceived)
		if at == Answered || at == PostingState || at == RelationDone || at == Completed {
			step(MoneyPosted)
		}
	case MoneyPosted:
		differs()
		step(MoneyMatched) // undone by the core
	case MoneyNotDue:
		differs()
	}
}

func (e *explorer) formIn(i int, f FormTrack) {
	step := func(to FormTrack, hold bool) {
		e.happen("form "+string(to), func(m *model) {
			e.stepForm(m, i, to)
			if hold {
				e.suspend(m)
			}
		})
	}
	at := e.from.c.Effective()
	switch f {
	case FormReceived:
		step(FormChecked, false)
		step(FormDiffers, true)
	case FormDiffers:
		step(FormChecked, false)
	case FormChecked:
		step(FormDiffers, true)
		if at == Answered || at == PostingState {
			step(FormPosted, false)
		}
	}
}

// formArrives is an information form: the original, a supplement, or a
// version that replaces one; with money to come, money here already, or none.
func (e *explorer) formArrives() {
	forms := []func(*model){}
	if len(e.from.forms) < 2 {
		forms = append(forms, func(m *model) { e.addForm(m, FormNone, FormReceived) })
	}
	for i := range e.from.forms {
		forms = append(forms, func(m *model) {
			m.forms[i] = FormNone
			e.stepForm(m, i, FormReceived)
		})
	}
	monies := []func(*model){}
	if len(e.from.parts) < 2 {
		monies = append(monies,
			func(m *model) { m.parts = append(m.parts, part{MoneyNone, true}) },
			func(m *model) { e.addPart(m, true, MoneyNone, MoneyNotDue) })
	}
	for i, p := range e.from.parts {
		switch {
		case !p.announced:
			monies = append(monies, func(m *model) { m.parts[i].announced = true })
		case p.track == MoneyNone:
			monies = append(monies, func(m *model) { e.stepMoney(m, i, MoneyNotDue) })
		case p.track == MoneyNotDue:
			monies = append(monies, func(m *model) { e.stepMoney(m, i, MoneyNone) })
		}
	}
	if len(e.from.forms) > 0 {
		monies = append(monies, func(*model) {})
	}
	for _, form := range forms {
		for _, money := range monies {
			e.try(FormArrived, func(m *model) { form(m); money(m) })
		}
	}
}

func (e *explorer) changesOut() {
	m := e.from
	for _, on := range []Happening{LetterAccepted, LetterDeclined, LetterReopened, CancelAgreed, SupplementStarted} {
		e.try(on, nil)
	}
	at := m.c.Effective()
	if len(m.forms) == 0 {
		e.try(EndDone, nil)
	}
	if at == Declined && len(m.parts) < 2 {
		e.happen("the heirs' money", func(m *model) { e.addPart(m, true, MoneyNotDue, MoneyDue) })
	}
	if (at == Accepted) == (len(m.forms) > 0) {
		e.debitDone()
	}
	for i, f := range m.forms {
		e.formOut(i, f, at)
	}
	for i := range m.parts {
		e.moneyOut(i, at)
	}
	if m.allForms(FormSent, FormDelivered) {
		e.try(CompletionArrived, nil)
	}
	if !m.anyPart(MoneySubmitted, MoneyUnknown) {
		e.try(VoidCompleted, e.takeBack)
	}
}

// debitDone is the core's debit: a form is queued, new or replacing one, and
// money is due or not.
func (e *explorer) debitDone() {
	forms := []func(*model){}
	if len(e.from.forms) < 2 {
		forms = append(forms, func(m *model) { e.addForm(m, FormNone, FormQueued) })
	}
	for i := range e.from.forms {
		forms = append(forms, func(m *model) {
			m.forms[i] = FormNone
			e.stepForm(m, i, FormQueued)
		})
	}
	for _, form := range forms {
		e.try(DebitDone, form)
		if len(e.from.parts) < 2 {
			e.try(DebitDone, func(m *model) {
				form(m)
				e.addPart(m, true, MoneyNotDue, MoneyDue)
			})
		}
	}
}

func (e *explorer) formOut(i int, f FormTrack, at State) {
	step := func(to FormTrack) {
		e.happen("form "+string(to), func(m *model) { e.stepForm(m, i, to) })
	}
	switch f {
	case FormQueued:
		e.try(FormSentOut, func(m *model) { e.stepForm(m, i, FormSent) })
	case FormSent:
		step(FormDelivered)
		if at != Confirmed { // who has confirmed a form has not refused it
			step(FormRefused)
		}
	case FormRefused:
		step(FormQueued)
	}
	if at == Answered || at == Confirmed {
		e.happen("form corrected", func(m *model) {
			m.forms[i] = FormNone
			e.stepForm(m, i, FormQueued)
		})
	}
}

func (e *explorer) moneyOut(i int, at State) {
	for _, row := range MoneySteps() {
		if row.Side != Out || row.From != e.from.parts[i].track || row.From == MoneyNotDue {
			continue
		}
		for _, to := range row.To {
			if at == Void && to != MoneyReturned {
				continue // nothing is paid any more
			}
			e.happen("money "+string(to), func(m *model) { e.stepMoney(m, i, to) })
		}
	}
}

// takeBack makes nothing due any more: what is unsent is taken back.
func (e *explorer) takeBack(m *model) {
	for i, p := range m.parts {
		switch p.track {
		case MoneyOrdered, MoneyReleased:
			e.stepMoney(m, i, MoneyDue)
			e.stepMoney(m, i, MoneyNotDue)
		case MoneyDue:
			e.stepMoney(m, i, MoneyNotDue)
		}
	}
}

// exploration is all that a case of a side can become.
type exploration struct {
	*explorer
	seen    map[string]model
	triples map[string]bool
}
