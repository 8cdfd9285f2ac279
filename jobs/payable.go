package jobs

import (
	"context"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
)

// payTo checks a part before it is paid and returns the account; an empty one
// means that the case waits, and why stands on the case.
func (c *casework) payTo(r *exchange.Remittance) (exchange.Account, error) {
	none := exchange.Account{}
	if c.State == exchange.Held || c.State == exchange.Void || c.Wish != exchange.WishNone { // an annulment may be under way
		return none, nil
	}
	account, why, text, err := c.payable(r)
	if err != nil || why == "" {
		return account, err
	}
	if err := c.hold(why, text); err != nil {
		return none, err
	}
	return none, c.save()
}

// payable returns the account that a part is paid to, or the reason why it
// cannot be paid now.
func (c *casework) payable(r *exchange.Remittance) (account exchange.Account, why code.Hold, text string, err error) {
	if text := c.aboveCap(r.Amount); text != "" {
		allowed, err := c.allowed(c.No)
		if err != nil || r.Amount > allowed {
			return account, code.HoldCap, text, err
		}
	}
	if r.To == exchange.ToPerson {
		if r.Payee.No == "" {
			return account, code.HoldPayeeMissing, "尚无领款人账户", nil
		}
		return r.Payee, "", "", nil
	}
	letter, err := c.tx.Letter(c.LetterNo, c.LetterVersion)
	if err != nil {
		return account, "", "", err
	}
	fits := func(a exchange.Account) bool {
		return a.No == letter.Account.No && a.CNAPS == letter.Account.CNAPS && a.Valid(c.Date, c.SchemeTo)
	}
	if slices.ContainsFunc(c.Partners[c.Partner].Accounts, fits) {
		return letter.Account, "", "", nil
	}
	confirmed, err := c.confirmed(c.No)
	if err != nil || slices.ContainsFunc(confirmed, fits) {
		return letter.Account, "", "", err
	}
	return account, code.HoldAccountNotRegistered, "收款账户 " + letter.Account.No + " 未经登记", nil
}

// aboveCap says which cap an amount is above, if any.
func (e *Env) aboveCap(amount money.Fen) string {
	if limit := e.Agency.PaymentCap; limit > 0 && amount > limit {
		return fmt.Sprintf("金额 %s 超过单笔限额 %s", amount, limit)
	}
	if limit := e.Agency.FileCap; limit > 0 && amount > limit {
		return fmt.Sprintf("金额 %s 超过单批限额 %s", amount, limit)
	}
	return ""
}

// payableAgain lets a case go on whose payment waited for an account to be
// registered or a cap to be raised, once nothing of it has to wait any more.
func (c *casework) payableAgain() error {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	for i := range parts {
		if parts[i].Track != exchange.MoneyDue {
			continue
		}
		if _, why, _, err := c.payable(&parts[i]); err != nil || why != "" {
			return err
		}
	}
	if err := c.release("可以付款"); err != nil {
		return err
	}
	return c.save()
}

// stillPayable looks at a payment right before its file leaves: case open,
// letter version current, account registered, no hold, caps kept.
func (d *desk) stillPayable(p exchange.Payment) (bool, error) {
	if p.Purpose == string(code.PurposeRefund) {
		f, err := d.tx.RefundByRef(p.Ref)
		if err != nil {
			return false, missing(err)
		}
		why, err := d.refundWaits(f)
		return why == "" && f.Payee.No == p.Payee.No, err
	}
	for _, item := range p.Items {
		c, err := d.caseNo(item.CaseNo)
		if err != nil {
			return false, err
		}
		if c.State == exchange.Held || c.State == exchange.Void || c.State == exchange.Cancelled || c.Wish != exchange.WishNone {
			return false, nil
		}
		r, err := d.tx.Remittance(item.CaseNo, item.Part)
		if err != nil {
			return false, err
		}
		account, why, _, err := c.payable(&r)
		if err != nil || why != "" || account.No != p.Payee.No || account.CNAPS != p.Payee.CNAPS || account.Holder != p.Payee.Holder {
			return false, err
		}
	}
	return true, nil
}

// fundsClosed returns the span of closed funds (年终封账) that today lies in.
func (e *Env) fundsClosed() (exchange.Span, bool) {
	for _, s := range e.Agency.FundsClosed {
		if s.Holds(e.Date) {
			return s, true
		}
	}
	return exchange.Span{}, false
}

// closeFunds is remit while funds are closed: no payment is made, what waited
// for signatures is void, and the people are told.
func (e *Env) closeFunds(ctx context.Context, closed exchange.Span) error {
	why := fmt.Sprintf("年终封账（%s 至 %s），付款待拨款 / funds are closed: payments wait", closed.From, closed.To)
	if err := e.voidPrepared(ctx, why); err != nil {
		return fmt.Errorf("remit: %w", err)
	}
	waiting, err := e.tellFundsClosed(ctx, closed)
	if err != nil {
		return fmt.Errorf("remit: %w", err)
	}
	e.Log.Info("funds are closed: payments wait", "until", closed.To, "payments", waiting)
	return nil
}

// tellFundsClosed tells the people whose payments wait, once for each span, a
// chunk in a transaction, and returns how many payments there are.
func (e *Env) tellFundsClosed(ctx context.Context, closed exchange.Span) (waiting int, err error) {
	var last exchange.Remittance
	for {
		var due []exchange.Remittance
		err := e.Store.Tx(ctx, func(tx *store.Tx) (err error) {
			if due, err = tx.RemittancesAfter(exchange.Out, exchange.MoneyDue, last, chunk); err != nil {
				return err
			}
			d := &desk{Env: e, tx: tx, actor: "remit"}
			for _, r := range due {
				if err := d.fundsClosedTo(r, closed); err != nil {
					return fmt.Errorf("case %s: %w", r.CaseNo, err)
				}
			}
			return nil
		})
		waiting += len(due)
		if err != nil || len(due) < chunk {
			return waiting, err
		}
		last = due[chunk-1]
	}
}

// fundsClosedTo tells a person whose payment waits, unless that was told.
func (d *desk) fundsClosedTo(r exchange.Remittance, closed exchange.Span) error {
	_, first, err := d.tx.ClaimKey("funds-closed", d.Agency.Code, r.CaseNo+"|"+closed.From.String(), 0)
	if err != nil || !first {
		return err
	}
	c, err := d.caseNo(r.CaseNo)
	if err != nil {
		return err
	}
	if err := c.note("funds_closed", closed.From.String()+" – "+closed.To.String(), nil); err != nil {
		return err
	}
	return c.notify(code.MilestoneMoneyWaiting, news{amount: r.Amount, some: true, due: closed.To.AddDays(1)})
}
