package exchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

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
	FileID   int64 // the text to be signed; 0: the first ones, or a change that nobody could sign
	Text     string
	Signers  string // the allowed_signers file
	Officers []Officer
}

// States of money settings.
const (
	SettingsWaiting  = "waiting"
	SettingsApproved = "approved"
	SettingsVoid     = "void" // changed back, or again, before two officers had signed
)

// DefaultNotice is the amount above which signers are told of a payment where the
// configuration does not say.
const DefaultNotice money.Fen = 50_000_00

// MoneyKeys are what the money settings are made of.
type MoneyKeys struct {
	Agency      Agency
	Partners    map[string]Partner
	Automatic   bool
	BankAddress string // where payment files are left
	Signers     string // the allowed_signers file
}

// Text is the canonical text of the money settings: a line per value, sorted,
// so that it changes only when a value does.
func (k MoneyKeys) Text() string {
	a := k.Agency
	lines := []string{
		"accounts.caps.file: " + a.FileCap.String(),
		"accounts.caps.payment: " + a.PaymentCap.String(),
		fmt.Sprintf("accounts.remark_max: %d", a.RemarkMax),
		"accounts.remark_charset: " + a.RemarkIn,
		"accounts.release: " + releaseWord(k.Automatic),
		"accounts.payer: " + a.Payer.settingsLine(),
		"bank.drop: " + k.BankAddress,
	}
	if a.NoticeCap != 0 && a.NoticeCap != DefaultNotice { // as it was before there was such a cap
		lines = append(lines, "accounts.caps.notice: "+a.NoticeCap.String())
	}
	for key, most := range map[string]money.Fen{"partner_day": a.PartnerDayCap, "new_account_day": a.NewAccountDayCap} {
		if most != 0 { // a setting of today that is left out is no change of yesterday's text
			lines = append(lines, "accounts.caps."+key+": "+most.String())
		}
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
	if most := a.CapOfRecord(); most != RecordCap {
		lines = append(lines, "accounts.caps.record: "+most.String())
	}
	if words := a.WordsOfReturn(); !slices.Equal(words, ReturnWords()) { // nor is one left at its default
		lines = append(lines, "bank.return_words: "+strings.Join(words, " | "))
	}
	for _, s := range a.FundsClosed {
		lines = append(lines, fmt.Sprintf("accounts.funds_closed: %s – %s", s.From, s.To))
	}
	for _, p := range k.Partners {
		head := "partners." + p.Code
		lines = append(lines, head+".settlement: "+p.Settlement, fmt.Sprintf("%s.lump_sum: %t", head, p.LumpSum))
		for _, acct := range p.Accounts {
			lines = append(lines, head+".accounts: "+acct.settingsLine())
		}
	}
	for _, o := range a.Officers {
		lines = append(lines, fmt.Sprintf("staff.officers: %s | %s | %s", o.Name, o.FullName, joinRoles(o.Roles)))
	}
	for line := range strings.Lines(k.Signers) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && line[0] != '#' {
			lines = append(lines, "staff.allowed_signers: "+line)
		}
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n") + "\n"
}

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

// SettingsSHA is the hash by which a text of money settings is known.
func SettingsSHA(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// SettingsChange lists the lines by which two texts differ, sorted by what
// they are about: "- " what is gone, "+ " what is new.
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

func lineCount(text string) map[string]int {
	count := map[string]int{}
	for line := range strings.Lines(text) {
		count[strings.TrimSuffix(line, "\n")]++
	}
	return count
}

// about is the key of a changed line.
func about(line string) string {
	key, _, _ := strings.Cut(line[2:], ":")
	return key
}
