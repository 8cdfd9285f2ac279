package signing

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/jobs/office"
)

// What bears witness against those who run the machine: checkpoints that officers with the role
// 审计 countersign, and findings about the store, which end by signatures of 复核 and 审计. Both are
// read from the journal, and their signatures verified at every use.

// RolesFor are the roles that sign a kind of file.
func RolesFor(kind string) []exchange.Role {
	switch kind {
	case office.KindCheckpoint:
		return exchange.Auditing()
	case office.KindFinding:
		return exchange.Accepting()
	case office.KindRestored:
		return exchange.Resuming()
	}
	return exchange.Releasing()
}

// NamespaceOf is the purpose that a kind of file is signed for.
func NamespaceOf(kind string) string {
	if kind == office.KindCheckpoint {
		return seal.NamespaceCheckpoint
	}
	return seal.NamespaceRelease
}

// signAudited records a signature on a checkpoint or on the acceptance of a finding, and what
// follows once it suffices. One that does not count is a *Refusal.
func signAudited(d *office.Desk, name string, f exchange.File, armored []byte) (Accepted, error) {
	a, err := ReadApproved(d.Office, d.Tx)
	if err != nil {
		return Accepted{}, err
	}
	signers := a.Signers
	if exchange.IsRecovery(name) && f.Kind == office.KindFinding {
		signers = SignerSet{Keys: a.Recovery}
	}
	before, err := d.Tx.Signatures(f.ID)
	if err != nil {
		return Accepted{}, err
	}
	s, officer, err := signedBeside(d, f, signers, before, name, armored)
	if err != nil {
		return Accepted{}, err
	}
	signed := Accepted{File: f, Officer: officer, Roles: s.Roles}
	all := append(before, s)
	signed.LackAudit = f.Kind == office.KindFinding && !exchange.Accepts(all)
	signed.LackFinance = f.Kind == office.KindRestored && !exchange.Resumes(all)
	if !signed.Complete() {
		return signed, noteSigned(d, f, s)
	}
	if err := noteSigned(d, f, s); err != nil {
		return signed, err
	}
	return signed, endAudited(d, f, all)
}

// ShowCheckpoint writes the text of a checkpoint, and shows it to the officers who countersign it.
func ShowCheckpoint(d *office.Desk, c journal.Checkpoint, signers SignerSet) error {
	bound, err := d.Tx.Binding()
	if err = office.IgnoreNotFound(err); err != nil {
		return err
	}
	f, err := audited(d, office.KindCheckpoint, func(string) string { return c.Name() }, c.Text(d.Agency.Code, bound.Spool))
	if err != nil {
		return err
	}
	if _, ok := d.Party(d.Agency.Audit()); ok { // a copy with a life of its own
		away := f
		away.ID, away.Party, away.State = 0, d.Agency.Audit(), exchange.FileQueued
		if err := d.Tx.InsertFile(&away); err != nil {
			return err
		}
	}
	return ShowSignables(d, f, signers)
}

// NoteLeft records that a checkpoint lies in the drop on another host, where it was read back.
func NoteLeft(d *office.Desk, f exchange.File) error {
	text, err := bytesOf(d, f)
	if err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, string(journal.CheckpointLeft), code.Text(f.Name), journal.Left{Text: text, Drop: d.PartyName(f.Party)})
}

// endAudited ends a checkpoint or a finding whose signatures are there.
func endAudited(d *office.Desk, f exchange.File, signatures []exchange.Signature) error {
	text, err := bytesOf(d, f)
	if err != nil {
		return err
	}
	approved := f
	approved.State, approved.At = exchange.FileApproved, d.Now()
	if err := d.Tx.UpdateFile(f, approved); err != nil {
		return err
	}
	if err := WithdrawSignables(d, f, ""); err != nil {
		return err
	}
	var kept []journal.Signature
	for _, s := range signatures {
		kept = append(kept, journal.Signature{Officer: s.Officer, At: s.At, On: s.On.String(), Armored: s.Armored})
	}
	if f.Kind == office.KindCheckpoint {
		return d.Journal(exchange.AgencyChain, string(journal.CheckpointLeft), code.Text(f.Name), journal.Left{Text: text, Signature: kept[0]})
	}
	accepted := journal.Acceptance{Text: text, Signed: kept}
	if f.Kind == office.KindRestored {
		return resume(d, f, accepted, WhoSigned(d, signatures))
	}
	if accepted.Finding, accepted.Evidence, err = acceptedBy(text); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, string(journal.FindingAccepted), code.Text(WhoSigned(d, signatures)), accepted)
}

// bytesOf are the bytes of a small text in the spool.
func bytesOf(d *office.Desk, f exchange.File) (string, error) {
	content, err := d.OpenIntact(d.Tx, f)
	if err != nil {
		return "", err
	}
	defer content.Close()
	text, err := io.ReadAll(content)
	return string(text), err
}

// made verifies a signature that was kept with its text: by an officer, or a recovery key, who
// could sign at the time, of whatever settings counted once. It returns the roles with which it
// counts; none for a recovery key.
func (a *Approved) made(o *office.Office, s journal.Signature, kind, text string) ([]exchange.Role, bool) {
	on, err := calendar.ParseDate(s.On)
	if err != nil {
		return nil, false
	}
	at := o.Instants(s.At, on)
	for _, set := range slices.Backward(a.ever) {
		who, err := set.Keys.Verify(strings.NewReader(text), []byte(s.Armored), NamespaceOf(kind), at...)
		if err != nil {
			continue
		}
		if exchange.IsRecovery(s.Officer) {
			if kind == office.KindFinding && slices.Contains(who.Principals, s.Officer) {
				return nil, true
			}
			continue
		}
		officer, ok := set.Officer(s.Officer)
		if roles := set.Roles(officer, who.Fingerprint, NamespaceOf(kind), RolesFor(kind), at...); ok && len(roles) > 0 {
			return roles, true
		}
	}
	return nil, false
}

// LastLeft is the last checkpoint that has left: countersigned by an officer 审计, as is verified
// here, or seen in the drop on another host. store.ErrNotFound when none has.
func LastLeft(o *office.Office, tx *store.Tx) (journal.Checkpoint, journal.Left, error) {
	events, err := tx.Audited(journal.CheckpointLeft)
	if err != nil || len(events) == 0 {
		return journal.Checkpoint{}, journal.Left{}, notFound(err)
	}
	a, err := ReadApproved(o, tx)
	if err != nil {
		return journal.Checkpoint{}, journal.Left{}, err
	}
	for _, e := range slices.Backward(events) {
		var left journal.Left
		if json.Unmarshal(e.Payload, &left) != nil { // what is no such event is for the proof to find
			continue
		}
		if _, ok := a.made(o, left.Signature, office.KindCheckpoint, left.Text); !ok && left.Drop == "" {
			continue
		}
		if c, agency, _, err := journal.ParseCheckpoint(left.Text); err == nil && agency == o.Agency.Code {
			return c, left, nil
		}
	}
	return journal.Checkpoint{}, journal.Left{}, notFound(nil)
}

// Countersigned is nil when an officer 审计, of whatever settings counted once, has signed the text of a
// checkpoint of a day: with a key that was valid then or is now.
func Countersigned(o *office.Office, tx *store.Tx, officer, text, armored string, on calendar.Date) error {
	a, err := ReadApproved(o, tx)
	if err != nil {
		return err
	}
	made := func(at time.Time, on calendar.Date) bool {
		_, ok := a.made(o, journal.Signature{Officer: officer, At: at, On: on.String(), Armored: armored}, office.KindCheckpoint, text)
		return ok
	}
	if !made(on.Time(o.Agency.Zone), on) && !made(o.Now(), o.Date) {
		return seal.ErrUnknownSigner
	}
	return nil
}

func notFound(err error) error {
	if err == nil {
		err = fmt.Errorf("a checkpoint that has left: %w", store.ErrNotFound)
	}
	return err
}
