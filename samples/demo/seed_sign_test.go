package demo

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"

	"carryover/samples/demo/outside"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// staffDrop is the folder of one of the house's officers.
func (h *house) staffDrop(name string) string { return h.drop(filepath.Join("staff", name)) }

// admit lets the officers of a stage work in this house, each with a folder.
func (h *house) admit(officers []*outside.Officer) error {
	for _, o := range officers {
		root := h.staffDrop(o.Name)
		if err := errors.Join(drop.MakeLocal(root, drop.Paths{}), outside.MakeOtherEnd(root)); err != nil {
			return err
		}
		mine := *o
		mine.Signed, mine.Dial, mine.Vouched = map[string]bool{}, outside.LocalDrop(root), h.l.byVoucher
		h.officers = append(h.officers, &mine)
	}
	return nil
}

// sign lets the house's officers sign what lies in their folders; now and then
// one is away, or signs badly first.
func (h *house) sign(o *outside.Officer) error {
	l := h.l
	if l.chance(25) {
		l.tell("%s: %s is away", h.code, o.Name)
		l.occur("officer away")
		return nil
	}
	if l.chance(15) {
		return h.signBadly(o)
	}
	n, err := o.Work(l.ctx)
	if errors.Is(err, drop.ErrExists) { // the bad one was not taken yet
		err = nil
	}
	if n > 0 {
		l.tell("%s: %s signs %d", h.code, o.Name, n)
		l.w.signed += n
	}
	return err
}

// signBadly leaves a signature that does not count: with the key of somebody
// else, for another purpose, or over other bytes.
func (h *house) signBadly(o *outside.Officer) error {
	l := h.l
	d, err := o.Dial(l.ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := d.List(l.ctx, drop.In)
	if err != nil {
		return err
	}
	for _, e := range list.Files {
		if o.Signed[e.Name] || !strings.HasPrefix(e.Name, office.KindPayment+"_") || strings.HasSuffix(e.Name, ".txt") {
			continue
		}
		var content strings.Builder
		if _, err := d.Get(l.ctx, drop.In, e, &content); err != nil {
			return err
		}
		how := []struct {
			what      string
			key       *seal.Key
			namespace string
			text      string
		}{
			{"the key of another officer", h.finance.key, seal.NamespaceRelease, content.String()},
			{"a stranger's key", l.stage.stranger, seal.NamespaceRelease, content.String()},
			{"for another purpose", o.Key, seal.NamespaceDecision, content.String()},
			{"over other bytes", o.Key, seal.NamespaceRelease, content.String() + " "},
		}[l.rng.IntN(4)]
		sig, err := how.key.Sign(strings.NewReader(how.text), how.namespace)
		if err != nil {
			return err
		}
		name := e.Name + "." + o.Name + seal.Suffix
		err = d.Put(l.ctx, drop.Out, name, strings.NewReader(string(sig)), int64(len(sig)), drop.PutOptions{})
		if errors.Is(err, drop.ErrExists) {
			continue
		}
		l.tell("%s: %s signs %s with %s", h.code, o.Name, e.Name, how.what)
		l.occur("bad signature")
		l.w.signed++
		return err
	}
	return nil
}

// signatureLost tells the officer whose signature it was: it has no answer.
func (l *life) signatureLost(dir, name string) {
	for _, h := range l.houses {
		for _, o := range h.officers {
			if strings.HasPrefix(dir, h.staffDrop(o.Name)) {
				delete(o.Signed, strings.TrimSuffix(name, "."+o.Name+seal.Suffix))
			}
		}
	}
}

// signingTime is how long a payment file waits until its officers come to the
// agency's machine: what lay in their folders may be lost.
const signingTime = 60 * time.Hour

// release is what officers do who never got a payment file: they sign it where
// it is, by `carryover release`.
func (h *house) release(f exchange.File) error {
	if h.env.Now().Sub(f.At) < signingTime {
		return nil
	}
	signers := h.officers
	if f.Kind == office.KindCheckpoint {
		signers = []*outside.Officer{h.auditor()}
	}
	for _, o := range signers {
		if err := h.signHere(o, f); err != nil {
			return err
		}
	}
	return nil
}

// auditor is finance, who has no folder.
func (h *house) auditor() *outside.Officer {
	return &outside.Officer{Officer: h.finance.officer, Key: h.finance.key}
}

func (h *house) signHere(o *outside.Officer, f exchange.File) error {
	src, err := h.env.Content(h.l.ctx, f)
	if err != nil {
		return err
	}
	defer src.Close()
	content, err := io.ReadAll(src)
	if err != nil {
		return err
	}
	sig, err := o.Key.Sign(strings.NewReader(string(content)), signing.NamespaceOf(f.Kind))
	if err != nil {
		return err
	}
	h.env.Date = h.l.w.today
	_, done, err := h.env.Sign(h.l.ctx, o.Name, f, sig)
	var no *office.Refusal
	switch {
	case errors.As(err, &no):
		h.l.tell("%s: release, %s: %s: %v", h.code, o.Name, f.Name, no)
		return nil
	case err != nil:
		return err
	}
	h.l.tell("%s: release, %s signs %s, done %v", h.code, o.Name, f.Name, done)
	h.l.occur("released at the machine")
	h.l.w.signed++
	return nil
}
