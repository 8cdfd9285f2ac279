package report

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// BankItem is a row about one of our accounts: a day as the bank states it, or
// an item of the balance reconciliation (银行存款余额调节表).
type BankItem struct {
	Account string
	On      calendar.Date
	Item    string // of BankItems
	Day     *exchange.BankDay
	Amount  money.Fen
	Text    string
}

// The items.
const (
	ItemDay       = "day"
	ItemMissing   = "missing"
	ItemBank      = "bank"
	ItemBooks     = "books"
	ItemTheirs    = "theirs"
	ItemOurs      = "ours"
	ItemTransit   = "transit"
	ItemBankAfter = "bank-after"
	ItemAfter     = "books-after"
)

// BankItems are the words for them.
func BankItems() []exchange.Term {
	return []exchange.Term{
		{Code: ItemDay, Chinese: "日对账", English: "day"},
		{Code: ItemMissing, Chinese: "缺对账单", English: "statement missing"},
		{Code: ItemBank, Chinese: "银行对账单余额", English: "balance by the bank"},
		{Code: ItemOurs, Chinese: "我方已记、银行未记", English: "booked by us, not by the bank"},
		{Code: ItemTransit, Chinese: "我方已付、银行未付", English: "paid by us, not by the bank"},
		{Code: ItemBankAfter, Chinese: "银行调节后余额", English: "balance by the bank, reconciled"},
		{Code: ItemBooks, Chinese: "我方账面余额", English: "balance by our books"},
		{Code: ItemTheirs, Chinese: "银行已记、我方未记", English: "booked by the bank, not by us"},
		{Code: ItemAfter, Chinese: "我方调节后余额", English: "balance by our books, reconciled"},
	}
}

func bankColumns() []column[BankItem] {
	text, middle, date, money := workbook.Text, workbook.Middle, workbook.Date, workbook.Money
	ofDay := func(value func(*exchange.BankDay) any) func(Night, BankItem) any {
		return func(_ Night, b BankItem) any {
			if b.Day == nil {
				return nil
			}
			return value(b.Day)
		}
	}
	return []column[BankItem]{
		{"账号", "account", text, false, func(_ Night, b BankItem) any { return b.Account }},
		{"日期", "date", date, false, func(_ Night, b BankItem) any { return b.On }},
		{"项目", "item", text, false, func(n Night, b BankItem) any { return n.word(BankItems(), b.Item) }},
		{"期初余额（元）", "opening", money, false, ofDay(func(d *exchange.BankDay) any { return d.Opening })},
		{"收入（元）", "credits", money, false, ofDay(func(d *exchange.BankDay) any { return d.Credits })},
		{"支出（元）", "debits", money, false, ofDay(func(d *exchange.BankDay) any { return d.Debits })},
		{"余额或金额（元）", "balance or amount", money, false, func(_ Night, b BankItem) any { return b.Amount }},
		{"核对", "proof", middle, false, func(n Night, b BankItem) any {
			switch {
			case b.Day == nil:
				return nil
			case b.Day.State == exchange.DayProved:
				return workbook.Toned{Value: n.say("相符", "proved"), Tone: workbook.Good}
			}
			return workbook.Toned{Value: n.say("不符", "differs"), Tone: workbook.Bad}
		}},
		{"说明", "text", text, false, func(_ Night, b BankItem) any { return b.Text }},
	}
}
