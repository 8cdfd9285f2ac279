package demo

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// bank behaves as an agency's bank does: it knows nothing but the payment
// orders that are left in its drop and what other banks hand to it. It keeps
// accounts by number, answers an order with a status report, books it at
// night, and tells the agency of debits and credits the next morning.
type bank struct {
	code, name, cnaps string
	agency            string // whose orders it takes; "" for a bank that has none in this world
	box               *mailbox
	clearing          *clearing
	books             *bookFile

	accounts map[string]*bankAccount
	orders   map[string]bool // MsgIds taken
	tonight  []transfer
	untold   map[string][]iso20022.Entry // booked, to be told in the morning, by account
	entries  int
	told     int // messages written
	onCredit func(t transfer, on calendar.Date)
}

// bankAccount is an account as its bank keeps it.
type bankAccount struct {
	Holder  string
	Agency  bool // an agency's: its movements are told
	Opening money.Fen
	Balance money.Fen
	Closed  bool
}

// bankLine is a line of the bank's books.
type bankLine struct {
	On       calendar.Date `json:"on"`
	Ref      string        `json:"ref"`
	Account  string        `json:"account"`
	Credit   bool          `json:"credit"`
	Amount   money.Fen     `json:"fen"`
	EndToEnd string        `json:"end_to_end,omitempty"`
	Other    string        `json:"other,omitempty"` // the other account
	Text     string        `json:"text,omitempty"`
	Return   string        `json:"return,omitempty"`
	Balance  money.Fen     `json:"balance"`
}

func newBank(code, name, cnaps string, c *clearing, books *bookFile) *bank {
	b := &bank{
		code: code, name: name, cnaps: cnaps, clearing: c, books: books,
		accounts: map[string]*bankAccount{}, orders: map[string]bool{}, untold: map[string][]iso20022.Entry{},
	}
	c.join(b)
	return b
}

// open opens an account with a balance.
func (b *bank) open(number, holder string, agency bool, balance money.Fen) {
	b.accounts[number] = &bankAccount{Holder: holder, Agency: agency, Opening: balance, Balance: balance}
}

// morning tells what was booked, then takes the orders that are in the drop.
func (b *bank) morning(ctx context.Context, now time.Time) error {
	if b.box == nil {
		return nil
	}
	for _, number := range sortedKeys(b.untold) {
		if err := b.tell(ctx, now, number, b.untold[number]); err != nil {
			return err
		}
	}
	clear(b.untold)
	return b.takeOrders(ctx, now)
}

func (b *bank) takeOrders(ctx context.Context, now time.Time) error {
	files, err := b.box.pickUp(ctx)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := b.takeOrder(ctx, now, f); err != nil {
			return fmt.Errorf("%s: %s: %w", b.code, f.name, err)
		}
	}
	return nil
}

// takeOrder answers one payment order and keeps its transfers for the night.
func (b *bank) takeOrder(ctx context.Context, now time.Time, f pickedUp) error {
	var list []transfer
	head, faults, err := iso20022.ReadPayment(bytes.NewReader(f.content), iso20022.Limits{}, func(h *iso20022.Payment, t iso20022.Transfer) error {
		list = append(list, transfer{
			Order: h.MsgID, EndToEnd: t.EndToEndID, Debtor: h.Debtor, Creditor: t.Creditor, Amount: t.Amount, Text: t.Text,
		})
		return nil
	})
	if err != nil {
		return err
	}
	answer := iso20022.StatusReport{
		MsgID: b.nextMessage("S", now), Created: now, OriginalMsgID: head.MsgID, OriginalName: iso20022.PaymentName,
		Transfers: head.Transfers, Total: head.Total, Status: iso20022.CustomerOK,
	}
	switch code, text := b.judge(head, faults.Total); {
	case code != "":
		answer.Status, answer.Reason, answer.Text = iso20022.Rejected, code, text
	default:
		b.orders[head.MsgID] = true
		b.tonight = append(b.tonight, list...)
	}
	var out bytes.Buffer
	w, err := iso20022.NewStatusWriter(&out, answer)
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.box.put(ctx, "pain002_"+answer.MsgID+".xml", out.Bytes())
}

// judge says why an order is refused as a whole; "" when it is not.
func (b *bank) judge(head iso20022.Payment, faults int) (code, text string) {
	payer := b.accounts[head.Debtor.Number]
	var waiting money.Fen
	for _, t := range b.tonight {
		waiting += t.Amount
	}
	switch {
	case faults > 0:
		return "FF01", "报文格式有误"
	case b.orders[head.MsgID]:
		return "DU01", "报文标识重复"
	case payer == nil || !payer.Agency:
		return "AC02", "付款账号不存在"
	case payer.Balance < waiting+head.Total:
		return "AM04", "余额不足"
	}
	return "", ""
}

// night books the orders of the day and hands them to the other banks.
func (b *bank) night(on calendar.Date) error {
	orders := b.tonight
	b.tonight = nil
	for _, t := range orders {
		e := iso20022.Entry{
			Amount: t.Amount, MsgID: t.Order, EndToEndID: t.EndToEnd, Counterparty: t.Creditor, Text: t.Text,
		}
		if err := b.book(t.Debtor.Number, e, on); err != nil {
			return err
		}
		b.clearing.hand(t)
	}
	return nil
}

// bookCredit books money that came for an account here; known is false when
// there is no such account.
func (b *bank) bookCredit(t transfer, on calendar.Date) (known bool, err error) {
	a := b.accounts[t.Creditor.Number]
	if a == nil || a.Closed {
		return false, nil
	}
	e := iso20022.Entry{
		Amount: t.Amount, Credit: true, EndToEndID: t.EndToEnd, Counterparty: t.Debtor, Text: t.Text,
	}
	if err := b.book(t.Creditor.Number, e, on); err != nil {
		return true, err
	}
	if b.onCredit != nil {
		b.onCredit(t, on)
	}
	return true, nil
}

// bookReturn books money that came back.
func (b *bank) bookReturn(t transfer, on calendar.Date) error {
	return b.book(t.Debtor.Number, iso20022.Entry{
		Amount: t.Amount, Credit: true, MsgID: t.Order, EndToEndID: t.EndToEnd, Counterparty: t.Creditor, Text: t.Text,
		Returned: true, ReturnCode: t.Return, ReturnReason: t.Reason,
	}, on)
}

// book changes an account's balance, writes the books and keeps the entry for
// the morning.
func (b *bank) book(number string, e iso20022.Entry, on calendar.Date) error {
	b.entries++
	e.Ref = fmt.Sprintf("%s%s%06d", b.code, on.Compact(), b.entries)
	e.Part, e.Parts, e.Status, e.Booked, e.Value = 1, 1, iso20022.Booked, on, on
	a := b.accounts[number]
	a.Balance += e.Signed()
	if a.Agency {
		b.untold[number] = append(b.untold[number], e)
	}
	return b.books.write(bankLine{
		On: on, Ref: e.Ref, Account: number, Credit: e.Credit, Amount: e.Amount, EndToEnd: e.EndToEndID,
		Other: e.Counterparty.Number, Text: e.Text, Return: e.ReturnCode, Balance: a.Balance,
	})
}

// tell writes one notification about an account.
func (b *bank) tell(ctx context.Context, now time.Time, number string, entries []iso20022.Entry) error {
	id := b.nextMessage("N", now)
	var out bytes.Buffer
	w, err := iso20022.NewNotificationWriter(&out, iso20022.Statement{
		MsgID: id, Created: now, ID: id,
		Account: iso20022.Account{Name: b.accounts[number].Holder, Number: number, Bank: b.name, CNAPS: b.cnaps},
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.box.put(ctx, "camt054_"+id+".xml", out.Bytes())
}

func (b *bank) nextMessage(letter string, now time.Time) string {
	b.told++
	return fmt.Sprintf("%s%s%s%05d", b.code, letter, calendar.DateOf(now).Compact(), b.told)
}

// idle reports whether the bank has nothing to book or to tell.
func (b *bank) idle() bool { return len(b.tonight) == 0 && len(b.untold) == 0 }

// issueCard opens an account for a person and returns its number, with the
// check digit that cards have.
func (b *bank) issueCard(p *person) string {
	first := "622202" + pad(len(b.accounts), 12)
	number := first + string(identity.LuhnDigit(first))
	b.open(number, p.Name, false, 0)
	return number
}
