package demo

import (
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/exchange/store"
)

// finance is the officer of both agencies who decides about money that came
// for cases that take none.
type finance struct {
	officer exchange.Officer
	key     *seal.Key
	signers string // allowed_signers
}

func newFinance() (*finance, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, err
	}
	f := &finance{officer: exchange.Officer{Name: "li.na", FullName: "李娜", Roles: []exchange.Role{exchange.RoleFinance, exchange.RoleAudit}}}
	if f.key, err = seal.ParseKey(pem.EncodeToMemory(block), nil); err != nil {
		return nil, err
	}
	for _, r := range f.officer.Roles {
		f.signers += f.officer.Principal(r) + " " + string(ssh.MarshalAuthorizedKey(f.key.Public()))
	}
	return f, nil
}

// decideMoney is what finance does with its list: money of ended cases is
// paid back, and paid back again when that came back; what queries without a
// signature say is asked.
func (h *house) decideMoney() error {
	var (
		list    []exchange.Case
		genuine []string // queries about accounts that came unsigned
	)
	err := h.view(func(tx *store.Tx) error {
		err := tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error { // one read; with a side it would be one for each state
			if turn, waits := exchange.TurnOf(h.env.Turns, c); c.Side == exchange.In && waits && turn.Key == "in_money_to_refund" {
				list = append(list, c)
			}
			return nil
		})
		if err != nil {
			return err
		}
		open, err := tx.Differences(true)
		if err != nil {
			return err
		}
		for _, d := range open {
			if d.Ours.Is("unsigned-query") {
				genuine = append(genuine, strconv.FormatInt(d.ID, 10))
			}
		}
		back, err := tx.RefundsByTrack(exchange.MoneyReturned)
		for _, f := range back { // or refused by the bank
			if f.CaseNo == "" || err != nil {
				continue
			}
			var c exchange.Case
			c, err = tx.Case(f.CaseNo)
			list = append(list, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, no := range genuine { // by telephone
		if err := h.decide(exchange.ActIsGenuine, no, nil); err != nil {
			return err
		}
	}
	for _, c := range list {
		if err := h.payBack(c); err != nil {
			return err
		}
	}
	return h.payPersonsAgain()
}

// payPersonsAgain lets payments to persons and heirs that came back be made
// once more: the bank was wrong.
func (h *house) payPersonsAgain() error {
	var list []string
	err := h.view(func(tx *store.Tx) error {
		return tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
			if c.Side != exchange.Out {
				return nil
			}
			parts, err := tx.RemittancesByCase(c.No)
			for _, r := range parts {
				if r.To == exchange.ToPerson && r.Track == exchange.MoneyReturned && !h.paidAgain[r.Ref] {
					h.paidAgain[r.Ref] = true
					list = append(list, c.No)
				}
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, no := range list {
		if err := h.decide(exchange.ActPayAgain, no, nil); err != nil {
			return err
		}
	}
	return nil
}

// payBack confirms the account that the money came from, by asking the other
// agency, and pays back; or again, when it came back.
func (h *house) payBack(c exchange.Case) error {
	accounts := h.l.houseOf(c.Partner).settings.Accounts
	from := accounts.Payer
	if from.AccountNo == accounts.Own[0].AccountNo && accounts.Own[0].ValidTo != 0 && accounts.Own[0].ValidTo < h.l.w.today {
		from = accounts.Own[1] // it has ended
	}
	if key := c.No + " " + from.AccountNo; !h.confirmed[key] {
		h.confirmed[key] = true
		args := map[string]string{"account": from.AccountNo, "cnaps": from.CNAPS, "holder": from.Holder, "bank": from.Bank}
		if err := h.decide(exchange.ActConfirmAccount, c.No, args); err != nil {
			return err
		}
	}
	for _, action := range []string{exchange.ActRefund, exchange.ActPayAgain} {
		if err := h.decide(action, c.No, nil); err != nil {
			return err
		}
	}
	return nil
}

// decide takes a decision if it can be taken now.
func (h *house) decide(action, subject string, args map[string]string) error {
	h.env.Date = h.l.w.today
	x := exchange.Decision{
		Action: action, Subject: subject, Reason: "核实后决定，" + h.l.w.today.String(), Officer: h.finance.officer.Name, On: h.l.w.today, Args: args,
	}
	p, err := h.env.PrepareDecision(h.l.ctx, x)
	if errors.Is(err, exchange.ErrDecision) {
		h.l.tell("%s: finance, %s %s: %v", h.code, action, subject, err)
		return nil
	}
	if err != nil {
		return err
	}
	signature, err := h.finance.key.Sign(strings.NewReader(p.Text), seal.NamespaceDecision)
	if err != nil {
		return err
	}
	if p, err = h.env.Decide(h.l.ctx, x, signature); err != nil {
		return fmt.Errorf("decide %s about %s: %w", action, subject, err)
	}
	h.l.tell("%s: finance, %s %s: %s", h.code, action, subject, strings.Join(p.Effects, "; "))
	h.l.occur("decided " + action)
	return nil
}
