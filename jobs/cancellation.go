package jobs

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
)

// cancellation works the phases of SPEC 2.11: cancel before the old place has
// accepted; afterwards an annulment that one proposes and the other agrees to.
func (d *desk) cancellation(x *formats.Cancellation) (outcome, error) {
	c, err := d.cancelled(x)
	if notFound(err) {
		return d.unknownCancelled(x)
	}
	if errors.Is(err, errSeveral) {
		return refused(code.Missing, "letter_no", "多份申请使用该编号，请填联系函编号 / several applications have this number: give the letter_no"), nil
	}
	if err != nil {
		return outcome{}, err
	}
	fromPortal := d.file.Party == d.Agency.Portal()
	if !fromPortal && c.Partner != d.file.Party {
		return refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	switch {
	case fromPortal && x.Phase == code.PhaseCancel:
		return d.cancelOurs(c, x)
	case fromPortal:
		return d.annul(c, x)
	case x.Phase == code.PhaseCancel:
		return d.cancelTheirs(c, x)
	}
	return d.annulTheirs(c, x)
}

// cancelled finds the case that a cancellation is about.
func (d *desk) cancelled(x *formats.Cancellation) (*casework, error) {
	if x.LetterNo == "" {
		return d.applicant(x.ApplicationNo)
	}
	c, err := d.caseOf(exchange.Out, x.LetterNo)
	if notFound(err) {
		c, err = d.caseOf(exchange.In, x.LetterNo)
	}
	return c, err
}

// errSeveral is about an application number that two senders use.
var errSeveral = errors.New("several applications have this number")

// applicant finds the case of an application number: the sender's own, else
// what anybody else sent under it (a person who applied at the counter cancels
// by the portal), if that is one.
func (d *desk) applicant(applicationNo string) (*casework, error) {
	found, err := d.tx.CaseByApplication(d.file.Party, applicationNo)
	if !notFound(err) {
		return d.open(found), err
	}
	all, err := d.tx.CasesByApplication(applicationNo)
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, fmt.Errorf("case of application %s: %w", applicationNo, store.ErrNotFound)
	case len(all) > 1:
		return nil, fmt.Errorf("application %s: %w", applicationNo, errSeveral)
	}
	return d.open(all[0]), nil
}

// unknownCancelled answers the cancellation of a letter that is not here. When
// letters of the same party are in hand, it waits for them: it is worked first.
func (d *desk) unknownCancelled(x *formats.Cancellation) (outcome, error) {
	if x.Phase == code.PhaseCancel && x.LetterNo != "" {
		files, err := d.tx.FilesToWork()
		if err != nil {
			return outcome{}, err
		}
		for _, f := range files {
			if f.Party == d.file.Party && f.ID != d.file.ID && f.Carrier != "xml" && (f.Kind == formats.KindLetter || f.Kind == "") {
				return outcome{verdict: code.Held, code: string(code.UnknownLetter), field: "letter_no", text: "联系函正在处理，稍候 / its letter may be in hand"}, nil
			}
		}
	}
	return d.unknown(code.UnknownLetter, "letter_no")
}

// cancelWaits reports whether a cancellation waits for the letter that is
// being worked: then the letter is not judged. An annulment that came too
// early does not keep it from being judged.
func (d *desk) cancelWaits(letterNo string) (bool, error) {
	if d.cancels == nil {
		d.cancels = map[string]bool{}
		held, err := d.tx.HeldRecords(d.file.Party, "X")
		if err != nil {
			return false, err
		}
		for _, j := range held {
			rec, err := batch.Find(kinds, formats.KindCancellation).Parse(j.Raw)
			if err != nil {
				return false, fmt.Errorf("held cancellation %s: %w", j.RecordNo, err)
			}
			if x, ok := rec.(*formats.Cancellation); ok && x.Phase == code.PhaseCancel {
				d.cancels[j.RecordNo] = true
			}
		}
	}
	return d.cancels[letterNo], nil
}

// cancelOurs is the person's wish at the new place: at once before the letter
// is out, otherwise when the old place agrees.
func (d *desk) cancelOurs(c *casework, x *formats.Cancellation) (outcome, error) {
	if c.Side != exchange.In {
		return refused(code.NotAllowedInState, "letter_no", "只有转入地可以撤销 / only the new place cancels"), nil
	}
	switch c.Effective() {
	case exchange.Declined: // the old place has an open case, too
		if err := d.send(c.Partner, c.No, cancellationOf(c, x)); err != nil {
			return outcome{}, err
		}
		fallthrough
	case exchange.Applied, exchange.Returned, exchange.Accepted:
		if err := c.cancelNow(x.Reason); err != nil {
			return outcome{}, err
		}
		return accepted(), c.save()
	case exchange.Requested:
	default:
		return refused(code.NotAllowedInState, "", "对方已答复，不能撤销，可协商作废 / too late to cancel; propose an annulment"), nil
	}
	if c.Wish != exchange.WishNone {
		return refused(code.NotAllowedInState, "", "已提出撤销 / already asked"), nil
	}
	c.Wish = exchange.WishCancel
	if err := d.send(c.Partner, c.No, cancellationOf(c, x)); err != nil {
		return outcome{}, err
	}
	if err := c.note("cancellation_asked", x.Reason, nil); err != nil {
		return outcome{}, err
	}
	return accepted(), c.save()
}

func cancellationOf(c *casework, x *formats.Cancellation) *formats.Cancellation {
	return &formats.Cancellation{LetterNo: c.LetterNo, Phase: code.PhaseCancel, Reason: x.Reason, CancelledOn: c.Date, Echo: c.No}
}

func (c *casework) cancelNow(reason string) error {
	if err := c.move(exchange.CancelAgreed, reason, nil); err != nil {
		return err
	}
	if c.Side == exchange.In {
		return c.notify(code.MilestoneCancelled, news{})
	}
	return nil
}

// cancelTheirs is the new place's cancellation at the old place.
func (d *desk) cancelTheirs(c *casework, x *formats.Cancellation) (outcome, error) {
	if c.Side != exchange.Out {
		return refused(code.NotAllowedInState, "letter_no", "只有转入地可以撤销 / only the new place cancels"), nil
	}
	switch c.Effective() {
	case exchange.Requested, exchange.Declined:
		if c.MoneyTrack != exchange.MoneyNotDue {
			break
		}
		if err := c.cancelNow(x.Reason); err != nil {
			return outcome{}, err
		}
		return accepted(), c.save()
	}
	return refused(code.NotAllowedInState, "", "已受理转出，不能撤销 / accepted already"), nil
}

// cancelVerdict is the old place's answer to our cancellation.
func (c *casework) cancelVerdict(v code.Verdict, text string) error {
	if c.Wish != exchange.WishCancel {
		return nil
	}
	c.Wish = exchange.WishNone
	if v == code.Accepted && (c.Effective() == exchange.Requested || c.Effective() == exchange.Declined) {
		return c.cancelNow("对方同意撤销")
	}
	if err := c.note("cancellation_refused", text, nil); err != nil {
		return err
	}
	return c.notify(code.MilestoneDelayed, news{variant: variantTooLate})
}
