package signing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/jobs/office"
)

// A finding is something about the store that is not as it was written. It is an event of the
// journal, and so is its acceptance: nothing that somebody changes in a table ends one.
//
//	open ──► accepted   by signatures of 复核 and 审计 (a recovery key stands for either) over a text
//	                    that says what was found and what proves that it is known

// ErrFinding is returned while the store is not known to be as it was written.
var ErrFinding = errors.New("the store is not as it was written: carryover list todo has the finding, audit accept ends it")

// Finding is one, and what ended it.
type Finding struct {
	journal.Finding
	On         calendar.Date
	Accepted   *journal.Acceptance // nil: it is open
	AcceptedOn calendar.Date
}

// ReadFindings are all findings, the oldest first, with the acceptances that count.
func ReadFindings(o *office.Office, tx *store.Tx) (list []Finding, err error) {
	events, err := tx.Audited(journal.Found)
	if err != nil {
		return nil, err
	}
	return findingsOf(o, tx, events)
}

// findingsOf are the findings among events.
func findingsOf(o *office.Office, tx *store.Tx, events []exchange.JournalEvent) (list []Finding, err error) {
	for _, e := range events {
		if e.What != string(journal.Found) {
			continue
		}
		f := Finding{On: e.On}
		if err := json.Unmarshal(e.Payload, &f.Finding); err != nil || f.N != len(list)+1 { // changed: a finding all the same
			f.Finding = journal.Finding{N: len(list) + 1, Fault: journal.Fault{Chain: e.Chain, N: e.N, What: "a finding that was changed"}}
		}
		list = append(list, f)
	}
	if len(list) == 0 {
		return nil, nil
	}
	ends, err := tx.Audited(journal.FindingAccepted)
	if err != nil || len(ends) == 0 {
		return list, err
	}
	a, err := ReadApproved(o, tx)
	for _, e := range ends {
		var accepted journal.Acceptance
		if json.Unmarshal(e.Payload, &accepted) == nil && accepted.Finding > 0 && accepted.Finding <= len(list) && accepted.By+accepted.Text != "" {
			if f := &list[accepted.Finding-1]; a.accepts(o, *f, accepted) {
				f.Accepted, f.AcceptedOn = &accepted, e.On
			}
		}
	}
	return list, err
}

// accepts reports whether an acceptance of a finding counts: it is signed by those who have to, over
// a text that says what was found; in a store that never had signed settings nobody has to.
func (a *Approved) accepts(o *office.Office, f Finding, accepted journal.Acceptance) bool {
	if !a.Ceremony && accepted.By != "" {
		return true
	}
	var signatures []exchange.Signature
	for _, s := range accepted.Signed {
		if roles, ok := a.made(o, s, office.KindFinding, accepted.Text); ok {
			signatures = append(signatures, exchange.Signature{Officer: s.Officer, Roles: roles})
		}
	}
	n, evidence, err := acceptedBy(accepted.Text)
	return err == nil && n == f.N && strings.Contains(accepted.Text, whereLine+f.Where()+"\r\n"+whatLine+f.What+"\r\n") && evidence == accepted.Evidence && exchange.Accepts(signatures)
}

// open reports whether a finding that keeps a case's payments back, with "" all payments, is open.
func open(list []Finding, caseNo string) bool {
	return slices.ContainsFunc(list, func(f Finding) bool { return f.Accepted == nil && f.Case() == caseNo })
}

// Case is the case whose payments a finding keeps back; "" when it keeps back all.
func (f Finding) Case() string {
	if f.Chain == exchange.AgencyChain || strings.Contains(f.Chain, " ") { // of many cases
		return ""
	}
	return f.Chain
}

// StopsCase is ErrFinding while a case's own payments wait for a finding.
func (s Standing) StopsCase(caseNo string) error {
	if caseNo != "" && open(s.Findings, caseNo) {
		return fmt.Errorf("%w (case %s)", ErrFinding, caseNo)
	}
	return nil
}

// KeepFindings journals what a proof found and no night before did; accepted ones of the same kind
// and place count as known. It returns how many are new.
func KeepFindings(d *office.Desk, faults []journal.Fault) (kept int, err error) {
	list, err := ReadFindings(d.Office, d.Tx)
	if err != nil {
		return 0, err
	}
	n := len(list)
	for _, fault := range faults {
		if slices.ContainsFunc(list, func(f Finding) bool { return f.Same(fault) }) {
			continue
		}
		f := Finding{Finding: journal.Finding{N: n + kept + 1, Fault: fault}}
		list, kept = append(list, f), kept+1
		d.Log.Error("the store is not as it was written", "finding", f.N, "where", f.Where(), "what", fault.What)
		if err := d.Journal(exchange.AgencyChain, string(journal.Found), code.Say("found", f.Where(), fault.What), f.Finding); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

const (
	findingLine  = "发现 finding      "
	whereLine    = "所在 where        "
	whatLine     = "内容 what         "
	evidenceLine = "证据 evidence     "
)

// acceptedBy reads which finding the text of an acceptance is about, and the evidence in it.
func acceptedBy(text string) (n int, evidence string, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if rest, ok := strings.CutPrefix(line, findingLine); ok && n == 0 {
			_, err = fmt.Sscanf(rest, "%d", &n)
		}
		if rest, ok := strings.CutPrefix(line, evidenceLine); ok && evidence == "" {
			evidence = rest
		}
	}
	if n == 0 || evidence == "" {
		err = errors.Join(err, errors.New("the text names no finding, or no evidence"))
	}
	return n, evidence, err
}

// Accept begins to end a finding: its text waits for the signatures of 复核 and 审计. In a store that
// never had signed settings it ends at once, in the name of who answers for the agency. The file to
// be signed has no name then. A *Refusal when there is no such finding, or it has ended.
func Accept(ctx context.Context, o *office.Office, n int, evidence string) (f exchange.File, err error) {
	evidence = office.OneLine(evidence, 500)
	err = o.Do(ctx, office.By{Actor: office.ActorOperator}, func(d *office.Desk) error {
		list, err := ReadFindings(d.Office, d.Tx)
		if err != nil {
			return err
		}
		a, err := ReadApproved(d.Office, d.Tx)
		switch {
		case err != nil:
			return err
		case evidence == "":
			return office.Refuse("须说明证据", "say what proves it: --evidence")
		case n < 1 || n > len(list):
			return office.Refuse("没有第 %d 号核验发现", "there is no finding %d", n)
		case list[n-1].Accepted != nil:
			return office.Refuse("第 %d 号核验发现已核销", "finding %d has ended", n)
		case !a.Ceremony:
			return d.Journal(exchange.AgencyChain, string(journal.FindingAccepted), code.Text(d.Agency.Checker), journal.Acceptance{Finding: n, Evidence: evidence, By: d.Agency.Checker})
		}
		if err := voidFindings(d, n); err != nil {
			return err
		}
		f, err = findingFile(d, list[n-1], evidence)
		if err != nil {
			return err
		}
		return ShowSignables(d, f, a.Signers)
	})
	return f, err
}

// voidFindings withdraws the texts of a finding that wait for signatures with other evidence.
func voidFindings(d *office.Desk, n int) error {
	waiting, err := d.Tx.Files(store.FileFilter{Dir: exchange.Out, Party: d.Agency.Code, Kind: office.KindFinding, States: []exchange.FileState{exchange.FilePrepared}})
	if err != nil {
		return err
	}
	for _, f := range waiting {
		if !strings.HasPrefix(f.Name, fmt.Sprintf("finding-%d-", n)) {
			continue
		}
		void := f
		void.State, void.At = exchange.FileVoid, d.Now()
		why := "证据有变，此文本作废，请勿再签 / other evidence was given: this text is void\n\n" + f.Name + "\n"
		if err := errors.Join(d.Tx.UpdateFile(f, void), WithdrawSignables(d, f, why)); err != nil {
			return err
		}
	}
	return nil
}

// findingFile writes the text that ends a finding.
func findingFile(d *office.Desk, found Finding, evidence string) (exchange.File, error) {
	stops := "全部付款 all payments"
	if no := found.Case(); no != "" {
		stops = "办件 " + no + " 的付款 the payments of this case"
	}
	text := Marked(d.Office, fmt.Sprintf(`核验发现核销 / a finding is accepted

机构 agency       %s %s
%s%d  %s
%s%s
%s%s
暂停 stops        %s
%s%s
日期 written on   %s %s

须由复核、审计各一人签名，恢复密钥可代其中一人。 One of 复核 and one of 审计 sign; a recovery key stands for either.
签名 / to sign: ssh-keygen -Y sign -n %s，或 or carryover release
`, d.Agency.Code, d.Agency.Name, findingLine, found.N, found.On, whereLine, found.Where(), whatLine, found.What, stops, evidenceLine, evidence, d.Date,
		d.Now().In(d.Agency.Zone).Format("15:04:05"), seal.NamespaceRelease))
	return audited(d, office.KindFinding, func(sha string) string { return fmt.Sprintf("finding-%d-%s.txt", found.N, sha[:12]) }, text)
}

// audited puts a text that is to be signed into the spool, under a name that its hash may be part of.
func audited(d *office.Desk, kind string, name func(sha string) string, text string) (exchange.File, error) {
	s, err := d.NewSpoolFile("out")
	if err != nil {
		return exchange.File{}, err
	}
	defer s.Discard()
	if _, err := io.WriteString(s, Readable(text)); err != nil {
		return exchange.File{}, err
	}
	sha := s.SHA256()
	f := exchange.File{
		Dir: exchange.Out, Party: d.Agency.Code, Kind: kind, Name: name(sha), Carrier: "txt", SHA256: sha, StoredSHA: sha, Size: s.Size,
		State: exchange.FilePrepared, At: d.Now(), Spool: "out-" + name(sha),
	}
	if err := s.Keep(d.Tx, f.Spool); err != nil {
		return f, err
	}
	return f, d.Tx.InsertFile(&f)
}
