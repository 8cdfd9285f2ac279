package samples

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// story is a sequence while it is made.
type story struct {
	name  string
	about string
	steps []storyStep
}

// storyStep puts one file on a day and says what receipts tell of it.
type storyStep struct {
	day   string
	party string
	kind  string
	set   []string // of the good file of the kind
	rows  func([]string) []string
	// told lists what the receipt of that day says: "accepted" or "rejected
	// digest" of the file, "<record_no> refused duplicate-earlier" of a record;
	// "again" for the receipt it got before.
	told []string
	// later lists what a receipt tells of this file on a later day.
	later map[string][]string
	spoil bool // the digest is wrong
	// sign makes the signature that is put beside the file, before it; nil: none.
	sign func(file []byte) []byte
	// alter changes the file behind its signature.
	alter func(file []byte) []byte
	as    string // the name under which it is put; "": its own
}

// letterNo is the i-th letter of the good file and of what stories add.
func letterNo(i int) string { return fmt.Sprintf("31010020260303%06d", i) }

func accepted(numbers ...string) []string {
	told := []string{"accepted"}
	for _, n := range numbers {
		told = append(told, n+" accepted")
	}
	return told
}

// lettersOn puts letters of the partner with a sequence number.
func lettersOn(day string, sequence int, told []string, set ...string) storyStep {
	return storyStep{day: day, party: ConfigPartner, kind: formats.KindLetter, told: told, set: append(sent(day, sequence), set...)}
}

func sent(day string, sequence int) []string {
	return []string{fmt.Sprintf("H1.sequence=%d", sequence), "H1.created=" + day + "T08:30:00+08:00"}
}

// others renames the three letters of the good file.
func others(from int) []string {
	return []string{"L1.letter_no=" + letterNo(from), "L2.letter_no=" + letterNo(from+1), "L3.letter_no=" + letterNo(from+2)}
}

func firstRecord(rows []string) []string { return rows[:2] }

// onlyRecord keeps the last record of the good registry, who has no stays.
func onlyRecord(rows []string) []string { return append(rows[:1], rows[len(rows)-1]) }

// secondForm keeps the second form and its stay.
func secondForm(rows []string) []string { return append(rows[:1], rows[5], rows[6]) }

const (
	core          = ConfigAgency + "c"
	portal        = ConfigAgency + "p"
	newPersonalNo = "3205000000000003"
	// ourLetter is the first letter that ConfigAgency issues on 4 March.
	ourLetter = "32050020260304000001"
)

// newcomer turns the good registry's last record into LI, who now
// participates at ConfigAgency.
func newcomer() []string {
	return append(sent("2026-03-03", 1),
		"R3.id_type=01", "R3.id_no=320508198802170028", "R3.name=李娜", "R3.sex=2", "R3.birth_date=1988-02-17",
		"R3.arrears_months=", "R3.arrears_amount=", "R3.first_month=2026-02", "R3.paid_to=2026-02")
}

// applicationToUs turns the good application of LI into one for ConfigAgency.
func applicationToUs() []string {
	return append(sent("2026-03-04", 1),
		"H1.sender="+portal, "H1.receiver="+ConfigAgency, "A1.from_agency="+ConfigPartner, "A1.to_agency="+ConfigAgency, "A1.certificate_no=")
}

func fromPartner(day string, sequence int) []string {
	return append(sent(day, sequence), "H1.sender="+ConfigPartner, "H1.receiver="+ConfigAgency)
}

// decline puts the good decline, naming our letter.
func decline(day string, sequence int, told []string, later map[string][]string) storyStep {
	return storyStep{
		day: day, party: ConfigPartner, kind: formats.KindForm, told: told, later: later,
		set:  append(fromPartner(day, sequence), "D1.letter_no="+ourLetter),
		rows: func(rows []string) []string { return append(rows[:1], rows[len(rows)-1]) },
	}
}

func stories(t testing.TB) []story {
	three := accepted(letterNo(1), letterNo(2), letterNo(3))
	completion := func(day string, sequence int, told []string, later map[string][]string, set ...string) storyStep {
		return storyStep{day: day, party: ConfigPartner, kind: formats.KindCompletion, told: told, later: later, set: append(sent(day, sequence), set...), rows: firstRecord}
	}
	unknown := letterNo(900)
	return []story{
		{"file-twice", "同一文件送两次：原样再发第一次的回执 / the same file twice: the first receipt again, byte for byte", []storyStep{
			lettersOn("2026-03-03", 1, three), {day: "2026-03-04", party: ConfigPartner, kind: formats.KindLetter, set: sent("2026-03-03", 1), told: []string{"again"}},
		}},
		{"sequence-reused", "序号相同、内容不同：整批退回 / the same sequence with other content is refused", []storyStep{
			lettersOn("2026-03-03", 1, three), lettersOn("2026-03-04", 1, []string{"rejected sequence-reused"}, others(4)...),
		}},
		{"sequence-gap", "缺号不影响处理，回执中提示 / a gap blocks nothing and is named in the receipt", []storyStep{
			lettersOn("2026-03-03", 1, three),
			lettersOn("2026-03-04", 3, append([]string{"accepted sequence-gap"}, accepted(letterNo(7), letterNo(8), letterNo(9))[1:]...), others(7)...),
			lettersOn("2026-03-05", 2, accepted(letterNo(4), letterNo(5), letterNo(6)), others(4)...),
		}},
		{"resend-of-rejected", "整批退回后可用原序号重送 / what was rejected whole may come again under its number", []storyStep{
			{day: "2026-03-03", party: ConfigPartner, kind: formats.KindLetter, set: sent("2026-03-03", 1), told: []string{"rejected digest"}, spoil: true},
			{day: "2026-03-04", party: ConfigPartner, kind: formats.KindLetter, set: sent("2026-03-03", 1), told: three},
		}},
		{"record-earlier", "与此前重复的记录退回，其他记录接收 / a record that came before is refused, the others are not", []storyStep{
			lettersOn("2026-03-03", 1, three),
			lettersOn("2026-03-04", 2, []string{"partly", letterNo(1) + " refused duplicate-earlier", letterNo(5) + " accepted", letterNo(6) + " accepted"}, others(4)[1:]...),
		}},
		{"unknown-letter", "联系函不存在且无缺号：退回 / an unknown letter without an open gap is refused", []storyStep{
			completion("2026-03-03", 1, []string{"partly", unknown + " refused unknown-letter"}, nil, "K1.letter_no="+unknown),
		}},
		{"unknown-letter-held", "有缺号时先暂缓，缺号补齐后退回 / with an open gap it is held, and refused when the gap is closed", []storyStep{
			completion("2026-03-03", 2, []string{"accepted sequence-gap", unknown + " held unknown-letter"}, map[string][]string{"2026-03-04": {"partly", unknown + " refused unknown-letter"}}, "K1.letter_no="+unknown),
			completion("2026-03-04", 1, []string{"partly", letterNo(901) + " refused unknown-letter"}, nil, "K1.letter_no="+letterNo(901), "K1.form_no=F32050020260312000901"),
		}},
		{"later-accepted", "有缺号时先暂缓，联系函发出后接收 / with an open gap it is held, and accepted once the letter has gone out", []storyStep{
			{day: "2026-03-03", party: core, kind: formats.KindRegistry, set: newcomer(), rows: onlyRecord, told: accepted(newPersonalNo)},
			decline("2026-03-03", 2, []string{"accepted sequence-gap", ourLetter + " held unknown-letter"}, map[string][]string{"2026-03-04": {"accepted sequence-gap", ourLetter + " accepted"}}),
			{day: "2026-03-04", party: portal, kind: formats.KindApplication, set: applicationToUs(), rows: firstRecord, told: accepted("SH20260302-00017")},
		}},
		{"person-differs", "信息表与联系函不是同一人：退回 / a form about another person than its letter's", []storyStep{
			{day: "2026-03-03", party: core, kind: formats.KindRegistry, set: newcomer(), rows: onlyRecord, told: accepted(newPersonalNo)},
			{day: "2026-03-04", party: portal, kind: formats.KindApplication, set: applicationToUs(), rows: firstRecord, told: accepted("SH20260302-00017")},
			{
				day: "2026-03-05", party: ConfigPartner, kind: formats.KindForm, rows: secondForm, told: []string{"partly", "F31010020260305000001 refused person-differs"},
				set: append(fromPartner("2026-03-05", 1), "H1.profile="+ConfigProfile, "F2.form_no=F31010020260305000001", "S4.parent=F31010020260305000001", "F2.letter_no="+ourLetter, "F2.agency_code="+ConfigPartner),
			},
		}},
		{"unknown-form", "信息表不存在：退回 / a form that was never issued", []storyStep{
			lettersOn("2026-03-03", 1, three),
			completion("2026-03-04", 1, []string{"partly", letterNo(1) + " refused unknown-form"}, nil),
		}},
		sealedStory(t),
		{"not-allowed-in-state", "未提议作废却同意作废：退回 / agreeing to a voiding that nobody proposed", []storyStep{
			lettersOn("2026-03-03", 1, three),
			{
				day: "2026-03-04", party: ConfigPartner, kind: formats.KindCancellation, rows: firstRecord,
				set: append(sent("2026-03-04", 1), "X1.letter_no="+letterNo(1), "X1.phase=agree"), told: []string{"partly", letterNo(1) + " refused not-allowed-in-state"},
			},
		}},
	}
}

// build makes the files and events of a story, and their entries of the index.
func (s story) build(t testing.TB, goods map[string][]byte) ([]Vector, map[string][]byte) {
	t.Helper()
	var list []Vector
	content := map[string][]byte{}
	events := [][]string{eventColumns}
	folder := path.Join("sequences", s.name)
	for i, step := range s.steps {
		c := change{kind: step.kind, name: s.name, set: step.set, rows: step.rows}
		if step.spoil {
			c.set = append(c.set, "T1.digest="+strings.Repeat("0", 64))
		}
		file := c.build(t, goods[step.kind])
		name := fmt.Sprintf("%d/%s", i+1, cmp.Or(step.as, canonicalName(t, file)))
		if step.sign != nil {
			content[path.Join(folder, name+seal.Suffix)] = step.sign(file)
			content[path.Join(folder, signersName)] = []byte(testSigners)
		}
		if step.alter != nil {
			file = step.alter(file)
		}
		content[path.Join(folder, name)] = file
		events = append(events, []string{step.day, string(Put), step.party, name, "", "", ""})
		events = append(events, toldEvents(step.day, step.party, name, step.told)...)
		for _, later := range s.steps {
			if told := step.later[later.day]; told != nil {
				events = append(events, toldEvents(later.day, step.party, name, told)...)
			}
		}
		list = append(list, step.vector(path.Join(folder, name), s.about))
	}
	content[path.Join(folder, "events.csv")] = table(t, events)
	return list, content
}

// vector is the file's entry of the index: the verdict of its own day.
func (step storyStep) vector(file, about string) Vector {
	v := Vector{
		File: file, Kind: step.kind, Carrier: batch.CSV, Encoding: batch.UTF8, Needs: NeedsStore,
		Verdict: code.FileAccepted, MadeBy: "go", About: about,
	}
	if verdict, _, _ := strings.Cut(step.told[0], " "); verdict != "again" {
		v.Verdict = code.FileVerdict(verdict)
	}
	for _, told := range step.told {
		if last := code.Fault(told[strings.LastIndexByte(told, ' ')+1:]); v.Code == "" && last.Known() {
			v.Code = last
		}
	}
	return v
}

func toldEvents(day, party, name string, told []string) [][]string {
	var events [][]string
	for i, line := range told {
		if line == "again" {
			return [][]string{{day, string(Again), party, name, "", "", ""}}
		}
		words := strings.Fields(line)
		number := ""
		if i > 0 {
			number, words = words[0], words[1:]
		}
		words = append(words, "")
		events = append(events, []string{day, string(Receipt), party, name, number, words[0], words[1]})
	}
	return events
}

func table(t testing.TB, rows [][]string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// canonicalName is the name under which a batch travels.
func canonicalName(t testing.TB, file []byte) string {
	t.Helper()
	r, err := sheet.NewReader(bytes.NewReader(file), formats.Kinds(), batch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Header().FileName(batch.CSV)
}

// TestSequencesAreComplete: every file is there and every file put is told of.
func TestSequencesAreComplete(t *testing.T) {
	list, err := Sequences()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 8 {
		t.Fatalf("%d sequences", len(list))
	}
	for _, s := range list {
		told := map[string]bool{}
		for _, e := range s.Events {
			if _, err := fs.Stat(Files(), e.File); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
			if e.What != Put {
				told[e.File] = true
			}
		}
		for _, e := range s.Events {
			if !told[e.File] {
				t.Errorf("%s: nothing is told of %s", s.Name, e.File)
			}
		}
	}
}
