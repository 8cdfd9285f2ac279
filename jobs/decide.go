package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/exchange/store"
)

// Deciding is a decision and what it comes to.
type Deciding struct {
	exchange.Decision
	Ruling  exchange.Ruling
	CaseNo  string // of the case that it is about; empty: of none
	ComesTo []string
	Text    string         // what the officer signs
	Already bool           // it was taken before, with the same words: nothing changes
	Before  exchange.Ruled // that one
}

// PrepareDecision says what a decision would come to now, for the officer to
// sign; exchange.ErrDecision when it cannot be taken.
func (e *Env) PrepareDecision(ctx context.Context, x exchange.Decision) (p Deciding, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		d := &desk{Env: e, tx: tx, actor: exchange.OfficerParty(x.Officer)}
		p, _, err = d.prepare(x)
		return err
	})
	return p, err
}

// Decide takes a decision that its officer has signed: the text as
// PrepareDecision made it, in the namespace of decisions. The decision, its
// signature and what follows are one transaction. One that was taken before
// changes nothing.
func (e *Env) Decide(ctx context.Context, x exchange.Decision, signature []byte) (p Deciding, err error) {
	if err := e.lookFirst(ctx, x); err != nil {
		return p, err
	}
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		d := &desk{Env: e, tx: tx, actor: exchange.OfficerParty(x.Officer)}
		var way course
		if p, way, err = d.prepare(x); err != nil || p.Already {
			return err
		}
		role, signer, err := d.signedBy(x.Officer, p.Ruling.Roles, []byte(p.Text), signature)
		if err != nil {
			return err
		}
		return d.carryOut(p, way, backing{role: role, fingerprint: signer.Fingerprint, text: p.Text, signature: string(signature)})
	})
	return p, err
}

// backing is what a decision counts by.
type backing struct {
	role        exchange.Role
	fingerprint string // of the key that signed; empty: the officer's folder is enough
	text        string
	signature   string
	fileID      int64 // the workbook that it came by
}

// carryOut keeps a decision and does what follows.
func (d *desk) carryOut(p Deciding, way course, by backing) error {
	err := d.tx.InsertDecision(exchange.Ruled{
		Decision: p.Decision, Digest: digestOf(p.Given(d.Agency.Code)), CaseNo: p.CaseNo, Role: by.role, Fingerprint: by.fingerprint,
		Text: by.text, Signature: by.signature, FileID: by.fileID,
	})
	if err != nil {
		return err
	}
	chain := p.CaseNo
	if chain == "" {
		chain = "agency"
	}
	err = d.journal(chain, "decided_"+p.Action, p.Reason, map[string]any{
		"subject": p.Subject, "role": by.role, "fingerprint": by.fingerprint, "comes_to": p.ComesTo,
	})
	if err != nil {
		return err
	}
	return way.take()
}

// signedBy finds the role by which an officer's signature of a text counts:
// officers and keys are those of the approved money settings.
func (d *desk) signedBy(officer string, roles []exchange.Role, text, signature []byte) (exchange.Role, seal.Signer, error) {
	signers, err := d.approvedSigners(d.tx)
	if err != nil {
		return "", seal.Signer{}, err
	}
	o, ok := signers.officer(officer)
	if !ok || !o.Has(roles...) {
		return "", seal.Signer{}, cannot(
			officer+" 不在已批准的人员名单中，或没有所需角色",
			fmt.Sprintf("%s is not on the approved list of officers (it is taken over by a run), or has none of the roles %v", officer, roles))
	}
	signer, err := signers.keys.Verify(bytes.NewReader(text), signature, seal.NamespaceDecision, d.Now())
	if err != nil {
		return "", signer, cannot("签名无效", "signature: "+err.Error())
	}
	having := signers.roles(o, signer.Fingerprint, seal.NamespaceDecision, d.Now(), roles)
	if len(having) == 0 {
		return "", signer, cannot("密钥 "+signer.Fingerprint+" 没有为 "+officer+" 登记所需角色", fmt.Sprintf("the key is not listed for %s with one of the roles %v", officer, roles))
	}
	return having[0], signer, nil
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// course is what a decision comes to, and how it is carried out.
type course struct {
	caseNo  string
	comesTo []string
	take    func() error
}

// prepare finds out what a decision is about and what it comes to.
func (d *desk) prepare(x exchange.Decision) (p Deciding, way course, err error) {
	r, ok := exchange.FindRuling(x.Action)
	if !ok {
		return p, way, cannot("“"+x.Action+"”不是可选的决定", fmt.Sprintf("%q is no action; there are %s", x.Action, strings.Join(actions(), ", ")))
	}
	if err := x.Check(r); err != nil {
		return p, way, err
	}
	if p, err = d.takenBefore(x, r); err != nil || p.Already {
		return p, way, err
	}
	s, err := d.subject(x.Subject, r)
	if err != nil {
		return p, way, err
	}
	if x.Subject = s.no; x.Subject != p.Subject {
		if p, err = d.takenBefore(x, r); err != nil || p.Already {
			return p, way, err
		}
	}
	if way, err = d.course(s, p.Decision); err != nil {
		return p, way, err
	}
	p.CaseNo, p.ComesTo, p.Text = way.caseNo, way.comesTo, p.Decision.Text(d.Agency.Code, way.comesTo)
	return p, way, nil
}

// takenBefore is the decision, and whether it was taken before with the same words.
func (d *desk) takenBefore(x exchange.Decision, r exchange.Ruling) (p Deciding, err error) {
	p.Decision, p.Ruling = x, r
	before, err := d.tx.DecisionByDigest(digestOf(x.Given(d.Agency.Code)))
	if err == nil {
		p.Already, p.Before, p.CaseNo, p.Text = true, before, before.CaseNo, before.Text
	} else if notFound(err) {
		err = nil
	}
	return p, err
}

func actions() (list []string) {
	for _, r := range exchange.Rulings() {
		list = append(list, r.Action)
	}
	return list
}

// subjectOf is what a decision is about, found in the store.
type subjectOf struct {
	kind  exchange.Subject
	no    string
	c     *casework
	entry exchange.BankEntry
	month calendar.Month
	file  exchange.File
	id    int64
}

// subject finds what a decision is about: the number of a case or its letter,
// a bank entry's key, a month, the number of a difference.
func (d *desk) subject(text string, r exchange.Ruling) (s subjectOf, err error) {
	for _, kind := range r.About {
		s = subjectOf{kind: kind, no: text}
		switch kind {
		case exchange.AboutMonth:
			s.month, err = calendar.ParseMonth(text)
		case exchange.AboutDifference:
			s.id, err = strconv.ParseInt(text, 10, 64)
		case exchange.AboutFile:
			if s.file, err = d.fileOf(text); err == nil {
				s.no = strconv.FormatInt(s.file.ID, 10)
			}
		case exchange.AboutEntry:
			s.entry, err = d.tx.BankEntry(text)
		case exchange.AboutCase:
			if s.c, err = d.decidedCase(text, r); err == nil {
				s.no = s.c.No
			}
		}
		if err == nil || (kind == exchange.AboutCase && !notFound(err)) {
			return s, err
		}
	}
	return s, cannot("找不到 "+text, "there is no "+words(r.About)+" "+text+" that it could be about")
}

func words(about []exchange.Subject) string {
	var list []string
	for _, a := range about {
		list = append(list, string(a))
	}
	return strings.Join(list, " or ")
}

// decidedCase finds a case by its number or its letter's, and sees that it
// stands where the ruling is allowed.
func (d *desk) decidedCase(text string, r exchange.Ruling) (*casework, error) {
	c, err := d.caseNo(text)
	if notFound(err) {
		c, err = d.queried(text)
		if err == nil && c == nil {
			return nil, fmt.Errorf("case %s: %w", text, store.ErrNotFound)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case r.Side != "" && c.Side != r.Side:
		return nil, cannot(r.Chinese+"仅用于"+d.word(exchange.SideTerms(), string(r.Side))+"业务", fmt.Sprintf("%s is for cases on the %s side only", r.English, r.Side))
	case r.Holds != nil && (c.State != exchange.Held || !slices.Contains(r.Holds, c.Hold)):
		return nil, cannot("办件未因相应原因暂缓（"+c.stands()+"）", fmt.Sprintf("the case is not held for one of %v", r.Holds))
	case !r.Fits(c.Case):
		return nil, cannot("办件现为"+c.stands()+"，不能"+r.Chinese, fmt.Sprintf("the case stands at %s, not at one of %v", c.State, r.States))
	}
	return c, nil
}

// stands is where a case stands, as staff read it.
func (c *casework) stands() string {
	word := exchange.TermOf(exchange.StateTerms(c.Side), string(c.State)).Chinese
	if c.State == exchange.Held {
		word += "（" + c.Hold.Word(code.Chinese) + "）"
	}
	return word
}

// course finds what an action comes to.
func (d *desk) course(s subjectOf, x exchange.Decision) (course, error) {
	switch {
	case x.Action == exchange.ActRefund && s.c != nil:
		return s.c.refundCourse(x)
	case x.Action == exchange.ActRefund:
		return d.refundEntryCourse(s.entry, x)
	case x.Action == exchange.ActConfirmAccount:
		return d.confirmCourse(s, x)
	case x.Action == exchange.ActAllowCap:
		return d.allowCourse(s, x)
	case x.Action == exchange.ActPayAgain:
		return d.payAgainCourse(s)
	case x.Action == exchange.ActMatch:
		return d.matchCourse(s.entry, x)
	case x.Action == exchange.ActSplit:
		return d.splitCourse(s.entry, x)
	case x.Action == exchange.ActMatchPayment:
		return d.paymentCourse(s.entry, x)
	case x.Action == exchange.ActAcceptProposal, x.Action == exchange.ActRejectProposal:
		return s.c.proposalCourse(x)
	case x.Action == exchange.ActPaidToPerson:
		return s.c.personCourse()
	case x.Action == exchange.ActTieNetting:
		return d.tieCourse(s.month, x)
	case x.Action == exchange.ActReleaseHold, x.Action == exchange.ActSettleAmount:
		return s.c.releaseCourse(x)
	case x.Action == exchange.ActAcceptDifference:
		return d.acceptCourse(s.id)
	case s.kind == exchange.AboutFile:
		return d.fileCourse(s.file, x)
	case s.c != nil:
		return s.c.businessCourse(x)
	}
	return course{}, fmt.Errorf("%w: %s", exchange.ErrDecision, x.Action)
}

// cannot is the reason why a decision is not taken.
func cannot(chinese, english string) error {
	return fmt.Errorf("%w: %w", exchange.ErrDecision, &Refusal{chinese, english})
}

// amountOf reads an amount of yuan that a decision names.
func amountOf(text string) (money.Fen, error) {
	f, err := money.Parse(text)
	if err != nil || f <= 0 {
		return 0, cannot("金额 "+text+" 有误", "the amount is not one")
	}
	return f, nil
}
