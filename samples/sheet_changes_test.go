package samples

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// sheetChange makes a bad sheet, of those that people key and that are no
// batch, out of the good one.
type sheetChange struct {
	kind, name string
	code       code.Fault
	line       int // of the sheet, where the fault must be found; 0: the sheet as a whole
	field      string
	about      string
	edit       func(rows [][]string) [][]string
}

// sheetKinds are the kinds of these sheets, and the names of theirs.
func sheetKinds() map[string]string {
	return map[string]string{formats.KindBankStatement: formats.StatementTable().Sheet, formats.KindPaymentList: formats.PaymentTable().Sheet}
}

// goodSheet are the cells of the good sheet of a kind.
func goodSheet(t testing.TB, kind string, file []byte) xmlSheet {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := xmlSheet{name: f.GetSheetList()[0]}
	if s.rows, err = f.GetRows(s.name); err != nil || s.name != sheetKinds()[kind] {
		t.Fatalf("%s: sheet %q: %v", kind, s.name, err)
	}
	return s
}

func (c *sheetChange) build(t testing.TB, good []byte) []byte {
	t.Helper()
	s := goodSheet(t, c.kind, good)
	s.rows = c.edit(s.rows)
	return zipped(t, partsOf([]xmlSheet{s}))
}

func (c *sheetChange) vector() Vector {
	v := sheetVector(c.kind, c.name, c.about)
	v.Verdict, v.Line, v.Field, v.Code, v.MadeBy = code.FileRejected, c.line, c.field, c.code, "go"
	if c.line > 0 {
		v.Row = sheetKinds()[c.kind]
	}
	return v
}

func sheetVector(kind, name, about string) Vector {
	return Vector{
		File: kind + "/" + name + ".xlsx", Kind: kind, Carrier: batch.Workbook, Needs: NeedsFile, Verdict: code.FileAccepted,
		MadeBy: "python", About: about,
	}
}

// judgeSheet reads a sheet that people key.
func judgeSheet(t testing.TB, kind string, file []byte) found {
	t.Helper()
	f := found{verdict: code.FileAccepted}
	refused := false
	switch kind {
	case formats.KindBankStatement:
		k, err := formats.ReadStatement(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		f.faults, refused = k.Faults, k.Refused()
	case formats.KindPaymentList:
		k, err := formats.PaymentTable().Read(bytes.NewReader(file), 0)
		if err != nil {
			t.Fatal(err)
		}
		f.faults, refused = k.Faults, k.Refused()
	default:
		t.Fatalf("no sheet %s", kind)
	}
	if refused {
		f.verdict = code.FileRejected
	}
	return f
}

// put sets a cell, counted from 1 as on the sheet; column names it.
func put(line int, column, value string) func([][]string) [][]string {
	return func(rows [][]string) [][]string {
		i := -1
		for _, titles := range rows {
			if i = slices.Index(titles, column); i >= 0 {
				break
			}
		}
		row := rows[line-1]
		for len(row) <= i {
			row = append(row, "")
		}
		row[i] = value
		rows[line-1] = row
		return rows
	}
}

// without leaves a column out.
func without(column string) func([][]string) [][]string {
	return func(rows [][]string) [][]string {
		i, begun := -1, false
		for n, row := range rows {
			if at := slices.Index(row, column); at >= 0 {
				i, begun = at, true
			}
			if begun && i < len(row) {
				rows[n] = slices.Delete(row, i, i+1)
			}
		}
		return rows
	}
}

// The sheet of the bank's movements begins its table in line 4, with the
// titles; the list of payments in line 1.
func sheetChanges() []sheetChange {
	statement := func(name string, c code.Fault, line int, field, about string, edit func([][]string) [][]string) sheetChange {
		return sheetChange{formats.KindBankStatement, name, c, line, field, about, edit}
	}
	list := func(name string, c code.Fault, line int, field, about string, edit func([][]string) [][]string) sheetChange {
		return sheetChange{formats.KindPaymentList, name, c, line, field, about, edit}
	}
	long := strings.Repeat("长", 141)
	return []sheetChange{
		statement("amount-malformed", code.Amount, 5, "amount", "金额不是两位小数 / an amount with three decimals", put(5, "amount", "18565.405")),
		statement("amount-zero", code.Amount, 8, "amount", "金额为零 / nothing was booked",
			func(rows [][]string) [][]string { return put(8, "balance", "36554.93")(put(8, "amount", "0.00")(rows)) }),
		statement("balance-wrong", code.Total, 8, "balance", "余额与上一行接不上 / a balance that does not follow", put(8, "balance", "55120.34")),
		statement("column-missing", code.WrongEnvelope, 0, "", "缺少一列 / a column is left out", without("balance")),
		statement("date-impossible", code.ImpossibleDate, 5, "booked_on", "日期不存在 / a day that does not exist", put(5, "booked_on", "2026-02-30")),
		statement("date-backwards", code.ImpossibleDate, 7, "booked_on", "早于上一行 / before the row above", put(7, "booked_on", "2026-03-12")),
		statement("field-missing", code.Missing, 5, "status", "必填项为空 / a required field is empty", put(5, "status", "")),
		statement("rejected-credit", code.UnknownCode, 7, "status", "失败不能用于贷方 / money that came in cannot be rejected",
			func(rows [][]string) [][]string {
				return put(7, "balance", "31434.60")(put(7, "status", "失败")(rows[:7]))
			}),
		statement("remark-too-long", code.TooLong, 5, "remark", "文字超过允许的长度 / a text is one character too long", put(5, "remark", long)),
		statement("returned-debit", code.UnknownCode, 5, "status", "退汇不能用于借方 / a return is no debit", put(5, "status", "退汇")),
		statement("side-unknown", code.UnknownCode, 5, "debit_credit", "代码不在代码表内 / a code that is not on its list", put(5, "debit_credit", "转")),
		list("account-missing", code.Missing, 2, "account_no", "必填项为空 / a required field is empty", put(2, "account_no", "")),
		list("amount-malformed", code.Amount, 3, "amount", "金额不是两位小数 / an amount with three decimals", put(3, "amount", "7030.115")),
		list("column-missing", code.WrongEnvelope, 0, "", "缺少一列 / a column is left out", without("remark")),
		list("payee-too-long", code.TooLong, 2, "payee", "文字超过允许的长度 / a text is one character too long", put(2, "payee", long)),
		list("reference-too-long", code.TooLong, 2, "end_to_end_id", "划款编号过长 / a reference of 36 characters", put(2, "end_to_end_id", strings.Repeat("1", 36))),
	}
}
