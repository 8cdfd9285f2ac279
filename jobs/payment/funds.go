package payment

import (
	"context"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// closeFunds is Remit while funds are closed (年终封账, SPEC 4): no payment is
// made, payment files that wait for signatures are void, and the people are
// notified. Files go first: whatever happens to the notices, no file that could
// still be signed is left over. Parts stay due and are paid when funds open.
func closeFunds(ctx context.Context, o *office.Office, closed exchange.Span) error {
	why := code.Say("funds-close", closed.From, closed.To)
	if err := voidPrepared(ctx, o, why); err != nil {
		return fmt.Errorf("remit: %w", err)
	}
	waiting, err := tellFundsClosed(ctx, o, closed)
	if err != nil {
		return fmt.Errorf("remit: %w", err)
	}
	o.Log.Info("funds are closed: payments wait", "until", closed.To, "payments", waiting)
	return nil
}

// tellFundsClosed notifies the people whose payments wait, a chunk of them in a
// transaction, and returns how many parts wait. A pass that was stopped half way
// is repeated as a whole: fundsClosedTo is idempotent.
func tellFundsClosed(ctx context.Context, o *office.Office, closed exchange.Span) (waiting int, err error) {
	var last exchange.Remittance
	for {
		var due []exchange.Remittance
		err := o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) (err error) {
			if due, err = d.Tx.RemittancesAfter(exchange.Out, exchange.MoneyDue, last, office.Chunk); err != nil {
				return err
			}
			for _, r := range due {
				if err := fundsClosedTo(d, r, closed); err != nil {
					return fmt.Errorf("case %s: %w", r.CaseNo, err)
				}
			}
			return nil
		})
		waiting += len(due)
		if err != nil || len(due) < office.Chunk {
			return waiting, err
		}
		last = due[office.Chunk-1]
	}
}

// fundsClosedTo notifies a person whose payment waits, once for each span of
// closed funds: the claimed key makes it idempotent over passes, and is rolled
// back with the notice when the chunk fails.
func fundsClosedTo(d *office.Desk, r exchange.Remittance, closed exchange.Span) error {
	_, first, err := d.Tx.ClaimKey("funds-closed", d.Agency.Code, r.CaseNo+"|"+closed.From.String(), 0)
	if err != nil || !first {
		return err
	}
	c, err := d.CaseByNo(r.CaseNo)
	if err != nil {
		return err
	}
	if err := c.Note("funds_closed", code.Say("funds-closed", closed.From, closed.To), nil); err != nil {
		return err
	}
	return notice.Notify(c, code.MilestoneMoneyWaiting, notice.News{Amount: r.Amount, Some: true, Due: closed.To.AddDays(1)})
}
