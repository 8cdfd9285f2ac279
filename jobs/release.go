package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/report"
)

// prepareAll puts ordered payments that are in no file yet into payment files,
// each under the cap, and shows them to those who may sign.
func (e *Env) prepareAll(ctx context.Context) (prepared int, err error) {
	return e.fileAll(ctx, e.prepare)
}

// prepare makes a payment file that waits for signatures.
func (e *Env) prepare(tx *store.Tx, plan orderPlan) error {
	d := &desk{Env: e, tx: tx, actor: "remit"}
	file, err := d.payFile(plan, exchange.FilePrepared)
	if err != nil {
		return err
	}
	err = tx.EachUnfiledUpTo(plan.last, func(p exchange.Payment) error {
		in := p
		in.FileID = file.ID
		return tx.UpdatePayment(p, in)
	})
	if err != nil {
		return err
	}
	if err := d.writeList(file); err != nil {
		return err
	}
	signers, err := e.approvedSigners(tx)
	if err != nil {
		return err
	}
	if err := d.showPapers(file, signers); err != nil {
		return err
	}
	return d.journal("agency", "payment_file_prepared", file.Name, map[string]any{
		"file": file.Name, "payments": plan.count, "total": file.Total.String(), "sha256": file.SHA256,
	})
}

// preparedFiles lists the payment files that wait for signatures.
func (e *Env) preparedFiles(ctx context.Context) (files []exchange.File, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		files, err = tx.Files(store.FileFilter{Dir: exchange.Out, Party: e.Agency.Bank(), Kind: KindPayment, States: []exchange.FileState{exchange.FilePrepared}})
		return err
	})
	return files, err
}

// reviewPrepared looks at every payment file that waits for signatures again:
// one with a payment that may not be made any more is void; one whose two
// signatures are there is released. It returns how many payments were.
func (e *Env) reviewPrepared(ctx context.Context) (released int, err error) {
	files, err := e.preparedFiles(ctx)
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, f := range files {
		n, err := e.review(ctx, f)
		released += n
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f.Name, err))
		}
	}
	return released, errors.Join(faults...)
}

func (e *Env) review(ctx context.Context, f exchange.File) (released int, err error) {
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		released = 0
		d := &desk{Env: e, tx: tx, file: f, actor: "release"}
		why, err := d.unpayable(f)
		if err != nil {
			return err
		}
		if why == "" && e.Rules.AutomaticRelease {
			why = "放行方式已改为自动，另制新文件 / release is automatic now: a new file is made"
		}
		if why != "" {
			return d.voidFile(f, why)
		}
		signers, err := e.approvedSigners(tx)
		if err != nil {
			return err
		}
		if err := d.showPapers(f, signers); err != nil {
			return err
		}
		signatures, err := tx.Signatures(f.ID)
		if err != nil {
			return err
		}
		if lack, checker := exchange.Signed(signatures); lack > 0 || checker {
			return nil
		}
		if why, err = d.stillSigned(f, signers, signatures); err != nil {
			return err
		}
		if why != "" {
			return d.voidFile(f, why)
		}
		if err := e.mayPay(tx); err != nil {
			return fmt.Errorf("signed, but not released: %w", err)
		}
		released = f.Records
		return d.releaseSigned(f, signatures)
	})
	return released, err
}

// releaseSigned queues a payment file whose signatures are there, and advises
// the partners. The officers stand in the journal of the file, not of the
// cases: to sign is not to decide about a case.
func (d *desk) releaseSigned(f exchange.File, signatures []exchange.Signature) error {
	queued := f
	queued.State = exchange.FileQueued
	if err := d.tx.UpdateFile(f, queued); err != nil {
		return err
	}
	err := d.tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
		if err := d.setPayment(p, exchange.MoneyReleased, nil); err != nil {
			return err
		}
		return d.advise(p)
	})
	if err != nil {
		return err
	}
	if err := d.withdrawPapers(f, ""); err != nil {
		return err
	}
	return d.journal("agency", "payment_file_released", d.whoSigned(signatures), map[string]any{
		"file": f.Name, "payments": f.Records, "total": f.Total.String(), "sha256": f.SHA256,
	})
}

// whoSigned names who signed, and with which role.
func (d *desk) whoSigned(signatures []exchange.Signature) string {
	var names []string
	for _, s := range signatures {
		var roles []string
		for _, r := range s.Roles {
			roles = append(roles, exchange.TermOf(exchange.RoleTerms(), string(r)).Chinese)
		}
		names = append(names, s.Officer+"（"+strings.Join(roles, "、")+"）")
	}
	return strings.Join(names, " ")
}

// stillSigned verifies the signatures of a payment file once more, each at the
// time at which it came: a key that was taken away since counts no more, nor
// does an officer who decided about a transfer since. "" means all is well.
func (d *desk) stillSigned(f exchange.File, signers signerSet, signatures []exchange.Signature) (why string, err error) {
	if lack, checker := exchange.Signed(signatures); lack > 0 || checker {
		return "签名不全 / signatures are missing", nil
	}
	for _, s := range signatures {
		who, err := d.verifyOn(f, signers, []byte(s.Armored), s.At)
		var no *Refusal
		if errors.As(err, &no) {
			return fmt.Sprintf("%s 的签名不再有效：%s / the signature of %s does not hold any more: %s", s.Officer, no.Chinese, s.Officer, no.English), nil
		}
		if err != nil {
			return "", err
		}
		officer, _ := signers.officer(s.Officer)
		roles := signers.roles(officer, who.Fingerprint, seal.NamespaceRelease, s.At, exchange.Releasing())
		for _, r := range s.Roles {
			if !slices.Contains(roles, r) {
				return fmt.Sprintf("%s 不再具有签名时的角色 / %s has the role no more with which it was signed", s.Officer, s.Officer), nil
			}
		}
		if caseNo, err := d.tx.DecidedIn(f.ID, s.Officer); err == nil {
			return fmt.Sprintf("%s 签名后对其中办件 %s 作了决定 / %s decided about case %s in it since", s.Officer, caseNo, s.Officer, caseNo), nil
		} else if !notFound(err) {
			return "", err
		}
	}
	return "", nil
}

// mayPay reports what keeps every payment from being released and uploaded,
// whatever its own case says: the ledger does not close, or the money
// settings are not those that were approved.
func (e *Env) mayPay(tx *store.Tx) error {
	if err := e.closes(tx); err != nil {
		return err
	}
	return e.settingsApproved(tx)
}

// unpayable looks at every payment of a file that has not left; "" means that
// all may be made.
func (d *desk) unpayable(f exchange.File) (why string, err error) {
	if closed, ok := d.fundsClosed(); ok {
		return fmt.Sprintf("年终封账（%s 至 %s）/ funds are closed", closed.From, closed.To), nil
	}
	if limit := d.Agency.FileCap; limit > 0 && f.Total > limit && f.Records > 1 {
		return fmt.Sprintf("合计 %s 超过单批限额 %s / above the cap of a file", f.Total, limit), nil
	}
	err = d.tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
		if why != "" {
			return nil
		}
		ok, err := d.stillPayable(p)
		if err == nil && !ok {
			why = fmt.Sprintf("付款 %s 的办件、账户或限额已有变化 / the case, account or cap of payment %s changed", p.Ref, p.Ref)
		}
		return err
	})
	return why, err
}

// voidFile withdraws a payment file that has not left: what it held is due
// again, under a new number, and needs new signatures.
func (d *desk) voidFile(f exchange.File, why string) error {
	if f.State != exchange.FileQueued && f.State != exchange.FilePrepared {
		return fmt.Errorf("payment file %s is %s: %w", f.Name, f.State, exchange.ErrNotAllowed)
	}
	void := f
	void.State, void.Text = exchange.FileVoid, clip(why, 500)
	if err := d.tx.UpdateFile(f, void); err != nil {
		return err
	}
	err := d.tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
		return d.setPayment(p, exchange.MoneyDue, func(p *exchange.Payment) { p.Reason = "void: the file was not sent" })
	})
	if err != nil {
		return err
	}
	if err := d.withdrawPapers(f, "付款文件已作废，请勿再签 / the payment file is void: do not sign it\n\n"+f.Name+"\n"+why+"\n"); err != nil {
		return err
	}
	d.Log.Warn("payment file is void", "file", f.Name, "why", why)
	return d.journal("agency", "payment_file_void", why, map[string]any{"file": f.Name, "payments": f.Records, "sha256": f.SHA256})
}

// voidPrepared withdraws every file that waits for signatures: funds are closed.
func (e *Env) voidPrepared(ctx context.Context, why string) error {
	files, err := e.preparedFiles(ctx)
	if err != nil {
		return err
	}
	for _, f := range files {
		err := e.Store.Tx(ctx, func(tx *store.Tx) error {
			return (&desk{Env: e, tx: tx, file: f, actor: "remit"}).voidFile(f, why)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// overdueSigning lists the files that wait for signatures past their day.
func (e *Env) overdueSigning(tx *store.Tx) (late []exchange.File, err error) {
	all, err := tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FilePrepared}})
	for _, f := range all {
		if by := e.signBy(f); by != 0 && by < e.Date {
			late = append(late, f)
		}
	}
	return late, err
}

// attendSigning names what waits for officers' signatures for too long, and a
// change of the money settings at once.
func (e *Env) attendSigning(tx *store.Tx, say func(string, ...any)) error {
	m, err := tx.MoneySettings(exchange.SettingsWaiting)
	if err == nil {
		f, err := tx.File(m.FileID)
		if err != nil {
			return err
		}
		say("%s: the money settings were changed on %s: no payment leaves until two officers, one of them a checker, have signed it", f.Name, m.Since)
	} else if !notFound(err) {
		return err
	}
	late, err := e.overdueSigning(tx)
	for _, f := range late {
		if f.Kind == KindPayment {
			say("payment file %s of %s over %s waits for signatures, due by %s", f.Name, e.madeOn(f), f.Total, e.signBy(f))
		}
	}
	return err
}

// releasedBy tells of a part of a remittance who released its payment, and when.
func (e *Env) releasedBy(tx *store.Tx, r *report.Remittance) error {
	if e.Rules.AutomaticRelease || r.Ref == "" || r.Side != exchange.Out {
		return nil
	}
	signatures, err := tx.SignaturesOfPayment(r.Ref)
	if lack, checker := exchange.Signed(signatures); err != nil || lack > 0 || checker {
		return err
	}
	var all, checkers []string
	for _, s := range signatures {
		name := s.Officer
		if o, ok := e.Agency.Officer(s.Officer); ok {
			name = o.FullName
		}
		all = append(all, name)
		if slices.Contains(s.Roles, exchange.RoleChecker) {
			checkers = append(checkers, name)
		}
		r.ReleasedAt = s.At
	}
	r.ReleasedBy, r.Checker = strings.Join(all, "、"), strings.Join(checkers, "、")
	return nil
}
