// Package bank works the bank's messages and sheets: what was booked on our
// accounts, which case or payment each entry belongs to, and whether the days
// add up.
//
// It promises that an entry which comes again is booked once, and that one which cannot be
// told from a repetition is not booked until somebody can (identify), that a credit
// which nothing is found for is kept under the letter, person and reference that
// it names (matchOrKeep) and tried again when one of them becomes known
// (RetryUnmatched), and that a day is proved by the entries booked on it. What
// money means for a case is transfer's.
package bank

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
)

// Kinds of what the bank leaves, as file kinds and as the messages' names begin:
// payment status report, debit credit notification, account statement.
const (
	kindStatus       = "pain.002"
	kindNotification = "camt.054"
	kindStatement    = "camt.053"
)

// readResult is what reading a file of the bank came to.
type readResult struct {
	records int
	fault   string // why nothing of it counts: it is quarantined
	note    string // what is worth knowing about one that counts
}

// fileReader reads a file of the bank. Without apply it only checks, counts what is
// told and writes nothing: a fault that it finds then keeps all of the file from counting.
type fileReader func(ctx context.Context, o *office.Office, f exchange.File, told *tellings, apply bool) (readResult, error)

// ProcessBank works a file of the bank. It is read whole before anything of it
// counts: one that cannot be understood, contradicts itself or speaks of what
// is not ours moves no money and is quarantined with its reason. Banks get no
// receipts. A file whose work was cut short is read again from its beginning:
// entries are known, so that what was booked is not booked twice.
func ProcessBank(ctx context.Context, o *office.Office, f exchange.File) (office.Counts, error) {
	kind, read, fault, err := readerOf(ctx, o, f)
	if err != nil {
		return nil, err
	}
	if fault != "" {
		return nil, Quarantine(ctx, o, f, fault)
	}
	f.Kind = kind
	told := newTellings()
	checked, err := read(ctx, o, f, told, false)
	if err != nil {
		return nil, err
	}
	if checked.fault != "" {
		return nil, Quarantine(ctx, o, f, checked.fault)
	}
	res, err := read(ctx, o, f, told, true)
	if err != nil {
		return nil, err
	}
	return office.Counts{"files": 1, "bank entries": res.records}, o.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.Kind, after.State, after.Text = f.Kind, exchange.FileWorked, office.Clip(res.note, 500)
		after.Records, after.Accepted, after.Worked = res.records, res.records, res.records
		return tx.UpdateFile(before, after)
	})
}

// countEntries counts what a message of the bank holds, when it is checked and when it
// is applied.
func countEntries(o *office.Office, f exchange.File, apply bool) (one func()) {
	if apply {
		return o.Counting(f.Name, 0)
	}
	return o.Counting(f.Name+": judged", 0)
}

// readerOf finds out what a file of the bank is and what reads it; fault says
// why nothing does. Only the bank's own drop counts: a partner could otherwise
// book money to us by leaving a message of the bank's form.
func readerOf(ctx context.Context, o *office.Office, f exchange.File) (kind string, read fileReader, fault string, err error) {
	if f.Party != o.Agency.Bank() {
		return "", nil, "不是本机构银行交换目录中的文件 / not from our bank's drop", nil
	}
	switch f.Carrier {
	case "xlsx":
		return formats.KindBankStatement, readSheet, "", nil
	case "csv":
		return "", nil, "银行只提供 XML 报文或银行流水工作簿 / neither a message (XML) nor a bank statement (workbook)", nil
	}
	name, err := messageName(ctx, o, f)
	switch {
	case err != nil:
		return "", nil, "", err
	case strings.HasPrefix(name, kindStatus+"."):
		return kindStatus, readStatus, "", nil
	case strings.HasPrefix(name, kindNotification+"."):
		return kindNotification, readNotification, "", nil
	case strings.HasPrefix(name, kindStatement+"."):
		return kindStatement, readStatement, "", nil
	case name == "":
		return "", nil, "不是 ISO 20022 报文 / no ISO 20022 message", nil
	}
	return "", nil, "不是本系统接收的报文 / not a message that we expect: " + name, nil
}

// messageName is the ISO 20022 name of a message, pain.002.001.10 for instance;
// empty for a file that is none.
func messageName(ctx context.Context, o *office.Office, f exchange.File) (string, error) {
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return "", err
	}
	defer src.Close()
	name, _, err := iso20022.Name(src)
	return name, err
}

// Quarantine keeps a file from counting until an officer has it worked again or
// dismisses it (release-file, dismiss-file): it is recorded as a difference and
// moved to bad in the drop, and a keyed bank sheet goes back to the bank with its
// faults marked. why goes to officers and bank, in both languages.
func Quarantine(ctx context.Context, o *office.Office, f exchange.File, why string) error {
	o.Log.Error("file quarantined", "party", f.Party, "file", f.Name, "why", why)
	return o.Do(ctx, office.By{File: f, Actor: f.Party}, func(d *office.Desk) error {
		before, err := d.Tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.State, after.Code, after.Text = exchange.FileQuarantined, "unreadable", office.Clip(why, 500)
		if err := d.Tx.UpdateFile(before, after); err != nil {
			return err
		}
		if err := d.RecordDifference("file", f.Party, "", code.Text(f.Name), code.Say("quarantined"), code.Say("written", office.Clip(why, 500))); err != nil {
			return err
		}
		if err := d.LeaveInBad(before); err != nil {
			return err
		}
		after.Kind = f.Kind // for the corrections alone: of a file that does not count no kind is stored
		if err := outbox.ComposeSheetCorrections(o, d.Tx, after, why); err != nil {
			return err
		}
		return d.Journal(exchange.AgencyChain, "file_quarantined", code.Say("written", office.Clip(why, 500)), map[string]string{"file": f.Name})
	})
}

// keptFaults bounds the faults that a file's text names: enough to see what kind
// of mistake it is, and what a cell of the workbook still shows.
const keptFaults = 20

// faultsText names what is wrong with a message, line by line, in both
// languages; empty when nothing is.
func faultsText(faults iso20022.Faults) string {
	var chinese, english []string
	for i, f := range faults.List {
		if i == keptFaults {
			chinese, english = append(chinese, "…"), append(english, "…")
			break
		}
		chinese = append(chinese, fmt.Sprintf("第 %d 行第 %d 列 %s：%s", f.Line, f.Column, f.Field, code.Fault(f.Code).Word(code.Chinese)))
		english = append(english, f.String())
	}
	if len(english) == 0 {
		return ""
	}
	return strings.Join(chinese, "；") + " / " + strings.Join(english, "; ")
}

// noted adds to what the sheet of files says of a message how much of it was passed over, and the first.
func noted(text string, faults iso20022.Faults) string {
	if faults.Noted == 0 {
		return text
	}
	first := faults.Notes[0]
	if text != "" {
		text += "；"
	}
	return text + fmt.Sprintf("略过 %d 处，不计：第 %d 行 %s 等 / %[1]d passed over: line %[2]d, %[4]s", faults.Noted, first.Line, first.Field[strings.LastIndexByte(first.Field, '/')+1:], first.Text)
}

// isOwnAccount reports whether an account is the agency's: the one that pays, or
// one of the others in its configuration.
func isOwnAccount(o *office.Office, no string) bool {
	return slices.Contains(o.Agency.AccountNumbers(), no)
}
