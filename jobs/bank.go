package jobs

import (
	"context"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
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

// processBank works a file of the bank. It is read whole before anything of it
// counts: one that cannot be understood, contradicts itself or speaks of what
// is not ours moves no money and is quarantined with its reason. Banks get no
// receipts.
func (e *Env) processBank(ctx context.Context, f exchange.File) (Counts, error) {
	kind, work, fault, err := e.bankKind(f)
	if err != nil {
		return nil, err
	}
	if fault != "" {
		return nil, e.quarantine(ctx, f, fault)
	}
	f.Kind = kind
	n, err := work(ctx, f, false)
	if err != nil {
		return nil, err
	}
	if n.fault != "" {
		return nil, e.quarantine(ctx, f, n.fault)
	}
	if n, err = work(ctx, f, true); err != nil {
		return nil, err
	}
	return Counts{"files": 1, "bank entries": n.records}, e.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.Kind, after.State, after.Text = f.Kind, exchange.FileWorked, clip(n.note, 500)
		after.Records, after.Accepted, after.Worked = n.records, n.records, n.records
		return tx.UpdateFile(before, after)
	})
}

// bankKind finds out what a file of the bank is and who works it; fault says
// why nobody does.
func (e *Env) bankKind(f exchange.File) (kind string, work workNotice, fault string, err error) {
	if f.Party != e.Agency.Bank() {
		return "", nil, "不是本机构银行交换目录中的文件 / not from our bank's drop", nil
	}
	switch f.Carrier {
	case "xlsx":
		return formats.KindBankStatement, e.workSheet, "", nil
	case "csv":
		return "", nil, "银行只提供 XML 报文或银行流水工作簿 / neither a message (XML) nor a bank statement (workbook)", nil
	}
	name, err := e.messageName(f)
	if err != nil {
		return "", nil, "", err
	}
	for kind, work := range map[string]workNotice{kindStatus: e.workStatus, kindNotification: e.workNotification, kindStatement: e.workStatement} {
		if strings.HasPrefix(name, kind+".") {
			return kind, work, "", nil
		}
	}
	if name == "" {
		return "", nil, "不是 ISO 20022 报文 / no ISO 20022 message", nil
	}
	return "", nil, "不是本系统接收的报文 / not a message that we expect: " + name, nil
}

func (e *Env) messageName(f exchange.File) (string, error) {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return "", err
	}
	defer src.Close()
	name, _, err := iso20022.Name(src)
	return name, err
}

// quarantine sets a file aside for an officer.
func (e *Env) quarantine(ctx context.Context, f exchange.File, why string) error {
	e.Log.Error("file quarantined", "party", f.Party, "file", f.Name, "why", why)
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		before, err := tx.File(f.ID)
		if err != nil {
			return err
		}
		after := before
		after.State, after.Code, after.Text = exchange.FileQuarantined, "unreadable", clip(why, 500)
		if err := tx.UpdateFile(before, after); err != nil {
			return err
		}
		d := &desk{Env: e, tx: tx, file: before, actor: f.Party}
		if err := d.difference("file", f.Party, "", f.Name, "quarantined", clip(why, 200)); err != nil {
			return err
		}
		if err := d.toBad(before); err != nil {
			return err
		}
		after.Kind = f.Kind
		if err := e.composeSheetAnswer(tx, after, why); err != nil {
			return err
		}
		return d.journal("agency", "file_quarantined", why, map[string]string{"file": f.Name})
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
func (e *Env) ownAccount(no string) bool {
	for _, a := range append([]exchange.Account{e.Agency.Payer}, e.Agency.Accounts...) {
		if a.No == no {
			return true
		}
	}
	return false
}
