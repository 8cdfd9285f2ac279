package outside

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// Bank behaves as an agency's bank does: it knows nothing but the payment
// orders that are left in its drop and what other banks hand to it. It keeps
// accounts by number, answers an order with a status report, books it at
// night, and tells the agency of debits and credits the next morning.
type Bank struct {
	Name, CNAPS string
	Box         *Mailbox // its end of its agency's drop; nil: no agency's bank, it takes no orders
	Books       *BookFile
	Quirks      Quirks
	Accounts    map[string]*Account                // by number
	OnCredit    func(t Transfer, on calendar.Date) // told of every credit booked here; nil: nobody is

	code     string
	clearing *Clearing
	byHand   *keyed          // a bank that takes and gives no messages; nil: it does
	orders   map[string]bool // MsgIds taken
	tonight  []Transfer
	untold   map[string][]booked // to be told in the morning, by account
	toRepeat map[string][]booked // to be told once more
	closing  calendar.Date       // the day that ended last night, until it is stated
	day      map[string][]booked // its bookings, by account
	entries  int
	today    calendar.Date // of the last booking
	ofDay    int           // bookings of that day
	messages int           // written so far
}

// Account is an account as its bank keeps it.
type Account struct {
	Holder  string
	Agency  bool // an agency's: its movements are told
	Opening money.Fen
	Balance money.Fen
	Closed  bool // credits are given back
}

// BankLine is a line of the bank's books.
type BankLine struct {
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

// NewBank opens a bank without accounts that the clearing knows by its CNAPS
// number. Its code begins the numbers of its messages and bookings.
func NewBank(code, name, cnaps string, c *Clearing, books *BookFile) *Bank {
	b := &Bank{
		code: code, Name: name, CNAPS: cnaps, clearing: c, Books: books,
		Accounts: map[string]*Account{}, orders: map[string]bool{}, untold: map[string][]booked{},
		toRepeat: map[string][]booked{}, day: map[string][]booked{},
	}
	c.join(b)
	return b
}

// Open opens an account with a balance.
func (b *Bank) Open(number, holder string, agency bool, balance money.Fen) {
	b.Accounts[number] = &Account{Holder: holder, Agency: agency, Opening: balance, Balance: balance}
}

// Morning tells what was booked, then takes the orders that are in the drop.
func (b *Bank) Morning(ctx context.Context, now time.Time) error {
	if b.Box == nil {
		return nil
	}
	if err := b.tellAll(ctx, now); err != nil {
		return err
	}
	if err := b.stateDay(ctx, now); err != nil {
		return err
	}
	return b.takeOrders(ctx, now)
}

// tellAll tells what was booked, and what is told a second time.
func (b *Bank) tellAll(ctx context.Context, now time.Time) error {
	again := b.toRepeat
	b.toRepeat = map[string][]booked{}
	for _, number := range slices.Sorted(maps.Keys(again)) {
		if err := b.tell(ctx, now, number, again[number]); err != nil {
			return err
		}
	}
	for _, number := range slices.Sorted(maps.Keys(b.untold)) {
		if does(b.Quirks.TellLate, number) {
			continue
		}
		list := b.untold[number]
		if does(b.Quirks.TellTwice, number) {
			b.toRepeat[number] = list
		}
		delete(b.untold, number)
		if err := b.tell(ctx, now, number, list); err != nil {
			return err
		}
	}
	if b.byHand != nil && len(b.byHand.failed) > 0 {
		return b.tell(ctx, now, b.byHand.payer, nil)
	}
	return nil
}

func (b *Bank) takeOrders(ctx context.Context, now time.Time) error {
	files, err := b.Box.pickUp(ctx)
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
func (b *Bank) takeOrder(ctx context.Context, now time.Time, f pickedUp) error {
	if b.byHand != nil {
		return b.takeList(now, f)
	}
	var list []Transfer
	head, faults, err := iso20022.ReadPayment(bytes.NewReader(f.content), iso20022.Limits{}, func(h *iso20022.Payment, t iso20022.Transfer) error {
		list = append(list, Transfer{
			Order: h.MsgID, EndToEnd: t.EndToEndID, Debtor: h.Debtor, Creditor: t.Creditor, Amount: t.Amount, Text: t.Text,
		})
		return nil
	})
	if err != nil {
		return err
	}
	answer := iso20022.StatusReport{
		Created: now, OriginalMsgID: head.MsgID, OriginalName: iso20022.PaymentName,
		Transfers: head.Transfers, Total: head.Total, Status: iso20022.CustomerOK,
	}
	code, text := b.judge(head, faults.Total)
	if code != "" {
		answer.Status, answer.Reason, answer.Text = iso20022.Rejected, code, text
		return b.answer(ctx, now, answer, nil)
	}
	b.orders[head.MsgID] = true
	refused := b.keep(list)
	if len(refused) > 0 {
		answer.Status = iso20022.Partly
	}
	if does(b.Quirks.AnswerTwice, head.MsgID) {
		first := answer
		first.Status = iso20022.Received
		if err := b.answer(ctx, now, first, nil); err != nil {
			return err
		}
	}
	return b.answer(ctx, now, answer, refused)
}

// keep keeps the transfers of an order for the night, but for those that are
// refused.
func (b *Bank) keep(list []Transfer) (refused []iso20022.TransferStatus) {
	for _, t := range list {
		code, text := b.Quirks.refuses(t)
		if code == "" {
			b.tonight = append(b.tonight, t)
			continue
		}
		refused = append(refused, iso20022.TransferStatus{EndToEndID: t.EndToEnd, Status: iso20022.Rejected, Reason: code, Text: text})
	}
	return refused
}

// answer leaves a status report.
func (b *Bank) answer(ctx context.Context, now time.Time, head iso20022.StatusReport, list []iso20022.TransferStatus) error {
	head.MsgID = b.nextMessage("S", now)
	var out bytes.Buffer
	w, err := iso20022.NewStatusWriter(&out, head)
	if err != nil {
		return err
	}
	for _, t := range list {
		if err := w.Write(t); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.Box.Put(ctx, "pain002_"+head.MsgID+".xml", out.Bytes())
}

// judge says why an order is refused as a whole; "" when it is not.
func (b *Bank) judge(head iso20022.Payment, faults int) (code, text string) {
	payer := b.Accounts[head.Debtor.Number]
	switch {
	case faults > 0:
		return "FF01", "报文格式有误"
	case b.orders[head.MsgID]:
		return "DU01", "报文标识重复"
	case payer == nil || !payer.Agency:
		return "AC02", "付款账号不存在"
	case payer.Balance < sumOf(b.tonight)+head.Total:
		return "AM04", "余额不足"
	}
	return "", ""
}

// Night books the orders of the day, hands them to the other banks, and books what is of
// others.
func (b *Bank) Night(on calendar.Date) error {
	orders := b.tonight
	b.tonight = nil
	b.closing = on
	for _, k := range b.Quirks.bulks(orders) {
		entries := make([]iso20022.Entry, len(k.list))
		for i, t := range k.list {
			entries[i] = t.debit()
		}
		if err := b.book(k.list[0].Debtor.Number, on, entries...); err != nil {
			return err
		}
		for _, t := range k.list {
			b.clearing.hand(t)
		}
	}
	if b.Quirks.Beside == nil {
		return nil
	}
	for _, number := range slices.Sorted(maps.Keys(b.Accounts)) {
		if !b.Accounts[number].Agency {
			continue
		}
		for _, e := range b.Quirks.Beside(number) {
			if err := b.book(number, on, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// bookCredit books money that came for an account here; known is false when
// there is no such account.
func (b *Bank) bookCredit(t Transfer, on calendar.Date) (known bool, err error) {
	a := b.Accounts[t.Creditor.Number]
	if a == nil || a.Closed {
		return false, nil
	}
	e := iso20022.Entry{
		Amount: t.Amount, Credit: true, EndToEndID: t.EndToEnd, Counterparty: t.Debtor, Text: t.Text,
	}
	if err := b.book(t.Creditor.Number, on, e); err != nil {
		return true, err
	}
	if b.OnCredit != nil {
		b.OnCredit(t, on)
	}
	return true, nil
}

// bookReturn books money that came back.
func (b *Bank) bookReturn(t Transfer, on calendar.Date) error {
	e := t.debit()
	e.Credit, e.Returned, e.ReturnCode, e.ReturnReason = true, true, t.Return, t.Reason
	return b.book(t.Debtor.Number, on, e)
}

// booked is one booking as it is told: several entries when several
// transfers were booked as one.
type booked []iso20022.Entry

// book makes one booking: it changes the account's balance, writes the books
// and keeps the entries for the morning.
func (b *Bank) book(number string, on calendar.Date, entries ...iso20022.Entry) error {
	b.entries++
	if b.ofDay++; b.today != on {
		b.today, b.ofDay = on, 1
	}
	ref := fmt.Sprintf("%s%s%06d", b.code, on.Compact(), b.entries)
	if b.Quirks.Number != nil && b.byHand == nil {
		ref = b.Quirks.Number(b.entries, b.ofDay)
	}
	a := b.Accounts[number]
	if b.byHand != nil {
		b.byHand.before[ref] = a.Balance
	}
	for i := range entries {
		e := &entries[i]
		e.Ref, e.Part, e.Parts, e.Status, e.Booked, e.Value = ref, i+1, len(entries), iso20022.Booked, on, on
		a.Balance += e.Signed()
		if err := b.Books.write(BankLine{
			On: on, Ref: e.Ref, Account: number, Credit: e.Credit, Amount: e.Amount, EndToEnd: e.EndToEndID,
			Other: e.Counterparty.Number, Text: e.Text, Return: e.ReturnCode, Balance: a.Balance,
		}); err != nil {
			return err
		}
	}
	if a.Agency {
		b.untold[number] = append(b.untold[number], entries)
		b.day[number] = append(b.day[number], entries)
	}
	return nil
}

// tell writes one notification about an account.
func (b *Bank) tell(ctx context.Context, now time.Time, number string, list []booked) error {
	if b.byHand != nil {
		return b.keySheet(ctx, now, number, list)
	}
	id := b.nextMessage("N", now)
	var out bytes.Buffer
	w, err := iso20022.NewNotificationWriter(&out, iso20022.Statement{
		MsgID: id, Created: now, ID: id,
		Account: iso20022.Account{Name: b.Accounts[number].Holder, Number: number, Bank: b.Name, CNAPS: b.CNAPS},
	})
	if err != nil {
		return err
	}
	for _, entries := range list {
		if err := w.WriteBatch(entries); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.Box.Put(ctx, "camt054_"+id+".xml", out.Bytes())
}

func (b *Bank) nextMessage(letter string, now time.Time) string {
	b.messages++
	return fmt.Sprintf("%s%s%s%05d", b.code, letter, calendar.DateOf(now).Compact(), b.messages)
}

// HasOrder reports whether the bank has taken an order, by its MsgId.
func (b *Bank) HasOrder(msgID string) bool { return b.orders[msgID] }

// ToTell lists what was booked on an account and not told yet.
func (b *Bank) ToTell(account string) (entries []iso20022.Entry) {
	for _, list := range b.untold[account] {
		entries = append(entries, list...)
	}
	return entries
}

// PayAtCounter keeps a transfer for the night that no file asked for.
func (b *Bank) PayAtCounter(t Transfer) { b.tonight = append(b.tonight, t) }

// Idle reports whether the bank has nothing to book or to tell.
func (b *Bank) Idle() bool {
	return len(b.tonight) == 0 && len(b.untold) == 0 && len(b.toRepeat) == 0 && (b.byHand == nil || len(b.byHand.failed) == 0)
}

// IssueCard opens an account for a person and returns its number, with the
// check digit that cards have.
func (b *Bank) IssueCard(holder string) string {
	first := fmt.Sprintf("622202%012d", len(b.Accounts))
	number := first + string(identity.LuhnDigit(first))
	b.Open(number, holder, false, 0)
	return number
}
