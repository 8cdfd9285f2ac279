package decision

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs/netting"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/report"
	"carryover/jobs/transfer"
)

// What an officer has to decide is found anew whenever it is asked for: when
// a decisions workbook is made, and when one comes back. So what a row offers
// is always what is possible now.

// Decidable lists everything that an officer can decide now.
func Decidable(d *office.Desk) iter.Seq2[report.Open, error] {
	return func(yield func(report.Open, error) bool) {
		pass := func(o report.Open) error {
			if len(o.Offers) > 0 && !yield(o, nil) {
				return office.ErrStop
			}
			return nil
		}
		for _, each := range []func(*office.Desk, func(report.Open) error) error{openCases, openEntries, openMonths, openFiles, openDifferences} {
			if err := each(d, pass); err != nil {
				if !errors.Is(err, office.ErrStop) {
					yield(report.Open{}, err)
				}
				return
			}
		}
	}
}

// openOf is what can be decided about one subject now; what nothing can be
// decided about has no offers.
func openOf(d *office.Desk, about exchange.Subject, no string) (report.Open, error) {
	each := map[exchange.Subject]func(*office.Desk, func(report.Open) error) error{
		exchange.AboutMonth: openMonths, exchange.AboutDifference: openDifferences,
	}[about]
	if each == nil {
		s, err := subject(d, no, exchange.Rule{About: []exchange.Subject{about}})
		switch {
		case err != nil:
			return report.Open{}, err
		case about == exchange.AboutCase:
			return openCase(d, s.c)
		case about == exchange.AboutEntry:
			return openEntry(d, s.entry)
		}
		return openFile(d, s.file)
	}
	found := report.Open{}
	err := each(d, func(o report.Open) error {
		if o.About == about && o.No == no {
			found = o
		}
		return nil
	})
	return found, err
}

// offers are the rules that can be decided about a subject now. One that is
// told nothing is tried out; the others fit by where the subject stands.
func offers(d *office.Desk, s subjectOf, fits func(exchange.Rule) bool) (list []exchange.Rule, err error) {
	for _, r := range exchange.Rules() {
		if !slices.Contains(r.About, s.kind) || !fits(r) {
			continue
		}
		if len(r.Needs) == 0 && !tellsWhich(r) {
			_, err := plan(d, s, exchange.Decision{Action: r.Action, Subject: s.no, Officer: "?", On: d.Date, Reason: "尚未决定，仅供试算"})
			if errors.Is(err, exchange.ErrDecision) {
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	return list, nil
}

// tellsWhich reports whether a rule may be told what it lacks without.
func tellsWhich(r exchange.Rule) bool { return r.Action == exchange.ActAcceptLetter }

// caseFilters find the cases that may need an officer: held, an annulment to
// be answered, money that came back, money of an ended case.
func caseFilters() []store.CaseFilter {
	return []store.CaseFilter{
		{States: []exchange.State{exchange.Held}},
		{Wishes: []exchange.Wish{exchange.WishAsked}},
		{Side: exchange.Out, MoneyTracks: []exchange.MoneyTrack{exchange.MoneyReturned}},
		{
			Side: exchange.In, States: []exchange.State{exchange.Refused, exchange.Declined, exchange.Cancelled, exchange.Void},
			MoneyTracks: []exchange.MoneyTrack{exchange.MoneyReceived, exchange.MoneyDiffers, exchange.MoneyMatched},
		},
	}
}

func openCases(d *office.Desk, pass func(report.Open) error) error {
	seen := map[string]bool{}
	one := func(no string) error {
		if seen[no] {
			return nil
		}
		seen[no] = true
		c, err := d.CaseByNo(no)
		if err != nil {
			return err
		}
		o, err := openCase(d, c)
		if err != nil {
			return err
		}
		return pass(o)
	}
	for _, f := range caseFilters() {
		if err := d.Tx.EachCase(f, func(c exchange.Case) error { return one(c.No) }); err != nil {
			return err
		}
	}
	waiting, err := refundsWaiting(d)
	if err != nil {
		return err
	}
	for _, f := range waiting {
		if f.CaseNo == "" {
			continue
		}
		if err := one(f.CaseNo); err != nil {
			return err
		}
	}
	return nil
}

// refundsWaiting are the refunds that an officer has to let go on: they came
// back, or cannot be paid as they are.
func refundsWaiting(d *office.Desk) (list []exchange.Refund, err error) {
	for _, t := range []exchange.MoneyTrack{exchange.MoneyReturned, exchange.MoneyDue} {
		all, err := d.Tx.RefundsByTrack(t)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			why := ""
			if t == exchange.MoneyDue {
				if why, err = transfer.RefundWaits(d, f); err != nil {
					return nil, err
				}
			}
			if t == exchange.MoneyReturned || why != "" {
				list = append(list, f)
			}
		}
	}
	return list, nil
}

// openCase is what can be decided about a case.
func openCase(d *office.Desk, c *office.Case) (o report.Open, err error) {
	s := subjectOf{kind: exchange.AboutCase, no: c.No, c: c}
	if o, err = openWords(c); err != nil {
		return o, err
	}
	refunds, err := d.Tx.RefundsByCase(c.No)
	if err != nil {
		return o, err
	}
	waits := slices.ContainsFunc(refunds, func(f exchange.Refund) bool {
		return f.Track == exchange.MoneyReturned || f.Track == exchange.MoneyDue
	})
	owed := c.Side == exchange.In && (c.MoneyTrack == exchange.MoneyReceived || c.MoneyTrack == exchange.MoneyDiffers || waits)
	held := c.State == exchange.Held
	o.Offers, err = offers(d, s, func(r exchange.Rule) bool {
		switch r.Action {
		case exchange.ActConfirmAccount:
			return held && c.Side == exchange.Out && c.Hold == code.HoldAccountNotRegistered || owed
		case exchange.ActAllowCap:
			return held && c.Hold == code.HoldCap || waits
		case exchange.ActWriteAgain:
			return false // nothing waits for it: the declined case has ended
		case exchange.ActDeclineLetter, exchange.ActReturnApplication, exchange.ActRefuseApplication, exchange.ActAcceptLetter:
			return held && r.Fits(c.Case)
		}
		return r.Fits(c.Case)
	})
	return o, err
}

// openWords tells what is the matter with a case.
func openWords(c *office.Case) (o report.Open, err error) {
	lang := c.CodeLang()
	o = report.Open{About: exchange.AboutCase, No: c.No, Who: Masked(c.Person), Since: c.StateSince}
	var what []string
	if c.State == exchange.Held {
		what = append(what, c.Hold.Word(lang)+c.Sayf("：", ": ")+c.HoldText)
		o.Todo = c.Hold.Todo(lang)
	} else if t, ok := exchange.TurnOf(c.Turns, c.Case); ok {
		what = append(what, t.Wait.Word(string(lang)))
	}
	if c.Wish == exchange.WishAsked {
		what = append(what, c.Sayf("对方提议作废，待答复", "the partner proposes to annul the case"))
		if o.Todo == "" {
			o.Todo = c.Sayf("请核实后同意或不同意作废。", "Agree or refuse.")
		}
	}
	proposal, err := proposal(c)
	if err != nil {
		return o, err
	}
	if proposal != nil {
		what = append(what, c.Sayf("参保信息中查无此人，建议不予转出", "not in the registry: a decline is proposed"))
	}
	parts, err := c.Tx.RemittancesByCase(c.No)
	if err != nil {
		return o, err
	}
	for _, r := range parts {
		if r.Track == exchange.MoneyReturned || r.Track == exchange.MoneyDiffers || r.Track == exchange.MoneyReceived || r.Track == exchange.MoneyDue {
			o.Amount += max(r.Amount, r.Received)
			if r.Track == exchange.MoneyDiffers {
				what = append(what, c.Sayf("第 %d 笔应收 %s，实收 %s", "part %d: %s expected, %s received", r.Part, r.Amount, r.Received))
			}
		}
	}
	o.What = office.OneLine(strings.Join(what, c.Sayf("；", "; ")), 500)
	o.Stamp = fmt.Sprintf("%s %s %s letter %d application %d %s %s %v", c.State, c.Hold, c.HoldText, c.LetterVersion, c.ApplicationVersion, c.Wish, c.MoneyTrack, proposal != nil)
	return o, nil
}

// Masked is a person as a row names them.
func Masked(p exchange.Person) string { return strings.TrimSpace(p.Name + " " + identity.Mask(p.IDNo)) }

// openEntries lists the bank entries that belong to nobody, and refunds
// without a case that wait.
func openEntries(d *office.Desk, pass func(report.Open) error) error {
	one := func(b exchange.BankEntry) error {
		if listed, err := listed(d, b); err != nil || !listed {
			return err
		}
		o, err := openEntry(d, b)
		if err != nil {
			return err
		}
		return pass(o)
	}
	if err := d.Tx.EachUnmatchedEntry(one); err != nil {
		return err
	}
	waiting, err := refundsWaiting(d)
	if err != nil {
		return err
	}
	for _, f := range waiting {
		if f.CaseNo != "" || f.EntryKey == "" {
			continue
		}
		b, err := d.Tx.BankEntry(f.EntryKey)
		if err != nil {
			return err
		}
		if b.State != exchange.EntryUnmatched {
			if err := one(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// listed reports whether something is to be decided about an entry: a debit
// whose difference was explained and accepted stays as it is.
func listed(d *office.Desk, b exchange.BankEntry) (bool, error) {
	if b.Credit {
		return true, nil
	}
	named, err := d.Tx.DifferencesAbout("money", b.Key)
	return len(named) > 0, err
}

// entryWords say what is the matter with an entry, and what to do about it.
func entryWords(d *office.Desk, b exchange.BankEntry) (what, do string) {
	text := identity.MaskIn(b.Text)
	switch {
	case !b.Credit:
		return d.Sayf("扣款未找到对应付款：%s", "debited for no payment that is known: %s", text), d.Say("对应到本方付款；不是的，查明后核销差异。", "Match the payment; else find out why and accept the difference.")
	case b.ReturnCode != "" || b.Reversal:
		return d.Sayf("退回款项，未找到原付款：%s", "came back, it is not known for which payment: %s", text), d.Say("对应到本方付款。", "Match the payment that came back.")
	}
	return d.Sayf("到账待认领：%s", "belongs to no case: %s", text), d.Say("认领到办件，或退款。", "Match it to a case, or pay it back.")
}

func openEntry(d *office.Desk, b exchange.BankEntry) (o report.Open, err error) {
	what, do := entryWords(d, b)
	o = report.Open{
		About: exchange.AboutEntry, No: b.Key, Who: office.OneLine(strings.TrimSpace(b.Counterpart+" "+b.CounterAcct), 200), Amount: b.Amount, Since: b.BookedOn,
		What: office.OneLine(what, 400), Todo: do,
	}
	proposals, err := d.Tx.DifferencesAbout("proposal", b.Key)
	if err != nil {
		return o, err
	}
	for _, p := range proposals {
		o.What = office.OneLine(o.What+d.Say("；", "; ")+d.SideWord(p.Ours), 500)
	}
	waits := b.State == exchange.EntryRefund
	if waits {
		o.What, o.Todo = d.Sayf("退款待处理", "its refund waits"), d.Sayf("核实账户后重新付款。", "Confirm the account, pay again.")
	}
	o.Stamp = fmt.Sprintf("%s %s %v", b.State, b.Amount, len(proposals))
	open := b.Credit && b.State == exchange.EntryUnmatched
	o.Offers, err = offers(d, subjectOf{kind: exchange.AboutEntry, no: b.Key, entry: b}, func(r exchange.Rule) bool {
		switch r.Action {
		case exchange.ActMatch, exchange.ActSplit, exchange.ActRefund:
			return open
		case exchange.ActMatchPayment:
			return b.State == exchange.EntryUnmatched
		case exchange.ActConfirmAccount:
			return open || waits
		case exchange.ActAllowCap:
			return waits
		}
		return true
	})
	return o, err
}

// openFiles lists the files that were set aside, those without an answer that
// was due, payment files whose fate is not known, and batches to be reviewed.
func openFiles(d *office.Desk, pass func(report.Open) error) error {
	named, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	var files []exchange.File
	for _, x := range named {
		if x.Kind != "file" {
			continue
		}
		for _, dir := range []exchange.Side{exchange.In, exchange.Out} {
			f, err := d.Tx.FileByName(dir, x.Partner, x.Subject)
			if err == nil && f.State != exchange.FileSending {
				files = append(files, f)
			} else if err != nil && !office.IsNotFound(err) {
				return err
			}
		}
	}
	sending, err := d.Tx.Files(store.FileFilter{Dir: exchange.Out, Kind: office.KindPayment, States: []exchange.FileState{exchange.FileSending}})
	if err != nil {
		return err
	}
	review, err := outbox.InReview(d.Tx, exchange.FileReview)
	if err != nil {
		return err
	}
	for _, f := range slices.Concat(files, sending, review) {
		o, err := openFile(d, f)
		if err != nil {
			return err
		}
		if err := pass(o); err != nil {
			return err
		}
	}
	return nil
}

func openFile(d *office.Desk, f exchange.File) (o report.Open, err error) {
	o = report.Open{
		About: exchange.AboutFile, No: strconv.FormatInt(f.ID, 10), Who: f.Party, Amount: f.Total, Since: calendar.DateOf(f.At.In(d.Agency.Zone)),
		Stamp: fmt.Sprintf("%s %s %d", f.State, f.SHA256, f.Resent),
	}
	o.What, o.Todo = d.Sayf("没有回执或被对方退回：", "no receipt, or refused: "), d.Sayf("与对方联系后重新发送。", "Speak with the partner, then send it again.")
	switch f.State {
	case exchange.FileQuarantined:
		o.What, o.Todo = d.Sayf("文件已隔离：", "set aside: "), d.Sayf("查明原因后重新处理，或不予处理。", "Find out why, then have it worked again or set aside for good.")
	case exchange.FileSending:
		o.What, o.Todo = d.Sayf("上传结果待查：", "it is not known whether the bank has it: "), d.Sayf("向银行查明后认定；理由中写明何人何时答复。", "Ask the bank; write in the reason who said so, and when.")
	}
	o.What = office.OneLine(strings.TrimSpace(o.What+f.Name+" "+d.InWords(f.Text)), 500)
	if f.State == exchange.FileReview {
		if o.What, o.Todo, err = reviewWords(d, f); err != nil {
			return o, err
		}
		o.Who = d.PartyName(f.Party)
	}
	o.Offers, err = offers(d, subjectOf{kind: exchange.AboutFile, no: o.No, file: f}, func(exchange.Rule) bool { return true })
	return o, err
}

// openMonths lists the months of netting on which both sides agree and whose
// net sum is not tied.
func openMonths(d *office.Desk, pass func(report.Open) error) error {
	open, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		month, text := netMonth(x)
		if month == 0 {
			continue
		}
		out, in, _, err := netting.NetSums(d, x.Partner, month)
		if err != nil {
			return err
		}
		o := report.Open{
			About: exchange.AboutMonth, No: text + " " + x.Partner, Who: x.Partner, Amount: max(out-in, in-out), Since: x.FoundOn,
			What:  d.Sayf("双方对账一致，净额待结算（转出 %s，转入 %s）", "both statements agree, the net sum is to be settled (out %s, in %s)", out, in),
			Todo:  d.Sayf("填写净额的银行流水或凭证号后结算。", "Give the bank entry or the voucher of the net sum."),
			Stamp: x.Partner + " " + x.Ours,
		}
		var waits *office.Refusal
		if err := netting.NettingRests(d, x.Partner, month); errors.As(err, &waits) {
			o.Todo = d.Sayf("先不要付款：%s。", "Do not pay yet: %s.", d.Say(waits.Chinese, waits.English))
		} else if err != nil {
			return err
		}
		if p, ok := d.Partners[x.Partner]; ok {
			o.Who = p.Name + " " + x.Partner
		}
		for _, r := range exchange.Rules() {
			if slices.Contains(r.About, exchange.AboutMonth) {
				o.Offers = append(o.Offers, r)
			}
		}
		if err := pass(o); err != nil {
			return err
		}
	}
	return nil
}

// netMonth is the month whose net sum a difference keeps on the list; 0: none.
func netMonth(x exchange.Difference) (calendar.Month, string) {
	text, ok := strings.CutSuffix(x.Subject, office.NetSum)
	if x.Kind != "netting" || !ok {
		return 0, ""
	}
	month, err := calendar.ParseMonth(text)
	if err != nil {
		return 0, ""
	}
	return month, text
}

// openDifferences lists the differences that are closed by being explained;
// proposals, months to be tied and files have rows of their own.
func openDifferences(d *office.Desk, pass func(report.Open) error) error {
	open, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	for _, x := range open {
		if month, _ := netMonth(x); x.Kind == "proposal" || month != 0 || ofFile(d, x) {
			continue
		}
		who := x.Partner
		if p, ok := d.Partners[x.Partner]; ok {
			who = p.Name + " " + x.Partner
		}
		subject, ours, theirs := d.Sides(x)
		o := report.Open{
			About: exchange.AboutDifference, No: strconv.FormatInt(x.ID, 10), Who: who, Since: x.FoundOn,
			What: office.OneLine(d.Sayf("%s %s：本方 %s，对方 %s", "%s %s: ours %s, theirs %s", d.DifferenceWord(x.Kind), subject, ours, theirs), 500),
			Todo: d.Sayf("查明差异；已有解释的可核销，核销不动资金。", "Find out why; once explained, accept it. That moves no money."), Stamp: x.Ours + " " + x.Theirs,
		}
		if o.Offers, err = offers(d, subjectOf{kind: exchange.AboutDifference, no: o.No, id: x.ID}, func(exchange.Rule) bool { return true }); err != nil {
			return err
		}
		if err := pass(o); err != nil {
			return err
		}
	}
	return nil
}

// ofFile reports whether a difference is about a file that has a row of its own.
func ofFile(d *office.Desk, x exchange.Difference) bool {
	if x.Kind != "file" {
		return false
	}
	f, err := d.Tx.FileByName(exchange.In, x.Partner, x.Subject)
	return err == nil && f.State == exchange.FileQuarantined
}
