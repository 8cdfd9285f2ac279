package decision

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
)

// EachFile walks the files that are quarantined, those refused or without the
// receipt that was due, payment files whose upload is unknown, and batches to be
// reviewed. The first two are those of open differences of kind file: accepting
// the difference takes the file off the list.
func EachFile(d *office.Desk, emit func(exchange.File, exchange.Todo) error) error {
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
			f, err := d.Tx.FileByName(dir, x.Partner, x.Subject.Arg(0))
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
		t, err := openFile(d, f)
		if err != nil {
			return err
		}
		if err := emit(f, t); err != nil {
			return err
		}
	}
	return nil
}

// openFile is the item of a file; a batch to be reviewed has words of its own.
func openFile(d *office.Desk, f exchange.File) (t exchange.Todo, err error) {
	t = exchange.Todo{
		About: exchange.AboutFile, No: strconv.FormatInt(f.ID, 10), Name: f.Name, Party: f.Party, Who: f.Party, Amount: f.Total,
		Since: calendar.DateOf(f.At.In(d.Agency.Zone)),
		Stamp: fmt.Sprintf("%s %s %d", f.State, f.SHA256, f.Resent),
	}
	t.What, t.Do = d.Sayf("没有回执或被对方退回：", "no receipt, or refused: "), d.Sayf("与对方联系后重新发送。",
		"Speak with the partner, then send it again.")
	switch f.State {
	case exchange.FileQuarantined:
		t.What = d.Sayf("文件已隔离：", "quarantined: ")
		t.Do = d.Sayf("查明原因后重新处理，或不予处理。", "Find out why, then have it worked again or dismiss it.")
	case exchange.FileSending:
		t.What = d.Sayf("上传结果待查：", "it is not known whether the bank has it: ")
		t.Do = d.Sayf("向银行查明后认定；理由中写明何人何时答复。", "Ask the bank; write in the reason who said so, and when.")
	}
	t.What = office.OneLine(identity.MaskIn(strings.TrimSpace(t.What+f.Name+" "+d.InWords(f.Text))), 500)
	if f.State == exchange.FileReview {
		if t.What, t.Do, err = reviewWords(d, f); err != nil {
			return t, err
		}
		t.Who = d.PartyName(f.Party)
	}
	t.Decisions, err = offers(d, subject{kind: exchange.AboutFile, no: t.No, file: f}, func(exchange.Rule) bool { return true })
	return t, err
}
