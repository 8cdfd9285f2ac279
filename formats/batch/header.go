package batch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// Header is the envelope of a batch, its first row:
//
//	H,<kind>,<version>,<sender>,<receiver>,<sequence>,<created>,<profile>[,<extent>]
//
// Created has whole seconds and keeps its zone; the day in the file name is
// its day there.
type Header struct {
	Kind     string
	Version  int
	Sender   string // a party: area code, with c, p or b for core, portal, bank
	Receiver string
	Sequence int // 1–999999; 0: not yet assigned, in workbooks only
	Created  time.Time
	Profile  string      // the rule profile the sender counts by; may be empty
	Extent   code.Extent // full or delta, of kinds that are Scoped
}

// MaxSequence is the largest sequence number: six digits in the file name.
const MaxSequence = 999999

// Carrier is the kind of file that a batch travels in.
type Carrier string

// The carriers; the values are the endings of file names.
const (
	CSV      Carrier = "csv"
	Workbook Carrier = "xlsx"
)

// FileName is the canonical name of a batch, taken apart.
type FileName struct {
	Kind     string
	Sender   string
	Receiver string
	Day      calendar.Date
	Sequence int
	Carrier  Carrier
}

// FileName is the name under which the batch travels.
func (h Header) FileName(c Carrier) string {
	return FileName{h.Kind, h.Sender, h.Receiver, calendar.DateOf(h.Created), h.Sequence, c}.String()
}

// String is <kind>_<sender>_<receiver>_<yyyymmdd>_<sequence, 6 digits>.<carrier>.
func (n FileName) String() string {
	return fmt.Sprintf("%s_%s_%s_%s_%06d.%s", n.Kind, n.Sender, n.Receiver, n.Day.Compact(), n.Sequence, n.Carrier)
}

// ParseFileName takes a canonical name apart; ok is false for any other name.
// The name is a base name, never a path.
func ParseFileName(name string) (n FileName, ok bool) {
	base, ending, _ := strings.Cut(name, ".")
	parts := strings.Split(base, "_")
	if len(parts) != 5 || (ending != string(CSV) && ending != string(Workbook)) {
		return FileName{}, false
	}
	day, seq := parts[3], parts[4]
	if len(day) != 8 || len(seq) != 6 || !digits(day) || !digits(seq) || !isParty(parts[1]) || !isParty(parts[2]) {
		return FileName{}, false
	}
	d, err := calendar.ParseDate(day[:4] + "-" + day[4:6] + "-" + day[6:])
	if err != nil || parts[0] == "" || strings.Trim(parts[0], "abcdefghijklmnopqrstuvwxyz-") != "" {
		return FileName{}, false
	}
	sequence, _ := strconv.Atoi(seq)
	return FileName{parts[0], parts[1], parts[2], d, sequence, Carrier(ending)}, true
}

// isParty reports whether s has the shape of a party.
func isParty(s string) bool {
	return len(s) >= 6 && digits(s[:6]) && (len(s) == 6 || s[6:] == string(Core) || s[6:] == string(Portal) || s[6:] == string(Bank))
}

// RoleOf is the role of a party, by the letter behind its area code.
func RoleOf(party string) Role {
	if len(party) == 7 {
		return Role(party[6:])
	}
	return Agency
}

// createdLayout is RFC 3339 with whole seconds.
const createdLayout = time.RFC3339

// Fields are the header as the texts of its row.
func (h Header) Fields() []string {
	sequence := ""
	if h.Sequence > 0 {
		sequence = strconv.Itoa(h.Sequence)
	}
	f := []string{"H", h.Kind, strconv.Itoa(h.Version), h.Sender, h.Receiver, sequence, h.Created.Format(createdLayout), h.Profile}
	if h.Extent != "" {
		f = append(f, string(h.Extent))
	}
	return f
}

// check finds what would make a header refused, before it is written.
func (h Header) check(kind *Kind) error {
	var all []error
	for _, f := range readHeader(h.Fields(), []*Kind{kind}, false).faults {
		all = append(all, fmt.Errorf("header: %s: %s %s", f.Field, f.Code, f.Text))
	}
	return errors.Join(all...)
}

// envelope is a header as it was read, with what is wrong with it.
type envelope struct {
	Header
	kind   *Kind // nil when kind or version is not known
	faults []Fault
}

func (e *envelope) add(field string, c code.Fault, text string) {
	e.faults = append(e.faults, Fault{Line: 1, Row: "H", Field: field, Code: c, Text: text})
}

// readHeader reads the fields of an H row; draft allows an empty sequence.
func readHeader(f []string, kinds []*Kind, draft bool) envelope {
	var e envelope
	miscounted := len(f) < 8 || len(f) > 9
	if miscounted { // told once, not again as a wrong extent
		e.add("", code.WrongEnvelope, fmt.Sprintf("首行应有8或9个字段，实有%d个 / the first row should have 8 or 9 fields, it has %d", len(f), len(f)))
		f = append(f, make([]string, 9)...)[:9]
	}
	e.Kind, e.Sender, e.Receiver, e.Profile = f[1], f[3], f[4], f[7]
	e.kind = Find(kinds, e.Kind)
	if e.kind == nil {
		e.add("kind", code.KindUnknown, Quoted("没有这种文件 / no such kind", e.Kind))
	}
	if e.Version, _ = strconv.Atoi(f[2]); f[2] != strconv.Itoa(Version) {
		e.add("version", code.VersionUnknown, Quoted("本版本为1 / the version is 1", f[2]))
		e.kind = nil
	}
	e.readParties()
	e.readSequence(f[5], draft)
	created, err := time.Parse(createdLayout, f[6])
	if e.Created = created; err != nil || created.Format(createdLayout) != f[6] {
		e.add("created", code.WrongEnvelope, "应写作 2026-02-13T08:30:00+08:00 / write 2026-02-13T08:30:00+08:00")
	}
	if len(e.Profile) > 32 {
		e.add("profile", code.WrongEnvelope, atMost(32))
	}
	if !miscounted {
		e.readExtent(f)
	}
	return e
}

func (e *envelope) readParties() {
	const shape = "应为6位区划代码，可后缀 c、p 或 b / a 6-digit area code, with c, p or b behind it or nothing"
	switch {
	case !isParty(e.Sender):
		e.add("sender", code.WrongEnvelope, shape)
	case e.kind != nil && !hasRole(e.kind.Senders, RoleOf(e.Sender)):
		e.add("sender", code.WrongEnvelope, "此类文件不由该方发送 / this party does not send this kind")
	}
	switch {
	case !isParty(e.Receiver):
		e.add("receiver", code.WrongEnvelope, shape)
	case e.kind != nil && !hasRole(e.kind.Receivers, RoleOf(e.Receiver)):
		e.add("receiver", code.WrongEnvelope, "此类文件不发给该方 / this kind is not sent to this party")
	}
}

func (e *envelope) readSequence(s string, draft bool) {
	p := readWhole(&e.Sequence, s, 1, MaxSequence)
	if p.code == "" || (draft && s == "") {
		return
	}
	e.Sequence = 0
	e.add("sequence", code.WrongEnvelope, "序号应为1至999999的整数，不带前导零 / a whole number from 1 to 999999 without leading zeros")
}

func (e *envelope) readExtent(f []string) {
	extent := ""
	if len(f) == 9 {
		extent = f[8]
	}
	if e.Extent = code.Extent(extent); e.kind == nil {
		return
	}
	switch {
	case e.kind.Scoped && !e.Extent.Known():
		e.add("extent", code.WrongEnvelope, "应为 full 或 delta / full or delta")
	case !e.kind.Scoped && len(f) == 9:
		e.add("extent", code.WrongEnvelope, "此类文件没有第9个字段 / this kind has no ninth field")
	}
}

func hasRole(roles []Role, r Role) bool {
	for i := range roles {
		if roles[i] == r {
			return true
		}
	}
	return false
}
