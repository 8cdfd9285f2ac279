package intake

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// takeReceipt takes the partner's verdict on a file of ours (row R). One for a file
// that we never sent is journaled and changes nothing: a receipt is never answered,
// so it is accepted whatever it says. One for other bytes under the name of a file of
// ours is a difference, and the file has no receipt because of it.
func takeReceipt(d *office.Desk, r *formats.Receipt) (office.Outcome, error) {
	d.About.Pass(r)
	sent, ours, err := sentFile(d, r.File, r.SHA256)
	if office.IsNotFound(err) {
		return office.Accepted(), d.Journal(exchange.AgencyChain, "receipt_unknown", code.Text(r.File), nil)
	}
	if err != nil {
		return office.Outcome{}, err
	}
	if !ours {
		return office.Accepted(), otherBytes(d, sent, r.SHA256)
	}
	d.About.Sent = sent.ID
	if sent.State == exchange.FileQueued && sent.SentAt.IsZero() {
		// It arrived, and a crash came before that was recorded.
		if err := courier.Sent(d.As(office.By{File: sent, Actor: "push"}), sent); err != nil {
			return office.Outcome{}, err
		}
		if sent, err = d.Tx.File(sent.ID); err != nil {
			return office.Outcome{}, err
		}
	}
	// Receipts overtake each other: a file that was rejected once and taken when
	// it came again is taken, whichever of the two is read first.
	taken := sent.State == exchange.FileRefused && r.Verdict != code.FileRejected
	if !taken && (sent.State == exchange.FileReceipted || sent.State == exchange.FileRefused) {
		return office.Accepted(), nil // the same again, or a later one: its verdicts follow
	}
	after := sent
	after.State, after.Verdict, after.Receipt = exchange.FileReceipted, r.Verdict, d.File.ID
	after.Code, after.Text = string(r.Code), r.Text
	after.Records, after.Accepted, after.Held, after.Refused = r.Records.Value, r.Accepted.Value, r.Held.Value, r.Refused.Value
	if r.Verdict == code.FileRejected {
		after.State = exchange.FileRefused
	}
	if err := d.Tx.UpdateFile(sent, after); err != nil {
		return office.Outcome{}, err
	}
	if after.State == exchange.FileRefused {
		text := code.Say("coded", string(r.Code), r.Text)
		if err := d.RecordDifference("file", d.File.Party, "", code.Text(sent.Name), code.Say("sent"), text); err != nil {
			return office.Outcome{}, err
		}
		return office.Accepted(), d.Journal(exchange.AgencyChain, "file_refused_by_partner", text, map[string]string{"file": sent.Name})
	}
	return office.Accepted(), d.CloseDifference("file", d.File.Party, code.Text(sent.Name))
}

// sentFile finds the file of ours that a receipt names, by the hash of its bytes, else
// by its name; ours is whether it is about our bytes: those of the batch, or those that
// were left for the party. store.ErrNotFound when we sent none.
func sentFile(d *office.Desk, name, sha string) (f exchange.File, ours bool, err error) {
	f, err = d.Tx.FileBySHA(exchange.Out, d.File.Party, sha)
	if office.IsNotFound(err) {
		f, err = d.Tx.FileByName(exchange.Out, d.File.Party, name)
	}
	return f, err == nil && (f.SHA256 == sha || f.StoredSHA == sha), err
}

// otherBytes records that the partner has other bytes under the name of a file of ours:
// it was damaged on its way, or exchanged. The file is sent again after a while, like any
// without a receipt, and the difference closes with its receipt.
func otherBytes(d *office.Desk, sent exchange.File, sha string) error {
	why := code.Say("receipt-other-bytes", sha)
	if err := d.RecordDifference("file", d.File.Party, "", code.Text(sent.Name), code.Say("sha256", sent.SHA256), why); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "receipt_other_bytes", why, map[string]string{"file": sent.Name, "sha256": sent.SHA256})
}

// takeVerdict takes the partner's verdict on one record of ours (row V). Held is
// no verdict yet: another receipt follows. A verdict without its R row before it,
// or on a record that we never sent, changes nothing.
func takeVerdict(d *office.Desk, v *formats.ReceiptVerdict) (office.Outcome, error) {
	if v.Verdict == code.Held || d.About.SHA256 == "" {
		return office.Accepted(), nil
	}
	if d.About.Sent == 0 {
		sent, ours, err := sentFile(d, d.About.Name, d.About.SHA256)
		if office.IsNotFound(err) || err == nil && !ours {
			return office.Accepted(), nil
		}
		if err != nil {
			return office.Outcome{}, err
		}
		d.About.Sent = sent.ID
	}
	records, err := d.Tx.OutgoingByRecord(d.About.Sent, v.RecordNo)
	if err != nil {
		return office.Outcome{}, err
	}
	for _, o := range records {
		if o.CaseNo == "" {
			if err := verdictWithoutCase(d, o, v); err != nil {
				return office.Outcome{}, err
			}
			continue
		}
		if err := verdictOnCase(d, o, v); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), nil
}

// verdictWithoutCase records as a difference that a record of ours was refused
// which belongs to no case, a relayed application or a line of a statement:
// somebody has to look at it.
func verdictWithoutCase(d *office.Desk, o exchange.Outgoing, v *formats.ReceiptVerdict) error {
	if v.Verdict != code.Refused {
		return nil
	}
	return d.RecordDifference("file", d.File.Party, "", code.Say("record", o.Kind, o.RecordNo), code.Say("sent"), code.Say("coded", v.Code, v.Text))
}

// verdictOnCase applies a verdict to the case that a record of ours was about. A
// refused one holds the case, if it may be held in its state: the record is not
// sent again before somebody has looked at why. From most that are accepted nothing
// follows.
func verdictOnCase(d *office.Desk, o exchange.Outgoing, v *formats.ReceiptVerdict) error {
	if v.Verdict != code.Refused && o.Kind != formats.KindForm && o.Kind != formats.KindCancellation {
		return nil
	}
	c, err := d.CaseByNo(o.CaseNo)
	if err != nil {
		return err
	}
	switch o.Kind {
	case formats.KindForm:
		err = formVerdict(c, o, v.Verdict)
	case formats.KindPosting:
		if v.Verdict == code.Refused {
			err = postingReturned(c, o.RecordNo, v)
		}
	case formats.KindCancellation:
		if err := cancellationVerdict(c, o, v.Verdict, code.Say("coded", v.Code, v.Text)); err != nil {
			return err
		}
		return c.Save()
	}
	if err != nil {
		return err
	}
	if v.Verdict == code.Refused && holdsCase(o.Kind) {
		if _, err := c.Next(exchange.Hold); err == nil || c.State == exchange.Held {
			if err := c.PutOnHold(code.HoldRefusedByPartner, code.Say("record-refused", o.Kind, o.RecordNo, v.Code, v.Text)); err != nil {
				return err
			}
		}
	}
	return c.Save()
}

// cancellationVerdict applies the partner's verdict on a cancellation of ours, or
// on our part in an annulment.
func cancellationVerdict(c *office.Case, o exchange.Outgoing, v code.Verdict, why code.Phrase) error {
	rec, err := batch.Find(office.Kinds, o.Kind).Parse(o.Rows)
	if err != nil {
		return err
	}
	x, ok := rec.(*formats.Cancellation)
	if !ok {
		return fmt.Errorf("record %s of %s is %T", o.RecordNo, o.Kind, rec)
	}
	if x.Phase == code.PhaseCancel {
		return transfer.CancelVerdict(c, v, why)
	}
	return transfer.AnnulVerdict(c, x.Phase, v, why)
}

// postingReturned takes the core's refusal of a posting's row for a refusal to
// book it: no posting result will come for a record that was not received.
func postingReturned(c *office.Case, no string, v *formats.ReceiptVerdict) error {
	p, err := c.Posting(no)
	if err != nil || p.State != exchange.PostingQueued {
		return err
	}
	before := p
	p.State, p.DoneOn, p.Code, p.Text = exchange.PostingRefused, c.Date, v.Code, v.Text
	if err := c.Tx.UpdatePosting(before, p); err != nil {
		return err
	}
	return transfer.RefusedByCore(c, p)
}

// holdsCase reports whether a refused record of a kind puts its case on hold: a
// letter, form, advice or completion, without which the other side cannot go on.
func holdsCase(kind string) bool {
	switch kind {
	case formats.KindLetter, formats.KindForm, formats.KindAdvice, formats.KindCompletion:
		return true
	}
	return false
}

// formVerdict moves the form that was sent, in the version that was sent, to
// delivered or refused; a decline (row D) has no form.
func formVerdict(c *office.Case, o exchange.Outgoing, v code.Verdict) error {
	rec, err := batch.Find(office.Kinds, o.Kind).Parse(o.Rows)
	if err != nil {
		return err
	}
	sent, ok := rec.(*formats.Form)
	if !ok {
		return nil
	}
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	for i := range forms {
		f := &forms[i]
		if f.No != sent.FormNo || f.Version != sent.Version || f.Track != exchange.FormSent {
			continue
		}
		to := exchange.FormDelivered
		if v == code.Refused {
			to = exchange.FormRefused
		}
		if err := c.SetForm(f, to); err != nil {
			return err
		}
		if err := c.Note("form_"+string(to), code.Text(f.No), nil); err != nil {
			return err
		}
	}
	return c.Retrack()
}
