package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// storyAccount is the receiving account of 320500 in the demo.
const storyAccount = "110232050020000018"

// booked leaves what the bank of 320500 tells of its receiving account:
// `booked DAY ENTRY…` a notification, `booked DAY statement ENTRY…` the day's
// statement, which goes on from the last one. An entry is 'AMOUNT NUMBER TEXT', below zero what was
// taken from the account.
func booked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: booked DAY [statement] 'AMOUNT NUMBER TEXT'…")
	}
	day, err := calendar.ParseDate(args[0])
	ts.Check(err)
	dir := ts.MkAbs("320500/drops/bank/in")
	told, err := os.ReadDir(dir)
	ts.Check(err)
	id := fmt.Sprintf("TOLD%s%d", strings.ReplaceAll(args[0], "-", ""), len(told))
	at := day.Time(time.UTC)
	head := iso20022.Statement{MsgID: id, Created: at, ID: id, Account: iso20022.Account{Number: storyAccount}}
	begin, texts := iso20022.NewNotificationWriter, args[1:]
	if args[1] == "statement" {
		db, err := sql.Open("sqlite", ts.MkAbs("320500/store/carryover.db"))
		ts.Check(err)
		b := iso20022.Balance{Date: day}
		ts.Check(db.QueryRow("SELECT closing FROM bank_days WHERE account = ? ORDER BY day DESC, page DESC LIMIT 1", storyAccount).Scan(&b.Amount))
		ts.Check(db.Close())
		head.Opening, head.Closing = b, b
		begin, texts = iso20022.NewStatementWriter, args[2:]
	}
	entries := make([]iso20022.Entry, 0, len(texts))
	for _, text := range texts {
		f := strings.SplitN(text, " ", 3)
		if len(f) != 3 {
			ts.Fatalf("%q is not AMOUNT NUMBER TEXT", text)
		}
		out := strings.HasPrefix(f[0], "-")
		amount, err := money.Parse(strings.TrimPrefix(f[0], "-"))
		ts.Check(err)
		e := iso20022.Entry{
			Ref: f[1], Amount: amount, Credit: !out, Status: iso20022.Booked, Booked: day, Value: day, Text: f[2],
			Counterparty: iso20022.Account{Name: "甲市财政专户"},
		}
		head.Closing.Amount += e.Signed()
		entries = append(entries, e)
	}
	var out bytes.Buffer
	w, err := begin(&out, head)
	ts.Check(err)
	for _, e := range entries {
		ts.Check(w.Write(e))
	}
	ts.Check(w.Close())
	ts.Check(os.WriteFile(dir+"/"+id+".xml", out.Bytes(), 0o600))
}
