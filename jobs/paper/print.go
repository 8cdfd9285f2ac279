// Package paper prints forms for people from the store: application, letter,
// information form, certificate, refusals, payment notices, and all that was
// sent to a partner on a day, to be posted.
//
// It promises that a form is printed as it was sent, with the officers who
// approved it, and that nothing is written over. A form that is printed here
// is paper; the information form between agencies is transfer's.
package paper

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/story"
)

// Request names the form to be printed.
type Request struct {
	Kind    string // of Kinds
	ID      string // of the document itself, of its case, or anything that names the case (story.Find)
	Version int    // 0: the current one
	Profile string // "": that of the case
}

// Printed is a workbook ready to print: a form, or several of one case.
type Printed struct {
	Kind  string
	No    string // of the document; of several the first one's
	Case  string // its case; "": it has none
	Pages int
	Book  workbook.Book
}

// Kinds lists the forms that can be printed, by the names of print's subcommands.
func Kinds() []exchange.Term {
	var terms []exchange.Term
	for _, k := range formKinds() {
		terms = append(terms, k.Term)
	}
	return terms
}

// formKind is a form that can be printed, and how its records are found and
// laid out: one document at least, or an error.
type formKind struct {
	exchange.Term
	find func(printer) ([]document, error)
}

// formKinds is the table of forms: a new one needs a line here and its pages in
// jobs/report.
func formKinds() []formKind {
	return []formKind{
		{exchange.Term{Code: "certificate", Chinese: "参保凭证", English: "certificate of participation"}, printer.certificate},
		{exchange.Term{Code: "application", Chinese: "申请表", English: "application"}, printer.application},
		{exchange.Term{Code: "letter", Chinese: "联系函", English: "contact letter"}, printer.letter},
		{exchange.Term{Code: "form", Chinese: "信息表", English: "information form"}, printer.form},
		{exchange.Term{Code: "return", Chinese: "补正通知书", English: "application returned for supplement"}, printer.returned},
		{exchange.Term{Code: "refusal", Chinese: "不予受理通知书", English: "application refused"}, printer.refused},
		{exchange.Term{Code: "decline", Chinese: "不予转出告知书", English: "transfer declined by the old place"}, printer.declined},
		{exchange.Term{Code: "payment-notice", Chinese: "个人账户金转出通知书", English: "notice to finance to pay the balance"}, printer.paymentNotice},
	}
}

// document is a document with its pages.
type document struct {
	no, caseNo string // caseNo is empty for what has no case here
	pages      []workbook.Paper
}

// printer finds the records of one form, in one read transaction.
type printer struct {
	*office.Office
	tx  *store.Tx
	req Request
}

// Print makes the workbook of a form; it writes nothing. Several documents of one
// case, such as a form and its supplement, are sheets of one workbook. When the
// ID names no such document, or several cases, the error says so and lists them.
func Print(o *office.Office, tx *store.Tx, req Request) (Printed, error) {
	req.ID = strings.TrimSpace(req.ID)
	for _, k := range formKinds() {
		if k.Code != req.Kind {
			continue
		}
		docs, err := k.find(printer{o, tx, req})
		if err != nil {
			return Printed{}, fmt.Errorf("print %s: %w", k.Code, err)
		}
		out := Printed{Kind: k.Code, No: docs[0].no, Case: docs[0].caseNo}
		var prints []report.Print
		for i, d := range docs {
			name := k.Chinese
			if i > 0 {
				name += fmt.Sprint(i + 1)
			}
			prints = append(prints, report.Print{Name: name, Pages: d.pages})
			out.Pages += len(d.pages)
		}
		out.Book = report.Office{Agency: o.Agency}.PaperBook(k.Chinese+" "+out.No, o.Now().In(o.Agency.Zone), prints...)
		return out, nil
	}
	return Printed{}, fmt.Errorf("no form is called %q", req.Kind)
}

// letterheadFor is what the forms say of us, under the rule profile that was
// asked for, else under the given one.
func (p printer) letterheadFor(profile string) (report.Office, error) {
	if p.req.Profile != "" {
		profile = p.req.Profile
	}
	rules, ok := p.Profiles[profile]
	if !ok {
		return report.Office{}, fmt.Errorf("no rule profile is called %q: the configuration has %s",
			profile, strings.Join(slices.Sorted(maps.Keys(p.Profiles)), ", "))
	}
	return letterhead(p.Office, rules), nil
}

// letterhead is our office as printed forms name it, under a partner's profile.
func letterhead(o *office.Office, rules exchange.Profile) report.Office {
	return report.Office{Agency: o.Agency, Partners: o.Partners, Profile: rules, Area: o.AreaName}
}

// usualProfile is the rule profile of most partners, for a document that concerns
// none of them. Between equals the later name decides, so that a form is the
// same at every printing.
func usualProfile(o *office.Office) string {
	count := map[string]int{}
	best := ""
	for _, p := range o.Partners {
		count[p.Profile]++
	}
	for name, n := range count {
		if n > count[best] || n == count[best] && name > best {
			best = name
		}
	}
	return best
}

// notFound is the error for an ID that names no such document; the ID is masked,
// for it may be a person's.
func (p printer) notFound(what string) error {
	return fmt.Errorf("%s names no %s here: check the number", identity.MaskIn(p.req.ID), what)
}

// oneCase is the one case that the ID names and matches lets through; an error
// when there is none, or several: then it lists their numbers to choose from.
func (p printer) oneCase(what string, matches func(exchange.Case) (bool, error)) (exchange.Case, error) {
	found, err := story.Find(p.Office, p.tx, p.req.ID)
	if err != nil {
		return exchange.Case{}, err
	}
	var list []exchange.Case
	var numbers []string
	for _, c := range found.Cases {
		ok, err := matches(c)
		if err != nil {
			return exchange.Case{}, err
		}
		if ok {
			list, numbers = append(list, c), append(numbers, c.No)
		}
	}
	switch len(list) {
	case 0:
		return exchange.Case{}, p.notFound(what)
	case 1:
		return list[0], nil
	}
	return exchange.Case{}, fmt.Errorf("%s names several: give one of %s", identity.MaskIn(p.req.ID), strings.Join(numbers, ", "))
}

// upper is the ID as our own numbers are written.
func (p printer) upper() string { return strings.ToUpper(p.req.ID) }

// places are a case's old and new place.
func places(o *office.Office, c exchange.Case) (from, to string) {
	if c.Side == exchange.Out {
		return o.Agency.Code, c.Partner
	}
	return c.Partner, o.Agency.Code
}

// withReviewers is a letterhead whose 经办 and 复核 are those who approved the batch
// that a document left in, for forms that do not name them themselves. What has
// not left, or was not reviewed, keeps the letterhead as it is.
func (p printer) withReviewers(o report.Office, fileID int64) (report.Office, error) {
	if fileID == 0 {
		return o, nil
	}
	f, err := p.tx.File(fileID)
	if err != nil || f.State == exchange.FileReview { // one approval of two is nobody's yet
		return o, err
	}
	reviews, err := p.tx.Reviews(fileID)
	o.Agency.Clerk, o.Agency.Checker = o.Agency.Names(exchange.Approvals(reviews))
	return o, err
}
