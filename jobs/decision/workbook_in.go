package decision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/signing"
)

// A decisions workbook comes back through its officer's own folder. Each row
// is a transaction of its own with what follows; a duplicate row is found by its
// words, so that the same workbook again, or one that a crash cut short, changes
// nothing twice. In the end the officer gets a workbook with a verdict for every
// row.

// workbookIn is a decisions workbook being worked.
type workbookIn struct {
	*office.Office
	file           exchange.File
	officer        exchange.Officer // as approved
	signers        signing.SignerSet
	signer         seal.Signer // of the workbook's bytes; the zero Signer with a signatureFault
	signatureFault error       // why its signature does not count; nil: it does
	decidedAt      map[string]int
}

// ProcessDecisions works a decisions workbook that an officer left. One that
// cannot be read, or of somebody who is no officer, is refused as a whole, and
// the officer told: that is no error. After an error the rows before it stay
// applied, and the next pass works the file from the start: they are duplicates
// then.
func ProcessDecisions(ctx context.Context, o *office.Office, f exchange.File) (office.Counts, error) {
	rows, lang, err := readDecisions(ctx, o, f)
	var unfit *workbook.UnfitError
	if errors.As(err, &unfit) {
		return office.Counts{"files": 1}, refuseDecisions(ctx, o, f, &office.Refusal{Chinese: unfit.Chinese, English: unfit.English})
	}
	if err != nil {
		return nil, err
	}
	w := &workbookIn{Office: o, file: f, decidedAt: map[string]int{}}
	if err := w.admit(ctx); err != nil {
		var no *office.Refusal
		if errors.As(err, &no) {
			return office.Counts{"files": 1}, refuseDecisions(ctx, o, f, no)
		}
		return nil, err
	}
	verdicts := make([]report.Verdict, 0, len(rows))
	for _, r := range rows {
		v, err := w.workRow(ctx, report.ReadRow(r, lang), lang)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", r.Line, err)
		}
		verdicts = append(verdicts, v)
	}
	return w.finish(ctx, verdicts)
}

// readDecisions reads the rows of a workbook in one of our languages: the
// agency's may have changed since it was made. *workbook.UnfitError when it is
// no decisions workbook in either.
func readDecisions(ctx context.Context, o *office.Office, f exchange.File) (rows []workbook.FilledRow, lang string, err error) {
	for _, lang = range []string{string(code.Chinese), string(code.English)} {
		var src *spool.File
		if src, err = o.OpenSpool(ctx, f.Spool); err != nil {
			return nil, "", err
		}
		rows, err = workbook.ReadFilled(src, report.DecisionTitles(lang))
		src.Close()
		var unfit *workbook.UnfitError
		if !errors.As(err, &unfit) || !unfit.NoList {
			return rows, lang, err
		}
	}
	return rows, lang, err
}

// admit finds who decides, by the folder, and whether the workbook is signed. An
// *office.Refusal when the officer is not on the approved list. A signature that
// does not count refuses only the rows that need one: it is kept.
func (w *workbookIn) admit(ctx context.Context) error {
	name, _ := exchange.OfficerOf(w.file.Party)
	err := w.Store.View(ctx, func(tx *store.Tx) (err error) {
		w.signers, err = signing.ApprovedSigners(w.Office, tx)
		return err
	})
	if err != nil {
		return err
	}
	var known bool
	if w.officer, known = w.signers.Officer(name); !known {
		return office.Refuse("%s 不在已批准的人员名单中（人员名单的变更经批准后生效）",
			"%s is not on the approved list of officers (a change of it counts once it is approved)", name)
	}
	w.signatureFault, err = w.verify(ctx)
	return err
}

// verify checks the workbook's signature: fault, an *office.Refusal, is why it
// does not count and what to do; nil when it does. err is one of ours. The key's
// validity is judged at the time of working.
func (w *workbookIn) verify(ctx context.Context) (fault, err error) {
	if w.file.Signature == "" {
		return office.Refuse("该决定须签名：用 ssh-keygen -Y sign -n %[1]s -f 私钥 %[2]s 对保存好的文件签名，把两个文件一起再交一次",
			"this decision needs your signature: sign the saved file with ssh-keygen -Y sign -n %[1]s -f KEY %[2]s and hand both files in together",
			seal.NamespaceDecision, w.file.Name), nil
	}
	armored, err := signing.ReadSignature(ctx, w.Office, w.file.Signature)
	if err != nil {
		return nil, err
	}
	src, err := w.OpenSpool(ctx, w.file.Spool)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	w.signer, err = w.signers.Keys.Verify(src, armored, seal.NamespaceDecision, w.Instants(w.Now(), w.Date)...)
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, seal.ErrMalformed):
		return office.Refuse("签名不是有效的 SSH 签名文件", "the signature is not an SSH signature"), nil
	case errors.Is(err, seal.ErrNamespace):
		return office.Refuse("签名的用途不对，须用 -n %s", "the signature was made for another purpose: sign with -n %s", seal.NamespaceDecision), nil
	case errors.Is(err, seal.ErrUnknownSigner):
		return office.Refuse("签名的密钥不在已批准的 allowed_signers 中", "the signature's key is not in the approved allowed_signers"), nil
	case errors.Is(err, seal.ErrExpired):
		return office.Refuse("签名的密钥不在有效期内", "the signature's key is not valid at this time"), nil
	case errors.Is(err, seal.ErrWrong):
		return office.Refuse("签名与文件内容不符：签名后文件又保存过，请重新签名",
			"the signature does not fit the file, which was saved again since: sign it anew"), nil
	}
	return nil, err
}

// workRow works one row and returns its verdict. What keeps a row from being
// taken is a verdict, so that the others are worked; an error is one of ours.
func (w *workbookIn) workRow(ctx context.Context, r report.Row, lang string) (report.Verdict, error) {
	v := report.Verdict{Line: r.Line, No: r.Shown[0], Action: r.Action, Result: report.Undecided}
	if r.Action == "" {
		if r.Reason != "" || len(r.Args) > 0 && r.Added {
			v.Why = w.Sayf("写了内容但未选决定", "something was entered, but no decision chosen")
		}
		return v, nil
	}
	v.Result = report.Refused
	x, key, why := w.readDecision(r, lang)
	if why == nil {
		var p Prepared
		if p, why = w.apply(ctx, x, key); why == nil {
			w.decidedAt[x.Row] = r.Line
			// A duplicate of this very file is what a pass that was cut short has
			// applied: its verdict is the one that the officer never got.
			if v.Result, v.Why = report.Accepted, strings.Join(p.Effects, w.Say("；", "; ")); p.Already && p.Before.FileID != w.file.ID {
				v.Result, v.Why = report.Before, w.Say("此前已作同一决定，未作任何改动", "taken before: nothing changed")
			}
			return v, nil
		}
	}
	var no *office.Refusal
	switch {
	case errors.As(why, &no):
		v.Why = w.Say(no.Chinese, no.English)
	case errors.Is(why, exchange.ErrDecision):
		v.Why = w.InWords(strings.TrimPrefix(why.Error(), exchange.ErrDecision.Error()+": "))
	case errors.Is(why, exchange.ErrNotAllowed), errors.Is(why, store.ErrStale):
		v.Why = w.Say("现在的状态下不能这样办理", "is not possible where it stands: "+why.Error())
	default:
		return v, why
	}
	return v, nil
}

// maxReason is how many characters a person may write into a row as the reason,
// as many as the texts of records that it is sent in.
const maxReason = 500

// readDecision reads the decision of a row and the key of its hidden cell; why it
// is none comes back as an *office.Refusal. It is dated by the workbook's day
// and names its row: so the same row with the same words is a duplicate for
// ever, whenever it is worked.
func (w *workbookIn) readDecision(r report.Row, lang string) (x exchange.Decision, key report.RowKey, err error) {
	if r.Added {
		return x, key, office.Refuse("增加的行不予接受：只能在表中已有的行上作决定", "a row that was added: decide on the rows of the list only")
	}
	key, ok := report.ReadKey(w.Agency.Code, r.Key, r.Shown)
	if !ok {
		return x, key, office.Refuse("锁定的单元格被改动（或只对部分列排了序），请在新的决定表上重做",
			"locked cells of the row were changed, or only some of its columns were sorted: use a fresh workbook")
	}
	if line := w.decidedAt[r.Key]; line > 0 {
		return x, key, office.Refuse("第 %d 行已对同一事项作了决定", "row %d has decided about the same", line)
	}
	reason := strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, r.Reason))
	switch {
	case reason == "":
		return x, key, office.Refuse("未写理由", "no reason is given")
	case len([]rune(reason)) > maxReason:
		return x, key, office.Refuse("理由超过 %d 字", "the reason has more than %d characters", maxReason)
	}
	action := ""
	for _, rule := range exchange.Rules() {
		if r.Action == report.RuleWord(rule, lang) {
			action = rule.Action
		}
	}
	if action == "" {
		return x, key, office.Refuse("“%s”不是可选的决定", "%q is no decision of the list", r.Action)
	}
	return exchange.Decision{Action: action, Subject: key.Subject(), Args: key.Tell(action, r.Args, r.Shown), Reason: reason, Officer: w.officer.Name, On: key.On, Row: r.Key}, key, nil
}

// apply takes a row's decision, in a transaction with all that follows. It is
// prepared twice: to know before the transaction what the outside must be asked
// (checkOutside), and in it, for between the two another may have decided.
func (w *workbookIn) apply(ctx context.Context, x exchange.Decision, key report.RowKey) (p Prepared, err error) {
	rule, _ := exchange.RuleOf(x)
	by, err := w.authorityFor(ctx, rule)
	if err != nil {
		return p, err
	}
	var plan office.Plan
	prepareRow := func(d *office.Desk) (err error) {
		p, plan, err = decideRow(d, x, rule, key)
		return err
	}
	if err := w.View(ctx, prepareRow); err != nil || p.Already {
		return p, err
	}
	if by, err = w.authorityFor(ctx, p.Rule); err != nil { // of whom the rule names, the plan may want some
		return p, err
	}
	if err := checkOutside(ctx, w.Office, p.Decision); err != nil {
		return p, err
	}
	err = w.Do(ctx, office.By{File: w.file, Actor: exchange.OfficerParty(x.Officer)}, func(d *office.Desk) error {
		if err := prepareRow(d); err != nil || p.Already {
			return err
		}
		if !slices.Contains(p.Rule.Roles, by.role) {
			return refuseChanged(d, exchange.Todo{}, p.Decision)
		}
		by.text = p.Text + fmt.Sprintf("workbook: %s\nworkbook sha256: %s\n", w.file.Name, w.file.StoredSHA)
		return recordAndApply(d, p, plan, by)
	})
	return p, err
}

// authorityFor is what a decision of the workbook counts by: the first of the
// officer's roles that the rule names; when the rule is signed, one for which
// the signature's key is approved too. An *office.Refusal when there is none.
func (w *workbookIn) authorityFor(ctx context.Context, r exchange.Rule) (b authority, err error) {
	b.fileID = w.file.ID
	var roles []exchange.Role
	for _, role := range r.Roles {
		if w.officer.Has(role) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return b, office.Refuse("%s 没有作此决定所需的角色", "%s has no role for this decision", w.officer.FullName)
	}
	b.role = roles[0]
	if !r.Signed {
		return b, nil
	}
	if w.signatureFault != nil {
		return b, w.signatureFault
	}
	having := w.signers.Roles(w.officer, w.signer.Fingerprint, seal.NamespaceDecision, roles, w.Instants(w.Now(), w.Date)...)
	if len(having) == 0 {
		return b, office.Refuse("签名的密钥 %s 没有为 %s 登记所需角色", "the signature's key %s is not listed for %s with the role",
			w.signer.Fingerprint, w.officer.Name)
	}
	armored, err := signing.ReadSignature(ctx, w.Office, w.file.Signature)
	b.role, b.fingerprint, b.signature = having[0], w.signer.Fingerprint, string(armored)
	return b, err
}

// decideRow prepares the decision of a row. A duplicate is found first, for the
// decision itself has changed what the row showed. Else the row's subject must
// stand as the row showed it (the key's stamp) and offer the action now; an
// *office.Refusal when it does not.
func decideRow(d *office.Desk, x exchange.Decision, r exchange.Rule, key report.RowKey) (p Prepared, plan office.Plan, err error) {
	o, err := openOf(d, key.About, key.No)
	missing := office.IsNotFound(err) || errors.Is(err, exchange.ErrDecision)
	if err != nil && !missing {
		return p, plan, err
	}
	if p, err = findDuplicate(d, x, r); err != nil || p.Already {
		return p, plan, err
	}
	if missing || !key.Stands(o) {
		return p, plan, refuseChanged(d, o, x)
	}
	if !o.Decides(r.Action) {
		return p, plan, office.Refuse("此项现在不能作“%s”", "%q is not among what may be decided here now", r.Chinese)
	}
	if err := x.Check(r); err != nil {
		return p, plan, err
	}
	return planNew(d, x, r)
}

// refuseChanged is the refusal of a row whose subject does not stand as the row
// showed it: how it stands now, and who has decided about it meanwhile.
func refuseChanged(d *office.Desk, o exchange.Todo, x exchange.Decision) error {
	now, nowEN := "已无需决定", "nothing is to be decided about it any more"
	if o.What != "" && len(o.Decisions) > 0 {
		now, nowEN = "现为："+o.What, "now: "+o.What
	}
	last, err := d.Tx.LastDecision(x.Subject)
	if err == nil {
		r, _ := exchange.RuleOf(last.Decision)
		now += "；" + last.Officer + " 已作决定：" + r.Chinese
		nowEN += "; " + last.Officer + " has decided: " + r.English
	} else if !office.IsNotFound(err) {
		return err
	}
	return office.Refuse("制表后情况已变化，%s", "it has changed since the list was made, %s", d.Say(now, nowEN))
}

// refuseDecisions refuses a workbook as a whole, moves it to bad and tells the
// officer why, by a text beside it: a workbook could not say it row by row.
func refuseDecisions(ctx context.Context, o *office.Office, f exchange.File, no *office.Refusal) error {
	o.Log.Warn("decisions workbook refused", "party", f.Party, "file", f.Name, "why", no.English)
	return o.Do(ctx, office.By{File: f, Actor: f.Party}, func(d *office.Desk) error {
		before, err := d.Tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.Kind, after.State, after.Verdict = office.KindDecisions, exchange.FileRejected, code.FileRejected
		after.Text = office.Clip(no.Chinese+" / "+no.English, 500)
		if err := d.Tx.UpdateFile(before, after); err != nil {
			return err
		}
		if err := d.LeaveInBad(before); err != nil {
			return err
		}
		if err := d.Journal(exchange.AgencyChain, "decisions_refused", no.Phrase(), map[string]string{"file": f.Name, "sha256": f.SHA256}); err != nil {
			return err
		}
		text := "决定表未被接受，其中的决定均未办理 / the decisions workbook was refused, nothing in it was decided\n\n" + no.Chinese + "\n" + no.English + "\n"
		return signing.TellOfficer(d, f.Party, f.Name+".answer.txt", text)
	})
}

// finish records what became of a workbook and queues the verdicts. Both are one
// transaction after those of the rows: a crash before it leaves the file to be
// worked again, and the officer gets one answer.
func (w *workbookIn) finish(ctx context.Context, verdicts []report.Verdict) (office.Counts, error) {
	counts := map[string]int{}
	for _, v := range verdicts {
		counts[v.Result]++
	}
	taken, refused := counts[report.Accepted]+counts[report.Before], counts[report.Refused]
	err := w.Do(ctx, office.By{File: w.file, Actor: w.file.Party}, func(d *office.Desk) error {
		before, err := d.Tx.File(w.file.ID)
		if err != nil {
			return err
		}
		after := before
		after.Kind, after.State, after.Verdict = office.KindDecisions, exchange.FileWorked, code.FileAccepted
		after.Records, after.Accepted, after.Refused, after.Worked = taken+refused, taken, refused, taken+refused
		if refused > 0 {
			after.Verdict = code.FilePartly
		}
		if w.signatureFault == nil {
			after.Signer = w.signer.Fingerprint
		}
		if err := d.Tx.UpdateFile(before, after); err != nil {
			return err
		}
		facts := map[string]any{"file": w.file.Name, "sha256": w.file.SHA256, "rows": counts}
		if err := d.Journal(exchange.AgencyChain, "decisions_worked", code.Text(w.file.Name), facts); err != nil {
			return err
		}
		return queueVerdicts(d, verdicts)
	})
	return office.Counts{"files": 1, "records": taken + refused, "accepted": taken, "refused": refused}, err
}

// queueVerdicts saves and queues the workbook that tells the officer what became
// of every row. After a crash it is saved again under the same name.
func queueVerdicts(d *office.Desk, verdicts []report.Verdict) error {
	party := d.File.Party
	name, err := d.FreeName(party, strings.TrimSuffix(d.File.Name, ".xlsx")+".answer", ".xlsx")
	if err != nil {
		return err
	}
	s, err := d.NewSpoolFile("out")
	if err != nil {
		return err
	}
	defer s.Discard()
	if err := report.Answer(WorkbookOf(d.Office), d.File.Name, verdicts).Write(s.File.File); err != nil {
		return err
	}
	if err := s.Rehash(); err != nil {
		return err
	}
	sha, spool := s.SHA256(), "out-"+party+"-"+name
	if err := s.Keep(d.Tx, spool); err != nil {
		return err
	}
	return d.Tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: party, Kind: office.KindSignatureAnswer, Name: name, Carrier: office.CarrierOf(name), SHA256: sha, StoredSHA: sha, Size: s.Size,
		State: exchange.FileQueued, At: d.Now(), Spool: spool,
	})
}
