package jobs_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/formats"
)

// withPost is a partner to whom paper is still posted.
func withPost(p *exchange.Partner) { p.Post = true }

// reportPosted reports, and returns how many documents that laid out to be
// posted.
func (o *testOffice) reportPosted() (int, error) {
	o.tb.Helper()
	o.env.Date = calendar.DateOf(o.now)
	counts, err := o.env.Report(o.tb.Context())
	return counts["posted"], err
}

// filesToPost is what lies ready to be posted, by name.
func (o *testOffice) filesToPost() map[string]string {
	o.tb.Helper()
	list, err := filepath.Glob(filepath.Join(o.env.Reports, "post-*"))
	if err != nil {
		o.tb.Fatal(err)
	}
	books := map[string]string{}
	for _, path := range list {
		content, err := os.ReadFile(path)
		if err != nil {
			o.tb.Fatal(err)
		}
		books[filepath.Base(path)] = string(content)
	}
	return books
}

// pagesOf are the sheets of a workbook, and the text of its first one.
func pagesOf(t *testing.T, content string) (sheets []string, cover string) {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheets = book.GetSheetList()
	rows, err := book.GetRows(sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	return sheets, fmt.Sprint(rows)
}

// TestPostedPaper: what was sent to a partner with post on a day lies ready the
// next night, once, whatever cuts the pass short; nobody else's does.
func TestPostedPaper(t *testing.T) {
	o := newOffice(t, withPartner(them, withPost))
	p, q, r := leaver(us, 0), leaver(them, 0), leaver(us, 1)
	f, l := o.answerLetter(p, 1), o.sendLetter(q)
	o.put(core, formats.KindRegistry, o.insured(r))
	o.put(others, formats.KindLetter, o.letter(others, 3, r))
	o.pass()
	o.pass()
	requireOne[formats.Form](o, others, formats.KindForm)
	path := o.env.PostPath(them, calendar.DateOf(o.now))
	name := filepath.Base(path(1))
	if n, err := o.reportPosted(); n != 0 || err != nil || len(o.filesToPost()) != 0 {
		t.Fatalf("a day that has not ended: %d documents, %v", n, err)
	}
	o.skipDays(1)
	cut := errors.New("cut short")
	for _, at := range []string{"report.save:before", "report.save:after"} {
		o.env.Outside = func(what, name string) error {
			if what == at && strings.Contains(name, "post-") {
				return cut
			}
			return nil
		}
		if _, err := o.reportPosted(); !errors.Is(err, cut) || len(o.filesToPost()) != 0 {
			t.Fatalf("%s: %v, and there lie %q", at, err, slices.Collect(maps.Keys(o.filesToPost())))
		}
	}
	o.env.Outside = nil
	if n, err := o.reportPosted(); n != 2 || err != nil {
		t.Fatalf("%d documents, %v", n, err)
	}
	made := o.filesToPost()
	if len(made) != 1 || made[name] == "" {
		t.Fatalf("there lie %q", slices.Collect(maps.Keys(made)))
	}
	sheets, cover := pagesOf(t, made[name])
	if sheets[0] != "移交清单" || !slices.Contains(sheets, "001 联系函") || !slices.Contains(sheets, "002 信息表") {
		t.Errorf("sheets %q", sheets)
	}
	for _, want := range []string{l.LetterNo, f.FormNo, p.Name, q.Name, p.IDNo, q.IDNo} {
		if !strings.Contains(cover, want) {
			t.Errorf("the list has no %s: %s", want, cover)
		}
	}
	for range 2 {
		if n, err := o.reportPosted(); n != 0 || err != nil || !maps.Equal(o.filesToPost(), made) {
			t.Errorf("on %s: %d documents anew, %v", calendar.DateOf(o.now), n, err)
		}
		o.skipDays(1)
	}
}

// TestPostedPaperOfMissedNights: nights without a pass are made up for, for a
// week.
func TestPostedPaperOfMissedNights(t *testing.T) {
	o := newOffice(t, withPartner(them, withPost))
	o.answerLetter(leaver(us, 0), 1)
	o.skipDays(8)
	if n, err := o.reportPosted(); n != 0 || err != nil {
		t.Errorf("after eight days: %d documents, %v", n, err)
	}
	o.skipDays(-1)
	if n, err := o.reportPosted(); n != 1 || err != nil {
		t.Errorf("after seven days: %d documents, %v", n, err)
	}
}

// formsToPost brings forms for so many people to where they are posted.
func formsToPost(o *testOffice, people int) {
	var known, asked []any
	for i := range people {
		p := leaver(us, i)
		known, asked = append(known, o.insured(p)), append(asked, o.letter(them, i+1, p))
	}
	o.put(core, formats.KindRegistry, known...)
	o.put(them, formats.KindLetter, asked...)
	o.pass()
	o.pass()
}

// As many documents as a volume holds are one volume, and not the first of
// several.
func TestPostedPaperFillsOneVolume(t *testing.T) {
	o := newOffice(t, withPartner(them, withPost))
	formsToPost(o, 100)
	o.skipDays(1)
	if n, err := o.reportPosted(); n != 100 || err != nil || len(o.filesToPost()) != 1 {
		t.Fatalf("%d documents, %v, %d workbooks", n, err, len(o.filesToPost()))
	}
	for name, book := range o.filesToPost() {
		if _, cover := pagesOf(t, book); strings.Contains(cover, "册") {
			t.Errorf("%s: %s", name, cover)
		}
	}
}

// TestPostedPaperInSeveralVolumes: more documents than a workbook holds are in
// several, and the first one stands only when all do.
func TestPostedPaperInSeveralVolumes(t *testing.T) {
	o := newOffice(t, withPartner(them, withPost))
	formsToPost(o, 101)
	path := o.env.PostPath(them, calendar.DateOf(o.now))
	first, second := filepath.Base(path(1)), filepath.Base(path(2))
	o.skipDays(1)
	cut := errors.New("cut short")
	o.env.Outside = func(what, name string) error {
		if what == "report.save:after" && strings.Contains(name, second) {
			return cut
		}
		return nil
	}
	if _, err := o.reportPosted(); !errors.Is(err, cut) || len(o.filesToPost()) != 0 {
		t.Fatalf("%v, and there lie %q", err, slices.Collect(maps.Keys(o.filesToPost())))
	}
	o.env.Outside = func(what, name string) error { // between the two renames
		if what == "report.rename:before" && strings.Contains(name, first) {
			return cut
		}
		return nil
	}
	if _, err := o.reportPosted(); !errors.Is(err, cut) || o.filesToPost()[first] != "" || o.filesToPost()[second] == "" {
		t.Fatalf("%v, and there lie %q", err, slices.Collect(maps.Keys(o.filesToPost())))
	}
	o.env.Outside = nil
	if n, err := o.reportPosted(); n != 101 || err != nil {
		t.Fatalf("%d documents, %v", n, err)
	}
	made := o.filesToPost()
	for name, want := range map[string]struct {
		forms int
		part  string
	}{first: {100, "第1册"}, second: {1, "第2册"}} {
		sheets, cover := pagesOf(t, made[name])
		forms := 0
		for _, s := range sheets {
			if strings.HasSuffix(s, "信息表") {
				forms++
			}
		}
		if forms != want.forms || !strings.Contains(cover, want.part) {
			t.Errorf("%s: %d forms, %s", name, forms, cover)
		}
	}
}
