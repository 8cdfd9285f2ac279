package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
)

// orderPlan says which payments go into one payment file: the ordered ones in
// no file yet, by reference, up to last.
type orderPlan struct {
	count int
	total money.Fen
	last  string
}

// planOrder takes payments as long as their sum stays under the cap of a file;
// at least one. Nothing is kept of each but its share of the sum.
func (e *Env) planOrder(tx *store.Tx) (plan orderPlan, err error) {
	var overflow error
	err = tx.EachUnfiled(func(ref string, amount money.Fen) bool {
		total, err := plan.total.Add(amount)
		if err != nil || total > money.Max { // a file of its own for what does not fit into one
			overflow = err
			return false
		}
		if e.Agency.FileCap > 0 && plan.count > 0 && total > e.Agency.FileCap {
			return false
		}
		if e.Agency.BankByWorkbook && plan.count == maxListed {
			return false
		}
		plan.count, plan.total, plan.last = plan.count+1, total, ref
		return true
	})
	if err == nil && plan.count == 0 {
		err = overflow
	}
	return plan, err
}

// payFile writes the payment file of a plan into the spool and stores its row,
// which is the desk's from then on.
func (d *desk) payFile(plan orderPlan, state exchange.FileState) (exchange.File, error) {
	seq, err := d.tx.NextSequence(d.Agency.Code, d.Agency.Bank(), KindPayment)
	if err != nil {
		return exchange.File{}, err
	}
	name := fmt.Sprintf("%s_%s_%s_%s_%06d.%s", KindPayment, d.Agency.Code, d.Agency.Bank(), d.Date.Compact(), seq, d.bankCarrier())
	file := exchange.File{
		Dir: exchange.Out, Party: d.Agency.Bank(), Kind: KindPayment, Name: name, Carrier: d.bankCarrier(), Sequence: seq, State: state,
		At: d.Now(), Records: plan.count, Total: plan.total, Spool: "out-" + name,
	}
	if err := d.spoolOrder(&file, plan); err != nil {
		return file, err
	}
	if err := d.tx.InsertFile(&file); err != nil {
		return file, err
	}
	d.file = file
	return file, nil
}

// spoolOrder writes the payment file into the spool, reads what stands there
// back, and gives it its name only when both say the same.
func (d *desk) spoolOrder(file *exchange.File, plan orderPlan) error {
	s, err := d.newSpoolFile("out")
	if err != nil {
		return err
	}
	if file.Carrier == bankCarrierBook {
		err = d.writePaymentBook(s, file, plan)
	} else if err = d.writeOrder(s, file, plan); err == nil {
		err = d.readBack(s, file)
	}
	if err != nil {
		s.drop()
		return err
	}
	file.SHA256 = s.sum()
	file.StoredSHA, file.Size = file.SHA256, s.size
	return s.keep(file.Spool)
}

// writeOrder writes the payments of a plan, one at a time; the writer compares
// number and sum of what it wrote with those of the plan.
func (d *desk) writeOrder(w io.Writer, file *exchange.File, plan orderPlan) error {
	payer := d.Agency.Payer
	out, err := iso20022.NewPaymentWriter(w, iso20022.Payment{
		MsgID: messageID(file), Created: d.Now(), Initiator: d.Agency.Name,
		Debtor:    iso20022.Account{Name: payer.Holder, Number: payer.No, Bank: payer.Bank, CNAPS: payer.CNAPS},
		Execution: d.Date, Transfers: plan.count, Total: plan.total,
	})
	if err != nil {
		return err
	}
	err = d.tx.EachUnfiledUpTo(plan.last, func(p exchange.Payment) error {
		return out.Write(iso20022.Transfer{
			EndToEndID: p.Ref, Amount: p.Amount, Text: p.Text,
			Creditor: iso20022.Account{Name: p.Payee.Holder, Number: p.Payee.No, Bank: p.Payee.Bank, CNAPS: p.Payee.CNAPS},
		})
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// readBack reads a payment file that was written, as a bank will: number and
// sum in both its heads and of its transfers must be those of the records, and
// the bytes those that were hashed while writing.
func (d *desk) readBack(s *spoolFile, file *exchange.File) error {
	var head iso20022.Payment
	var faults iso20022.Faults
	read := sha256.New()
	err := d.outside("spool.read", file.Name, func() (err error) {
		if _, err = s.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		bytes := io.TeeReader(s.file, read)
		head, faults, err = iso20022.ReadPayment(bytes, iso20022.Limits{Records: file.Records, Bytes: s.size + 1}, func(*iso20022.Payment, iso20022.Transfer) error { return nil })
		if err == nil {
			_, err = io.Copy(io.Discard, bytes)
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("read back: %w", err)
	case faults.Total > 0:
		return fmt.Errorf("read back: %d faults, the first: %v", faults.Total, faults.List[0])
	case head.Transfers != file.Records || head.Total != file.Total || head.MsgID != messageID(file):
		return fmt.Errorf("read back: %s holds %d transfers of %s, ordered were %d of %s", head.MsgID, head.Transfers, head.Total, file.Records, file.Total)
	case hex.EncodeToString(read.Sum(nil)) != s.sum():
		return fmt.Errorf("read back: the bytes are not those that were written")
	}
	return nil
}

// messageID names a payment file in the bank's answers: agency, sequence.
func messageID(f *exchange.File) string { return fmt.Sprintf("%s%012d", f.Party[:6], f.Sequence) }
