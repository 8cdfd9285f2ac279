package decision

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/report"
)

// openFiles walks the files that are quarantined, those refused or without the
// receipt that was due, payment files whose upload is unknown, and batches to be
// reviewed. The first two are those of open differences of kind file: accepting
// the difference takes the file off the list.
func openFiles(d *office.Desk, emit func(report.Open) error) error {
	named, err := d.Tx.Differences(true)
	if err != nil {
		return err
	}
	var files []exchange.File
	for _, x := range named {
		if x.Kind != "file" {
			continue
		}
		for _, dir := range []exchange.Side{exchange.In, exchange.Out} {
			f, err := d.Tx.FileByName(dir, x.Partner, x.Subject)
			if err == nil && f.State != exchange.FileSending { // those are read below, with or without a difference
				files = append(files, f)
			} else if err != nil && !office.IsNotFound(err) {
				return err
			}
		}
	}
	sending, err := d.Tx.Files(store.FileFilter{Dir: exchange.Out, Kind: office.KindPayment, States: []exchange.FileState{exchange.FileSending}})
	if err != nil {
		return err
	}
	review, err := outbox.InReview(d.Tx, exchange.FileReview)
	if err != nil {
		return err
	}
	for _, f := range slices.Concat(files, sending, review) {
		o, err := openFile(d, f)
		if err != nil {
			return err
		}
		if err := emit(o); err != nil {
			return err
		}
	}
	return nil
}

// openFile is the row of a file; a batch to be reviewed has words of its own.
func openFile(d *office.Desk, f exchange.File) (o report.Open, err error) {
	o = report.Open{
		About: exchange.AboutFile, No: strconv.FormatInt(f.ID, 10), Who: f.Party, Amount: f.Total,
		Since: calendar.DateOf(f.At.In(d.Agency.Zone)),
		Stamp: fmt.Sprintf("%s %s %d", f.State, f.SHA256, f.Resent),
	}
	o.What, o.Todo = d.Sayf("没有回执或被对方退回：", "no receipt, or refused: "), d.Sayf("与对方联系后重新发送。",
		"Speak with the partner, then send it again.")
	switch f.State {
	case exchange.FileQuarantined:
		o.What = d.Sayf("文件已隔离：", "quarantined: ")
		o.Todo = d.Sayf("查明原因后重新处理，或不予处理。", "Find out why, then have it worked again or dismiss it.")
	case exchange.FileSending:
		o.What = d.Sayf("上传结果待查：", "it is not known whether the bank has it: ")
		o.Todo = d.Sayf("向银行查明后认定；理由中写明何人何时答复。", "Ask the bank; write in the reason who said so, and when.")
	}
	o.What = office.OneLine(strings.TrimSpace(o.What+f.Name+" "+d.InWords(f.Text)), 500)
	if f.State == exchange.FileReview {
		if o.What, o.Todo, err = reviewWords(d, f); err != nil {
			return o, err
		}
		o.Who = d.PartyName(f.Party)
	}
	o.Offers, err = offers(d, subject{kind: exchange.AboutFile, no: o.No, file: f}, func(exchange.Rule) bool { return true })
	return o, err
}
