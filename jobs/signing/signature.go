// Package signing is who may sign, what waits for signatures, and what became
// of those that came: payment files, the money settings, and what lies in the
// officers' folders to be signed.
//
// It promises that a signature counts only from an officer and a key of the
// approved money settings, over the bytes that were shown, with a role that is
// asked for. What a complete set of signatures sets going is for the rooms
// above: nothing is released here.
package signing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// ReadSignature reads what an officer left, up to one byte more than a signature may
// have (seal.MaxSignature): one that is too long is seen to be, and no more is read.
func ReadSignature(ctx context.Context, o *office.Office, spool string) ([]byte, error) {
	src, err := o.OpenSpool(ctx, spool)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return io.ReadAll(io.LimitReader(src, seal.MaxSignature+1))
}

// TakeSignature finds out by its name what a signature in an officer's folder is for,
// <file>.<officer>.sig, and signs with it. A name of another form, or of another
// officer, comes back as a *Refusal that says how to name it.
func TakeSignature(d *office.Desk, officer, name string, armored []byte) (Accepted, error) {
	stem := strings.TrimSuffix(name, seal.Suffix)
	subject, found := strings.CutSuffix(stem, "."+officer)
	if !found {
		if other, ok := namedOfficer(d, stem); ok {
			return Accepted{}, office.Refuse("这是 %s 的签名，放在了 %s 的目录中；签名须放在本人目录",
				"named for %s, but left in the folder of %s: everybody uses the own one", other, officer)
		}
		if strings.HasSuffix(stem, ".xlsx") {
			return Accepted{}, office.Refuse("没有与签名在一起的决定表 %s：请把决定表和签名一起放入 in；付款文件的签名应命名为 <文件>.%s.sig",
				"the decisions workbook %s does not lie beside its signature: leave both together in in; the signature of a payment file is called <file>.%s.sig", stem, officer)
		}
		return Accepted{}, office.Refuse("文件名应为 <文件>.%s.sig", "name it <file>.%s.sig", officer)
	}
	if seal.NamespaceOf(armored) == seal.NamespaceObjection {
		return Accepted{Objected: true}, Object(d, officer, subject, armored)
	}
	return Sign(d, officer, subject, armored)
}

// namedOfficer finds the officer whose name ends the name of a signature.
func namedOfficer(d *office.Desk, stem string) (string, bool) {
	for _, o := range d.Agency.Officers {
		if strings.HasSuffix(stem, "."+o.Name) {
			return o.Name, true
		}
	}
	return "", false
}

// EndSignature records what became of a file with a signature, and leaves a note about
// it in the officer's folder. With a refusal the file is rejected and moved to bad; with
// nil it is accepted, and s says what is still missing.
func EndSignature(d *office.Desk, f exchange.File, s Accepted, refusal *office.Refusal) error {
	before, err := d.Tx.File(f.ID)
	if err != nil {
		return err
	}
	after := before
	after.Kind, after.State, after.Verdict = office.KindSignature, exchange.FileWorked, code.FileAccepted
	text := s.words()
	if refusal != nil {
		after.State, after.Verdict = exchange.FileRejected, code.FileRejected
		after.Text = office.Clip(refusal.Chinese+" / "+refusal.English, 500)
		text = "签名未被接受 / signature refused\n\n" + refusal.Chinese + "\n" + refusal.English + "\n"
		d.Log.Warn("signature refused", "party", f.Party, "file", f.Name, "why", refusal.English)
		if err := d.LeaveInBad(before); err != nil {
			return err
		}
		if err := d.Journal(exchange.AgencyChain, "signature_refused", refusal.Phrase(), map[string]string{"file": f.Name, "sha256": f.SHA256}); err != nil {
			return err
		}
	}
	if err := d.Tx.UpdateFile(before, after); err != nil {
		return err
	}
	return TellOfficer(d, f.Party, f.Name+".txt", text)
}

// Accepted is what became of a signature that counts, and what its file still lacks.
type Accepted struct {
	File         exchange.File
	Officer      exchange.Officer
	Roles        []exchange.Role // with which the signature counts; a recovery key has none
	LackSigners  int             // further officers
	LackChecker  bool            // none of those who signed is 复核
	LackRecovery bool            // a recovery key has not signed
	LackAudit    bool            // a finding: not both 复核 and 审计 have signed
	LackFinance  bool            // a restoration: not both finance and 复核 have signed
	Objected     bool            // it was an objection, which ended a recovery
}

// Complete reports whether the signatures suffice.
func (s Accepted) Complete() bool {
	return s.LackSigners == 0 && !s.LackChecker && !s.LackRecovery && !s.LackAudit && !s.LackFinance
}

// words is the note to an officer whose signature counts.
func (s Accepted) words() string {
	text := fmt.Sprintf("签名已接受 / signature accepted\n\n%s\nSHA-256 %s\n%s\n", s.File.Name, s.File.SHA256, s.Officer.FullName)
	return text + "\n" + s.Missing() + "\n"
}

// Missing says in both languages what the signatures still lack.
func (s Accepted) Missing() string {
	switch {
	case s.Objected:
		return "异议成立，恢复终止。 The objection counts: the recovery has ended."
	case s.Complete():
		return "签名已齐。 All signatures are there."
	case s.LackSigners > 1:
		return "还需两名人员签名，其中一名复核。 Two signatures are missing, one of them a checker's (复核)."
	case s.LackFinance:
		return "须由财务、复核各一人签名。 One of finance and one of 复核 have to sign."
	case s.LackAudit:
		return "须由复核、审计各一人签名。 One of 复核 and one of 审计 have to sign."
	case s.LackSigners == 0 && !s.LackChecker:
		return "还需恢复密钥签名。 The signature of a recovery key is missing."
	case s.LackChecker:
		return "还需一名复核人员签名。 The signature of a checker (复核) is missing."
	}
	return "还需另一名人员签名。 The signature of another officer is missing."
}

// Sign records an officer's signature on a file that waits for it: verified against the
// file's bytes in the spool and against the approved signers. The name says who claims to
// have signed; the key must give that officer a role that signs. What does not count
// comes back as a *Refusal and leaves nothing behind; a fault of the spool or the store
// as another error. Nothing is released here.
func Sign(d *office.Desk, name, subject string, armored []byte) (Accepted, error) {
	f, err := findPrepared(d, subject)
	if err != nil {
		return Accepted{}, err
	}
	switch f.Kind {
	case office.KindMoneySettings:
		return signSettings(d, name, f, armored)
	case office.KindCheckpoint, office.KindFinding, office.KindRestored:
		return signAudited(d, name, f, armored)
	}
	signers, err := ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return Accepted{}, err
	}
	before, err := d.Tx.Signatures(f.ID)
	if err != nil {
		return Accepted{}, err
	}
	s, officer, err := verified(d, f, signers, name, armored)
	if err != nil {
		return Accepted{}, err
	}
	if err := maySign(d, f, s, before); err != nil {
		return Accepted{}, err
	}
	if err := d.Tx.InsertSignature(s); err != nil {
		return Accepted{}, err
	}
	signed := Accepted{File: f, Officer: officer, Roles: s.Roles}
	signed.LackSigners, signed.LackChecker = exchange.Signed(append(before, s))
	return signed, noteSigned(d, f, s)
}

// verified is a signature on a file's bytes in the spool as it is to be recorded, and whose it is:
// of an officer among the signers with a role that signs such a file, or, under its name, of a recovery
// key among them. One that does not count is a *Refusal.
func verified(d *office.Desk, f exchange.File, signers SignerSet, name string, armored []byte) (s exchange.Signature, officer exchange.Officer, err error) {
	if officer = (exchange.Officer{Name: name, FullName: name}); !exchange.IsRecovery(name) {
		if err := maySignAs(signers, name, RolesFor(f.Kind)); err != nil {
			return s, officer, err
		}
		officer, _ = signers.Officer(name)
	}
	content, err := d.OpenIntact(d.Tx, f)
	if err != nil {
		return s, officer, err
	}
	defer content.Close()
	at := d.Instants(d.Now(), d.Date)
	who, err := VerifyOn(d, f, content, signers, armored, at...)
	if err != nil {
		return s, officer, err
	}
	s = exchange.Signature{FileID: f.ID, Officer: name, At: d.Now(), On: d.Date, Fingerprint: who.Fingerprint, Armored: string(armored)}
	if exchange.IsRecovery(name) {
		if !slices.Contains(who.Principals, name) {
			err = refuseKey(signers, officer, who)
		}
		return s, officer, err
	}
	if s.Roles = signers.Roles(officer, who.Fingerprint, NamespaceOf(f.Kind), RolesFor(f.Kind), at...); len(s.Roles) == 0 {
		err = refuseKey(signers, officer, who)
	}
	return s, officer, err
}

// signedBeside records a verified signature beside those before it, each another person's by another key.
func signedBeside(d *office.Desk, f exchange.File, signers SignerSet, before []exchange.Signature, name string, armored []byte) (exchange.Signature, exchange.Officer, error) {
	s, officer, err := verified(d, f, signers, name, armored)
	if err == nil {
		err = signedBefore(s, before)
	}
	if err == nil {
		err = d.Tx.InsertSignature(s)
	}
	return s, officer, err
}

// maySignAs refuses who is no officer with one of the roles that sign.
func maySignAs(signers SignerSet, name string, among []exchange.Role) error {
	officer, ok := signers.Officer(name)
	if !ok {
		return office.Refuse("%s 不是已批准的签名人员", "%s is not an officer of the approved settings", name)
	}
	if !officer.Has(among...) {
		var chinese, english []string
		for _, r := range among {
			t := exchange.TermOf(exchange.RoleTerms(), string(r))
			chinese, english = append(chinese, t.Chinese), append(english, t.English)
		}
		return office.Refuse("%s 没有须签名的角色（"+strings.Join(chinese, "、")+"）", "%s has no role that signs ("+strings.Join(english, ", ")+")", name)
	}
	return nil
}

// refuseKey refuses a key that is listed, but gives this officer no role that signs.
func refuseKey(signers SignerSet, officer exchange.Officer, who seal.Signer) error {
	if other, ok := signers.Owner(who.Fingerprint); ok && other.Name != officer.Name {
		return office.Refuse("签名用的是 %s 的密钥，不是 %s 的", "made with the key of %s, not of %s", other.Name, officer.Name)
	}
	return office.Refuse("密钥 %s 没有为 %s 登记可以签名的角色（allowed_signers 与人员名单须一致）",
		"key %s is not listed for %s with a role that signs: allowed_signers and the list of officers must agree", who.Fingerprint, officer.Name)
}

// findPrepared finds the file that a signature is for: a payment file for the bank, or
// a text of the money settings, which has the agency itself as its party. A *Refusal
// when there is none, or when it no longer waits for signatures.
func findPrepared(d *office.Desk, subject string) (exchange.File, error) {
	f, err := d.Tx.FileByName(exchange.Out, d.Agency.Bank(), subject)
	if office.IsNotFound(err) {
		f, err = d.Tx.FileByName(exchange.Out, d.Agency.Code, subject)
	}
	if office.IsNotFound(err) {
		return f, office.Refuse("没有名为 %s 的待签文件", "no file called %s is to be signed", subject)
	}
	if err != nil {
		return f, err
	}
	switch f.State {
	case exchange.FilePrepared:
		return f, nil
	case exchange.FileVoid:
		return f, office.Refuse("%s 已作废，请签新的文件", "%s is void: sign the new one", subject)
	case exchange.FileApproved:
		return f, office.Refuse("%s 已批准，无需再签", "%s is approved already", subject)
	}
	return f, office.Refuse("%s 已放行，无需再签", "%s is released already", subject)
}

// maySign refuses an officer whom the signatures that are there already, or an earlier
// decision, keep from signing. Two people, two keys, one of them 复核, and nobody who
// decided about a payment in the file releases it (SPEC 4).
func maySign(d *office.Desk, f exchange.File, s exchange.Signature, before []exchange.Signature) error {
	if err := signedBefore(s, before); err != nil {
		return err
	}
	if lack, lackChecker := exchange.Signed(before); lack == 0 && !lackChecker {
		return office.Refuse("%s 的签名已齐，等待放行", "%s has its signatures and waits to be released", f.Name)
	}
	// A second one who is no checker either is refused at once, so that always two sign.
	if lack, lackChecker := exchange.Signed(append(before, s)); lack == 0 && lackChecker {
		return office.Refuse("两名签名人中须有一名复核；已有 %s 的签名，请复核人员签名",
			"one of the two must be a checker (复核); %s has signed, a checker's signature is missing", before[0].Officer)
	}
	about, err := DecidedIn(d, f, s.Officer)
	if err == nil && about != "" {
		return office.Refuse("%s 对其中办件 %s 作过决定，不得签名放行", "%s decided about case %s in it and may not release it", s.Officer, about)
	}
	return err
}

// signedBefore refuses a second signature of one officer or one key.
func signedBefore(s exchange.Signature, before []exchange.Signature) error {
	for _, b := range before {
		switch {
		case b.Officer == s.Officer:
			return office.Refuse("%s 已经签过，第二个签名须由另一人作出", "%s has signed before: the second signature is somebody else's", s.Officer)
		case b.Fingerprint == s.Fingerprint:
			return office.Refuse("这把密钥已以 %s 的名义签过", "this key has signed before, for %s", b.Officer)
		}
	}
	return nil
}

// DecidedIn is what an officer has decided about of a payment file, a case or the credit
// that a refund pays back; "" when nothing.
func DecidedIn(d *office.Desk, f exchange.File, officer string) (about string, err error) {
	deciders, err := d.Tx.Deciders(f.ID)
	for _, x := range deciders {
		if x.Officer == officer {
			return x.About, err
		}
	}
	return "", err
}

// VerifyOn checks a signature against the bytes of a file (content), at each of the instants:
// now, or for one that is recorded when it was made. The very bytes that it is verified
// over are hashed and compared with what was recorded of them (office.ErrSpool), so that
// nobody signs or releases what was changed in the spool. A signature that does not
// verify is a *Refusal that says why.
func VerifyOn(d *office.Desk, f exchange.File, content io.ReadSeeker, signers SignerSet, armored []byte, at ...time.Time) (seal.Signer, error) {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return seal.Signer{}, err
	}
	sum := sha256.New()
	hashed := io.TeeReader(content, sum)
	who, err := signers.Keys.Verify(hashed, armored, NamespaceOf(f.Kind), at...)
	if _, err := io.Copy(io.Discard, hashed); err != nil { // what a signature that is none left unread
		return who, err
	}
	if sha := hex.EncodeToString(sum.Sum(nil)); sha != f.StoredSHA {
		return seal.Signer{}, fmt.Errorf("%w: %s has SHA-256 %s", office.ErrSpool, f.Spool, sha)
	}
	switch {
	case errors.Is(err, seal.ErrMalformed):
		return who, office.Refuse("不是有效的 SSH 签名文件", "not an SSH signature")
	case errors.Is(err, seal.ErrNamespace):
		return who, office.Refuse("签名的用途不对，须用 -n %s", "made for another purpose: sign with -n %s", NamespaceOf(f.Kind))
	case errors.Is(err, seal.ErrUnknownSigner):
		return who, office.Refuse("密钥不在已批准的 allowed_signers 中", "the key is not in the approved allowed_signers")
	case errors.Is(err, seal.ErrExpired):
		return who, office.Refuse("密钥不在有效期内", "the key is not valid at this time")
	case errors.Is(err, seal.ErrUnattended):
		return who, office.Refuse("硬件密钥签名时没有核验持有人（PIN 或指纹）：请用 -O verify-required 生成的密钥",
			"the hardware key did not verify its owner (PIN or fingerprint): use one made with -O verify-required")
	case errors.Is(err, seal.ErrWrong):
		// Most often it was made over the file of another night.
		if other, ok := findSigned(d, f, signers, armored, at...); ok {
			return who, office.Refuse("这是对 %s 的签名，不是对 %s 的", "this is a signature of %s, not of %s", other, f.Name)
		}
		return who, office.Refuse("签名与文件内容不符：文件或签名被改动过", "the signature does not fit the file: one of them was changed")
	}
	return who, err
}

// otherFiles bounds the files among which a signature's own is looked for: each is read
// in full, newest first.
const otherFiles = 50

// findSigned names another file of the same kind that a signature was made over; false
// when there is none among the latest. Its errors are swallowed: it only makes a
// refusal clearer.
func findSigned(d *office.Desk, f exchange.File, signers SignerSet, armored []byte, at ...time.Time) (string, bool) {
	all, err := d.Tx.Files(store.FileFilter{Dir: exchange.Out, Party: f.Party, Kind: f.Kind})
	if err != nil {
		return "", false
	}
	for i := len(all) - 1; i >= max(0, len(all)-otherFiles); i-- {
		if all[i].ID == f.ID {
			continue
		}
		content, err := d.OpenSpoolIn(d.Tx, all[i].Spool)
		if err != nil {
			continue
		}
		_, err = signers.Keys.Verify(content, armored, NamespaceOf(f.Kind), at...)
		content.Close()
		if err == nil {
			return all[i].Name, true
		}
	}
	return "", false
}
