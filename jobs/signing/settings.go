package signing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// The money settings are what decides where money goes and who may send it: agency,
// partners, accounts, caps, officers and their keys. Whoever can edit the configuration
// could pay to an account of their own; so a change counts only once two officers have
// signed its text, and payments wait until then.
//
//	waiting ──► approved   two signatures
//	        └─► void       changed again, or back, before it was signed

// ErrSettings is returned while the money settings are not those that two
// officers have approved: no payment leaves.
var ErrSettings = errors.New("the money settings were changed and wait for the signatures of two officers: carryover list files --state prepared names the text to sign")

// moneyKeys are the keys of the configuration that decide about money, as they are now,
// with the text of allowed_signers, read afresh; without such a file nobody can sign.
func moneyKeys(o *office.Office) (exchange.MoneyKeys, error) {
	k := exchange.MoneyKeys{Agency: o.Agency, Partners: o.Partners, Automatic: o.Rules.AutomaticRelease}
	if bank, ok := o.Party(o.Agency.Bank()); ok {
		k.BankAddress = bank.Address
	}
	if o.AllowedSigners == nil {
		return k, nil
	}
	var err error
	if k.Signers, err = o.AllowedSigners(); err != nil {
		return k, fmt.Errorf("allowed_signers: %w", err)
	}
	return k, nil
}

// NoteSettings journals the hash of the money settings, once for every run: it proves
// later by which settings a night worked.
func NoteSettings(d *office.Desk, window string) error {
	k, err := moneyKeys(d.Office)
	if err != nil {
		d.Log.Error("money settings cannot be read: payments wait", "err", err)
		return nil // the run goes on: remit fails with the same error, and pays nothing
	}
	return d.Journal(office.AgencyChain, "money_settings", code.Say("sha256", exchange.SettingsSHA(k.Text())), map[string]string{"window": window})
}

// SettingsApproved is nil while the money settings are the approved ones, ErrSettings
// while they are not, or none are recorded. It is asked again right before a payment
// file leaves: the configuration may have changed since remit.
func SettingsApproved(o *office.Office, tx *store.Tx) error {
	k, err := moneyKeys(o)
	if err != nil {
		return err
	}
	m, err := tx.MoneySettings(exchange.SettingsApproved)
	if err == nil && m.SHA256 != exchange.SettingsSHA(k.Text()) {
		return ErrSettings
	}
	if office.IsNotFound(err) {
		return ErrSettings // no remit ran yet: it records the first ones as they are
	}
	return err
}

// CheckSettings compares the money settings with the approved ones and records what it
// finds. The first ever are approved as they are; a change waits for two signatures and
// stops payments (ErrSettings), unless there is nobody who could sign it. Settings whose
// keys cannot be read fail and are not recorded.
func CheckSettings(ctx context.Context, o *office.Office) error {
	k, err := moneyKeys(o)
	if err != nil {
		return err
	}
	if _, err := newSignerSet(k.Agency.Officers, k.Signers); err != nil {
		return err
	}
	pending := false
	err = o.Do(ctx, office.By{Actor: "remit"}, func(d *office.Desk) (err error) {
		pending, err = recordSettings(d, k)
		return err
	})
	// Not inside: an error there would roll back the record of the change.
	if err == nil && pending {
		err = ErrSettings
	}
	return err
}

// recordSettings records the money settings as they are now when they are new; pending
// is true while they need signatures. A change that waits and is not what is
// configured now is void first: at most one waits at a time.
func recordSettings(d *office.Desk, k exchange.MoneyKeys) (pending bool, err error) {
	now := exchange.MoneySettings{
		Text: k.Text(), State: exchange.SettingsApproved, Since: d.Date, Signers: k.Signers, Officers: k.Agency.Officers,
	}
	now.SHA256 = exchange.SettingsSHA(now.Text)
	approved, waiting, err := d.Tx.CurrentMoneySettings()
	if err != nil {
		return false, err
	}
	if approved == nil {
		now.N = 1
		d.Log.Warn("the money settings are recorded for the first time: look through them", "sha256", now.SHA256)
		return false, errors.Join(
			d.Tx.InsertMoneySettings(now),
			d.Journal(office.AgencyChain, "money_settings_first", code.Say("sha256", now.SHA256), map[string]string{"text": now.Text}),
		)
	}
	if waiting != nil {
		if waiting.SHA256 == now.SHA256 {
			return tryApprove(d, *waiting)
		}
		if err := voidSettings(d, *waiting); err != nil {
			return false, err
		}
	}
	if approved.SHA256 == now.SHA256 { // nothing changed, or changed back
		return false, nil
	}
	return changeSettings(d, *approved, now)
}

// changeSettings records a change: it waits for signatures, or counts at once
// when neither the approved settings nor the new ones name anybody to sign.
func changeSettings(d *office.Desk, approved, now exchange.MoneySettings) (pending bool, err error) {
	last, err := d.Tx.LastMoneySettings()
	if err != nil {
		return false, err
	}
	now.N = last + 1
	change := exchange.SettingsChange(approved.Text, now.Text)
	facts := map[string]any{"change": change, "replaces": approved.SHA256}
	before, err := newSignerSet(approved.Officers, approved.Signers)
	if err != nil {
		return false, err
	}
	after, err := newSignerSet(now.Officers, now.Signers)
	if err != nil {
		return false, err
	}
	if d.Rules.AutomaticRelease && len(approved.Officers) == 0 && len(now.Officers) == 0 {
		d.Log.Warn("money settings changed; nobody could sign, payments go on", "sha256", now.SHA256, "change", strings.Join(change, "; "))
		return false, errors.Join(
			d.Tx.InsertMoneySettings(now),
			d.Journal(office.AgencyChain, "money_settings_changed", code.Say("sha256", now.SHA256), facts),
		)
	}
	// The approved officers decide about their successors. Only when they no longer
	// can would that lock the agency out for ever.
	signers := before
	if _, enough := before.CanRelease(d.Now()); !enough {
		signers = after
		d.Log.Warn("fewer than two of the approved officers could sign: those of the new settings may", "sha256", now.SHA256)
	}
	file, err := settingsFile(d, approved, now, change)
	if err != nil {
		return false, err
	}
	now.State, now.FileID = exchange.SettingsWaiting, file.ID
	if err := d.Tx.InsertMoneySettings(now); err != nil {
		return false, err
	}
	if err := ShowSignables(d, file, signers); err != nil {
		return false, err
	}
	d.Log.Warn("money settings changed: payments wait for two signatures", "file", file.Name, "change", strings.Join(change, "; "))
	return true, d.Journal(office.AgencyChain, "money_settings_waiting", code.Say("sha256", now.SHA256), facts)
}

// settingsFile writes the text that officers sign: what changed, then all of it. Its
// running number keeps an old signature from approving it again when the same change
// is made a second time. The file lies in the spool before its row is stored; without
// the row, after a crash, the same text is written again under the next attempt.
func settingsFile(d *office.Desk, approved, now exchange.MoneySettings, change []string) (exchange.File, error) {
	text := Marked(d.Office, fmt.Sprintf(`资金设置变更 / change of the money settings

机构 agency        %s %s
编号 number        %d
日期 found on      %s
原设置 replaces    %d  sha256 %s
新设置 new         sha256 %s

变更 / what changed (- 原 was, + 新 is)
%s

签名 / to sign: ssh-keygen -Y sign -n carryover-release，或 or carryover release

新设置全文 / all of it
%s`, d.Agency.Code, d.Agency.Name, now.N, d.Date, approved.N, approved.SHA256, now.SHA256, strings.Join(change, "\n"), now.Text))
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
		Dir: exchange.Out, Party: d.Agency.Code, Kind: office.KindMoneySettings, Name: "settings-" + sha[:12] + ".txt", Carrier: "txt", SHA256: sha, StoredSHA: sha,
		Size: s.Size, State: exchange.FilePrepared, At: d.Now(), Spool: "out-settings-" + sha[:12] + ".txt",
	}
	if err := s.Keep(d.Tx, f.Spool); err != nil {
		return f, err
	}
	return f, d.Tx.InsertFile(&f)
}

// tryApprove approves a change that waits once its signatures suffice; until then
// pending is true, and officers who have come since get their copies.
func tryApprove(d *office.Desk, m exchange.MoneySettings) (pending bool, err error) {
	f, err := d.Tx.File(m.FileID)
	if err != nil {
		return false, err
	}
	signers, err := SignersFor(d.Office, d.Tx, f)
	if err != nil {
		return false, err
	}
	if err := ShowSignables(d, f, signers); err != nil {
		return false, err
	}
	signatures, err := d.Tx.Signatures(f.ID)
	if err != nil {
		return false, err
	}
	if lack, lackChecker := exchange.Signed(signatures); lack > 0 || lackChecker {
		return true, nil
	}
	approved := f
	approved.State, approved.At = exchange.FileApproved, d.Now()
	err = errors.Join(
		d.Tx.UpdateFile(f, approved), d.Tx.EndMoneySettings(m.N, exchange.SettingsApproved), WithdrawSignables(d, f, ""),
		d.Journal(office.AgencyChain, "money_settings_approved", code.Text(WhoSigned(d, signatures)), map[string]string{"file": f.Name, "sha256": m.SHA256}),
	)
	return false, err
}

// voidSettings withdraws a change that was changed again, or back, before it was
// signed; officers who have a copy are warned not to sign it.
func voidSettings(d *office.Desk, m exchange.MoneySettings) error {
	f, err := d.Tx.File(m.FileID)
	if err != nil {
		return err
	}
	void := f
	void.State, void.At = exchange.FileVoid, d.Now()
	const why = "资金设置又有变动，此文本作废，请勿再签 / the money settings changed again: this text is void"
	return errors.Join(
		d.Tx.UpdateFile(f, void), d.Tx.EndMoneySettings(m.N, exchange.SettingsVoid), WithdrawSignables(d, f, why+"\n\n"+f.Name+"\n"),
		d.Journal(office.AgencyChain, "money_settings_void", code.Say("sha256", m.SHA256), map[string]string{"file": f.Name}),
	)
}
