package demo

import (
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// transfer is what one bank tells another about a payment: only what the
// order said.
type transfer struct {
	Order    string // MsgId of the order
	EndToEnd string
	Debtor   iso20022.Account
	Creditor iso20022.Account
	Amount   money.Fen
	Text     string

	Return string // why it comes back, as a code; "" on its way there
	Reason string
	nights int // more before it is back
}

// clearing carries transfers from bank to bank, known by their CNAPS numbers.
type clearing struct {
	banks  map[string]*bank
	onWay  []transfer // handed over, to be booked tonight
	coming []transfer // on their way back, to be booked tomorrow night or later
}

func newClearing() *clearing { return &clearing{banks: map[string]*bank{}} }

func (c *clearing) join(b *bank) { c.banks[b.cnaps] = b }

// hand takes a transfer over from the debtor's bank.
func (c *clearing) hand(t transfer) { c.onWay = append(c.onWay, t) }

// settle lets every bank book what has come for it. A bank that does not know
// the account gives the money back; it is booked there the next night.
func (c *clearing) settle(on calendar.Date) error {
	arriving, coming := c.onWay, c.coming
	c.onWay, c.coming = nil, nil
	for _, t := range coming {
		if t.nights > 0 {
			t.nights--
			c.coming = append(c.coming, t)
			continue
		}
		arriving = append(arriving, t)
	}
	for _, t := range arriving {
		if err := c.deliver(t, on); err != nil {
			return err
		}
	}
	return nil
}

func (c *clearing) deliver(t transfer, on calendar.Date) error {
	if t.Return != "" {
		return c.banks[t.Debtor.CNAPS].bookReturn(t, on)
	}
	b := c.banks[t.Creditor.CNAPS]
	if b != nil {
		if t.Return, t.Reason, t.nights = b.temper.givesBack(t); t.Return != "" {
			c.coming = append(c.coming, t)
			return nil
		}
		known, err := b.bookCredit(t, on)
		if known || err != nil {
			return err
		}
	}
	t.Return, t.Reason = "AC01", "收款账号不存在或已销户"
	c.coming = append(c.coming, t)
	return nil
}

// idle reports whether nothing is on its way between banks.
func (c *clearing) idle() bool { return len(c.onWay) == 0 && len(c.coming) == 0 }
