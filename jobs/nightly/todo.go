package nightly

import (
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/courier"
	"carryover/jobs/decision"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/proof"
	"carryover/jobs/report"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// What needs a person is found anew for every workbook: what officers can
// decide, as the decisions workbooks list it, and what else is stuck. Nothing is
// marked as done by hand: an item is gone when its cause is.

// todos lists everything that needs a person, in the order in which it is
// done; a case stands there once.
func todos(o *office.Office, tx *store.Tx) ([]report.Todo, error) {
	l := &todoList{Office: o, desk: o.Reading(tx), tx: tx, cases: map[string]bool{}}
	// decidable comes first: it notes its cases, which overdueCases and queries
	// then leave out.
	for _, find := range []func() error{
		l.decidable, l.unproved, l.settings, l.toSign, l.overdueCases, l.bankDays, l.files, l.expected, l.drops, l.queries, l.unsigned,
	} {
		if err := find(); err != nil {
			return nil, err
		}
	}
	report.SortTodos(l.list)
	return l.list, nil
}

// todoList gathers the sheet To do; each of its methods adds one kind of item.
type todoList struct {
	*office.Office
	desk  *office.Desk
	tx    *store.Tx
	list  []report.Todo
	cases map[string]bool // numbers of the cases that stand on it
}

func (l *todoList) add(t report.Todo) { l.list = append(l.list, t) }

// decidable adds what the decisions workbooks hold, with the workbooks (业务,
// 财务) in which it can be decided.
func (l *todoList) decidable() error {
	kinds := map[exchange.Subject]string{
		exchange.AboutCase: report.TodoHeld, exchange.AboutEntry: report.TodoCredit, exchange.AboutMonth: report.TodoMonth,
		exchange.AboutFile: report.TodoFile, exchange.AboutDifference: report.TodoDifference,
	}
	roles := allRoles()
	for o, err := range decision.Decidable(l.desk) {
		if err != nil {
			return err
		}
		t := report.Todo{Kind: kinds[o.About], No: o.No, Who: o.Who, What: o.What, Do: o.Todo, Amount: o.Amount, Since: o.Since}
		for _, d := range report.Workbooks() {
			if len(d.Offers(o, roles)) > 0 {
				t.Workbooks = append(t.Workbooks, d)
			}
		}
		switch o.About {
		case exchange.AboutCase:
			c, err := l.tx.Case(o.No)
			if err != nil {
				return err
			}
			l.addTurn(&t, c)
		case exchange.AboutEntry:
			b, err := l.tx.BankEntry(o.No)
			if err != nil {
				return err
			}
			if !b.Credit {
				t.Kind = report.TodoDebit
			}
		case exchange.AboutFile:
			if err := l.fileKind(&t, o); err != nil {
				return err
			}
		}
		l.add(t)
	}
	return nil
}

// allRoles lists every role that an officer may have: what is offered to any of
// them is offered.
func allRoles() (list []exchange.Role) {
	for _, t := range exchange.RoleTerms() {
		list = append(list, exchange.Role(t.Code))
	}
	return list
}

// fileKind tells apart what is decided about files: a payment file whose fate is
// unknown, a batch that waits for review, and any other, which keeps its kind.
func (l *todoList) fileKind(t *report.Todo, o report.Open) error {
	f, err := decision.FileOf(l.desk, o.No)
	switch {
	case err != nil:
	case f.State == exchange.FileSending:
		t.Kind = report.TodoUnknown
	case f.State == exchange.FileReview:
		t.Kind, t.No, t.Due = report.TodoReview, f.Name, outbox.ReviewBy(l.Office, f)
	}
	return err
}

// addTurn adds whose turn it is with a case, and by when: the earlier of the
// turn's limit and the legal one. A missed legal limit, unless it is provisional
// (the calendar does not know its days yet), makes the item one of its own kind.
func (l *todoList) addTurn(t *report.Todo, c exchange.Case) {
	l.cases[c.No] = true
	t.CaseNo = c.No
	turn, ok := exchange.TurnOf(l.Turns, c)
	if ok {
		t.Owner, t.Since = turn.Owner, office.Since(c, turn)
		if t.Since != 0 {
			t.Due = l.Calendar.Due(t.Since, turn.WD, calendar.DueOptions{}).Date
		}
	}
	if c.Due != 0 && (t.Due == 0 || c.Due < t.Due) {
		t.Due = c.Due
	}
	if c.Due != 0 && c.Due < l.Date && !c.DueProvisional {
		t.Kind, t.Due = report.TodoLegal, c.Due
	}
}

// overdueCases adds the cases past a limit about which nothing is to be decided:
// somebody has to ask whoever has the turn.
func (l *todoList) overdueCases() error {
	for _, f := range awaitingFilters() {
		err := l.tx.EachCase(f, func(c exchange.Case) error {
			if l.cases[c.No] || l.Overdue(c) == "" {
				return nil
			}
			t := report.Todo{Kind: report.TodoOverdue, No: c.No, Who: decision.Masked(c.Person) + " " + l.PartyName(c.Partner)}
			l.addTurn(&t, c)
			turn, _ := exchange.TurnOf(l.Turns, c)
			t.What = l.Sayf("%s，等待：%s（%s起，限 %d 个工作日）", "%s, waits for: %s (since %s, %d working days)",
				l.Word(exchange.StateTerms(c.Side), string(c.State)), turn.Wait.Word(l.Language()), t.Since, turn.WD)
			if t.Kind == report.TodoLegal {
				t.What = l.Sayf("%s，法定期限 %s 已过；等待：%s", "%s, the legal limit ended on %s; waits for: %s",
					l.Word(exchange.StateTerms(c.Side), string(c.State)), c.Due, turn.Wait.Word(l.Language()))
			}
			l.add(t)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// awaitingFilters find the cases about which somebody may still have something
// to do: the open ones, and ended ones whose money is under way.
func awaitingFilters() []store.CaseFilter {
	return []store.CaseFilter{
		{OpenOnly: true},
		{
			Side: exchange.In, States: finalStates(exchange.In),
			MoneyTracks: []exchange.MoneyTrack{exchange.MoneyReceived, exchange.MoneyDiffers, exchange.MoneyMatched},
		},
		{
			Side: exchange.Out, States: finalStates(exchange.Out),
			MoneyTracks: []exchange.MoneyTrack{
				exchange.MoneyDue, exchange.MoneyOrdered, exchange.MoneyReleased, exchange.MoneySubmitted, exchange.MoneyUnknown, exchange.MoneyReturned,
			},
		},
		{Side: exchange.Out, States: finalStates(exchange.Out), FormTracks: []exchange.FormTrack{exchange.FormQueued, exchange.FormSent, exchange.FormRefused}},
	}
}

// finalStates lists the states of a side in which a case is closed.
func finalStates(side exchange.Side) (list []exchange.State) {
	for _, t := range exchange.StateTerms(side) {
		if s := exchange.State(t.Code); s.Final(side) {
			list = append(list, s)
		}
	}
	return list
}

// unproved adds what of the ledger neither documents nor held cases explain, per
// side and partner. While there is any, no payment leaves.
func (l *todoList) unproved() error {
	gaps, err := proof.Gaps(l.Office, l.tx)
	for _, g := range gaps {
		who := l.Say("全部对方", "all partners")
		if g.Partner != "" {
			who = l.PartyName(g.Partner)
		}
		l.add(report.Todo{
			Kind: report.TodoProof, Who: who, Amount: g.Rest.Shown(), Due: l.Date,
			What: l.Sayf("%s资金不平，差额 %s 没有暂缓办件可以解释", "%s: the ledger does not close, %s is not explained by held cases",
				l.Word(exchange.SideTerms(), string(g.Side)), g.Rest.Shown()),
		})
	}
	return err
}

// settings adds a change of the money settings that waits for signatures; there
// is at most one.
func (l *todoList) settings() error {
	m, err := l.tx.MoneySettings(exchange.SettingsWaiting)
	if office.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := l.tx.File(m.FileID)
	if err != nil {
		return err
	}
	l.add(report.Todo{
		Kind: report.TodoSettings, No: f.Name, Since: m.Since, Due: signing.SignBy(l.Office, f),
		What: l.Sayf("资金设置已于 %s 改动，等待两名人员签名", "the money settings were changed on %s and wait for two signatures", m.Since),
	})
	return nil
}

// toSign adds the payment files that wait for officers' signatures.
func (l *todoList) toSign() error {
	files, err := l.tx.Files(store.FileFilter{Dir: exchange.Out, Kind: office.KindPayment, States: []exchange.FileState{exchange.FilePrepared}})
	if err != nil {
		return err
	}
	for _, f := range files {
		signatures, err := l.tx.Signatures(f.ID)
		if err != nil {
			return err
		}
		l.add(report.Todo{
			Kind: report.TodoSign, No: f.Name, Amount: f.Total, Since: signing.MadeOn(l.Office, f), Due: signing.SignBy(l.Office, f),
			What: l.Sayf("%d 笔付款等待放行，已收到 %d 个签名", "%d payments wait for release, %d signatures so far", f.Records, len(signatures)),
		})
	}
	return nil
}

// bankDays adds the days that the bank states differently, or has not stated.
func (l *todoList) bankDays() error {
	items, err := bankItems(l.Office, l.tx, l.Date.AddDays(-reportDays))
	for _, i := range items {
		switch {
		case i.Balance != nil: // a row of the reconciliation, nothing to be done
		case i.Day == nil:
			l.add(report.Todo{
				Kind: report.TodoStatement, No: i.Account, Who: l.Say("银行", "bank"), Since: i.On,
				What: l.Sayf("%s 的对账单未到", "no statement of %s", i.On),
			})
		case i.Day.State != exchange.DayProved:
			l.add(report.Todo{
				Kind: report.TodoBankDay, No: i.Account, Who: l.Say("银行", "bank"), Since: i.On,
				What: l.Sayf("%s 与银行对账单不符：%s", "%s differs from the bank's statement: %s", i.On, i.Text),
			})
		}
	}
	return err
}

// files adds those that we rejected whole, until the sender has sent them anew:
// under the same sequence. One without a readable sequence stands there as long
// as the sheet looks back.
func (l *todoList) files() error {
	rejected, err := l.tx.Files(store.FileFilter{
		Dir: exchange.In, States: []exchange.FileState{exchange.FileRejected}, Since: l.Date.AddDays(-reportDays),
	})
	if err != nil {
		return err
	}
	for _, f := range rejected {
		if f.Sequence > 0 {
			latest, err := l.tx.FileBySequence(exchange.In, f.Party, f.Kind, f.Sequence)
			if err != nil {
				return err
			}
			if latest.ID != f.ID {
				continue // it came again
			}
		}
		l.add(report.Todo{
			Kind: report.TodoRejected, No: f.Name, Who: l.PartyName(f.Party), Since: f.Seen,
			What: office.OneLine(code.Faults().Word(f.Code, l.CodeLang())+" "+l.InWords(f.Text), 500),
		})
	}
	return nil
}

// expected adds the files that should have come, or should come soon.
func (l *todoList) expected() error {
	late, err := courier.MissingFiles(l.Office, l.tx)
	if err != nil {
		return err
	}
	for _, m := range late {
		l.add(report.Todo{
			Kind: report.TodoMissing, Who: l.PartyName(m.Party), Since: m.On,
			What: l.Sayf("%s应于 %s %s 前送达，未到", "%s was expected on %s by %s", l.Word(exchange.FileKindTerms(), m.Kind), m.On, m.By),
		})
	}
	soon, err := courier.Awaited(l.Office, l.tx)
	for _, m := range soon {
		l.add(report.Todo{
			Kind: report.TodoAwaited, Who: l.PartyName(m.Party), Due: m.On,
			What: l.Sayf("%s应于今日 %s 前送达，尚未收到", "%s is expected today by %s and has not come yet", l.Word(exchange.FileKindTerms(), m.Kind), m.By),
		})
	}
	return err
}

// drops adds orphan signatures (in a drop without their file) and gaps in the
// sequences of what each party sent.
func (l *todoList) drops() error {
	for _, p := range l.Parties {
		orphans, err := courier.OrphanSignatures(l.Office, l.tx, p)
		if err != nil {
			return err
		}
		for _, name := range orphans {
			l.add(report.Todo{
				Kind: report.TodoAlone, No: name, Who: l.PartyName(p.Code),
				What: l.Say("交换目录中有签名而没有它所属的文件", "a signature lies in the drop without its file"),
			})
		}
		for _, k := range office.Kinds {
			gaps, err := l.tx.SequenceGaps(exchange.In, p.Code, k.Name)
			if err != nil {
				return err
			}
			if len(gaps) > 0 {
				l.add(report.Todo{
					Kind: report.TodoGap, Who: l.PartyName(p.Code),
					What: l.Sayf("%s缺少序号 %s", "%s: the numbers %s are missing", l.Word(exchange.FileKindTerms(), k.Name), numbers(gaps)),
				})
			}
		}
	}
	return nil
}

// mostNumbers is how many missing numbers are named: a partner that begins at
// 100000 leaves more than a cell holds.
const mostNumbers = 20

// numbers joins missing sequence numbers, at most mostNumbers of them.
func numbers(list []int64) string {
	var words []string
	for i, n := range list {
		if i == mostNumbers {
			words = append(words, "…")
			break
		}
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words, "、")
}

// queries adds those past due, in both directions: an answer that a partner owes
// us, or one of ours, which is our own staff's.
func (l *todoList) queries() error {
	for _, side := range []string{transfer.QuerySent, transfer.QueryReceived} {
		open, err := l.tx.QueriesOpen(side)
		if err != nil {
			return err
		}
		for _, q := range open {
			if q.DueOn == 0 || q.DueOn >= l.Date || l.cases[q.CaseNo] {
				continue
			}
			t := report.Todo{
				Kind: report.TodoQuery, No: q.No, CaseNo: q.CaseNo, Who: l.PartyName(q.Party), What: office.OneLine(q.Text, 500), Since: q.AskedOn, Due: q.DueOn,
			}
			if side == transfer.QueryReceived {
				t.Owner = exchange.OwnerStaff
			}
			l.add(t)
		}
	}
	return nil
}

// unsigned adds the partners with whom nothing is signed.
func (l *todoList) unsigned() error {
	for _, p := range courier.UnsignedPartners(l.Office) {
		l.add(report.Todo{
			Kind: report.TodoUnsigned, No: p.Code, Who: p.Name,
			What: l.Sayf("与%s（%s）之间未启用签名（seal: off）", "nothing is signed between us and %s (%s): seal: off", p.Name, p.Code),
		})
	}
	return nil
}
