package outside

import (
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// Transfer is what one bank tells another about a payment: only what the
// order said.
type Transfer struct {
	Order    string // MsgId of the order
	EndToEnd string
	Debtor   iso20022.Account
	Creditor iso20022.Account
	Amount   money.Fen
	Text     string

	Return string // why it comes back, as a code; "" on its way there
	Reason string // and in words
	nights int    // more before it is back
}

// Clearing carries transfers from bank to bank, known by their CNAPS numbers.
type Clearing struct {
	Banks  map[string]*Bank // by CNAPS number
	onWay  []Transfer       // handed over, to be booked tonight
	coming []Transfer       // on their way back, to be booked tomorrow night or later
}

// NewClearing is a clearing that no bank has joined; NewBank does.
func NewClearing() *Clearing { return &Clearing{Banks: map[string]*Bank{}} }

func (c *Clearing) join(b *Bank) { c.Banks[b.CNAPS] = b }

// hand takes a transfer over from the debtor's bank.
func (c *Clearing) hand(t Transfer) { c.onWay = append(c.onWay, t) }

// Settle lets every bank book what has come for it. A bank that does not know
// the account gives the money back; it is booked there the next night.
func (c *Clearing) Settle(on calendar.Date) error {
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

func (c *Clearing) deliver(t Transfer, on calendar.Date) error {
	if t.Return != "" {
		return c.Banks[t.Debtor.CNAPS].bookReturn(t, on)
	}
	b := c.Banks[t.Creditor.CNAPS]
	if b != nil {
		if t.Return, t.Reason, t.nights = b.Quirks.givesBack(t); t.Return != "" {
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

// Idle reports whether nothing is on its way between banks.
func (c *Clearing) Idle() bool { return len(c.onWay) == 0 && len(c.coming) == 0 }
