package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/jobs/courier"
	"carryover/jobs/office"
)

// answerTime is how long finance waits for a word of the bank on a payment
// file before it asks.
const answerTime = 40 * time.Hour

// askBank is finance, who asks the bank about a payment file of which nothing
// is heard: one that it never had is taken back, or, when its upload was cut,
// sent again; one that it has is marked as sent, unless the bank's own
// messages say so first.
func (h *house) askBank(f exchange.File) error {
	since := f.SentAt
	if since.IsZero() {
		since = f.At
	}
	if h.onTheWay(f) || h.env.Now().Sub(since) < answerTime {
		return nil
	}
	had := h.l.w.banks[h.code].HasOrder(messageOf(f))
	switch {
	case had && f.State == exchange.FileSent, had && h.l.rng.IntN(2) == 0:
		return nil // the bank's messages tell the rest
	case f.State == exchange.FileSending && !had && h.l.rng.IntN(3) == 0:
		return h.payFileAgain(f)
	}
	return h.mark(f, had)
}

// payFileAgain is `carryover retry` of a payment file whose upload was cut.
func (h *house) payFileAgain(f exchange.File) error {
	did, err := h.env.Retry(h.l.ctx, f.ID, "银行李经理称未收到")
	if errors.Is(err, office.ErrNothingToRetry) {
		did, err = err.Error(), nil
	}
	h.l.tell("%s: finance, retry %s: %s", h.code, f.Name, did)
	h.l.occur("payment file retried")
	return err
}

// onTheWay reports whether a payment file still stands where the bank takes
// it, or will.
func (h *house) onTheWay(f exchange.File) bool {
	_, err := os.Stat(filepath.Join(h.drop("bank"), "out", f.Name))
	return err == nil || h.l.isDelayed(f.Name)
}

// mark is mark-sent, with or without --not-sent.
func (h *house) mark(f exchange.File, sent bool) error {
	m := courier.Mark{File: f, Officer: h.finance.officer.Name, Sent: sent, Evidence: "银行李经理 " + h.l.w.today.String() + " 电话答复"}
	sig, err := h.finance.key.Sign(strings.NewReader(m.Text(h.code)), seal.NamespaceDecision)
	if err != nil {
		return err
	}
	h.env.Date = h.l.w.today
	err = h.env.MarkSent(h.l.ctx, m, sig)
	h.l.tell("%s: finance, mark-sent %s, sent %v: %v", h.code, f.Name, sent, err)
	switch {
	case errors.Is(err, courier.ErrMark):
		return nil
	case err != nil:
		return err
	}
	h.l.occur(fmt.Sprintf("marked sent %v", sent))
	return nil
}

// messageOf is the MsgId of a payment file, as the bank knows it.
func messageOf(f exchange.File) string { return fmt.Sprintf("%s%012d", f.Party[:6], f.Sequence) }
