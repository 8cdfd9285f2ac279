package bank

import (
	"context"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// readStatus reads a pain.002; with apply set, its verdicts count, each transfer's
// in a transaction of its own, then the whole file's. Without, it looks for what
// contradicts our payment file or the report itself: such a report is not
// believed at all, for what it says may make a payment be paid again.
func readStatus(ctx context.Context, o *office.Office, f exchange.File, _ *tellings, apply bool) (res readResult, err error) {
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return res, err
	}
	defer src.Close()
	contradiction, count := "", countEntries(o, f, apply)
	head, faults, err := iso20022.ReadStatus(src, iso20022.Limits{}, func(h *iso20022.StatusReport, t iso20022.TransferStatus) error {
		count()
		res.records++
		if apply {
			return o.Do(ctx, office.By{File: f, Actor: f.Party}, func(d *office.Desk) error {
				return transferStatus(d, t)
			})
		}
		if contradiction != "" {
			return nil
		}
		return o.View(ctx, func(d *office.Desk) (err error) {
			contradiction, err = transferContradiction(d, *h, t)
			return err
		})
	})
	if err != nil || len(faults.List) > 0 {
		res.fault = faultsText(faults)
		return res, err
	}
	res.note = noted("", faults)
	if !apply {
		err = o.View(ctx, func(d *office.Desk) error {
			if contradiction == "" {
				contradiction, err = orderContradiction(d, head)
			}
			return err
		})
		res.fault = contradiction
		return res, err
	}
	return res, o.Do(ctx, office.By{File: f, Actor: f.Party}, func(d *office.Desk) error {
		return orderStatus(d, head)
	})
}

// orderContradiction says why a report cannot be about a payment file of ours;
// empty when it can.
func orderContradiction(d *office.Desk, h iso20022.StatusReport) (string, error) {
	sent, err := orderFile(d, h.OriginalMsgID)
	switch {
	case office.IsNotFound(err):
		return "付款文件不是本机构的 / about a payment file that is not ours: " + h.OriginalMsgID, nil
	case err != nil:
		return "", err
	case h.Transfers != 0 && h.Transfers != sent.Records:
		return fmt.Sprintf("付款文件 %s 共 %d 笔，回执称 %d 笔 / the file has %[2]d transfers, the report says %[3]d",
			sent.Name, sent.Records, h.Transfers), nil
	case h.Total != 0 && h.Total != sent.Total:
		return fmt.Sprintf("付款文件 %s 合计 %s，回执称 %s / the file's sum is %[2]s, the report says %[3]s", sent.Name, sent.Total, h.Total), nil
	}
	return "", nil
}

// transferContradiction says why a report about a transfer cannot be believed: the
// transfer is none of the file's, or the report itself says otherwise of the
// whole file; empty when it can.
func transferContradiction(d *office.Desk, h iso20022.StatusReport, t iso20022.TransferStatus) (string, error) {
	if isRefusal(h.Verdict()) && !isRefusal(t.Status) {
		return fmt.Sprintf("整批 %s，其中 %s 却为 %s / the whole is %[1]s, one transfer in it %[3]s", h.Verdict(), t.EndToEndID, t.Status), nil
	}
	p, err := d.Tx.Payment(t.EndToEndID)
	if office.IsNotFound(err) {
		return "没有这笔付款 / no payment of ours: " + t.EndToEndID, nil
	}
	if err != nil {
		return "", err
	}
	sent, err := orderFile(d, h.OriginalMsgID)
	if office.IsNotFound(err) {
		return "", nil // orderContradiction says so
	}
	if err == nil && sent.ID != p.FileID {
		return fmt.Sprintf("%s 不在付款文件 %s 中 / is not in that payment file", t.EndToEndID, sent.Name), nil
	}
	return "", err
}

// isRefusal reports whether a status of pain.002 means that no money moves.
func isRefusal(status string) bool {
	return status == iso20022.Rejected || status == iso20022.Cancelled
}

// transferStatus applies the bank's status of one transfer.
func transferStatus(d *office.Desk, t iso20022.TransferStatus) error {
	p, err := d.Tx.Payment(t.EndToEndID)
	if err != nil {
		return err
	}
	return paymentStatus(d, p, t.Status, refused{on: d.Date}, code.Text(strings.TrimSpace(t.Reason+" "+t.Text)))
}

// refused is when the bank has refused a payment, and by which row of a sheet; "": by a message.
type refused struct {
	on calendar.Date
	as string
}

// paymentStatus applies a status of pain.002, of a day, to a payment: refused, or on its way.
// A report moves no money: against a debit or credit that was booked it changes
// nothing, and a contradiction is recorded as a difference.
func paymentStatus(d *office.Desk, p exchange.Payment, status string, r refused, reason code.Phrase) error {
	pending := p.Track.Place() == exchange.PlaceBank
	paid := status == iso20022.DebitSettled || status == iso20022.CreditSettled
	failed := isRefusal(status)
	if failed && iso20022.SaysDuplicate(reason.Arg(0)) {
		// A second copy is refused, the first one stands: were it taken for a
		// refusal, the payment would be made again.
		d.Log.Warn("the bank got a payment twice and refuses the second", "payment", p.Ref, "why", reason)
		failed = false
	}
	switch {
	case !pending && failed && p.Track == exchange.MoneySettled:
		return d.RecordDifference("money", p.Partner, "", code.Text(p.Ref), code.Say("money-at", string(exchange.MoneySettled), "", ""), code.Say("bank-reports", strings.TrimSpace(status+" "+reason.Arg(0))))
	case !pending && paid && p.Track == exchange.MoneyReturned && p.ReturnRef == "":
		return d.RecordDifference("money", p.Partner, "", code.Text(p.Ref), code.Say("bank-refused", p.Reason), code.Say("bank-reports", status))
	case !pending:
		return nil // settled or returned before: a late or repeated message
	case failed:
		return transfer.PaymentFailed(d, p, reason, func(p *exchange.Payment) { p.RefusedOn, p.RefusedAs = r.on, r.as })
	case p.Track == exchange.MoneyUnknown:
		return transfer.SetPayment(d, p, exchange.MoneySubmitted, nil)
	}
	return nil
}

// orderStatus applies the bank's status of a payment file as a whole to every
// payment in it; a partial one, or none, changes nothing, since then each transfer
// has its own. The file is known to have arrived either way.
func orderStatus(d *office.Desk, h iso20022.StatusReport) error {
	sent, err := orderFile(d, h.OriginalMsgID)
	if err != nil {
		return err
	}
	if err := fileReported(d, sent.ID); err != nil {
		return err
	}
	verdict := h.Verdict()
	if verdict == "" || verdict == iso20022.Partly {
		return nil
	}
	return d.WorkPaymentsOf(sent.ID, office.Beside{Forms: true}, func(p exchange.Payment) error {
		return paymentStatus(d, p, verdict, refused{on: d.Date}, code.Text(strings.TrimSpace(h.Reason+" "+h.Text)))
	})
}

// fileReported notes the bank's first report on a payment file: from then on it
// is certain that the bank has it, and no officer can mark it as never sent.
func fileReported(d *office.Desk, id int64) error {
	if err := transfer.FileArrived(d, id); err != nil {
		return err
	}
	f, err := d.Tx.File(id)
	if err != nil || f.Receipt != 0 {
		return err
	}
	after := f
	after.Receipt = d.File.ID
	return d.Tx.UpdateFile(f, after)
}

// orderFile finds the payment file that a message id of ours names: agency code of
// 6 digits, sequence of 12. store.ErrNotFound for any other id.
func orderFile(d *office.Desk, messageID string) (exchange.File, error) {
	var seq int64
	if len(messageID) != 18 || !strings.HasPrefix(messageID, d.Agency.Code) {
		return exchange.File{}, fmt.Errorf("message %q: %w", messageID, store.ErrNotFound)
	}
	if _, err := fmt.Sscanf(messageID[6:], "%d", &seq); err != nil {
		return exchange.File{}, fmt.Errorf("message %q: %w", messageID, store.ErrNotFound)
	}
	return d.Tx.FileBySequence(exchange.Out, d.Agency.Bank(), office.KindPayment, seq)
}
