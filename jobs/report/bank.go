package report

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// BankItem is about one of our accounts: a day as the bank states it, a day
// that it has not stated, or the balance reconciliation.
type BankItem struct {
	Account string
	On      calendar.Date
	Day     *exchange.BankDay // the day; nil: it is missing
	Balance *Balance          // the reconciliation instead
	Text    string
}

// Balance is a balance reconciliation (银行存款余额调节表) at the end of a day that
// the bank has stated: both sides, with what the other has not booked, must
// come to the same.
type Balance struct {
	Bank    money.Fen // closing balance by the bank
	Ours    money.Fen // booked by us, not by the bank
	Transit money.Fen // paid by us, not by the bank
	Books   money.Fen // balance by our books
	Theirs  money.Fen // booked by the bank, not by us
}

// Gap is what the two sides differ by after all.
func (b Balance) Gap() money.Fen {
	return money.Clamped(b.Bank, b.Ours, -b.Transit, -b.Books, -b.Theirs)
}

// balances are the balance reconciliations, one for each account.
func (n Night) balances() (blocks []workbook.Block) {
	for _, i := range n.Reconciliation.Bank {
		if i.Balance == nil {
			continue
		}
		x := *i.Balance
		b := workbook.Block{
			Title: n.say("银行存款余额调节表　账号 ", "Balance reconciliation, account ") + i.Account + n.say("　截至 ", ", as of ") + i.On.String(),
			Columns: []workbook.Column{
				{Title: n.say("项目", "item")},
				{Title: n.say("银行对账单（元）", "by the bank"), Kind: workbook.Money},
				{Title: n.say("本方账面（元）", "by our books"), Kind: workbook.Money},
				{Title: n.say("核对", "proof"), Kind: workbook.Middle},
			},
		}
		agrees := workbook.Toned{Value: n.say("相符", "agrees"), Tone: workbook.Good}
		if gap := x.Gap(); gap != 0 {
			agrees = workbook.Toned{Value: n.say("相差 ", "differs by ") + gap.String(), Tone: workbook.Bad}
		}
		b.Rows = [][]any{
			{n.say("期末余额", "closing balance"), x.Bank, x.Books, nil},
			{n.say("本方已记、银行未记", "booked by us, not by the bank"), x.Ours, nil, nil},
			{n.say("本方已付、银行未付", "paid by us, not by the bank"), -x.Transit, nil, nil},
			{n.say("银行已记、本方未记", "booked by the bank, not by us"), nil, x.Theirs, nil},
			{
				n.say("调节后余额", "balance, reconciled"),
				workbook.Sum{Above: 4, Value: money.Clamped(x.Bank, x.Ours, -x.Transit)},
				workbook.Sum{Above: 4, Value: money.Clamped(x.Books, x.Theirs)},
				agrees,
			},
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// bankDays lists the days as the bank states them, and those that it did not.
func (n Night) bankDays() workbook.Block {
	b := workbook.Block{Title: n.say("银行日对账", "The bank's days"), Columns: []workbook.Column{
		{Title: n.say("账号", "account")},
		{Title: n.say("日期", "date"), Kind: workbook.Date},
		{Title: n.say("核对", "proof"), Kind: workbook.Middle},
		{Title: n.say("笔数", "entries"), Kind: workbook.Count},
		{Title: n.say("期初余额（元）", "opening"), Kind: workbook.Money},
		{Title: n.say("收入（元）", "credits"), Kind: workbook.Money},
		{Title: n.say("支出（元）", "debits"), Kind: workbook.Money},
		{Title: n.say("期末余额（元）", "closing"), Kind: workbook.Money},
		{Title: n.say("说明", "remark")},
	}}
	for _, i := range n.Reconciliation.Bank {
		switch d := i.Day; {
		case i.Balance != nil:
		case d == nil:
			b.Rows = append(b.Rows, []any{i.Account, i.On, workbook.Toned{Value: n.say("缺对账单", "missing"), Tone: workbook.Warn}, nil, nil, nil, nil, nil, i.Text})
		default:
			proof := workbook.Toned{Value: n.say("相符", "proved"), Tone: workbook.Good}
			if d.State != exchange.DayProved {
				proof = workbook.Toned{Value: n.say("不符", "differs"), Tone: workbook.Bad}
			}
			b.Rows = append(b.Rows, []any{i.Account, i.On, proof, d.Entries, d.Opening, d.Credits, d.Debits, d.Closing, i.Text})
		}
	}
	return b
}
