package payment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/proof"
	"carryover/jobs/report"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// prepareAll is dual release (SPEC 4): it puts ordered payments that are in no
// file yet into payment files, each under the cap, and shows them to those who
// may sign. It returns how many payments they hold.
func prepareAll(ctx context.Context, o *office.Office) (prepared int, err error) {
	return fileAll(ctx, o, prepare)
}

// prepare makes a payment file that waits for signatures. Its payments stay
// ordered: they are released, and the partners advised, when the file is signed.
func prepare(d *office.Desk, plan orderPlan) error {
	file, err := makeFile(d, plan, exchange.FilePrepared)
	if err != nil {
		return err
	}
	count := d.Counting("payments prepared", plan.count)
	err = plan.each(d.Tx, func(p exchange.Payment) error {
		count()
		in := p
		in.FileID = file.ID
		return d.Tx.UpdatePayment(p, in)
	})
	if err != nil {
		return err
	}
	if err := writeList(d, file); err != nil {
		return err
	}
	signers, err := signing.ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return err
	}
	if err := signing.ShowSignables(d, file, signers); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "payment_file_prepared", code.Text(file.Name), map[string]any{
		"file": file.Name, "payments": plan.count, "total": file.Total.String(), "sha256": file.SHA256,
	})
}

// preparedFiles lists the payment files that wait for signatures.
func preparedFiles(ctx context.Context, o *office.Office) (files []exchange.File, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) (err error) {
		files, err = tx.Files(store.FileFilter{
			Dir: exchange.Out, Party: o.Agency.Bank(), Kind: office.KindPayment, States: []exchange.FileState{exchange.FilePrepared},
		})
		return err
	})
	return files, err
}

// reviewPrepared looks at every payment file that waits for signatures again, in
// a transaction each, and returns how many payments were released; one file that
// fails does not stop the others.
func reviewPrepared(ctx context.Context, o *office.Office) (released int, err error) {
	files, err := preparedFiles(ctx, o)
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, f := range files {
		n, err := review(ctx, o, f)
		released += n
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Name, err))
		}
	}
	return released, errors.Join(faults...)
}

// review looks at one prepared payment file: with a payment that may not be made
// any more, or a signature that counts no more, it is void; with both signatures
// it is released. While the ledger does not balance or the money settings are not
// approved, a signed file stays as it is and that is the error: the signatures
// keep their worth, and the next pass tries again. In a pass for a past day all of
// that waits for the next.
func review(ctx context.Context, o *office.Office, f exchange.File) (released int, err error) {
	if o.Backdated {
		return 0, nil
	}
	err = checkedOnTheWay(ctx, o, office.By{File: f, Actor: "release"}, func(d *office.Desk, first bool) (err error) {
		released, err = reviewSigned(d, f, first)
		return err
	})
	return released, err
}

// checkedOnTheWay works a payment file in a transaction: at first each payment is checked
// as it is worked, which reads it once. When work returns an error all of that is rolled
// back, and it is done once more, with all payments checked first, to find what is wrong.
func checkedOnTheWay(ctx context.Context, o *office.Office, by office.By, work func(d *office.Desk, first bool) error) error {
	failed := false
	err := o.Do(ctx, by, func(d *office.Desk) error {
		err := work(d, false)
		failed = err != nil
		return err
	})
	if !failed {
		return err
	}
	return o.Do(ctx, by, func(d *office.Desk) error { return work(d, true) })
}

// errUnpayable ends the work of a payment file in which a payment may not be made.
var errUnpayable = errors.New("a payment may not be made any more")

// reviewSigned is review in a transaction. Payments that are not to be checked first
// are checked as they are released; without both signatures they are checked here. A file
// or list that is not what was made is made anew: nobody signs the other one.
func reviewSigned(d *office.Desk, f exchange.File, first bool) (released int, err error) {
	content, err := d.OpenIntact(d.Tx, f)
	if err == nil {
		defer content.Close()
		err = signing.ListIntact(d, f)
	}
	if errors.Is(err, office.ErrSpool) {
		return 0, voidLost(d, f, err)
	}
	if err != nil {
		return 0, err
	}
	signatures, err := d.Tx.Signatures(f.ID)
	if err != nil {
		return 0, err
	}
	lack, checker := exchange.Signed(signatures)
	complete := lack == 0 && !checker
	why, err := whyUnpayable(d, f, first || !complete)
	if err != nil {
		return 0, err
	}
	if why.IsZero() && d.Rules.AutomaticRelease {
		why = code.Say("release-automatic-now")
	}
	if !why.IsZero() {
		return 0, transfer.VoidFile(d, f, why)
	}
	signers, err := signing.ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return 0, err
	}
	// Every time: who may sign changes, and a drop may have been emptied.
	if err := signing.ShowSignables(d, f, signers); err != nil || !complete {
		return 0, err
	}
	if why, err = whyNotSigned(d, f, content, signers, signatures); err != nil {
		return 0, err
	}
	if !why.IsZero() {
		return 0, transfer.VoidFile(d, f, why)
	}
	if err := MayPay(d.Office, d.Tx); err != nil {
		return 0, fmt.Errorf("signed, but not released%s: %w", whereToLook(err), err)
	}
	return f.Records, releaseSigned(d, f, signatures, !first)
}

// releaseSigned queues a payment file whose signatures are there, and advises
// the partners. The officers are named in the journal of the agency, not of the
// cases: to sign is not to decide about a case, and one who decided could not
// have signed. With check each payment is looked at once more (errUnpayable).
func releaseSigned(d *office.Desk, f exchange.File, signatures []exchange.Signature, check bool) error {
	queued := f
	queued.State, queued.At = exchange.FileQueued, d.Now()
	if err := d.Tx.UpdateFile(f, queued); err != nil {
		return err
	}
	err := workPayable(d, f, check, func(p exchange.Payment) error {
		if err := transfer.SetPayment(d, p, exchange.MoneyReleased, nil); err != nil {
			return err
		}
		return advise(d, p)
	})
	if err != nil {
		return err
	}
	if err := signing.WithdrawSignables(d, f, ""); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "payment_file_released", code.Text(signing.WhoSigned(d, signatures)), map[string]any{
		"file": f.Name, "payments": f.Records, "total": f.Total.String(), "sha256": f.SHA256,
	})
}

// whyNotSigned verifies the signatures of a payment file once more, each at the
// time at which it came, with the signers that are approved now: a key that was
// taken away since counts no more, nor a role, nor an officer who decided about a
// transfer in the file since. It returns the first fault; none
// means that two valid signatures are there, one of them a checker's.
func whyNotSigned(d *office.Desk, f exchange.File, content io.ReadSeeker, signers signing.SignerSet, signatures []exchange.Signature) (why code.Phrase, err error) {
	if lack, checker := exchange.Signed(signatures); lack > 0 || checker {
		return code.Say("signatures-missing"), nil
	}
	for _, s := range signatures {
		at := d.Instants(s.At, s.On)
		who, err := signing.VerifyOn(d, f, content, signers, []byte(s.Armored), at...)
		var refusal *office.Refusal
		if errors.As(err, &refusal) {
			return code.Say("signature-holds-no-more", s.Officer, refusal.Phrase()), nil
		}
		if err != nil {
			return code.Phrase{}, err
		}
		officer, _ := signers.Officer(s.Officer)
		roles := signers.Roles(officer, who.Fingerprint, seal.NamespaceRelease, exchange.Releasing(), at...)
		for _, r := range s.Roles {
			if !slices.Contains(roles, r) {
				return code.Say("signer-lost-role", s.Officer), nil
			}
		}
		if about, err := signing.DecidedIn(d, f, s.Officer); err != nil || about != "" {
			return code.Say("signer-decided", s.Officer, about), err
		}
	}
	return code.Phrase{}, nil
}

// MayPay reports what keeps every payment from being released and uploaded,
// whatever its own case says: the pass is one for a past day (office.ErrBackdated),
// the account that it leaves from is not valid (office.ErrPayer), the ledger does not
// balance (proof.CheckBalanced), or the money settings are not those that were approved
// (signing.ErrSettings), a finding about the store is open (signing.ErrFinding), the machine's clock
// differs (signing.ErrClock), what lies between a store that was taken back and what is around it is
// not signed (signing.ErrRestored), or the bank has debited what we do not know (ErrUnknownDebit).
func MayPay(o *office.Office, tx *store.Tx) error {
	if err := o.MovesMoney(); err != nil {
		return err
	}
	if err := proof.CheckBalanced(o, tx); err != nil {
		return err
	}
	if err := debitsKnown(o, tx); err != nil {
		return err
	}
	return signing.SettingsApproved(o, tx)
}

// whereToLook names, for an error of MayPay, the entry of the sheet To do that
// says more; "" for an error of the store.
func whereToLook(err error) string {
	switch {
	case errors.Is(err, signing.ErrSettings):
		return " (see the sheet To do, 资金设置待签名)"
	case errors.Is(err, ErrUnknownDebit):
		return " (see the sheet To do, 扣款待核对)"
	case errors.Is(err, signing.ErrRestored):
		return " (see the sheet To do, 恢复待签名)"
	case errors.Is(err, signing.ErrFinding):
		return " (see the sheet To do, 核验发现)"
	case errors.Is(err, signing.ErrClock):
		return " (see the sheet To do, 本机时钟不符)"
	case errors.Is(err, proof.ErrUnbalanced):
		return " (see the sheet To do, 资金不平)"
	}
	return ""
}

// workPayable works every payment of a file; with check only while it may be made, else
// errUnpayable.
func workPayable(d *office.Desk, f exchange.File, check bool, work func(exchange.Payment) error) error {
	stands, err := signing.ReadStanding(d.Office, d.Tx)
	if err != nil {
		return err
	}
	caps := dayCaps{}
	return d.WorkPaymentsOf(f.ID, office.Beside{Payable: check}, func(p exchange.Payment) error {
		if check {
			why, err := whyNotNow(d, p, caps, stands)
			if err == nil && !why.IsZero() {
				err = fmt.Errorf("%s: %w", p.Ref, errUnpayable)
			}
			if err != nil {
				return err
			}
		}
		return work(p)
	})
}

// whyUnpayable looks at a file that has not left and, with each, at every payment
// of it, and returns the first reason why the file must not leave; none means that
// all may be made. The file's own cap is checked as well: the setting may have
// been lowered since. A file of one payment above it was allowed by an officer.
func whyUnpayable(d *office.Desk, f exchange.File, each bool) (why code.Phrase, err error) {
	if closed, ok := transfer.FundsClosed(d.Office); ok {
		return code.Say("funds-close", closed.From, closed.To), nil
	}
	if limit := d.Agency.FileCap; limit > 0 && f.Total > limit && f.Records > 1 {
		return code.Say("total-above-cap", f.Total, limit), nil
	}
	if !each {
		return why, nil
	}
	stands, err := signing.ReadStanding(d.Office, d.Tx)
	if err != nil {
		return why, err
	}
	caps := dayCaps{}
	err = d.WorkPaymentsOf(f.ID, office.Beside{Payable: true}, func(p exchange.Payment) (err error) {
		if why, err = whyNotNow(d, p, caps, stands); err == nil && !why.IsZero() {
			err = office.ErrStop
		}
		return err
	})
	if errors.Is(err, office.ErrStop) {
		err = nil
	}
	return why, err
}

// whyNotNow is why a payment may not be made any more.
func whyNotNow(d *office.Desk, p exchange.Payment, caps dayCaps, stands signing.Standing) (code.Phrase, error) {
	if why, err := WhyStopped(d, p, stands); err != nil || !why.IsZero() {
		return why, err
	}
	return caps.whyNotNow(d, p)
}

// WhyStopped is why a payment is stopped, though others are made: what changed of its partner's settings since, or a
// finding about its case. What stops all payments lets a file wait as it is (MayPay).
func WhyStopped(d *office.Desk, p exchange.Payment, stands signing.Standing) (why code.Phrase, err error) {
	if stands.Stops("") == nil && stands.Stops(p.Partner) != nil {
		return code.Say("payment-not-payable", p.Ref), nil
	}
	var cases []string
	for _, it := range p.Items {
		cases = append(cases, it.CaseNo)
	}
	if p.Purpose == string(code.PurposeRefund) && len(stands.Findings) > 0 { // it has no items
		f, err := d.Tx.RefundByRef(p.Ref)
		if err != nil {
			return why, err
		}
		cases = append(cases, f.CaseNo)
	}
	for _, no := range cases {
		if stands.StopsCase(no) != nil {
			return code.Say("payment-found", p.Ref, no), nil
		}
	}
	return why, nil
}

// voidPrepared voids every payment file that waits for signatures, because funds
// are closed: their payments are due again, and need new signatures.
func voidPrepared(ctx context.Context, o *office.Office, why code.Phrase) error {
	files, err := preparedFiles(ctx, o)
	if err != nil {
		return err
	}
	for _, f := range files {
		err := o.Do(ctx, office.By{File: f, Actor: "remit"}, func(d *office.Desk) error {
			return transfer.VoidFile(d, f, why)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// Releases tells who released the payments of ours, in a transaction that reads.
type Releases struct {
	office *office.Office
	tx     *store.Tx
	files  map[int64][]exchange.Signature // what was asked for
}

// NewReleases knows nothing yet.
func NewReleases(o *office.Office, tx *store.Tx) *Releases {
	return &Releases{o, tx, map[int64][]exchange.Signature{}}
}

// of are the signatures on the file that a payment is in; none for one in no file.
func (r *Releases) of(ref string) ([]exchange.Signature, error) {
	p, err := r.tx.Payment(ref)
	if err != nil || p.FileID == 0 {
		return nil, office.IgnoreNotFound(err)
	}
	signatures, known := r.files[p.FileID]
	if !known {
		signatures, err = r.tx.Signatures(p.FileID)
		r.files[p.FileID] = signatures
	}
	return signatures, err
}

// Fill fills in, for a part of ours, the full names of the officers who released its
// payment, which of them are checkers, and when the last one signed. It leaves them
// empty with automatic release and while a signature is missing.
func (r *Releases) Fill(part *report.Remittance) error {
	if r.office.Rules.AutomaticRelease || part.Ref == "" || part.Side != exchange.Out {
		return nil
	}
	signatures, err := r.of(part.Ref)
	if lack, checker := exchange.Signed(signatures); err != nil || lack > 0 || checker {
		return err
	}
	var all, checkers []string
	for _, s := range signatures {
		name := s.Officer
		if officer, ok := r.office.Agency.Officer(s.Officer); ok {
			name = officer.FullName
		}
		all = append(all, name)
		if slices.Contains(s.Roles, exchange.RoleChecker) {
			checkers = append(checkers, name)
		}
		part.ReleasedAt = s.At
	}
	part.ReleasedBy, part.Checker = strings.Join(all, "、"), strings.Join(checkers, "、")
	return nil
}
