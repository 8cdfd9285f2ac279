package payment

import (
	"fmt"
	"io"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/plain"
	"carryover/formats"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// The carriers of what we exchange with our bank: ISO 20022 messages, or
// workbooks that a clerk keys in for a fiscal account that takes no files.
const (
	bankCarrierXML  = "xml"
	bankCarrierBook = "xlsx"
)

// maxListed is how many transfers a payment list holds: a clerk keys them in.
const maxListed = 5000

// bankCarrier is the carrier of a payment file for our bank, and its extension.
func bankCarrier(o *office.Office) string {
	if o.Agency.BankByWorkbook {
		return bankCarrierBook
	}
	return bankCarrierXML
}

// writePaymentBook writes a payment file for a bank that takes no messages: the
// request to be printed and sealed (个人账户金转出通知书) and the list of
// transfers (付款清单), SPEC 4. It is read back, and must hold the number and the
// sum of the plan: what officers sign is what was ordered, or nothing at all.
func writePaymentBook(d *office.Desk, s *office.SpoolFile, file *exchange.File, plan orderPlan) error {
	book := report.Book(d.Agency, code.Chinese, "个人账户金转出通知书", d.Now().In(d.Agency.Zone), paymentRequest(d.Office, file), paymentList(d, file, plan))
	if err := book.Write(s.File.File); err != nil {
		return err
	}
	if err := s.Rehash(); err != nil {
		return err
	}
	if _, err := s.File.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lines, total, err := formats.ReadPaymentList(s.File)
	if err != nil {
		return err
	}
	if len(lines) != plan.count || total != file.Total {
		return fmt.Errorf("payment list %s: %d transfers of %s written, %d of %s ordered", file.Name, len(lines), total, plan.count, file.Total)
	}
	return nil
}

// paymentRequest is the page that is printed, signed and sealed.
func paymentRequest(o *office.Office, file *exchange.File) workbook.Sheet {
	paper := report.Office{Agency: o.Agency, Partners: o.Partners, Area: o.AreaName}.PaymentPaper(report.PaymentNotice{
		No: messageID(file), Payer: o.Agency.Payer, Amount: file.Total, Count: file.Records, Text: "个人账户资金划转", On: o.Date, Listed: true, File: file.Name,
	})
	return workbook.Sheet{Name: "通知书", Paper: &paper}
}

// paymentList is the sheet of transfers, whose columns formats knows.
func paymentList(d *office.Desk, file *exchange.File, plan orderPlan) workbook.Sheet {
	s := workbook.Sheet{
		Name: formats.PaymentTable().Sheet, Title: formats.PaymentTable().Title.ZH,
		Note: fmt.Sprintf("%s　%s　%d 笔　合计 %s 元　%s", d.Agency.Name, d.Date, file.Records, file.Total, file.Total.Capitals()),
	}
	for _, title := range formats.PaymentTitles() {
		s.Columns = append(s.Columns, workbook.Column{Title: title, Kind: workbook.Text})
	}
	s.Columns[6].Kind = workbook.Money
	s.Rows = office.Walk(func(visit func([]any) error) error {
		return plan.each(d.Tx, func(p exchange.Payment) error {
			return visit([]any{messageID(file), p.Ref, plain.Without(p.Payee.Holder), p.Payee.No, plain.Without(p.Payee.Bank), p.Payee.CNAPS, p.Amount, plain.Without(p.Text)})
		})
	})
	return s
}
