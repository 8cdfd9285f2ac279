package outside

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/iso20022"
)

// keyed is what a bank needs whose fiscal account gives no files: somebody
// takes its payment lists from the drop, and keys what it booked into a sheet.
type keyed struct {
	payer  string               // account that lists are paid from
	before map[string]money.Fen // an account's balance before a booking
	failed []unmade             // to be keyed the next morning
	rows   int                  // keyed so far: no two alike are typed the same way
}

// unmade is a transfer that the bank did not make, and when it refused it.
type unmade struct {
	Transfer
	on calendar.Date
}

// WorkByHand makes the bank one that takes payment lists from one account and
// gives sheets, keyed by a clerk, instead of messages.
func (b *Bank) WorkByHand(payer string) {
	b.byHand = &keyed{payer: payer, before: map[string]money.Fen{}}
}

// GivesMessages reports whether the bank answers in messages: one that works by
// hand does not.
func (b *Bank) GivesMessages() bool { return b.byHand == nil }

// takeList takes a payment list, whose lines are kept for the night. What is
// refused is keyed as failed.
func (b *Bank) takeList(now time.Time, f pickedUp) error {
	lines, total, err := formats.ReadPaymentList(bytes.NewReader(f.content))
	if err != nil {
		return err
	}
	payer := b.payer()
	var list []Transfer
	for _, l := range lines {
		list = append(list, Transfer{
			Order: l.OrderNo, EndToEnd: l.Ref, Debtor: payer, Amount: l.Amount, Text: l.Remark,
			Creditor: iso20022.Account{Name: l.Payee, Number: l.Account, Bank: l.Bank, CNAPS: l.CNAPS},
		})
	}
	reason, _ := b.judge(iso20022.Payment{MsgID: lines[0].OrderNo, Debtor: payer, Total: total}, 0)
	if reason == "DU01" {
		return nil // the same list twice: a clerk lays the second one aside
	}
	fail := func(t Transfer) { b.byHand.failed = append(b.byHand.failed, unmade{t, calendar.DateOf(now)}) }
	if reason != "" {
		for _, t := range list {
			fail(t)
		}
		return nil
	}
	b.orders[lines[0].OrderNo] = true
	refused := map[string]bool{}
	for _, r := range b.keep(list) {
		refused[r.EndToEndID] = true
	}
	for _, t := range list {
		if refused[t.EndToEnd] {
			fail(t)
		}
	}
	return nil
}

// payer is the account that the bank pays from: the list is left in its
// agency's drop.
func (b *Bank) payer() iso20022.Account {
	number := b.byHand.payer
	return iso20022.Account{Name: b.Accounts[number].Holder, Number: number, Bank: b.Name, CNAPS: b.CNAPS}
}

// keySheet leaves what was booked on an account as a clerk keys it: by hand,
// not always the same way.
func (b *Bank) keySheet(ctx context.Context, now time.Time, number string, list []booked) error {
	id := b.nextMessage("K", now)
	file := excelize.NewFile()
	sheet := "Sheet1"
	set := func(row int, cells ...any) error { return file.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &cells) }
	titles := []any{"记账日期", "借贷", "金额", "对方户名", "对方账号", "附言", "银行流水号", "状态", "余额"}
	err := set(1, b.Name+" 账户流水")
	if err == nil {
		err = set(2, "本方账号", number)
	}
	if err == nil {
		err = set(4, titles...)
	}
	row, balance := 5, b.Accounts[number].Balance
	if len(list) > 0 {
		balance = b.byHand.before[list[0][0].Ref]
	}
	failed := b.failedOn(number)
	fail := func(before calendar.Date) { // rows stand in the order of their days
		for err == nil && len(failed) > 0 && failed[0].on < before {
			err = set(row, b.byHand.failedCells(failed[0], balance)...)
			failed = failed[1:]
			row++
		}
	}
	for _, entries := range list {
		fail(entries[0].Booked)
		for j, e := range entries {
			balance += e.Signed()
			if err == nil {
				err = set(row, b.byHand.cells(e, j, len(entries), balance)...)
			}
			row++
		}
	}
	fail(calendar.DateOf(now).AddDays(1))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if _, err := file.WriteTo(&out); err != nil {
		return err
	}
	return b.Box.Put(ctx, "流水_"+id+".xlsx", out.Bytes())
}

// failedOn takes the payments that were not made from an account.
func (b *Bank) failedOn(number string) (list []unmade) {
	var rest []unmade
	for _, t := range b.byHand.failed {
		if t.Debtor.Number == number {
			list = append(list, t)
		} else {
			rest = append(rest, t)
		}
	}
	b.byHand.failed = rest
	return list
}

func (k *keyed) failedCells(t unmade, balance money.Fen) []any {
	return []any{k.date(t.on), "借", k.amount(t.Amount), t.Creditor.Name, t.Creditor.Number, t.Text, "", "失败", k.amount(balance)}
}

// cells is a row. Transfers booked as one have the bank's number of it with
// their place behind.
func (k *keyed) cells(e iso20022.Entry, part, parts int, balance money.Fen) []any {
	ref, side, status := e.Ref, "借", "成功"
	if parts > 1 {
		ref = fmt.Sprintf("%s-%d", ref, part+1)
	}
	if e.Credit {
		side = []string{"贷", "贷方", "收入"}[k.rows%3]
	}
	text := e.Text
	if e.Returned {
		status, text = code.BankReturned.Word(code.Chinese), "退汇 "+e.ReturnReason+" "+e.Text
	}
	return []any{k.date(e.Booked), side, k.amount(e.Amount), e.Counterparty.Name, e.Counterparty.Number, text, strings.ToUpper(ref), status, k.amount(balance)}
}

// date is typed in one of the ways that people have.
func (k *keyed) date(d calendar.Date) string {
	k.rows++
	switch k.rows % 4 {
	case 1:
		return fmt.Sprintf("%d/%d/%d", d.Year(), d.MonthOfYear(), d.Day())
	case 2:
		return fmt.Sprintf("%d年%d月%d日", d.Year(), d.MonthOfYear(), d.Day())
	case 3:
		return d.Compact()
	}
	return d.String()
}

// amount is typed with or without separators.
func (k *keyed) amount(f money.Fen) string {
	if k.rows%2 == 0 {
		return f.String()
	}
	whole, fen, _ := strings.Cut(f.String(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + "." + fen
}
