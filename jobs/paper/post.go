package paper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"carryover/exchange"
	"carryover/exchange/atomicfile"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/signing"
)

// maxInBook is how many documents stand in one workbook of what is posted: every
// page is a sheet, and programs open hundreds of them slowly.
const maxInBook = 100

// postBack is how many days back the nightly pass makes up for passes that did
// not run.
const postBack = 7

// Posted is a workbook of documents for a partner, as it was written.
type Posted struct {
	File      string    `json:"file"`
	Documents int       `json:"documents"`
	Pages     int       `json:"pages"`
	Total     money.Fen `json:"-"` // of the forms whose money is remitted
}

// postWriter writes what was sent to a partner on a day, a workbook at a time.
type postWriter struct {
	printer
	head    report.Office
	partner string
	day     calendar.Date
	path    func(part int) string
	replace bool

	docs   []report.Posted
	prints []report.Print
	total  money.Fen
	files  []*atomicfile.File // the workbooks, which have no name of their own yet
	done   []Posted
}

// PrintBatch writes letters, forms and declines that were sent to a partner
// on a day as pages to be posted, with a list of them (移交清单) in front: one
// workbook, or several of at most maxInBook documents; none when nothing was
// sent. path names the n-th, from 1. They get their names from the last to the
// first, so that the first one stands only when all do. Where replace is false, one
// that exists is an error (fs.ErrExist), and none of ours stays.
func PrintBatch(o *office.Office, tx *store.Tx, partner string, day calendar.Date, path func(part int) string, replace bool) ([]Posted, error) {
	rules, ok := o.Profiles[o.Partners[partner].Profile]
	if !ok {
		return nil, fmt.Errorf("print batch: no partner is called %q", partner)
	}
	p := &postWriter{printer: printer{Office: o, tx: tx}, head: letterhead(o, rules), partner: partner, day: day, path: path, replace: replace}
	defer p.discard()
	count := o.Counting("papers for "+partner, 0)
	for _, kind := range []string{formats.KindLetter, formats.KindForm} {
		// Since is a day of UTC and MadeOn one of the agency's zone: begin a day early.
		files, err := tx.Files(store.FileFilter{Dir: exchange.Out, Party: partner, Kind: kind, Since: day.AddDays(-1)})
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if signing.MadeOn(o, f) != day || f.State == exchange.FileVoid || f.State == exchange.FileReview {
				continue
			}
			err := tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error { count(); return p.add(o) })
			if err != nil {
				return nil, fmt.Errorf("print batch: %s: %w", f.Name, err)
			}
		}
	}
	if len(p.docs) > 0 {
		if err := p.save(false); err != nil {
			return nil, fmt.Errorf("print batch: %w", err)
		}
	}
	if err := p.keep(); err != nil {
		return nil, fmt.Errorf("print batch: %w", err)
	}
	return p.done, nil
}

// add makes the pages of a record that was sent and a line of the list; records
// of other kinds are not posted. A full workbook is saved first.
func (p *postWriter) add(o exchange.Outgoing) error {
	rec, err := office.ParseOutgoing(o)
	if err != nil {
		return err
	}
	c, err := p.tx.Case(o.CaseNo)
	if err != nil {
		return err
	}
	head, err := p.withReviewers(p.head, o.FileID)
	if err != nil {
		return err
	}
	row, sheet := report.Posted{Person: c.Person.Name, IDNo: c.Person.IDNo}, report.Print{}
	switch rec := rec.(type) {
	case *formats.Letter:
		l, err := p.tx.Letter(rec.LetterNo, rec.Version)
		if err != nil {
			return err
		}
		row.Kind, row.No, sheet.Pages = "联系函", l.No, head.LetterPaper(l)
	case *formats.Form:
		f, err := p.tx.Form(rec.FormNo, rec.Version)
		if err != nil {
			return err
		}
		if f.Money == exchange.MoneyREMITTED {
			row.Amount = f.Amount
		}
		row.Kind, row.No = "信息表", f.No
		if sheet.Pages, err = p.formPages(head, c, f); err != nil {
			return err
		}
	case *formats.Decline:
		r, err := p.declineReply(c, rec)
		if err != nil {
			return err
		}
		row.Kind, row.No, sheet.Pages = "不予转出", rec.LetterNo, head.DeclinePaper(r)
	default:
		return nil
	}
	if len(p.docs) == maxInBook {
		if err := p.save(true); err != nil {
			return err
		}
	}
	row.Pages = len(sheet.Pages)
	sheet.Name = fmt.Sprintf("%03d %s", len(p.docs)+1, row.Kind)
	p.docs, p.prints = append(p.docs, row), append(p.prints, sheet)
	p.total, err = p.total.Add(row.Amount)
	return err
}

// save writes the workbook of what has been added and begins the next; more says
// that another follows, so that the first is numbered too.
func (p *postWriter) save(more bool) error {
	n := len(p.done) + 1
	part := ""
	if n > 1 || more {
		part = fmt.Sprintf("　第%d册", n)
	}
	path := p.path(n)
	out := Posted{File: path, Documents: len(p.docs), Total: p.total}
	for _, d := range p.docs {
		out.Pages += d.Pages
	}
	cover := report.Print{Name: "移交清单", Pages: p.head.CoverPapers(p.partner, p.day, p.docs, p.total, part)}
	out.Pages += len(cover.Pages)
	title := fmt.Sprintf("转移接续材料 %s %s", p.head.Partners[p.partner].Name, p.day)
	book := p.head.PaperBook(title, p.Now().In(p.Agency.Zone), append([]report.Print{cover}, p.prints...)...)
	err := p.CallOutside("report.save", path, func() error {
		f, err := atomicfile.Temp(filepath.Dir(path))
		if err != nil {
			return err
		}
		p.files = append(p.files, f)
		return book.Write(f.File)
	})
	if err != nil {
		return err
	}
	p.done = append(p.done, out)
	p.docs, p.prints, p.total = nil, nil, 0
	return nil
}

// keep names the workbooks, all of them or, where none may be replaced, none.
func (p *postWriter) keep() error {
	for i, f := range slices.Backward(p.files) {
		f.Around = func(step string, do func() error) error { return p.CallOutside("report."+step, p.done[i].File, do) }
		if p.replace {
			if err := f.Keep(p.done[i].File); err != nil {
				return err
			}
		} else if err := f.KeepNew(p.done[i].File); err != nil {
			for _, later := range p.done[i+1:] {
				os.Remove(later.File)
			}
			return err
		}
	}
	return nil
}

func (p *postWriter) discard() {
	for _, f := range p.files {
		f.Discard()
	}
}

// PostPath is where the n-th workbook of what is posted to a partner lies: the
// first one without a number, for mostly there is no second.
func PostPath(o *office.Office, partner string, day calendar.Date) func(part int) string {
	return func(part int) string {
		name := fmt.Sprintf("post-%s-%s.xlsx", partner, day)
		if part > 1 {
			name = fmt.Sprintf("post-%s-%s-%d.xlsx", partner, day, part)
		}
		return filepath.Join(o.Reports, name)
	}
}

// Post writes the workbooks for partners to whom we still post: those of the
// last days that have ended, so that none grows after it was printed. One
// that is there already stays. Counts posted is the documents. A partner's error
// ends that partner's days alone; all errors come back joined.
func Post(ctx context.Context, o *office.Office) (office.Counts, error) {
	counts := office.Counts{}
	var partners []string
	for code, p := range o.Partners {
		if p.Post {
			partners = append(partners, code)
		}
	}
	slices.Sort(partners)
	var faults []error
	for _, partner := range partners {
		for back := postBack; back > 0; back-- {
			n, err := postDay(ctx, o, partner, o.Date.AddDays(-back))
			counts["posted"] += n
			if err != nil {
				faults = append(faults, fmt.Errorf("post to %s: %w", partner, err))
				break
			}
		}
	}
	return counts, errors.Join(faults...)
}

// postDay writes a day's workbooks and returns how many documents they hold. While the
// first one does not stand the day is made again.
func postDay(ctx context.Context, o *office.Office, partner string, day calendar.Date) (documents int, err error) {
	path := PostPath(o, partner, day)
	if _, err := os.Lstat(path(1)); err == nil {
		return 0, nil
	}
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		made, err := PrintBatch(o, tx, partner, day, path, true) // further ones may stand since a pass was killed
		for _, m := range made {
			documents += m.Documents
		}
		return err
	})
	return documents, err
}
