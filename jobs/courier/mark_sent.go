package courier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// ErrMark is returned for a payment file whose fate an officer cannot end, or
// not so; the error's text says why.
var ErrMark = errors.New("not marked")

// Mark is an officer's statement about a payment file whose fate is not known, or
// that was left in the drop and, says the bank, never came.
type Mark struct {
	File     exchange.File
	Officer  string
	Sent     bool   // false: the bank never had it
	Evidence string // one line: who at the bank said what, and when
}

// refuseMark is why a mark is refused, in both languages.
func refuseMark(zh, en string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrMark, office.Refuse(zh, en, args...))
}

// evidenceMin is the least that evidence may say, in characters: "ok" is none.
const evidenceMin = 5

// Text is what the officer signs, in the namespace of decisions. It holds the
// file's hash, so that a signature counts for no other file.
func (m Mark) Text(agency string) string {
	outcome := "sent"
	if !m.Sent {
		outcome = "not-sent"
	}
	return fmt.Sprintf("carryover mark-sent\nagency: %s\nofficer: %s\nfile: %s\nsha256: %s\noutcome: %s\nevidence: %s\n",
		agency, m.Officer, m.File.Name, m.File.SHA256, outcome, m.Evidence)
}

// Check refuses, with ErrMark, a mark that says too little, or is about a file
// whose fate is known: a payment file alone, sending, or sent and not reported on
// by the bank.
func (m Mark) Check() error {
	switch {
	case m.File.Kind != office.KindPayment:
		return refuseMark("%s 不是付款文件", "%s is no payment file", m.File.Name)
	case m.File.State == exchange.FileSent && m.Sent:
		return refuseMark("%s 已发送", "%s is sent already", m.File.Name)
	case m.File.State == exchange.FileSent && m.File.Receipt != 0:
		return refuseMark("银行已就 %s 答复", "the bank has answered to %s", m.File.Name)
	case m.File.State != exchange.FileSending && m.File.State != exchange.FileSent:
		return refuseMark("%[1]s 现为“%[2]s”：只有上传结果待查的付款文件须认定", "%[1]s is %[3]s: only a payment file on its way to the bank is marked",
			m.File.Name, exchange.TermOf(exchange.FileStateTerms(), string(m.File.State)).Chinese, m.File.State)
	case utf8.RuneCountInString(strings.TrimSpace(m.Evidence)) < evidenceMin:
		return refuseMark("请写明银行何人何时如何答复", "say in the evidence who at the bank said what, and when")
	case office.OneLine(m.Evidence, 500) != m.Evidence:
		return refuseMark("证据限一行，最多 500 字", "the evidence is one line of at most 500 characters")
	}
	return nil
}

// MarkSent ends the unknown fate of a payment file by an officer's evidence.
// The signature is the officer's over Text, in the namespace of decisions,
// with the role finance or checker. Sent: its payments are at the bank. Not
// sent: the file is void and what it held is due again, under new numbers;
// that is refused while a file of its name stands in the drop, and once the
// bank has said anything about it. A file that was sent can be lost on its
// way, too.
func MarkSent(ctx context.Context, o *office.Office, m Mark, signature []byte) error {
	if err := m.Check(); err != nil {
		return err
	}
	var role exchange.Role
	var signer seal.Signer
	err := o.View(ctx, func(d *office.Desk) (err error) {
		role, signer, err = signing.SignedBy(d, m.Officer, exchange.Evidencing(), []byte(m.Text(o.Agency.Code)), signature)
		return err
	})
	if err != nil {
		return err
	}
	if !m.Sent {
		if err := ProvenAbsent(ctx, o, m.File); err != nil {
			return err
		}
	}
	// The signature and the drop were looked at outside the transaction; a report
	// of the bank that came meanwhile is seen by checking the file once more.
	return o.Do(ctx, office.By{Actor: exchange.OfficerParty(m.Officer)}, func(d *office.Desk) error {
		f, err := d.Tx.File(m.File.ID)
		if err != nil {
			return err
		}
		now := m
		now.File = f
		if err := now.Check(); err != nil {
			return err
		}
		d.File = f
		err = d.Journal(exchange.AgencyChain, "payment_marked", code.Text(m.Evidence), map[string]any{
			"text": m.Text(o.Agency.Code), "role": role, "fingerprint": signer.Fingerprint, "signature": string(signature),
		})
		if err != nil {
			return err
		}
		return ApplyMark(d, now)
	})
}

// ApplyMark does what follows from a mark that was checked: its payments are at
// the bank, or the file is void.
func ApplyMark(d *office.Desk, m Mark) error {
	d.Actor = "mark-sent" // of the cases' events: this is no decision about a case
	if m.Sent {
		return payment.MarkArrived(d, m.File)
	}
	return voidUnsent(d, m.File)
}

// ProvenAbsent fails unless the bank's drop can be looked into and holds
// nothing of the file's name: ErrMark when it does. A bank may say in good faith
// that it has nothing and take the file tomorrow, when the same payments have been
// sent in another.
func ProvenAbsent(ctx context.Context, o *office.Office, f exchange.File) error {
	p, ok := o.Party(f.Party)
	if !ok {
		return fmt.Errorf("%s has no drop in the configuration: add it under parties, it must be looked into", f.Party)
	}
	d, err := p.Open(ctx)
	if err != nil {
		return fmt.Errorf("look into the bank's drop: %w", err)
	}
	defer d.Close()
	if err := office.CheckAbsent(ctx, d, f.Name); err != nil {
		return errors.Join(ErrMark, err)
	}
	return nil
}

// voidUnsent voids a payment file that never reached the bank, which must have
// said nothing about any payment in it (else ErrMark). Its payments are due again,
// under new numbers.
func voidUnsent(d *office.Desk, f exchange.File) error {
	void := f
	void.State, void.At = exchange.FileVoid, d.Now()
	if err := d.Tx.UpdateFile(f, void); err != nil {
		return err
	}
	err := d.WorkPaymentsOf(f.ID, office.Beside{}, func(p exchange.Payment) error {
		if f.State == exchange.FileSent && p.Track == exchange.MoneySubmitted { // only from unknown can it be due again
			if err := transfer.SetPayment(d, p, exchange.MoneyUnknown, nil); err != nil {
				return err
			}
			p.Track = exchange.MoneyUnknown
		}
		if p.Track != exchange.MoneyUnknown {
			return refuseMark("银行已就付款 %s 答复", "the bank has answered about payment %s", p.Ref)
		}
		return transfer.SetPayment(d, p, exchange.MoneyDue, func(p *exchange.Payment) { p.Reason = code.Say("never-sent") })
	})
	if err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "payment_file_void", code.Say("never-sent"), map[string]any{"file": f.Name, "payments": f.Records, "sha256": f.SHA256})
}

// KeyOwner finds the officer whose key has a fingerprint, among those who may sign
// a file that waits for signatures, or, with any other file or none, decide; ok is
// false when it is nobody's.
func KeyOwner(ctx context.Context, o *office.Office, f exchange.File, fingerprint string) (owner exchange.Officer, ok bool, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		set, err := signing.ApprovedSigners(o, tx)
		if f.State == exchange.FilePrepared {
			set, err = signing.SignersFor(o, tx, f)
		}
		if owner, ok = set.Owner(fingerprint); ok || err != nil || f.Kind != office.KindMoneySettings && f.Kind != office.KindFinding {
			return err
		}
		owner.Name, err = signing.RecoveryOwner(o, tx, fingerprint)
		ok = owner.Name != ""
		return err
	})
	return owner, ok, err
}
