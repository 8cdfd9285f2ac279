package todo

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs/bank"
	"carryover/jobs/decision"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/proof"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// unmatchedWD is for how many working days money may stay unmatched (SPEC 4): then it
// is matched by hand or refunded.
const unmatchedWD = 10

// doubtWD is for how many working days an entry may be in doubt, or a credit that names a
// payment of ours be no return of it: the statement of its day, or the payment's debit,
// ends it sooner.
const doubtWD = 3

// entries adds the bank entries that belong to nobody or are in doubt, and the refunds that wait
// without a case. Where a case is proposed for a credit, an officer can match it at
// once.
func (w *walk) entries() error {
	return decision.EachEntry(w.Desk, func(b exchange.BankEntry, t exchange.Todo) error {
		t.Kind = exchange.TodoCredit
		if !b.Credit {
			t.Kind = exchange.TodoDebit
		}
		if !w.proposed[b.Key] {
			days := unmatchedWD
			early, err := bank.WaitsAsReturn(w.Desk, b)
			if err != nil {
				return err
			}
			if early || b.State == exchange.EntryDoubtful {
				days = doubtWD
			}
			by := w.Calendar.Due(b.SeenOn, days, calendar.DueOptions{})
			t.Due, t.Provisional = by.Date, by.Provisional
		}
		unknown, err := payment.IsUnknownDebit(w.Office, w.Tx, b)
		if err != nil {
			return err
		}
		if unknown {
			t.Due, t.Provisional = 0, false // at once
			t.What = w.Sayf("扣款对应的本方付款 %s 不在数据库中，付款全部停止：%s", "debited for our payment %s, which the store does not know; all payments stop: %s", b.EndToEnd, identity.MaskIn(b.Text))
			t.Do = w.Say("数据库可能落后：核实后运行 carryover restore，或对该扣款作出决定。", "The store may lie behind: find out, then carryover restore, or decide about the debit.")
		}
		if err := w.beside(&t, subjectKey("money", code.Text(b.Key))); err != nil {
			return err
		}
		refunds, err := w.Tx.RefundsByEntry(b.Key)
		if err != nil {
			return err
		}
		for _, f := range refunds {
			if err := w.beside(&t, subjectKey("money", transfer.RefundSubject(f))); err != nil {
				return err
			}
		}
		return w.add(t)
	})
}

// months adds the months of netting whose net sum is to be settled.
func (w *walk) months() error {
	return decision.EachMonth(w.Desk, func(t exchange.Todo) error {
		t.Kind = exchange.TodoMonth
		return w.add(t)
	})
}

// days adds the daily caps for which money waits.
func (w *walk) days() error {
	return decision.EachDay(w.Desk, func(t exchange.Todo) error {
		t.Kind = exchange.TodoDay
		return w.add(t)
	})
}

// toSign adds the payment files that wait for officers' signatures.
func (w *walk) toSign() error {
	files, err := w.Tx.Files(store.FileFilter{Dir: exchange.Out, Kind: office.KindPayment, States: []exchange.FileState{exchange.FilePrepared}})
	if err != nil {
		return err
	}
	for _, f := range files {
		signatures, err := w.Tx.Signatures(f.ID)
		if err != nil {
			return err
		}
		t := ofFile(exchange.TodoSign, f)
		t.Amount, t.Since, t.Due = f.Total, signing.MadeOn(w.Office, f), signing.SignBy(w.Office, f)
		t.What = w.Sayf("%d 笔付款等待放行，已收到 %d 个签名", "%d payments wait for release, %d signatures so far", f.Records, len(signatures))
		if err := w.add(t); err != nil {
			return err
		}
	}
	return nil
}

// settings adds money settings that wait for signatures, of which there are at most one, and
// approved ones that are not what was signed.
func (w *walk) settings() error {
	a, err := signing.ReadApproved(w.Office, w.Tx)
	if err != nil {
		return err
	}
	if a.Fault != "" {
		err := w.add(exchange.Todo{
			Kind: exchange.TodoSettings, About: exchange.AboutFile, No: fmt.Sprint(a.Settings.N), Who: w.Agency.Name, Since: a.Settings.Since, Due: w.Date,
			What: w.Sayf("资金设置的记录被改动，付款全部停止：%s", "the record of the money settings was changed, all payments stop: %s", a.Fault),
			Do:   w.Say("从备份恢复，或由恢复密钥持有人运行 carryover settings recover。", "Restore a backup, or let who keeps a recovery key run carryover settings recover."),
		})
		if err != nil {
			return err
		}
	}
	if a.Waiting == nil {
		return nil
	}
	f, err := w.Tx.File(a.Waiting.FileID)
	if err != nil {
		return err
	}
	t := ofFile(exchange.TodoSettings, f)
	t.Since, t.Due = a.Waiting.Since, signing.SignBy(w.Office, f)
	switch m := a.Waiting; m.Kind {
	case exchange.SettingsFirst:
		t.What = w.Sayf("首次资金设置（%s）等待两名人员签名，签名前不付款", "the first money settings, of %s, wait for two signatures, and payments with them", m.Since)
	case exchange.SettingsRecovery:
		t.What = w.Sayf("以恢复密钥更换资金设置（%s），可提出异议至 %s；付款全部停止", "the money settings are being recovered since %s, objections until %s; all payments stop", m.Since, m.Until)
	default:
		t.What = w.Sayf("资金设置已于 %s 改动，等待签名", "the money settings were changed on %s and wait for signatures", m.Since)
	}
	return w.add(t)
}

// unproved adds what of the ledger neither documents nor held cases explain, per
// side and partner. While there is any, no payment leaves.
func (w *walk) unproved() error {
	gaps, err := proof.Gaps(w.Office, w.Tx)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		who := w.Say("全部对方", "all partners")
		if g.Partner != "" {
			who = w.PartyName(g.Partner)
		}
		err := w.add(exchange.Todo{
			Kind: exchange.TodoProof, About: exchange.AboutLedger, Party: g.Partner, Who: who, Amount: g.Rest.Shown(), Due: w.Date,
			What: w.Sayf("%s资金不平，差额 %s 没有暂缓办件可以解释", "%s: the ledger does not close, %s is not explained by held cases",
				w.Word(exchange.SideTerms(), string(g.Side)), g.Rest.Shown()),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// bankDays adds the days that the bank states differently than they were booked.
func (w *walk) bankDays() error {
	days, err := w.Tx.BankDaysToProve()
	if err != nil {
		return err
	}
	for _, day := range days {
		t := w.ofAccount(exchange.TodoBankDay, day.Account, day.Day)
		t.What = w.Sayf("%s 与银行对账单不符：%s", "%s differs from the bank's statement: %s", day.Day, bank.DayWords(w.Office, &day))
		if err := w.beside(&t, subjectKey("bank", bank.DaySubject(day))); err != nil {
			return err
		}
		if err := w.add(t); err != nil {
			return err
		}
	}
	return nil
}

// statements adds the days that the bank has not stated.
func (w *walk) statements() error {
	for _, account := range w.Agency.AccountNumbers() {
		gaps, err := bank.MissingStatements(w.Office, w.Tx, account, w.Date.AddDays(-lookBack))
		if err != nil {
			return err
		}
		for _, on := range gaps {
			t := w.ofAccount(exchange.TodoStatement, account, on)
			t.What = w.Sayf("%s 的对账单未到", "no statement of %s", on)
			if err := w.add(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// ofAccount begins an item about a day of an account of ours.
func (w *walk) ofAccount(kind, account string, on calendar.Date) exchange.Todo {
	return exchange.Todo{Kind: kind, About: exchange.AboutAccount, No: account, Party: w.Agency.Bank(), Who: w.PartyName(w.Agency.Bank()), Since: on}
}
