// Package bank works the bank's messages and sheets: what was booked on our
// accounts, which case or payment each entry belongs to, and whether the days
// add up.
//
// It promises that an entry which is told again is booked once, that a credit
// which nothing is found for is kept and matched when its case comes, and that
// a day is proved by the entries booked on it. What money means for a case is
// transfer's.
package bank

import (
	"context"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
)

// Kinds of what the bank leaves, as file kinds.
const (
	kindStatus       = "pain.002"
	kindNotification = "camt.054"
	kindStatement    = "camt.053"
)

// notice is what a file of the bank came to.
type notice struct {
	records int
	fault   string // why nothing of it counts: it is quarantined
	note    string // what is worth knowing about one that counts
}

// workNotice reads a file of the bank. Without apply it only looks: what it
// finds wrong then keeps all of it from counting.
type workNotice func(ctx context.Context, f exchange.File, apply bool) (notice, error)

// ProcessBank works a file of the bank. It is read whole before anything of it
// counts: one that cannot be understood, contradicts itself or speaks of what
// is not ours moves no money and is quarantined with its reason. Banks get no
// receipts.
func ProcessBank(ctx context.Context, o *office.Office, f exchange.File) (office.Counts, error) {
	kind, work, fault, err := bankKind(o, f)
	if err != nil {
		return nil, err
	}
	if fault != "" {
		return nil, Quarantine(ctx, o, f, fault)
	}
	f.Kind = kind
	n, err := work(ctx, f, false)
	if err != nil {
		return nil, err
	}
	if n.fault != "" {
		return nil, Quarantine(ctx, o, f, n.fault)
	}
	if n, err = work(ctx, f, true); err != nil {
		return nil, err
	}
	return office.Counts{"files": 1, "bank entries": n.records}, o.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.Kind, after.State, after.Text = f.Kind, exchange.FileWorked, office.Clip(n.note, 500)
		after.Records, after.Accepted, after.Worked = n.records, n.records, n.records
		return tx.UpdateFile(before, after)
	})
}

// bankKind finds out what a file of the bank is and who works it; fault says
// why nobody does.
func bankKind(o *office.Office, f exchange.File) (kind string, work workNotice, fault string, err error) {
	if f.Party != o.Agency.Bank() {
		return "", nil, "不是本机构银行交换目录中的文件 / not from our bank's drop", nil
	}
	switch f.Carrier {
	case "xlsx":
		return formats.KindBankStatement, func(ctx context.Context, f exchange.File, apply bool) (notice, error) {
			return workSheet(ctx, o, f, apply)
		}, "", nil
	case "csv":
		return "", nil, "银行只提供 XML 报文或银行流水工作簿 / neither a message (XML) nor a bank statement (workbook)", nil
	}
	name, err := messageName(o, f)
	if err != nil {
		return "", nil, "", err
	}
	for kind, work := range map[string]workNotice{kindStatus: func(ctx context.Context, f exchange.File, apply bool) (notice, error) {
		return workStatus(ctx, o, f, apply)
	}, kindNotification: func(ctx context.Context, f exchange.File, apply bool) (notice, error) {
		return workNotification(ctx, o, f, apply)
	}, kindStatement: func(ctx context.Context, f exchange.File, apply bool) (notice, error) {
		return workStatement(ctx, o, f, apply)
	}} {
		if strings.HasPrefix(name, kind+".") {
			return kind, work, "", nil
		}
	}
	if name == "" {
		return "", nil, "不是 ISO 20022 报文 / no ISO 20022 message", nil
	}
	return "", nil, "不是本系统接收的报文 / not a message that we expect: " + name, nil
}

func messageName(o *office.Office, f exchange.File) (string, error) {
	src, err := o.OpenSpool(f.Spool)
	if err != nil {
		return "", err
	}
	defer src.Close()
	name, _, err := iso20022.Name(src)
	return name, err
}

// Quarantine sets a file aside for an officer.
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
		if err := d.RecordDifference("file", f.Party, "", f.Name, "quarantined", office.Clip(why, 200)); err != nil {
			return err
		}
		if err := d.LeaveInBad(before); err != nil {
			return err
		}
		after.Kind = f.Kind
		if err := outbox.ComposeSheetCorrections(o, d.Tx, after, why); err != nil {
			return err
		}
		return d.Journal(office.AgencyChain, "file_quarantined", why, map[string]string{"file": f.Name})
	})
}

// faultsText is what is wrong with a message, in both languages.
func faultsText(faults iso20022.Faults) string {
	var chinese, english []string
	for i, f := range faults.List {
		if i == 20 {
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

// ownAccount reports whether the bank speaks of an account of ours.
func ownAccount(o *office.Office, no string) bool {
	for _, a := range append([]exchange.Account{o.Agency.Payer}, o.Agency.Accounts...) {
		if a.No == no {
			return true
		}
	}
	return false
}
