package jobs

import (
	"context"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// Kinds of the bank's messages, as file kinds.
const (
	kindStatus       = "pain.002"
	kindNotification = "camt.054"
)

// processBank works a message of the bank. It is read whole before anything
// of it counts: one that cannot be understood moves no money and is
// quarantined with its reason.
func (e *Env) processBank(ctx context.Context, f exchange.File) (Counts, error) {
	name, err := e.messageName(f)
	if err != nil {
		return nil, err
	}
	var work func(context.Context, exchange.File, bool) (int, string, error)
	switch {
	case f.Party != e.Agency.Bank():
		return nil, e.quarantine(ctx, f, "not from our bank's drop / 不是本机构银行交换目录中的文件")
	case strings.HasPrefix(name, kindStatus):
		f.Kind, work = kindStatus, e.workStatus
	case strings.HasPrefix(name, kindNotification):
		f.Kind, work = kindNotification, e.workNotification
	default:
		return nil, e.quarantine(ctx, f, "not a message that we expect: "+name)
	}
	_, faults, err := work(ctx, f, false)
	if err != nil {
		return nil, err
	}
	if faults != "" {
		return nil, e.quarantine(ctx, f, faults)
	}
	n, _, err := work(ctx, f, true)
	if err != nil {
		return nil, err
	}
	return Counts{"files": 1, "bank entries": n}, e.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.Kind, after.State, after.Records, after.Accepted, after.Worked = f.Kind, exchange.FileWorked, n, n, n
		return tx.UpdateFile(before, after)
	})
}

func (e *Env) messageName(f exchange.File) (string, error) {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return "", err
	}
	defer src.Close()
	name, _, err := iso20022.Name(src)
	return name, err
}

// quarantine sets a file aside for an officer.
func (e *Env) quarantine(ctx context.Context, f exchange.File, why string) error {
	e.Log.Error("file quarantined", "party", f.Party, "file", f.Name, "why", why)
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.State, after.Code, after.Text = exchange.FileQuarantined, "unreadable", clip(why, 500)
		if err := tx.UpdateFile(before, after); err != nil {
			return err
		}
		d := &desk{Env: e, tx: tx, file: before, actor: f.Party}
		if err := d.difference("file", f.Party, "", f.Name, "quarantined", clip(why, 200)); err != nil {
			return err
		}
		if err := d.toBad(before); err != nil {
			return err
		}
		return d.journal("agency", "file_quarantined", why, map[string]string{"file": f.Name})
	})
}

func faultsText(faults iso20022.Faults) string {
	var texts []string
	for _, f := range faults.List {
		texts = append(texts, f.String())
	}
	return strings.Join(texts, "; ")
}

// workStatus reads a pain.002; with apply set, its verdicts count.
func (e *Env) workStatus(ctx context.Context, f exchange.File, apply bool) (int, string, error) {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return 0, "", err
	}
	defer src.Close()
	n := 0
	head, faults, err := iso20022.ReadStatus(src, iso20022.Limits{}, func(h *iso20022.StatusReport, t iso20022.TransferStatus) error {
		n++
		if !apply {
			return nil
		}
		return e.Store.Tx(ctx, func(tx *store.Tx) error {
			return (&desk{Env: e, tx: tx, file: f, actor: f.Party}).transferStatus(t)
		})
	})
	if err != nil || len(faults.List) > 0 || !apply {
		return n, faultsText(faults), err
	}
	return n, "", e.Store.Tx(ctx, func(tx *store.Tx) error {
		return (&desk{Env: e, tx: tx, file: f, actor: f.Party}).orderStatus(head)
	})
}

// transferStatus is the bank's word on one transfer: refused, or on its way.
func (d *desk) transferStatus(t iso20022.TransferStatus) error {
	p, err := d.tx.Payment(t.EndToEndID)
	if notFound(err) {
		return d.difference("money", "", "", t.EndToEndID, "", "pain.002 "+t.Status)
	}
	if err != nil {
		return err
	}
	return d.paymentStatus(p, t.Status, strings.TrimSpace(t.Reason+" "+t.Text))
}

func (d *desk) paymentStatus(p exchange.Payment, status, reason string) error {
	waits := p.Track == exchange.MoneyUnknown || p.Track == exchange.MoneySubmitted
	failed := status == iso20022.Rejected || status == iso20022.Cancelled
	if failed && iso20022.SaysDuplicate(reason) {
		// A second copy is refused, the first one stands: were it taken for a
		// refusal, the payment would be made again.
		d.Log.Warn("the bank got a payment twice and refuses the second", "payment", p.Ref, "why", reason)
		failed = false
	}
	switch {
	case !waits && failed && p.Track == exchange.MoneySettled:
		return d.difference("money", p.Partner, "", p.Ref, "settled", "pain.002 "+status+" "+reason)
	case !waits:
		return nil // settled or returned before: a late or repeated message
	case failed:
		return d.paymentFailed(p, reason, nil)
	case p.Track == exchange.MoneyUnknown:
		return d.setPayment(p, exchange.MoneySubmitted, nil)
	}
	return nil
}

// orderStatus is the bank's word on a payment file as a whole.
func (d *desk) orderStatus(h iso20022.StatusReport) error {
	sent, err := d.orderFile(h.OriginalMsgID)
	if notFound(err) {
		return d.difference("money", "", "", h.OriginalMsgID, "", "pain.002 "+h.Verdict())
	}
	if err != nil {
		return err
	}
	if err := d.fileArrived(sent.ID); err != nil {
		return err
	}
	verdict := h.Verdict()
	if verdict == "" || verdict == iso20022.Partly {
		return nil
	}
	payments, err := d.tx.PaymentsByFile(sent.ID)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if err := d.paymentStatus(p, verdict, strings.TrimSpace(h.Reason+" "+h.Text)); err != nil {
			return err
		}
	}
	return nil
}

// orderFile finds the payment file that a message id names.
func (d *desk) orderFile(messageID string) (exchange.File, error) {
	var seq int64
	if len(messageID) != 18 || !strings.HasPrefix(messageID, d.Agency.Code) {
		return exchange.File{}, fmt.Errorf("message %q: %w", messageID, store.ErrNotFound)
	}
	if _, err := fmt.Sscanf(messageID[6:], "%d", &seq); err != nil {
		return exchange.File{}, fmt.Errorf("message %q: %w", messageID, store.ErrNotFound)
	}
	return d.tx.FileBySequence(exchange.Out, d.Agency.Bank(), KindPayment, seq)
}

// workNotification reads a camt.054; with apply set, its booked entries count.
func (e *Env) workNotification(ctx context.Context, f exchange.File, apply bool) (int, string, error) {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return 0, "", err
	}
	defer src.Close()
	n := 0
	ordinals := map[string]int{}
	var entries []exchange.BankEntry
	book := func() error {
		err := e.Store.Tx(ctx, func(tx *store.Tx) error {
			d := &desk{Env: e, tx: tx, file: f, actor: f.Party}
			for _, b := range entries {
				if err := d.tryEntry(b); err != nil {
					return fmt.Errorf("entry %s: %w", b.Key, err)
				}
			}
			return nil
		})
		entries = entries[:0]
		return err
	}
	foreign := ""
	_, faults, err := iso20022.ReadNotification(src, iso20022.Limits{}, func(s *iso20022.Statement, entry iso20022.Entry) error {
		if !e.ownAccount(s.Account.Number) {
			foreign = "not an account of ours: " + s.Account.Number
		}
		if entry.Status != iso20022.Booked {
			return nil
		}
		n++
		if !apply {
			return nil
		}
		if entries = append(entries, bankEntryOf(s.Account.Number, entry, ordinals)); len(entries) < chunk {
			return nil
		}
		return book()
	})
	if err == nil && len(entries) > 0 {
		err = book()
	}
	if err == nil && len(faults.List) == 0 {
		return n, foreign, nil
	}
	return n, faultsText(faults), err
}

// ownAccount reports whether the bank speaks of an account of ours.
func (e *Env) ownAccount(no string) bool {
	for _, a := range append([]exchange.Account{e.Agency.Payer}, e.Agency.Accounts...) {
		if a.No == no {
			return true
		}
	}
	return false
}
