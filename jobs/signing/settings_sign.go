package signing

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/jobs/office"
)

// signSettings records a signature on a text of money settings: an officer's, or under the name of a
// recovery key that key's. One that does not count is a *Refusal.
func signSettings(d *office.Desk, name string, f exchange.File, armored []byte) (Accepted, error) {
	m, a, err := settingsOf(d, f)
	if err != nil {
		return Accepted{}, err
	}
	own, recovery, err := ownKeys(m)
	if err != nil {
		return Accepted{}, err
	}
	signers := a.signersOf(m, own)
	if exchange.IsRecovery(name) {
		signers = SignerSet{Keys: a.recoveryOf(m, recovery)}
	}
	s, officer, err := signedBeside(d, f, signers, a.of[f.ID], name, armored)
	if err != nil {
		return Accepted{}, err
	}
	_, count, err := settingsCount(d, m)
	if err != nil {
		return Accepted{}, err
	}
	signed := Accepted{File: f, Officer: officer, Roles: s.Roles}
	signed.LackSigners, signed.LackChecker, signed.LackRecovery = count.Lack(m.Kind)
	return signed, noteSigned(d, f, s)
}

// noteSigned journals a signature.
func noteSigned(d *office.Desk, f exchange.File, s exchange.Signature) error {
	return d.Journal(exchange.AgencyChain, "signed", code.Text(f.Name), map[string]any{
		"file": f.Name, "sha256": f.SHA256, "officer": s.Officer, "roles": s.Roles, "fingerprint": s.Fingerprint,
	})
}

// settingsOf finds the money settings of a text, beside what was approved.
func settingsOf(d *office.Desk, f exchange.File) (m exchange.MoneySettings, a Approved, err error) {
	if a, err = ReadApproved(d.Office, d.Tx); err != nil {
		return m, a, err
	}
	if a.Waiting == nil || a.Waiting.FileID != f.ID {
		return m, a, office.Refuse("%s 已不再等待签名", "%s waits for no signature", f.Name)
	}
	return *a.Waiting, a, nil
}

// configured are the money settings of the configuration as they would be recorded, beside what was
// approved.
func configured(d *office.Desk) (m exchange.MoneySettings, a Approved, err error) {
	k, err := moneyKeys(d.Office)
	if err != nil {
		return m, a, err
	}
	if a, err = ReadApproved(d.Office, d.Tx); err != nil {
		return m, a, err
	}
	return newSettings(d, k, a), a, nil
}

// Propose records money settings that are to be signed now and count from a later day on, once they
// are configured: those of an office made from another configuration of the same agency. A *Refusal
// when there is nothing to sign.
func Propose(ctx context.Context, o *office.Office, from calendar.Date) error {
	return o.Do(ctx, office.By{Actor: office.ActorOperator}, func(d *office.Desk) error {
		m, a, err := configured(d)
		if err != nil {
			return err
		}
		m.ValidFrom = from
		switch {
		case slices.ContainsFunc(d.Days(), func(day calendar.Date) bool { return from <= day }):
			return office.Refuse("生效日 %s 须在今天之后", "%s is not a later day", from)
		case !a.Ceremony:
			return office.Refuse("尚无已签名的资金设置：先完成首次签名", "no money settings were signed yet: the first ones come first")
		case len(m.Sections) == 0:
			return office.Refuse("与已批准的资金设置相同，无需签名", "these are the approved money settings: there is nothing to sign")
		case a.Waiting != nil:
			if a.Waiting.ValidFrom == 0 {
				return office.Refuse("资金设置 %d 正在等待签名", "money settings %d wait for signatures", a.Waiting.N)
			}
			if err := voidSettings(d, *a.Waiting, ""); err != nil {
				return err
			}
		}
		return waitForSignatures(d, m, a)
	})
}

// adoptAhead lets settings count that were signed ahead, on their day or after, once they are what is
// configured: their sections as they were signed, all others as they were approved. One whose
// sections were changed otherwise since is withdrawn when its turn would come.
func adoptAhead(d *office.Desk, k exchange.MoneyKeys, a Approved) (bool, error) {
	m := a.Ahead
	if m == nil || slices.ContainsFunc(d.Days(), func(day calendar.Date) bool { return day < m.ValidFrom }) {
		return false, nil
	}
	own, recovery, err := ownKeys(*m)
	if err != nil {
		return false, err
	}
	if err := a.verify(d.Office, *m, own, recovery); err != nil {
		d.Log.Warn("money settings that were signed ahead count no more", "n", m.N, "err", err)
		return false, endSettings(d, *m, exchange.SettingsVoid, 0)
	}
	signed, now := exchange.SettingsSections(m.Text), exchange.SettingsSections(k.Text())
	if changed := exchange.ChangedSections(a.Sections, now); len(changed) == 0 || !slices.Equal(changed, exchange.ChangedSections(a.Sections, signed)) ||
		len(exchange.ChangedSections(signed, now)) > 0 {
		return false, nil
	}
	return true, errors.Join(
		endSettings(d, *m, exchange.SettingsApproved, a.order+1),
		d.Journal(exchange.AgencyChain, "money_settings_adopted", code.Say("sha256", m.SHA256), map[string]any{"n": m.N, "valid_from": m.ValidFrom}),
	)
}

// objectionWD is for how many working days the officers of before may object to a recovery.
const objectionWD = 3

// Recover begins a recovery: the settings of the configuration are to count by a recovery key and two
// of the officers whom they name, since those approved before cannot sign. The officers of before
// are told, and may object until three working days later; with both recovery keys nobody can, and
// nothing waits. All payments stand still until it ends. A *Refusal when there is nothing to
// recover; while the same recovery is under way nothing new is begun.
func Recover(ctx context.Context, o *office.Office) error {
	return o.Do(ctx, office.By{Actor: office.ActorOperator}, func(d *office.Desk) error {
		m, a, err := configured(d)
		if err != nil {
			return err
		}
		m.Kind, m.Until = exchange.SettingsRecovery, d.Calendar.Due(d.Date, objectionWD, calendar.DueOptions{}).Date
		_, recovery, err := ownKeys(m)
		if err != nil {
			return err
		}
		switch {
		case len(a.recoveryOf(m, recovery).All()) == 0:
			return office.Refuse("没有登记恢复密钥：请从备份恢复", "there is no recovery key: restore a backup")
		case a.Fault == "" && a.Sections != nil && len(m.Sections) == 0:
			return office.Refuse("资金设置与已批准的相同，无需恢复", "these are the approved money settings: there is nothing to recover")
		case a.Waiting != nil && a.Waiting.Kind == exchange.SettingsRecovery && a.Waiting.SHA256 == m.SHA256:
			return nil
		case a.Waiting != nil:
			if err := voidSettings(d, *a.Waiting, ""); err != nil {
				return err
			}
		}
		m.Sections = nil // it stands for itself, whatever became of those of before
		if err := waitForSignatures(d, m, a); err != nil {
			return err
		}
		if a, err = ReadApproved(d.Office, d.Tx); err != nil {
			return err
		}
		f, err := d.Tx.File(a.Waiting.FileID)
		if err != nil {
			return err
		}
		return tellOfBefore(d, f, m, a)
	})
}

// tellOfBefore tells the officers of before of a recovery, and how to object.
func tellOfBefore(d *office.Desk, f exchange.File, m exchange.MoneySettings, a Approved) error {
	for _, o := range a.Signers.Officers {
		party := exchange.OfficerParty(o.Name)
		if _, ok := d.Party(party); !ok {
			continue
		}
		text := fmt.Sprintf(`有人以恢复密钥更换资金设置 / somebody replaces the money settings with a recovery key

%s

至 %s 前可以提出异议，一名人员签名即终止：对同名文件运行 ssh-keygen -Y sign -n %s，把签名 <文件>.%s.sig 放入本人目录 in；或 carryover settings object。
Until %[2]s one signature ends it: sign the file of that name with ssh-keygen -Y sign -n %[3]s and leave <file>.%[4]s.sig in your folder in, or use carryover settings object.
`, f.Name, m.Until, seal.NamespaceObjection, o.Name)
		if err := TellOfficer(d, party, f.Name+".recovery.txt", text); err != nil {
			return err
		}
		if err := showSignable(d, party, f.Name); err != nil {
			return err
		}
	}
	return nil
}

// Object ends a recovery by an objection of an officer of before: a signature of its text for
// objections. One made with both recovery keys cannot be objected to. What does not count is a
// *Refusal.
func Object(d *office.Desk, name, subject string, armored []byte) error {
	f, err := findPrepared(d, subject)
	if err != nil {
		return err
	}
	m, a, err := settingsOf(d, f)
	if err != nil {
		return err
	}
	_, count, err := settingsCount(d, m)
	if err != nil {
		return err
	}
	officer, ok := a.Signers.Officer(name)
	switch {
	case m.Kind != exchange.SettingsRecovery:
		return office.Refuse("%s 不是恢复，不能提出异议：不签即可", "%s is no recovery: do not sign it", f.Name)
	case count.Recovery >= exchange.RecoveryKeys:
		return office.Refuse("%s 由两把恢复密钥签名，不能提出异议", "%s was signed with both recovery keys: nobody can object", f.Name)
	case !ok || !officer.Has(exchange.Releasing()...):
		return office.Refuse("%s 不是原签名人员", "%s is no officer of the approved settings who signs", name)
	}
	content, err := d.OpenIntact(d.Tx, f)
	if err != nil {
		return err
	}
	defer content.Close()
	at := d.Instants(d.Now(), d.Date)
	who, err := a.Signers.Keys.Verify(content, armored, seal.NamespaceObjection, at...)
	if err == nil && len(a.Signers.Roles(officer, who.Fingerprint, seal.NamespaceObjection, exchange.Releasing(), at...)) == 0 {
		err = seal.ErrUnknownSigner
	}
	if err != nil {
		return office.Refuse("异议的签名无效", "the objection's signature does not count: %v", err)
	}
	why := fmt.Sprintf("%s（%s）提出异议，恢复终止 / %s objected: the recovery has ended", officer.FullName, name, name)
	return errors.Join(
		voidSettings(d, m, why),
		d.Journal(exchange.AgencyChain, "recovery_objected", code.Text(name), map[string]string{"file": f.Name, "fingerprint": who.Fingerprint, "signature": string(armored)}),
	)
}
