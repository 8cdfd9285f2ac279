package bank

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// readSheet reads a hand-keyed 银行流水 sheet: what camt.054 books, what
// pain.002 refuses and what camt.053 proves, in one table. With apply set, it
// counts. A sheet with any fault counts for nothing, and one whose keying was
// normalised (widths, spaces, dates) counts with a note.
func readSheet(ctx context.Context, o *office.Office, f exchange.File, told *tellings, apply bool) (res readResult, err error) {
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return res, err
	}
	defer src.Close()
	sheet, err := formats.ReadStatement(src)
	if err != nil {
		return res, err
	}
	res.records = len(sheet.Rows)
	if sheet.Refused() {
		res.fault = sheetFaults(sheet)
		return res, nil
	}
	account, fault := sheetAccount(o, sheet.Head.OwnAccount)
	if fault != "" {
		res.fault = fault
		return res, nil
	}
	if sheet.Total > 0 {
		res.note = fmt.Sprintf("自动规范 %d 处填写 / %d values normalised", sheet.Total, sheet.Total)
	}
	w := entryWriter{Office: o, ctx: ctx, file: f, apply: apply, told: told}
	refused := map[string]int{} // refused rows that are alike, which are no entries
	var days []*statedDay
	for _, row := range sheet.Rows {
		l := row.Value
		if l.Status == code.BankRejected {
			if apply {
				err = o.Do(ctx, office.By{File: f, Actor: f.Party}, func(d *office.Desk) error {
					return rejectPayment(d, rejectedRow(account, l, refused))
				})
			}
			if err != nil {
				return res, fmt.Errorf("row %d: %w", row.Line, err)
			}
			continue
		}
		b := sheetEntry(account, l)
		days = sheetDay(days, b, l)
		days[len(days)-1].add(b)
		if err := w.add(b); err != nil {
			return res, fmt.Errorf("row %d: %w", row.Line, err)
		}
	}
	if err := w.flush(); err != nil {
		return res, err
	}
	return res, keepDays(ctx, o, f, days, apply, true)
}

// sheetDay returns days with an entry's day as the last: the last one still, or a
// new one when the entry begins another day. A sheet states a balance per row: the
// day opens with the first row's less its amount and closes with the last row's.
func sheetDay(days []*statedDay, b exchange.BankEntry, l formats.StatementLine) []*statedDay {
	if len(days) == 0 || days[len(days)-1].Day != b.BookedOn {
		s := &statedDay{}
		s.BankDay = exchange.BankDay{Account: b.Account, Day: b.BookedOn, From: b.BookedOn, Opening: l.Balance - b.Signed()}
		days = append(days, s)
	}
	days[len(days)-1].Closing = l.Balance
	return days
}

// sheetAccount is the account that a sheet is about: the one it names, or the
// only one that we have; fault says why there is none.
func sheetAccount(o *office.Office, named string) (account, fault string) {
	switch {
	case named != "" && isOwnAccount(o, named):
		return named, ""
	case named != "":
		return "", "不是本机构账户 / not an account of ours: " + named
	case len(o.Agency.AccountNumbers()) == 1:
		return o.Agency.Payer.No, ""
	}
	return "", "请在表上方写明本方账号 own_account / name the account at the top: there are several"
}

// sheetEntry is a row as an entry of our account. A sheet has no EndToEndId: payments
// are known by the reference, or letter number and amount, that their remark repeats.
func sheetEntry(account string, l formats.StatementLine) exchange.BankEntry {
	b := exchange.BankEntry{
		Account: account, Ref: exchange.UsableRef(l.BankRef), Credit: l.Credit(), Amount: l.Amount, Total: l.Signed(), BookedOn: l.BookedOn,
		Counterpart: l.Counterparty, CounterAcct: l.Account, Text: l.Remark, Parts: 1, EndToEnd: refIn(l.Remark),
	}
	if l.Status == code.BankReturned {
		b.ReturnCode = ReturnReason("")
	}
	return b
}

// rejectedRow is the row of a payment that the bank did not make. It is no entry; the
// key by which the payment remembers it says its remark too.
func rejectedRow(account string, l formats.StatementLine, alike map[string]int) exchange.BankEntry {
	b := sheetEntry(account, l)
	row := b.KnownAs() + "|" + b.Text
	alike[row]++
	b.Key = row + "|" + strconv.Itoa(alike[row])
	return b
}

// refIn finds a payment reference in a remark: letter, part and attempt; empty
// when there is none.
func refIn(remark string) string {
	for _, word := range strings.FieldsFunc(remark, func(r rune) bool { return r != '-' && r != 'R' && (r < '0' || r > '9') }) {
		if _, _, _, ok := transfer.SplitRef(word); ok {
			return word
		}
	}
	return ""
}

// rejectPayment takes a row about a payment that the bank did not make. A row that
// matches no payment is recorded as a difference.
func rejectPayment(d *office.Desk, e exchange.BankEntry) error {
	p, err := d.Tx.Payment(e.EndToEnd)
	if office.IsNotFound(err) {
		return rejectByText(d, e)
	}
	if err != nil {
		return err
	}
	return paymentStatus(d, p, iso20022.Rejected, refused{on: e.BookedOn}, code.Say("sheet-rejected"))
}

// rejectByText finds the payment by what the row's text names. The payment
// remembers the row (RefusedAs): a later sheet repeats the row when the same sum
// is on its way again under another number, and must not refuse that one.
func rejectByText(d *office.Desk, e exchange.BankEntry) error {
	duplicate, err := alreadyRejected(d, e)
	if duplicate || err != nil {
		return err
	}
	p, err := namedPayment(d, e, func(p exchange.Payment) bool { return p.BankRef == "" })
	if err != nil {
		return err
	}
	if p == nil {
		subject := code.Say("sheet-row", e.Account, e.BookedOn, e.Amount, office.Clip(e.Text, 40))
		return d.RecordDifference("money", "", "", subject, code.Phrase{}, code.Say("rejected", e.Amount))
	}
	return paymentStatus(d, *p, iso20022.Rejected, refused{e.BookedOn, e.Key}, code.Say("sheet-rejected"))
}

// alreadyRejected reports whether a payment was refused by this very row.
func alreadyRejected(d *office.Desk, e exchange.BankEntry) (bool, error) {
	letterNo, _ := iso20022.ParseRemittance(e.Text)
	if letterNo == "" {
		return false, nil // a lump sum is named by its reference, which no later attempt has
	}
	for _, side := range []exchange.Side{exchange.Out, exchange.In} {
		c, err := d.CaseByLetter(side, letterNo)
		if office.IsNotFound(err) {
			continue
		}
		if err != nil {
			return false, err
		}
		payments, err := d.Tx.PaymentsByCase(c.No)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(payments, func(p exchange.Payment) bool { return p.RefusedAs == e.Key }) {
			return true, nil
		}
	}
	return false, nil
}

// sheetFaults lists what is wrong with a sheet, row by row, up to keptFaults of
// them and then their number.
func sheetFaults(s *formats.Statement) string {
	var texts []string
	for _, f := range s.Faults {
		if f.Warning() {
			continue
		}
		if len(texts) == keptFaults {
			texts = append(texts, fmt.Sprintf("共 %d 处 / %d in all", s.Total, s.Total))
			break
		}
		where := f.Row
		if f.Line > 0 {
			where = fmt.Sprintf("第 %d 行 %s", f.Line, f.Field)
		}
		texts = append(texts, strings.TrimSpace(where+" "+f.Code.Word(code.Chinese)+" "+f.Text))
	}
	return strings.Join(texts, "；")
}
