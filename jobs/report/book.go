package report

import (
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// Book begins every workbook of an agency, in a language; nowhere else is one begun, so
// that none of a rehearsal lacks its mark.
func Book(a exchange.Agency, lang code.Lang, title string, made time.Time, sheets ...workbook.Sheet) workbook.Book {
	b := workbook.Book{
		Title: title, Subject: a.Name + " " + a.Code, Author: a.Name, Created: made, Mark: a.Mark(), Sheets: sheets,
		Lang: "zh-CN", Pages: "第 {page} 页，共 {pages} 页",
	}
	if lang == code.English {
		b.Lang, b.Pages = "en-US", "page {page} of {pages}"
	}
	return b
}

// book begins a workbook of the night.
func (n Night) book(title string, sheets ...workbook.Sheet) workbook.Book {
	return Book(n.Agency, n.Lang, title, n.Made, sheets...)
}
