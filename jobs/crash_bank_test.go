package jobs_test

import (
	"bytes"
	"fmt"
	"time"

	"carryover/exchange/calendar"
	"carryover/formats/iso20022"
	"carryover/samples"
)

// order takes a payment file: the bank accepts it and pays at once; both
// banks tell of it in the next turn.
func (o *outside) order(agency string, content []byte, at time.Time) {
	on := calendar.DateOf(at)
	head, faults, err := iso20022.ReadPayment(bytes.NewReader(content), iso20022.Limits{}, func(h *iso20022.Payment, t iso20022.Transfer) error {
		o.Booked = append(o.Booked, fmt.Sprintf("bank %s %s %s %s to %s: %s", agency, h.MsgID, t.EndToEndID, t.Amount, t.Creditor.Number, t.Text))
		ref := fmt.Sprintf("%s-%d", agency, len(o.Booked))
		debit := iso20022.Entry{
			Ref: ref, Part: 1, Parts: 1, Amount: t.Amount, Status: iso20022.Booked, Booked: on, Value: on, MsgID: h.MsgID, EndToEndID: t.EndToEndID,
			Counterparty: t.Creditor, Text: t.Text,
		}
		credit := debit
		credit.Credit, credit.Counterparty, credit.MsgID = true, h.Debtor, ""
		o.Untold[agency] = append(o.Untold[agency], debit)
		for _, other := range []string{oldCode, newCode} {
			if samples.PlaceOf(other).AccountNo == t.Creditor.Number {
				o.Untold[other] = append(o.Untold[other], credit)
			}
		}
		return nil
	})
	if err != nil || faults.Total > 0 {
		o.tb.Fatalf("payment order: %v %v", faults.List, err)
	}
	answer := iso20022.StatusReport{
		MsgID: o.message(agency), Created: at, OriginalMsgID: head.MsgID, OriginalName: iso20022.PaymentName, Transfers: head.Transfers, Total: head.Total,
		Status: iso20022.CustomerOK,
	}
	var out bytes.Buffer
	w, err := iso20022.NewStatusWriter(&out, answer)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	o.put(agency, "bank", "pain002_"+answer.MsgID+".xml", out.Bytes())
}

// tell leaves a notification of what was booked in the turn before.
func (o *outside) tell(agency string, at time.Time) {
	entries := o.Untold[agency]
	if len(entries) == 0 {
		return
	}
	delete(o.Untold, agency)
	place := samples.PlaceOf(agency)
	id := o.message(agency)
	var out bytes.Buffer
	w, err := iso20022.NewNotificationWriter(&out, iso20022.Statement{MsgID: id, Created: at, ID: id, Account: iso20022.Account{
		Name: place.AccountName, Number: place.AccountNo, Bank: place.BankName, CNAPS: place.CNAPS,
	}})
	for _, e := range entries {
		if err == nil {
			err = w.Write(e)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	o.put(agency, "bank", "camt054_"+id+".xml", out.Bytes())
}

func (o *outside) message(agency string) string {
	o.Sequence[agency]++
	return fmt.Sprintf("%sb%06d", agency, o.Sequence[agency])
}
