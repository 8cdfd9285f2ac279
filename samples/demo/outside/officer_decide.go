package outside

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
)

// voucher is the number under which the treasury settled the net sums of a month.
const voucher = "财转 2026-04"

// decides fills in the decisions workbook of finance as its officer does: a
// month of netting on which both sides agree is tied to the voucher of the
// treasury. The rest is left open. What was decided is signed and handed in.
func (o *Officer) decides(ctx context.Context, d drop.Drop, e drop.Entry) (n int, err error) {
	var content bytes.Buffer
	if _, err := d.Get(ctx, drop.In, e, &content); err != nil {
		return 0, err
	}
	book, err := excelize.OpenReader(&content)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", e.Name, err)
	}
	defer book.Close()
	if n, err = o.tieMonths(book); err != nil || n == 0 {
		return 0, err
	}
	var filled bytes.Buffer
	if err := book.Write(&filled); err != nil {
		return 0, err
	}
	sig, err := o.Key.Sign(bytes.NewReader(filled.Bytes()), seal.NamespaceDecision)
	if err != nil {
		return 0, err
	}
	if err := d.Put(ctx, drop.Out, e.Name+seal.Suffix, bytes.NewReader(sig), int64(len(sig)), drop.PutOptions{}); err != nil {
		return 0, err
	}
	o.Decided += n
	return n, d.Put(ctx, drop.Out, e.Name, bytes.NewReader(filled.Bytes()), int64(filled.Len()), drop.PutOptions{})
}

// tieMonths fills in the rows about months of netting.
func (o *Officer) tieMonths(book *excelize.File) (n int, err error) {
	sheet := book.GetSheetList()[0]
	rows, err := book.GetRows(sheet)
	if err != nil {
		return 0, err
	}
	var titles []string
	for i, row := range rows {
		switch {
		case slices.Contains(row, "行标识"):
			titles = row
		case titles != nil && len(row) > 0 && row[0] == exchange.TermOf(exchange.SubjectTerms(), string(exchange.AboutMonth)).Chinese:
			if month, _, _ := strings.Cut(row[slices.Index(titles, "编号")], " "); o.Vouched != nil && !o.Vouched(month) {
				continue
			}
			n++
			for title, value := range map[string]string{"决定": "轧差结算", "凭证号": voucher, "理由": "财政已按净额拨付"} {
				cell, err := excelize.CoordinatesToCellName(slices.Index(titles, title)+1, i+1)
				if err == nil {
					err = book.SetCellStr(sheet, cell, value)
				}
				if err != nil {
					return n, err
				}
			}
		}
	}
	return n, nil
}

// finance reports whether a file in the folder is a decisions workbook that is
// this officer's to fill in.
func (o *Officer) finance(name string) bool {
	return o.Has(exchange.RoleFinance) && strings.HasPrefix(name, "decisions-") && strings.Contains(name, "-财务.") && !strings.Contains(name, ".answer")
}
