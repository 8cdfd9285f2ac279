package signing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// The money settings are what decides where money goes and who may send it: agency,
// partners, accounts, caps, officers and their keys. Whoever can edit the configuration
// could pay to an account of their own; so they count only once their text is signed, the
// first ones too, and what they govern waits until then. README.md has who signs what.
//
//	waiting ──► approved   signed
//	        ├─► ahead ──► approved   signed for a later day, and configured on it or after
//	        └─► void       changed again, or back, before it was signed; objected to

// ErrSettings is returned while the money settings, or the section that a payment needs, are
// not the approved ones.
var ErrSettings = errors.New("the money settings are not those that were signed: carryover list settings says what waits for whom")

// moneyKeys are the keys of the configuration that decide about money, as they are now,
// with the keys of officers and partners, read afresh; without such a file nobody can sign.
func moneyKeys(o *office.Office) (exchange.MoneyKeys, error) {
	k := exchange.MoneyKeys{
		Agency: o.Agency, Partners: o.Partners, Automatic: o.Rules.AutomaticRelease, Review: o.Rules.Review, PartnerKeys: map[string][]exchange.SignerLine{},
	}
	for party, to := range map[string]*string{o.Agency.Bank(): &k.BankAddress, o.Agency.Core(): &k.CoreAddress, o.Agency.Portal(): &k.PortalDrop, o.Agency.Audit(): &k.AuditDrop} {
		if p, ok := o.Party(party); ok {
			*to = p.Address
		}
	}
	for code := range o.Partners {
		if o.PartnerSigners == nil {
			break
		}
		keys, err := o.PartnerSigners(code)
		switch {
		case errors.Is(err, fs.ErrNotExist): // none yet
		case err != nil: // stops the partner's payments alone
			o.Log.Error("a partner's keys cannot be read", "party", code, "err", err)
			k.PartnerKeys[code] = []exchange.SignerLine{{Principal: "cannot be read"}}
		default:
			k.PartnerKeys[code] = signerLines(keys.For(code).All()...)
		}
	}
	var err error
	if _, k.RecoveryIDs, err = recoverySigners(o.Agency.Recovery); err != nil {
		return k, err
	}
	if o.AllowedSigners == nil {
		return k, nil
	}
	if k.Signers, err = o.AllowedSigners(); err != nil {
		return k, fmt.Errorf("allowed_signers: %w", err)
	}
	set, err := newSignerSet(k.Agency.Officers, k.Signers)
	if err == nil {
		k.Keys = signerLines(set.Keys.All()...)
	}
	return k, err
}

// NoteSettings journals the hash of the money settings, once for every run: it proves
// later by which settings a night worked.
func NoteSettings(d *office.Desk, window string) error {
	k, err := moneyKeys(d.Office)
	if err != nil {
		d.Log.Error("money settings cannot be read: payments wait", "err", err)
		return nil // the run goes on: remit fails with the same error, and pays nothing
	}
	return d.Journal(exchange.AgencyChain, "money_settings", code.Say("sha256", exchange.SettingsSHA(k.Text())), map[string]string{"window": window})
}

// Standing is how the money settings of the configuration stand to the approved ones.
type Standing struct {
	Approved
	Changed  []string // sections that are not approved as they are configured
	Findings []Finding
	Clock    bool // the machine's differs from those of most other hosts, which nobody has accepted
	Restored []Restored
}

// ReadStanding compares the money settings with the approved ones. An error is that one of them
// could not be read.
func ReadStanding(o *office.Office, tx *store.Tx) (Standing, error) {
	k, err := moneyKeys(o)
	if err != nil {
		return Standing{}, err
	}
	a, err := ReadApproved(o, tx)
	if err != nil {
		return Standing{}, err
	}
	return standing(o, tx, a, k)
}

func standing(o *office.Office, tx *store.Tx, a Approved, k exchange.MoneyKeys) (s Standing, err error) {
	s = Standing{Approved: a, Changed: exchange.ChangedSections(a.Sections, exchange.SettingsSections(k.Text()))}
	if s.Findings, s.Restored, err = ReadStops(o, tx); err == nil {
		s.Clock, err = clockDiffers(tx)
	}
	return s, err
}

// ReadStops reads what of the journal stops payments, or did.
func ReadStops(o *office.Office, tx *store.Tx) (findings []Finding, restored []Restored, err error) {
	events, err := tx.Audited(journal.Found, journal.Restored)
	if err != nil {
		return nil, nil, err
	}
	if findings, err = findingsOf(o, tx, events); err == nil {
		restored, err = restoredOf(o, tx, events)
	}
	return findings, restored, err
}

// Stops is an error that is Stopped while nothing may be paid to a partner; with "" while nothing may be
// paid at all, whoever it is for: a partner's section stops only what is the partner's.
func (s Standing) Stops(partner string) error {
	switch {
	case open(s.Findings, ""):
		return ErrFinding
	case slices.ContainsFunc(s.Restored, Restored.open):
		return ErrRestored
	case s.Clock:
		return ErrClock
	}
	if s.Fault != "" {
		return fmt.Errorf("%w (%s)", ErrSettings, s.Fault)
	}
	if s.Waiting != nil && s.Waiting.Kind == exchange.SettingsRecovery {
		return fmt.Errorf("%w (a recovery is under way)", ErrSettings)
	}
	stop := func(section string) bool {
		of, ok := exchange.SectionOf(section)
		return !ok || of == partner
	}
	if slices.ContainsFunc(s.Changed, stop) {
		return ErrSettings
	}
	return nil
}

// Stopped reports whether an error is one by which all payments wait, which the list todo names: ErrSettings,
// ErrFinding, ErrRestored, ErrClock.
func Stopped(err error) bool {
	return errors.Is(err, ErrSettings) || errors.Is(err, ErrFinding) || errors.Is(err, ErrRestored) || errors.Is(err, ErrClock)
}

// SettingsApproved is nil while the money settings that all payments need are the approved ones,
// else an error that is Stopped. It is asked again right before a payment file leaves: the configuration may have
// changed since remit.
func SettingsApproved(o *office.Office, tx *store.Tx) error {
	s, err := ReadStanding(o, tx)
	if err != nil {
		return err
	}
	return s.Stops("")
}

// CheckSettings compares the money settings with the approved ones, records a change, and approves
// what is signed. Its error is one of Stopped while nothing may be paid. Settings whose keys cannot be read fail
// and are not recorded.
func CheckSettings(ctx context.Context, o *office.Office) error {
	_, err := Check(ctx, o)
	return err
}

// Check is CheckSettings, and how everything stands, beside such an error too.
func Check(ctx context.Context, o *office.Office) (stands Standing, err error) {
	err = o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) error {
		k, err := moneyKeys(d.Office)
		if err != nil {
			return err
		}
		changed, err := recordSettings(d, k)
		if err != nil {
			return err
		}
		approved := changed.before
		if changed.any {
			if approved, err = ReadApproved(d.Office, d.Tx); err != nil {
				return err
			}
		}
		stands, err = standing(d.Office, d.Tx, approved, k)
		return err
	})
	// Not inside: an error there would roll back the record of the change.
	if err == nil {
		err = stands.Stops("")
	}
	return stands, err
}

// newSettings are the settings of the configuration as they would be recorded.
func newSettings(d *office.Desk, k exchange.MoneyKeys, a Approved) exchange.MoneySettings {
	m := exchange.MoneySettings{
		N: a.last + 1, Text: k.Text(), State: exchange.SettingsWaiting, Since: d.Date, Signers: k.Signers, Officers: k.Agency.Officers,
		Recovery: k.Agency.Recovery, Kind: exchange.SettingsChanged, Form: exchange.SettingsForm,
	}
	m.SHA256 = exchange.SettingsSHA(m.Text)
	if a.Sections != nil {
		m.Sections = exchange.ChangedSections(a.Sections, exchange.SettingsSections(m.Text))
	}
	switch {
	case !a.Ceremony && k.Automatic:
		m.Kind = exchange.SettingsUnsigned
	case !a.Ceremony:
		m.Kind = exchange.SettingsFirst
	}
	return m
}

// recordSettings records the money settings as they are now when they are new, and approves what is
// signed. A change that waits and is not what is configured now is void first: at most one waits
// at a time; what waits to be signed ahead gives way to one.
func recordSettings(d *office.Desk, k exchange.MoneyKeys) (r recorded, err error) {
	if r.before, err = ReadApproved(d.Office, d.Tx); err != nil {
		return r, err
	}
	a := r.before
	if w := a.Waiting; w != nil && w.Kind == exchange.SettingsRecovery && w.SHA256 == exchange.SettingsSHA(k.Text()) {
		return recorded{a, true}, tryApprove(d, *w)
	}
	if a.Fault != "" { // nothing can be approved behind it but a recovery
		return r, nil
	}
	if done, err := adoptAhead(d, k, a); done || err != nil {
		return recorded{a, true}, err
	}
	now := newSettings(d, k, a)
	changed := a.Settings == nil || len(exchange.ChangedSections(a.Sections, exchange.SettingsSections(now.Text))) > 0
	if w := a.Waiting; w != nil {
		if w.SHA256 == now.SHA256 || w.ValidFrom != 0 && !changed {
			return recorded{a, true}, tryApprove(d, *w)
		}
		r.any = true
		if err := voidSettings(d, *w, ""); err != nil {
			return r, err
		}
	}
	if !changed { // nothing is new, or it was changed back
		return r, nil
	}
	if a.Settings == nil {
		if err := neverSettled(d); err != nil {
			return r, err
		}
	}
	if now.Kind == exchange.SettingsUnsigned {
		return recorded{a, true}, approveUnsigned(d, now, a)
	}
	return recorded{a, true}, waitForSignatures(d, now, a)
}

// recorded is what was approved before, and whether that, or what waits, is another now.
type recorded struct {
	before Approved
	any    bool
}

// neverSettled is ErrSettings where a store has no money settings though it did: rows that are gone
// make no store new.
func neverSettled(d *office.Desk) error {
	for _, what := range []string{"money_settings_approved", "money_settings_first", "money_settings_changed"} {
		if _, err := d.Tx.LastOf(exchange.AgencyChain, what); err == nil || !office.IsNotFound(err) {
			return errors.Join(err, fmt.Errorf("%w (the journal tells of money settings, and there are none: restore the store, or carryover settings recover)", ErrSettings))
		}
	}
	paid, err := d.Tx.Files(store.FileFilter{Dir: exchange.Out, Party: d.Agency.Bank(), Kind: office.KindPayment})
	if err == nil && len(paid) > 0 {
		err = fmt.Errorf("%w (there are payments, and no money settings: restore the store, or carryover settings recover)", ErrSettings)
	}
	return err
}

// approveUnsigned lets settings count that nobody has to sign, of an agency that releases
// automatically and never had signed ones.
func approveUnsigned(d *office.Desk, now exchange.MoneySettings, a Approved) error {
	now.State, now.Order = exchange.SettingsApproved, a.order+1
	what, facts := "money_settings_first", map[string]any{"text": now.Text}
	if a.Settings != nil {
		change := exchange.SettingsChange(a.Settings.Text, now.Text)
		what, facts = "money_settings_changed", map[string]any{"change": change, "replaces": a.Settings.SHA256}
		d.Log.Warn("money settings changed; nobody signs them, payments go on", "sha256", now.SHA256, "change", strings.Join(change, "; "))
	} else {
		d.Log.Warn("the money settings are recorded for the first time: look through them", "sha256", now.SHA256)
	}
	return errors.Join(d.Tx.InsertMoneySettings(now), d.Journal(exchange.AgencyChain, what, code.Say("sha256", now.SHA256), facts))
}

// waitForSignatures records settings with the text that is to be signed, and shows it to those
// who may.
func waitForSignatures(d *office.Desk, now exchange.MoneySettings, a Approved) error {
	before, replaced := "", "–"
	if a.Settings != nil {
		before, replaced = a.Settings.Text, fmt.Sprintf("%d  sha256 %s", a.Settings.N, a.Settings.SHA256)
	}
	var change []string // of the first ones everything is new
	if before != "" {
		change = exchange.SettingsChange(before, now.Text)
	}
	file, err := settingsFile(d, &now, replaced, change)
	if err != nil {
		return err
	}
	now.FileID = file.ID
	if err := d.Tx.InsertMoneySettings(now); err != nil {
		return err
	}
	own, _, err := ownKeys(now)
	if err != nil {
		return err
	}
	if err := ShowSignables(d, file, a.signersOf(now, own)); err != nil {
		return err
	}
	d.Log.Warn("money settings wait for signatures", "file", file.Name, "kind", now.Kind, "change", strings.Join(change, "; "))
	return d.Journal(exchange.AgencyChain, "money_settings_waiting", code.Say("sha256", now.SHA256), map[string]any{"change": change, "replaces": replaced, "kind": now.Kind})
}

// signedHead is the line of a text of settings that says which they are. It is read back, and
// verified with the signatures, for as long as they count: it never changes.
func signedHead(m exchange.MoneySettings) string {
	day := func(d calendar.Date) string {
		if d == 0 {
			return "-"
		}
		return d.String()
	}
	return fmt.Sprintf("carryover settings %d %s from %s until %s sha256 %s\n", m.N, m.Kind, day(m.ValidFrom), day(m.Until), m.SHA256)
}

// settingsFile writes the text that officers sign: what changed, then all of it. Its
// running number keeps an old signature from approving it again when the same change
// is made a second time. The file lies in the spool before its row is stored; without
// the row, after a crash, the same text is written again under the next attempt.
func settingsFile(d *office.Desk, m *exchange.MoneySettings, replaced string, change []string) (exchange.File, error) {
	kind := exchange.TermOf(exchange.SettingsKinds(), m.Kind)
	if len(change) == 0 {
		change = []string{"（首次，见全文 / the first ones: see all of it）"}
	}
	m.Signed = Readable(Marked(d.Office, fmt.Sprintf(`资金设置 / money settings

%s
机构 agency        %s %s
编号 number        %d
种类 kind          %s / %s
日期 found on      %s
原设置 replaces    %s
签名 signed by     %s

变更 / what changed (- 原 was, + 新 is)
%s

签名 / to sign: ssh-keygen -Y sign -n carryover-release，或 or carryover release

全文 / all of it
%s`, signedHead(*m), d.Agency.Code, d.Agency.Name, m.N, kind.Chinese, kind.English, d.Date, replaced, whoSigns(*m), strings.Join(change, "\n"), m.Text)))
	s, err := d.NewSpoolFile("out")
	if err != nil {
		return exchange.File{}, err
	}
	defer s.Discard()
	if _, err := io.WriteString(s, m.Signed); err != nil {
		return exchange.File{}, err
	}
	sha := s.SHA256()
	f := exchange.File{
		Dir: exchange.Out, Party: d.Agency.Code, Kind: office.KindMoneySettings, Name: "settings-" + sha[:12] + ".txt", Carrier: "txt", SHA256: sha, StoredSHA: sha,
		Size: s.Size, State: exchange.FilePrepared, At: d.Now(), Spool: "out-settings-" + sha[:12] + ".txt",
	}
	if err := s.Keep(d.Tx, f.Spool); err != nil {
		return f, err
	}
	return f, d.Tx.InsertFile(&f)
}

// whoSigns says in both languages who has to sign settings of a kind.
func whoSigns(m exchange.MoneySettings) string {
	switch m.Kind {
	case exchange.SettingsFirst:
		return "新名单中两名人员，其中一名复核 / two of the officers named here, one of them 复核"
	case exchange.SettingsRecovery:
		text := "恢复密钥一把，及新名单中两名人员，其中一名复核 / a recovery key, and two of the officers named here, one of them 复核"
		if m.Until != 0 {
			text += fmt.Sprintf("\n异议 objections    至 until %s：原人员签名 ssh-keygen -Y sign -n %s", m.Until, seal.NamespaceObjection)
		}
		return text
	}
	return "原名单中两名人员，其中一名复核；或一名人员加一把恢复密钥 / two officers approved before, one of them 复核; or one and a recovery key"
}

// tryApprove approves settings that wait once their signatures suffice; until then officers who
// have come since get their copies. A recovery counts once nobody can object to it any more.
func tryApprove(d *office.Desk, m exchange.MoneySettings) error {
	f, err := d.Tx.File(m.FileID)
	if err != nil {
		return err
	}
	signers, err := SignersFor(d.Office, d.Tx, f)
	if err != nil {
		return err
	}
	if err := ShowSignables(d, f, signers); err != nil {
		return err
	}
	a, count, err := settingsCount(d, m)
	if err != nil {
		return err
	}
	if officers, checker, recovery := count.Lack(m.Kind); officers > 0 || checker || recovery {
		return nil
	}
	if m.Kind == exchange.SettingsRecovery && count.Recovery < exchange.RecoveryKeys && !after(d.Office, m.Until) {
		return nil
	}
	signed, approved, signatures := m, f, a.of[f.ID]
	signed.State, signed.Order = exchange.SettingsApproved, a.order+1
	what := "money_settings_approved"
	if m.ValidFrom != 0 {
		signed.State, signed.Order, what = exchange.SettingsAhead, 0, "money_settings_ahead"
		if a.Ahead != nil {
			if err := endSettings(d, *a.Ahead, exchange.SettingsVoid, 0); err != nil {
				return err
			}
		}
	}
	approved.State, approved.At = exchange.FileApproved, d.Now()
	return errors.Join(
		d.Tx.UpdateFile(f, approved), d.Tx.UpdateMoneySettings(m, signed), WithdrawSignables(d, f, ""),
		d.Journal(exchange.AgencyChain, what, code.Text(WhoSigned(d, signatures)), map[string]string{"file": f.Name, "sha256": m.SHA256}),
	)
}

// settingsCount counts the signatures on settings that wait, and reads what was approved before.
func settingsCount(d *office.Desk, m exchange.MoneySettings) (a Approved, n exchange.Signatures, err error) {
	if a, err = ReadApproved(d.Office, d.Tx); err != nil {
		return a, n, err
	}
	own, recovery, err := ownKeys(m)
	if err != nil {
		return a, n, err
	}
	for _, s := range a.of[m.FileID] {
		if err := a.count(d.Office, m, s, own, recovery, &n); err != nil {
			d.Log.Warn("signature counts no more", "file", m.FileID, "err", err)
		}
	}
	return a, n, nil
}

// after reports whether a day is over, by the business date and by the clock.
func after(o *office.Office, day calendar.Date) bool {
	return !slices.ContainsFunc(o.Days(), func(d calendar.Date) bool { return d <= day })
}

// endSettings ends settings in a state.
func endSettings(d *office.Desk, m exchange.MoneySettings, state string, order int64) error {
	ended := m
	ended.State, ended.Order = state, order
	return d.Tx.UpdateMoneySettings(m, ended)
}

// voidSettings withdraws settings that were changed again, or back, before they were signed, or
// objected to (why); officers who have a copy are warned not to sign it.
func voidSettings(d *office.Desk, m exchange.MoneySettings, why string) error {
	f, err := d.Tx.File(m.FileID)
	if err != nil {
		return err
	}
	void := f
	void.State, void.At = exchange.FileVoid, d.Now()
	if why == "" {
		why = "资金设置又有变动，此文本作废，请勿再签 / the money settings changed again: this text is void"
	}
	return errors.Join(
		d.Tx.UpdateFile(f, void), endSettings(d, m, exchange.SettingsVoid, 0), WithdrawSignables(d, f, why+"\n\n"+f.Name+"\n"),
		d.Journal(exchange.AgencyChain, "money_settings_void", code.Say("sha256", m.SHA256), map[string]string{"file": f.Name, "why": why}),
	)
}
