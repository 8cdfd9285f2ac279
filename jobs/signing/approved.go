package signing

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Approved is what the approved money settings say. It is read from their rows and from the
// signatures on them, each verified at every use: a row that somebody has changed, deleted or added
// makes all of it worth nothing (Fault), and nobody may sign then.
type Approved struct {
	Settings *exchange.MoneySettings // those that were approved last; nil: none
	Signed   []exchange.Signature    // the signatures on them
	Waiting  *exchange.MoneySettings // what waits for signatures; nil: nothing
	Ahead    *exchange.MoneySettings // signed, and not configured yet; nil: none
	Signers  SignerSet               // who may sign
	Recovery *seal.Signers           // the recovery keys, by exchange.RecoveryName
	Sections map[string]string       // what counts, by section; nil: nothing of this form
	Ceremony bool                    // they were signed once: none count unsigned any more
	Fault    string                  // why none of this counts; "" when it does

	ever  []SignerSet // all that counted once, the oldest first; recovery keys among them
	last  int64       // number of the last row
	order int64       // of the one that was approved last
	of    map[int64][]exchange.Signature
}

// ReadApproved reads which money settings count, and verifies them.
func ReadApproved(o *office.Office, tx *store.Tx) (Approved, error) {
	a := Approved{of: map[int64][]exchange.Signature{}, Signers: SignerSet{Keys: &seal.Signers{}}, Recovery: &seal.Signers{}}
	rows, err := tx.MoneySettings()
	if err != nil || len(rows) == 0 {
		return a, err
	}
	signatures, err := tx.SettingsSignatures()
	if err != nil {
		return a, err
	}
	for _, s := range signatures {
		a.of[s.FileID] = append(a.of[s.FileID], s)
	}
	var counted []exchange.MoneySettings
	for i := range rows {
		m := &rows[i]
		a.last = max(a.last, m.N)
		switch m.State {
		case exchange.SettingsWaiting:
			a.Waiting = m
		case exchange.SettingsAhead:
			a.Ahead = m
		case exchange.SettingsApproved:
			counted = append(counted, *m)
		}
	}
	slices.SortStableFunc(counted, func(x, y exchange.MoneySettings) int {
		return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.N, y.N))
	})
	for i := range counted {
		m := counted[i]
		if a.Fault != "" && m.Kind != exchange.SettingsRecovery {
			continue
		}
		if err := a.take(o, m); err != nil {
			fault := fmt.Sprintf("the approved money settings %d are not what was signed: %v", m.N, err)
			a = Approved{Settings: &m, Waiting: a.Waiting, Signers: SignerSet{Keys: &seal.Signers{}}, Recovery: &seal.Signers{}, Fault: fault, last: a.last, of: a.of}
		} else {
			a.Fault = "" // a recovery begins anew
		}
		a.order = max(a.order, m.Order)
	}
	return a, nil
}

// take verifies settings behind those that counted before, and lets them count.
func (a *Approved) take(o *office.Office, m exchange.MoneySettings) error {
	if exchange.SettingsSHA(m.Text) != m.SHA256 {
		return errors.New("the text has another hash")
	}
	own, recovery, err := ownKeys(m)
	if err != nil {
		return err
	}
	sections := exchange.SettingsSections(m.Text)
	if m.Form == 0 { // of a program that knew no sections, and signed less
		a.Signers, a.Ceremony = own, a.Ceremony || strings.Contains(m.Text, "accounts.release: dual\n")
		a.Settings, a.Signed, a.ever = &m, a.of[m.FileID], append(a.ever, own)
		return nil
	}
	if err := a.verify(o, m, own, recovery); err != nil {
		return err
	}
	changed := m.Sections
	if len(changed) == 0 {
		changed = slices.Collect(maps.Keys(sections))
		a.Sections = map[string]string{}
	}
	if a.Sections == nil {
		a.Sections = map[string]string{}
	}
	for _, name := range changed {
		if text, ok := sections[name]; ok {
			a.Sections[name] = text
		} else {
			delete(a.Sections, name)
		}
	}
	if slices.Contains(changed, exchange.SectionStaff) {
		a.Signers, a.Recovery = own, recovery
	}
	a.Settings, a.Signed, a.ever = &m, a.of[m.FileID], append(a.ever, own, SignerSet{Keys: recovery})
	a.Ceremony = a.Ceremony || m.Kind != exchange.SettingsUnsigned
	return nil
}

// verify finds out whether settings count behind those of before: they are what was signed, by
// who could sign them.
func (a *Approved) verify(o *office.Office, m exchange.MoneySettings, own SignerSet, recovery *seal.Signers) error {
	if m.Kind == exchange.SettingsUnsigned {
		if staff := exchange.SettingsSections(m.Text)[exchange.SectionStaff]; a.Ceremony || !strings.Contains(staff, "accounts.release: automatic\n") {
			return errors.New("nobody has signed them")
		}
		return nil
	}
	if m.Kind == exchange.SettingsFirst && a.Ceremony {
		return errors.New("they are called the first, and are not")
	}
	if signed := strings.ReplaceAll(m.Signed, "\r\n", "\n"); !strings.HasSuffix(signed, m.Text) || !strings.Contains(signed, "\n"+signedHead(m)) {
		return errors.New("another text was signed")
	}
	count := exchange.Signatures{}
	for _, s := range a.of[m.FileID] {
		if err := a.count(o, m, s, own, recovery, &count); err != nil {
			return err
		}
	}
	if officers, checker, key := count.Lack(m.Kind); officers > 0 || checker || key {
		return errors.New("signatures are missing")
	}
	return nil
}

// count verifies a signature on a text of settings, at the time at which it came, and counts it.
func (a *Approved) count(o *office.Office, m exchange.MoneySettings, s exchange.Signature, own SignerSet, recovery *seal.Signers, count *exchange.Signatures) error {
	officers, keys := a.signersOf(m, own), a.recoveryOf(m, recovery)
	at := o.Instants(s.At, s.On)
	text := func() *strings.Reader { return strings.NewReader(m.Signed) }
	if exchange.IsRecovery(s.Officer) {
		who, err := keys.Verify(text(), []byte(s.Armored), seal.NamespaceRelease, at...)
		if err != nil {
			return fmt.Errorf("signature of %s: %w", s.Officer, err)
		}
		if !slices.Contains(who.Principals, s.Officer) {
			return fmt.Errorf("signature of %s: made with another key", s.Officer)
		}
		count.Recovery++
		return nil
	}
	who, err := officers.Keys.Verify(text(), []byte(s.Armored), seal.NamespaceRelease, at...)
	if err != nil {
		return fmt.Errorf("signature of %s: %w", s.Officer, err)
	}
	officer, _ := officers.Officer(s.Officer)
	roles := officers.Roles(officer, who.Fingerprint, seal.NamespaceRelease, exchange.Releasing(), at...)
	if len(roles) == 0 {
		return fmt.Errorf("signature of %s: the key is not listed for a role that signs", s.Officer)
	}
	count.Officers++
	count.Checker = count.Checker || slices.Contains(roles, exchange.RoleChecker)
	return nil
}

// signersOf are the officers who may sign settings: of a change those approved before, else those
// whom they name themselves.
func (a *Approved) signersOf(m exchange.MoneySettings, own SignerSet) SignerSet {
	if m.Kind == exchange.SettingsChanged {
		return a.Signers
	}
	return own
}

// recoveryOf are the recovery keys that count for settings: those approved before; where nobody
// has ever signed, those of the settings themselves.
func (a *Approved) recoveryOf(m exchange.MoneySettings, own *seal.Signers) *seal.Signers {
	if m.Kind == exchange.SettingsRecovery && !a.Ceremony {
		return own
	}
	return a.Recovery
}

// ownKeys are the officers and recovery keys that settings name, once the lines of their text say
// the same.
func ownKeys(m exchange.MoneySettings) (SignerSet, *seal.Signers, error) {
	own, err := newSignerSet(m.Officers, m.Signers)
	if err != nil {
		return own, nil, err
	}
	recovery, ids, err := recoverySigners(m.Recovery)
	if err != nil || m.Form == 0 {
		return own, recovery, err
	}
	var want, have []string
	for _, o := range m.Officers {
		want = append(want, exchange.OfficerLine(o))
	}
	for _, l := range signerLines(own.Keys.All()...) {
		want = append(want, exchange.SignersKey+l.String())
	}
	for _, id := range ids {
		want = append(want, exchange.RecoveryKey+id)
	}
	for line := range strings.Lines(exchange.SettingsSections(m.Text)[exchange.SectionStaff]) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "accounts.release: ") {
			have = append(have, line)
		}
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		return own, recovery, errors.New("officers or keys are not those of the text")
	}
	return own, recovery, nil
}

// recoverySigners reads recovery keys, with their fingerprints.
func recoverySigners(keys []string) (*seal.Signers, []string, error) {
	var lines strings.Builder
	for i, key := range keys {
		fmt.Fprintf(&lines, "%s %s\n", exchange.RecoveryName(i+1), key)
	}
	set, err := seal.ParseSigners([]byte(lines.String()))
	if err != nil {
		return &seal.Signers{}, nil, fmt.Errorf("recovery keys: %w", err)
	}
	var ids []string
	for _, k := range set.All() {
		ids = append(ids, k.Fingerprint)
	}
	return set, ids, nil
}

// signerLines are the keys of an allowed_signers file, a line for each principal, as officers sign
// them.
func signerLines(keys ...seal.Signer) (lines []exchange.SignerLine) {
	for _, k := range keys {
		for _, p := range k.Principals {
			lines = append(lines, exchange.SignerLine{Principal: p, Fingerprint: k.Fingerprint, From: k.ValidAfter, Until: k.ValidBefore, For: k.Namespaces})
		}
	}
	return lines
}
