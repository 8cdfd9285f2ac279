package jobs

import (
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// receiptContext is the file that the verdicts of a receipt are about: its R
// row stands before its V rows.
type receiptContext struct {
	name string
	sha  string
	sent int64 // id of our file, once it is found
}

// pass notes the R row of a receipt whose earlier rows were worked before.
func (c *receiptContext) pass(rec any) {
	if r, ok := rec.(*formats.Receipt); ok {
		*c = receiptContext{name: r.File, sha: r.SHA256}
	}
}

// receipt takes the partner's verdict on a file of ours. One for a file that
// we never sent is recorded and changes nothing: a receipt is never answered.
func (d *desk) receipt(r *formats.Receipt) (outcome, error) {
	d.answer.pass(r)
	sent, err := d.sentFile(r.File, r.SHA256)
	if notFound(err) {
		return accepted(), d.journal("agency", "receipt_unknown", r.File, nil)
	}
	if err != nil {
		return outcome{}, err
	}
	if sent.State == exchange.FileQueued && sent.SentAt.IsZero() {
		// It arrived, and we were stopped before that was recorded.
		if err := d.sent(d.tx, sent); err != nil {
			return outcome{}, err
		}
		if sent, err = d.tx.File(sent.ID); err != nil {
			return outcome{}, err
		}
	}
	// Receipts overtake each other: a file that was rejected once and taken when
	// it came again is taken, whichever of the two is read first.
	taken := sent.State == exchange.FileRefused && r.Verdict != code.FileRejected
	if !taken && (sent.State == exchange.FileReceipted || sent.State == exchange.FileRefused) {
		return accepted(), nil // the same again, or a later one: its verdicts follow
	}
	after := sent
	after.State, after.Verdict, after.Receipt = exchange.FileReceipted, r.Verdict, d.file.ID
	after.Code, after.Text = string(r.Code), r.Text
	after.Records, after.Accepted, after.Held, after.Refused = r.Records.Value, r.Accepted.Value, r.Held.Value, r.Refused.Value
	if r.Verdict == code.FileRejected {
		after.State = exchange.FileRefused
	}
	if err := d.tx.UpdateFile(sent, after); err != nil {
		return outcome{}, err
	}
	if after.State == exchange.FileRefused {
		text := strings.TrimSpace(string(r.Code) + " " + r.Text)
		if err := d.difference("file", d.file.Party, "", sent.Name, "sent", text); err != nil {
			return outcome{}, err
		}
		return accepted(), d.journal("agency", "file_refused_by_partner", text, map[string]string{"file": sent.Name})
	}
	return accepted(), d.closeDifference("file", d.file.Party, sent.Name)
}

// sentFile finds the file of ours that a receipt is about.
func (d *desk) sentFile(name, sha string) (exchange.File, error) {
	f, err := d.tx.FileBySHA(exchange.Out, d.file.Party, sha)
	if notFound(err) {
		f, err = d.tx.FileByName(exchange.Out, d.file.Party, name)
	}
	return f, err
}

// verdict takes the partner's verdict on one record of ours.
func (d *desk) verdict(v *formats.ReceiptVerdict) (outcome, error) {
	if v.Verdict == code.Held || d.answer.sha == "" {
		return accepted(), nil
	}
	if d.answer.sent == 0 {
		sent, err := d.sentFile(d.answer.name, d.answer.sha)
		if notFound(err) {
			return accepted(), nil
		}
		if err != nil {
			return outcome{}, err
		}
		d.answer.sent = sent.ID
	}
	records, err := d.tx.OutgoingByRecord(d.answer.sent, v.RecordNo)
	if err != nil {
		return outcome{}, err
	}
	for _, o := range records {
		if o.CaseNo == "" {
			if err := d.verdictApart(o, v); err != nil {
				return outcome{}, err
			}
			continue
		}
		if err := d.verdictOn(o, v); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), nil
}

// verdictApart names a refused record of ours that belongs to no case, a
// relayed application or a line of a statement: somebody has to look at it.
func (d *desk) verdictApart(o exchange.Outgoing, v *formats.ReceiptVerdict) error {
	if v.Verdict != code.Refused {
		return nil
	}
	return d.difference("file", d.file.Party, "", o.Kind+" "+o.RecordNo, "sent", strings.TrimSpace(v.Code+" "+v.Text))
}

// verdictOn moves the case that a record of ours was about.
func (d *desk) verdictOn(o exchange.Outgoing, v *formats.ReceiptVerdict) error {
	c, err := d.caseNo(o.CaseNo)
	if err != nil {
		return err
	}
	why := strings.TrimSpace(v.Code + " " + v.Text)
	switch o.Kind {
	case formats.KindForm:
		err = c.formVerdict(o, v.Verdict)
	case formats.KindPosting:
		if v.Verdict == code.Refused {
			err = c.postingReturned(o.RecordNo, v)
		}
	case formats.KindCancellation:
		if err := c.cancellationVerdict(o, v.Verdict, why); err != nil {
			return err
		}
		return c.save()
	}
	if err != nil {
		return err
	}
	if v.Verdict == code.Refused && holdsCase(o.Kind) {
		if _, err := c.Next(exchange.Hold); err == nil || c.State == exchange.Held {
			if err := c.hold(code.HoldRefusedByPartner, o.Kind+" "+o.RecordNo+": "+why); err != nil {
				return err
			}
		}
	}
	return c.save()
}

// cancellationVerdict is the partner's verdict on a cancellation of ours, or
// on our part in an annulment.
func (c *casework) cancellationVerdict(o exchange.Outgoing, v code.Verdict, why string) error {
	rec, err := batch.Find(kinds, o.Kind).Parse(o.Rows)
	if err != nil {
		return err
	}
	x, ok := rec.(*formats.Cancellation)
	if !ok {
		return fmt.Errorf("record %s of %s is %T", o.RecordNo, o.Kind, rec)
	}
	if x.Phase == code.PhaseCancel {
		return c.cancelVerdict(v, why)
	}
	return c.annulVerdict(x.Phase, v, why)
}

// postingReturned takes the core's refusal of a posting's row for a refusal to
// book it: no result will come.
func (c *casework) postingReturned(no string, v *formats.ReceiptVerdict) error {
	p, err := c.tx.Posting(no)
	if err != nil || p.State != exchange.PostingQueued {
		return err
	}
	before := p
	p.State, p.DoneOn, p.Code, p.Text = exchange.PostingRefused, c.Date, v.Code, v.Text
	if err := c.tx.UpdatePosting(before, p); err != nil {
		return err
	}
	return c.refusedByCore(p)
}

// holdsCase: a refused letter, form, advice or completion puts the case on hold.
func holdsCase(kind string) bool {
	switch kind {
	case formats.KindLetter, formats.KindForm, formats.KindAdvice, formats.KindCompletion:
		return true
	}
	return false
}

// formVerdict moves the form that was sent; a D row has none.
func (c *casework) formVerdict(o exchange.Outgoing, v code.Verdict) error {
	rec, err := batch.Find(kinds, o.Kind).Parse(o.Rows)
	if err != nil {
		return err
	}
	said, ok := rec.(*formats.Form)
	if !ok {
		return nil
	}
	forms, err := c.tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	for i := range forms {
		f := &forms[i]
		if f.No != said.FormNo || f.Version != said.Version || f.Track != exchange.FormSent {
			continue
		}
		to := exchange.FormDelivered
		if v == code.Refused {
			to = exchange.FormRefused
		}
		if err := c.setForm(f, to); err != nil {
			return err
		}
		if err := c.note("form_"+string(to), f.No, nil); err != nil {
			return err
		}
	}
	return c.retrack()
}
