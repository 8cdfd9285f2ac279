// Package report says which rows stand on which sheet of the workbooks that
// staff open in the morning. It is pure: what the night's workbook is made
// of comes in as a Night, and a workbook.Book goes out, whose rows are taken
// from the iterators only when it is saved.
//
// A sheet is a table of columns: title in both languages, kind of value, and
// the function that finds the value in a row. Order of the rows is that of
// the iterators.
package report

import (
	"fmt"
	"iter"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats/workbook"
)

// Night is what a nightly workbook is made of.
type Night struct {
	Agency   exchange.Agency
	Partners map[string]exchange.Partner
	Profiles map[string]exchange.Profile
	Turns    []exchange.Turn
	Calendar *calendar.Calendar
	Date     calendar.Date // business date
	Made     time.Time     // in the agency's zone
	Lang     code.Lang
	Mask     bool // ID numbers are shown as 110105********002X

	Summary        Summary
	Todo           []exchange.Todo // in the order of exchange.CompareTodos
	Places         map[string]int  // on which row of Deadlines, from 0, the cases of Todo stand
	Reconciliation Reconciliation

	// Each of these is taken once, in this order, when the book is saved.
	// Cases may hold closed ones: a case on which nothing is open is passed over.
	Cases        iter.Seq2[exchange.Case, error]
	Applications iter.Seq2[Application, error]
	Certificates iter.Seq2[Certificate, error]
	Letters      iter.Seq2[Letter, error]
	Forms        iter.Seq2[Form, error]
	Remittances  iter.Seq2[Remittance, error]
	Files        iter.Seq2[exchange.File, error]
	Runs         iter.Seq2[exchange.Run, error]
}

// Letter is a version of a contact letter with the case that it belongs to.
type Letter struct {
	exchange.Letter
	Case exchange.Case
}

// Form is a version of an information form with its case.
type Form struct {
	exchange.Form
	Case exchange.Case
}

// Remittance is a part of the money of a case, with the case.
type Remittance struct {
	exchange.Remittance
	Case       exchange.Case
	ReleasedBy string    // who signed its payment file; empty: nobody, or not yet
	Checker    string    // those of them who signed as 复核
	ReleasedAt time.Time // of the last signature
}

// Nightly is the workbook reports/<date>.xlsx.
func Nightly(n Night) workbook.Book {
	b := n.book(n.say("医保关系转移接续日报", "Carryover nightly report")+" "+n.Date.String(),
		n.summary(),
		n.todo(),
		n.deadlines(),
		sheet(n, n.say("申请受理", "Applications"), n.say("申请受理情况", "Applications"), applicationColumns(), n.Applications),
		sheet(n, n.say("参保凭证", "Certificates"), n.say("参保凭证出具情况", "Certificates of participation"), certificateColumns(), n.Certificates),
		sheet(n, n.say("联系函", "Letters"), n.say("联系函收发情况", "Contact letters"), letterColumns(), n.Letters),
		sheet(n, n.say("信息表", "Forms"), n.say("信息表收发情况", "Information forms"), formColumns(), n.Forms),
		sheet(n, n.say("资金划转", "Remittances"), n.say("个人账户资金划转", "Remittances of personal accounts"), remittanceColumns(), n.Remittances),
		n.reconciliation(),
		sheet(n, n.say("文件", "Files"), n.say("收发文件", "Files received and sent"), fileColumns(), n.Files),
		sheet(n, n.say("运行记录", "Runs"), n.say("运行记录", "Runs"), runColumns(), n.Runs),
	)
	if n.Mask { // in texts of others, too: a bank's remark, the name of a file
		b.Text = identity.MaskIn
	}
	return b
}

// say is a text in the night's language; Chinese unless English is asked for.
func (n Night) say(chinese, english string) string {
	if n.Lang == code.English {
		return english
	}
	return chinese
}

// word is a term's word in the night's language.
func (n Night) word(list []exchange.Term, value string) string {
	return exchange.TermOf(list, value).Word(n.say("zh", "en"))
}

// note is the second line of every sheet.
func (n Night) note() string {
	return fmt.Sprintf(n.say("%s（%s）　业务日期 %s　生成时间 %s", "%s (%s)   business date %s   made %s"),
		n.Agency.Name, n.Agency.Code, n.Date, n.Made.Format("2006-01-02 15:04"))
}

// partner is the name of a partner, or of one of our own parties.
func (n Night) partner(party string) string {
	return exchange.PartyName(n.Agency, n.Partners, party, string(n.Lang))
}

// id is an ID number as the setting wants it shown: masked, the area and the
// last four characters stay.
func (n Night) id(no string) string {
	if !n.Mask || no == "" {
		return no
	}
	r := []rune(no)
	head, tail := 6, 4
	if len(r) < 15 { // passports and the like
		head, tail = min(2, len(r)), min(2, max(0, len(r)-2))
	}
	for i := head; i < len(r)-tail; i++ {
		r[i] = '*'
	}
	return string(r)
}
