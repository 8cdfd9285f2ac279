package exchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// Signature is an officer's signature on a payment file or a text of the money
// settings, as it was when it was found good.
type Signature struct {
	FileID      int64
	Officer     string // name
	Roles       []Role `show:",role"` // with which it counts
	At          time.Time
	On          calendar.Date
	Fingerprint string // of the key
	Armored     string `show:"-"`
}

// Accepts reports whether signatures accept a finding about the store: one of 复核 and one of 审计,
// by two people; a recovery key stands for either of them.
func Accepts(list []Signature) bool {
	for i, one := range list {
		for j, other := range list {
			if i == j || one.Officer == other.Officer || IsRecovery(one.Officer) && IsRecovery(other.Officer) {
				continue
			}
			if (IsRecovery(one.Officer) || slices.Contains(one.Roles, RoleChecker)) && (IsRecovery(other.Officer) || slices.Contains(other.Roles, RoleAudit)) {
				return true
			}
		}
	}
	return false
}

// Resumes reports whether signatures let payments go on after the store was taken back: one of an
// officer of finance and one of 复核, by two people.
func Resumes(list []Signature) bool {
	for _, one := range list {
		for _, other := range list {
			if one.Officer != other.Officer && slices.Contains(one.Roles, RoleFinance) && slices.Contains(other.Roles, RoleChecker) {
				return true
			}
		}
	}
	return false
}

// Signed reports what signatures still lack before they release something: two
// different officers, one of them 复核.
func Signed(list []Signature) (lackSigners int, lackChecker bool) {
	lackChecker = true
	for _, s := range list {
		for _, r := range s.Roles {
			lackChecker = lackChecker && r != RoleChecker
		}
	}
	return max(0, 2-len(list)), lackChecker
}

// MoneySettings are the keys of the configuration that decide about money, at
// the time they were found. Payments are made by approved ones only.
type MoneySettings struct {
	N        int64  // running number
	SHA256   string // of Text
	State    string
	Since    calendar.Date
	FileID   int64 // the text to be signed; 0: what needed no signature, and the first ones of form 1
	Text     string
	Signers  string // the allowed_signers file
	Officers []Officer
	Recovery []string // public halves of the recovery keys, as an authorized_keys file has them

	Kind      string        // how they come to count
	Form      int           // of Text; 0: form 1
	Sections  []string      // what they change; none: all of them
	ValidFrom calendar.Date // not before; 0: at once
	Order     int64         // among the approved: the later one counts; 0: not approved, or form 1
	Until     calendar.Date // a recovery may be objected to until then
	Signed    string        // what was signed, byte by byte; it ends with Text, in lines of CRLF; "" for what needed no signature
}

// Signatures are how many of them money settings have that count.
type Signatures struct {
	Officers int
	Checker  bool // one of the officers is 复核
	Recovery int  // recovery keys
}

// Lack is what signatures still lack to let settings of a kind count: officers, one of them
// 复核, a recovery key. A change takes a recovery key in place of the second officer.
func (s Signatures) Lack(kind string) (officers int, checker, recovery bool) {
	if kind == SettingsChanged && s.Officers > 0 && s.Recovery > 0 {
		return 0, false, false
	}
	return max(0, 2-s.Officers), !s.Checker, kind == SettingsRecovery && s.Recovery == 0
}

// RecoveryName is the name under which the signature of a recovery key is kept, by its place
// from 1 in the settings; no officer can have it.
func RecoveryName(n int) string { return fmt.Sprintf("%s%d", recoveryName, n) }

// IsRecovery reports whether a name is that of a recovery key.
func IsRecovery(name string) bool { return strings.HasPrefix(name, recoveryName) }

const recoveryName = "recovery@"

// RecoveryKeys is how many there may be.
const RecoveryKeys = 2

// How money settings come to count.
const (
	SettingsFirst    = "first"    // the ceremony: signed by two of the officers whom they name
	SettingsChanged  = "change"   // signed by two officers approved before, or one and a recovery key
	SettingsRecovery = "recovery" // signed by a recovery key and two of the officers whom they name
	SettingsUnsigned = "unsigned" // of an agency that releases automatically and never signed any
)

// SettingsKinds are the words for how money settings come to count.
func SettingsKinds() []Term {
	return []Term{
		{SettingsFirst, "首次", "the first ones"},
		{SettingsChanged, "变更", "a change"},
		{SettingsRecovery, "恢复", "a recovery"},
		{SettingsUnsigned, "无需签名", "unsigned"},
	}
}

// States of money settings.
const (
	SettingsWaiting  = "waiting"  // for signatures
	SettingsAhead    = "ahead"    // signed, and not configured yet
	SettingsApproved = "approved" // they count, but for what later ones changed
	SettingsVoid     = "void"     // changed back, or again, before they were signed; or objected to
)

// SettingsForm is the form of their text. Another form is signed once anew.
const SettingsForm = 2

// DefaultNotice is the amount above which signers are told of a payment where the
// configuration does not say.
const DefaultNotice money.Fen = 50_000_00

// MoneyKeys are what the money settings are made of.
type MoneyKeys struct {
	Agency      Agency
	Partners    map[string]Partner
	Automatic   bool
	BankAddress string // where payment files are left
	CoreAddress string // where the core's answers come from, and the portal's
	PortalDrop  string
	AuditDrop   string            // where checkpoints are kept; "": nowhere
	Review      map[string]Review // how outgoing batches are reviewed, by kind
	Signers     string            // the allowed_signers file
	Keys        []SignerLine      // what stands in it
	PartnerKeys map[string][]SignerLine
	Recovery    []string // recovery keys, as an authorized_keys file has them
	RecoveryIDs []string // their fingerprints
}

// SignerLine is one key of an allowed_signers file, as its reader understood it.
type SignerLine struct {
	Principal   string
	Fingerprint string    // SHA256:…
	From, Until time.Time // zero: no limit
	For         []string  // namespaces; none: any
}

// String is the line as officers sign it.
func (l SignerLine) String() string {
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return visible(fmt.Sprintf("%s | %s | %s – %s | %s", l.Principal, l.Fingerprint, when(l.From), when(l.Until), strings.Join(l.For, ",")))
}

// Sections of the money settings. That of a partner stops only what is the partner's, any
// other all payments.
const (
	SectionStaff   = "人员与放行 staff and release"
	SectionOwn     = "本方账户、银行、限额 own accounts, bank, caps"
	SectionSystems = "业务系统与门户 core and portal"
	sectionPartner = "对方机构 partner "
)

// PartnerSection names the section of a partner.
func PartnerSection(code string) string { return sectionPartner + code }

// SectionOf returns the partner of a section; ok is false for a section of all.
func SectionOf(section string) (partner string, ok bool) {
	return strings.CutPrefix(section, sectionPartner)
}

// Text is the canonical text of the money settings: its form and agency, then the sections in
// their order, partners last, each with a line per value, sorted, so that it changes only when a value does.
func (k MoneyKeys) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "form: %d\nagency: %s\n", SettingsForm, k.Agency.Code)
	section := func(name string, lines []string) {
		for i, line := range lines {
			lines[i] = visible(line)
		}
		sort.Strings(lines)
		fmt.Fprintf(&b, "[%s]\n%s\n", name, strings.Join(lines, "\n"))
	}
	section(SectionStaff, k.staffLines())
	section(SectionOwn, k.ownLines())
	section(SectionSystems, k.systemLines())
	for _, code := range slices.Sorted(maps.Keys(k.Partners)) {
		section(PartnerSection(code), k.partnerLines(k.Partners[code]))
	}
	return b.String()
}

// visible is a line of which every character is seen: what no printer shows, a line's end too, stands as its
// number, so that nobody signs what was not there to be read.
func visible(line string) string {
	if !strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}

// SettingsSections divides a text into its sections, by name; nil for a text of form 1, which had
// none.
func SettingsSections(text string) map[string]string {
	if !strings.HasPrefix(text, fmt.Sprintf("form: %d\n", SettingsForm)) {
		return nil
	}
	sections, name := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "[") {
			name = strings.Trim(line, "[]\n")
			sections[name] = ""
		} else if name != "" {
			sections[name] += line
		}
	}
	return sections
}

// ChangedSections names the sections by which two texts differ, sorted; a text of another form
// differs in all of them.
func ChangedSections(before, after map[string]string) (names []string) {
	all := maps.Clone(before)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, after)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		a, inBefore := before[name]
		b, inAfter := after[name]
		if a != b || inBefore != inAfter {
			names = append(names, name)
		}
	}
	return names
}

// staffLines say who signs, and what takes signatures.
func (k MoneyKeys) staffLines() []string {
	lines := []string{"accounts.release: " + releaseWord(k.Automatic)}
	for _, o := range k.Agency.Officers {
		lines = append(lines, OfficerLine(o))
	}
	for _, l := range k.Keys {
		lines = append(lines, SignersKey+l.String())
	}
	for _, id := range k.RecoveryIDs {
		lines = append(lines, RecoveryKey+id)
	}
	return lines
}

// How the lines of the section of staff begin that are read back.
const (
	SignersKey  = "staff.allowed_signers: "
	RecoveryKey = "staff.recovery_keys: "
)

// OfficerLine is the line of an officer.
func OfficerLine(o Officer) string {
	return visible(fmt.Sprintf("staff.officers: %s | %s | %s", o.Name, o.FullName, joinRoles(o.Roles)))
}

// ownLines say from where and to where money goes on our side, and up to which amounts.
func (k MoneyKeys) ownLines() []string {
	a := k.Agency
	lines := []string{
		"accounts.caps.file: " + a.FileCap.String(),
		"accounts.caps.payment: " + a.PaymentCap.String(),
		"accounts.caps.notice: " + a.NoticeCap.String(),
		"accounts.caps.record: " + a.CapOfRecord().String(),
		"accounts.caps.partner_day: " + a.PartnerDayCap.String(),
		"accounts.caps.new_account_day: " + a.NewAccountDayCap.String(),
		fmt.Sprintf("accounts.remark_max: %d", a.RemarkMax),
		"accounts.remark_charset: " + a.RemarkIn,
		"accounts.payer: " + a.Payer.settingsLine(),
		"bank.drop: " + k.BankAddress,
		"bank.return_words: " + strings.Join(a.WordsOfReturn(), " | "),
	}
	for _, own := range a.Accounts {
		lines = append(lines, "accounts.own: "+own.settingsLine())
	}
	for _, no := range a.Shared {
		lines = append(lines, "accounts.shared: "+no)
	}
	for _, r := range a.Others {
		lines = append(lines, fmt.Sprintf("accounts.others: %s | %s | %s", r.Account, r.Text, r.Reason))
	}
	for _, s := range a.FundsClosed {
		lines = append(lines, fmt.Sprintf("accounts.funds_closed: %s – %s", s.From, s.To))
	}
	return lines
}

// systemLines say whose word amounts and payees come from, and who looks at what leaves.
func (k MoneyKeys) systemLines() []string {
	lines := []string{"core.drop: " + k.CoreAddress, "portal.drop: " + k.PortalDrop}
	if k.AuditDrop != "" {
		lines = append(lines, "audit.drop: "+k.AuditDrop)
	}
	for kind, how := range k.Review {
		lines = append(lines, fmt.Sprintf("review.%s: %s", kind, how))
	}
	return lines
}

// partnerLines say where a partner's money goes, and whose word is the partner's.
func (k MoneyKeys) partnerLines(p Partner) []string {
	lines := []string{"settlement: " + p.Settlement, fmt.Sprintf("lump_sum: %t", p.LumpSum), "seal: " + p.Seal}
	for _, acct := range p.Accounts {
		lines = append(lines, "accounts: "+acct.settingsLine())
	}
	for _, l := range k.PartnerKeys[p.Code] {
		lines = append(lines, PartnerSigners+l.String())
	}
	return lines
}

// PartnerSigners begins the line of a partner's key.
const PartnerSigners = "signers: "

func releaseWord(automatic bool) string {
	if automatic {
		return "automatic"
	}
	return "dual"
}

func joinRoles(roles []Role) string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = string(r)
	}
	sort.Strings(list)
	return strings.Join(list, ",")
}

func (a Account) settingsLine() string {
	return fmt.Sprintf("%s | %s | %s | %s | %s – %s | %s", a.No, a.Holder, a.Bank, a.CNAPS, a.ValidFrom, a.ValidTo, strings.Join(a.Schemes, ","))
}

// SettingsAccounts are the numbers of our accounts that a text of money settings names: the one that pays, and those
// that receive.
func SettingsAccounts(text string) (payer string, own []string) {
	for line := range strings.Lines(text) {
		key, account, _ := strings.Cut(line, ": ")
		no, _, _ := strings.Cut(account, " | ")
		switch key {
		case "accounts.payer":
			payer = no
		case "accounts.own":
			own = append(own, no)
		}
	}
	return payer, own
}

// SettingsSHA is the hash by which a text of money settings is known.
func SettingsSHA(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// SettingsChange lists the lines by which two texts differ, under the section they are in, sorted by
// what they are about: "- " what is gone, "+ " what is new.
func SettingsChange(before, after string) (lines []string) {
	old, fresh := lineCount(before), lineCount(after)
	for line := range old {
		for range old[line] - fresh[line] {
			lines = append(lines, "- "+line)
		}
	}
	for line := range fresh {
		for range fresh[line] - old[line] {
			lines = append(lines, "+ "+line)
		}
	}
	slices.SortFunc(lines, func(a, b string) int {
		return cmp.Or(cmp.Compare(about(a), about(b)), cmp.Compare(b[0], a[0]), cmp.Compare(a, b))
	})
	return lines
}

// lineCount counts the lines of a text, a partner's behind the partner.
func lineCount(text string) map[string]int {
	count, of := map[string]int{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "[") {
			of = ""
			if partner, ok := SectionOf(strings.Trim(line, "[]")); ok {
				of = "partners." + partner + "."
			}
			continue
		}
		count[of+line]++
	}
	return count
}

// about is the key of a changed line.
func about(line string) string {
	key, _, _ := strings.Cut(line[2:], ":")
	return key
}
