package transfer

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Cancellation works the phases of SPEC 2.11: cancel before the old place has
// accepted; afterwards an annulment that one proposes and the other agrees to.
// From the portal it is our own side's wish, else the partner's.
func Cancellation(d *office.Desk, x *formats.Cancellation) (office.Outcome, error) {
	c, err := caseToCancel(d, x)
	if office.IsNotFound(err) {
		return cancelUnknown(d, x)
	}
	if errors.Is(err, errAmbiguous) {
		return office.Refused(code.Missing, "letter_no", "多份申请使用该编号，请填联系函编号 / several applications have this number: give the letter_no"), nil
	}
	if err != nil {
		return office.Outcome{}, err
	}
	fromPortal := d.File.Party == d.Agency.Portal()
	if !fromPortal && c.Partner != d.File.Party {
		return office.Refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	switch {
	case fromPortal && x.Phase == code.PhaseCancel:
		return cancelByPortal(d, c, x)
	case fromPortal:
		return Annul(d, c, x)
	case x.Phase == code.PhaseCancel:
		return cancelByPartner(d, c, x)
	}
	return annulByPartner(d, c, x)
}

// caseToCancel finds the case that a cancellation is about: by its letter, on
// whichever side, or by the number of an application that has no letter yet.
func caseToCancel(d *office.Desk, x *formats.Cancellation) (*office.Case, error) {
	if x.LetterNo == "" {
		return caseOfApplication(d, x.ApplicationNo)
	}
	c, err := d.CaseByLetter(exchange.Out, x.LetterNo)
	if office.IsNotFound(err) {
		c, err = d.CaseByLetter(exchange.In, x.LetterNo)
	}
	return c, err
}

// errAmbiguous is returned for an application number that two senders use.
var errAmbiguous = errors.New("several applications have this number")

// caseOfApplication finds the case of an application number: the sender's own, else
// what anybody else sent under it (a person who applied at the counter cancels
// by the portal), if that is one; errAmbiguous when it is several.
func caseOfApplication(d *office.Desk, applicationNo string) (*office.Case, error) {
	found, err := d.Tx.CaseByApplication(d.File.Party, applicationNo)
	if !office.IsNotFound(err) {
		return d.OpenCase(found), err
	}
	all, err := d.Tx.CasesByApplication(applicationNo)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, fmt.Errorf("case of application %s: %w", applicationNo, store.ErrNotFound)
	case len(all) > 1:
		return nil, fmt.Errorf("application %s: %w", applicationNo, errAmbiguous)
	}
	return d.OpenCase(all[0]), nil
}

// cancelUnknown answers the cancellation of a letter that is not here. When a
// file of the same party that may hold letters is in hand, it is held for it:
// cancellations are worked before letters, so that the letter may come later in
// this very pass. A carrier xml is a bank's and holds none.
func cancelUnknown(d *office.Desk, x *formats.Cancellation) (office.Outcome, error) {
	if x.Phase == code.PhaseCancel && x.LetterNo != "" {
		files, err := d.Tx.FilesToWork()
		if err != nil {
			return office.Outcome{}, err
		}
		for _, f := range files {
			if f.Party == d.File.Party && f.ID != d.File.ID && f.Carrier != "xml" && (f.Kind == formats.KindLetter || f.Kind == "") {
				return office.Outcome{
					Verdict: code.Held, Code: string(code.UnknownLetter), Field: "letter_no", Text: "联系函正在处理，稍候 / its letter may be in hand",
				}, nil
			}
		}
	}
	return holdOrRefuseUnknown(d, code.UnknownLetter, "letter_no")
}

// cancellationPending reports whether a held cancellation waits for the letter
// that is being worked: then the letter is stored and not judged, so that nothing
// is asked of the core for it. An annulment that came too early does not keep it
// from being judged. The held ones are read once a transaction, into Desk.Cancels.
func cancellationPending(d *office.Desk, letterNo string) (bool, error) {
	if d.Cancels == nil {
		d.Cancels = map[string]bool{}
		held, err := d.Tx.HeldRecords(d.File.Party, "X")
		if err != nil {
			return false, err
		}
		for _, j := range held {
			rec, err := batch.Find(office.Kinds, formats.KindCancellation).Parse(j.Raw)
			if err != nil {
				return false, fmt.Errorf("held cancellation %s: %w", j.RecordNo, err)
			}
			if x, ok := rec.(*formats.Cancellation); ok && x.Phase == code.PhaseCancel {
				d.Cancels[j.RecordNo] = true
			}
		}
	}
	return d.Cancels[letterNo], nil
}

// cancelByPortal is the person's wish at the new place: granted at once before
// the letter is out or after the old place declined, otherwise when the old place
// agrees (CancelVerdict).
func cancelByPortal(d *office.Desk, c *office.Case, x *formats.Cancellation) (office.Outcome, error) {
	if c.Side != exchange.In {
		return office.Refused(code.NotAllowedInState, "letter_no", "只有转入地可以撤销 / only the new place cancels"), nil
	}
	switch c.Effective() {
	case exchange.Declined: // the old place has an open case, too
		if err := d.Send(c.Partner, c.No, cancellationOf(c, x)); err != nil {
			return office.Outcome{}, err
		}
		fallthrough
	case exchange.Applied, exchange.Returned, exchange.Accepted:
		if err := cancelNow(c, code.Text(x.Reason)); err != nil {
			return office.Outcome{}, err
		}
		return office.Accepted(), c.Save()
	case exchange.Requested:
	default:
		return office.Refused(code.NotAllowedInState, "", "对方已答复，不能撤销，可协商作废 / too late to cancel; propose an annulment"), nil
	}
	if c.Wish != exchange.WishNone {
		return office.Refused(code.NotAllowedInState, "", "已提出撤销 / already asked"), nil
	}
	c.Wish = exchange.WishCancel
	if err := d.Send(c.Partner, c.No, cancellationOf(c, x)); err != nil {
		return office.Outcome{}, err
	}
	if err := c.Note("cancellation_asked", code.Text(x.Reason), nil); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), c.Save()
}

// cancellationOf is the record that asks the old place to cancel.
func cancellationOf(c *office.Case, x *formats.Cancellation) *formats.Cancellation {
	return &formats.Cancellation{LetterNo: c.LetterNo, Phase: code.PhaseCancel, Reason: x.Reason, CancelledOn: c.Date, Echo: c.No}
}

// cancelNow ends a case as cancelled; only the new place has somebody to notify.
func cancelNow(c *office.Case, reason code.Phrase) error {
	if err := c.Move(exchange.CancelAgreed, reason, nil); err != nil {
		return err
	}
	if c.Side == exchange.In {
		return notice.Notify(c, code.MilestoneCancelled, notice.News{})
	}
	return nil
}

// cancelByPartner is the new place's cancellation at the old place, granted until
// the letter is accepted. A letter declined because of death may have money on
// its way to the heirs: that one is refused like an accepted letter.
func cancelByPartner(d *office.Desk, c *office.Case, x *formats.Cancellation) (office.Outcome, error) {
	if c.Side != exchange.Out {
		return office.Refused(code.NotAllowedInState, "letter_no", "只有转入地可以撤销 / only the new place cancels"), nil
	}
	switch c.Effective() {
	case exchange.Requested, exchange.Declined:
		if c.MoneyTrack != exchange.MoneyNotDue {
			break
		}
		if err := cancelNow(c, code.Text(x.Reason)); err != nil {
			return office.Outcome{}, err
		}
		return office.Accepted(), c.Save()
	}
	return office.Refused(code.NotAllowedInState, "", "已受理转出，不能撤销 / accepted already"), nil
}

// CancelVerdict is the old place's verdict on our cancellation. One that comes
// when none is asked any more is ignored; refused, or too late because the form
// has come in the meantime, the transfer goes on and the person is notified.
func CancelVerdict(c *office.Case, v code.Verdict, text code.Phrase) error {
	if c.Wish != exchange.WishCancel {
		return nil
	}
	c.Wish = exchange.WishNone
	if v == code.Accepted && (c.Effective() == exchange.Requested || c.Effective() == exchange.Declined) {
		return cancelNow(c, code.Say("cancellation-agreed"))
	}
	if err := c.Note("cancellation_refused", text, nil); err != nil {
		return err
	}
	return notice.Notify(c, code.MilestoneDelayed, notice.News{Variant: notice.VariantTooLate})
}
