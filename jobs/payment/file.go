package payment

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
)

// orderPlan says which payments go into one payment file: the ordered ones in
// no file yet, by reference, up to last, about which the same officers decided. It
// holds no payment: however many are due, planning and writing take one of them into
// memory at a time.
type orderPlan struct {
	count    int // payments; 0: nothing is left to put into a file
	total    money.Fen
	more     bool              // others are left for another file
	last     string            // reference of the last one that is in
	officers string            // who decided about each of them; "": nobody
	deciders map[string]string // who decided, by the reference of each payment in no file about which anybody did
}

// each calls fn for every payment of the plan, by reference, so that fn may put it into
// a file.
func (plan orderPlan) each(tx *store.Tx, fn func(exchange.Payment) error) error {
	return tx.EachUnfiledUpTo(plan.last, func(p exchange.Payment) error {
		if plan.deciders[p.Ref] != plan.officers {
			return nil
		}
		return fn(p)
	})
}

// decidersOf are the officers who decided about the payments in no file yet, who cannot
// sign for them, joined by the reference of the payment. With automatic release
// nobody signs, and it is empty.
func decidersOf(o *office.Office, tx *store.Tx) (map[string]string, error) {
	if o.Rules.AutomaticRelease {
		return nil, nil
	}
	list, err := tx.Deciders(0)
	return joinOfficers(list, func(x exchange.Decider) string { return x.Ref }), err
}

// decidersOfLumps is decidersOf for parts that may go into lump sums, by the number of
// the case; nobody is asked for where no partner takes any.
func decidersOfLumps(d *office.Desk, caseNos []string) (map[string]string, error) {
	lumps := func(p exchange.Partner) bool { return p.LumpSum }
	if d.Rules.AutomaticRelease || !slices.ContainsFunc(slices.Collect(maps.Values(d.Partners)), lumps) {
		return nil, nil
	}
	var list []exchange.Decider
	for _, no := range caseNos {
		events, err := d.Tx.JournalOf(no)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if officer, ok := exchange.OfficerOf(e.Actor); ok {
				list = append(list, exchange.Decider{Officer: officer, About: no})
			}
		}
	}
	slices.SortFunc(list, func(a, b exchange.Decider) int {
		return cmp.Or(cmp.Compare(a.About, b.About), exchange.CompareDeciders(a, b))
	})
	return joinOfficers(list, func(x exchange.Decider) string { return x.About }), nil
}

// joinOfficers are the officers of each key, each once; the list has those of a key
// together, in their order.
func joinOfficers(list []exchange.Decider, key func(exchange.Decider) string) map[string]string {
	by := map[string]string{}
	for i, x := range list {
		switch {
		case i == 0 || key(list[i-1]) != key(x):
			by[key(x)] = x.Officer
		case list[i-1].Officer != x.Officer:
			by[key(x)] += " " + x.Officer
		}
	}
	return by
}

// planOrder takes those about which nobody decided, and those of each set of officers who
// did, into files of their own (SPEC 4): who decided does not keep the others waiting. It
// takes payments as long as their sum stays under the cap of a file
// (and, of a list keyed in by hand, their number under maxListed); at least one,
// as a payment above the cap was allowed by an officer. An overflow is an error
// only when the first payment makes it: else the next file takes that payment.
func planOrder(o *office.Office, tx *store.Tx) (plan orderPlan, err error) {
	if plan.deciders, err = decidersOf(o, tx); err != nil {
		return plan, err
	}
	var overflow error
	err = tx.EachUnfiled(func(ref string, amount money.Fen) bool {
		if plan.count == 0 {
			plan.officers = plan.deciders[ref]
		}
		if plan.deciders[ref] != plan.officers {
			plan.more = true
			return true
		}
		total, err := plan.total.Add(amount)
		overflow = err
		full := err != nil || total > money.Max || plan.count > 0 && o.Agency.FileCap > 0 && total > o.Agency.FileCap
		if full || o.Agency.BankByWorkbook && plan.count == maxListed { // the next file takes it
			plan.more = true
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

// makeFile writes the payment file of a plan into the spool and stores its row,
// which is the desk's file from then on. The bytes are in the spool before the
// row is stored: a crash in between leaves a file without a row, which the next
// try writes over under the same name, as the sequence was rolled back too.
func makeFile(d *office.Desk, plan orderPlan, state exchange.FileState) (exchange.File, error) {
	seq, err := d.Tx.NextSequence(d.Agency.Code, d.Agency.Bank(), office.KindPayment)
	if err != nil {
		return exchange.File{}, err
	}
	name := fmt.Sprintf("%s_%s_%s_%s_%06d.%s", office.KindPayment, d.Agency.Code, d.Agency.Bank(), d.Date.Compact(), seq, bankCarrier(d.Office))
	file := exchange.File{
		Dir: exchange.Out, Party: d.Agency.Bank(), Kind: office.KindPayment, Name: name, Carrier: bankCarrier(d.Office), Sequence: seq, State: state,
		At: d.Now(), Records: plan.count, Total: plan.total, Spool: "out-" + name,
	}
	if err := spoolOrder(d, &file, plan); err != nil {
		return file, err
	}
	if err := d.Tx.InsertFile(&file); err != nil {
		return file, err
	}
	d.File = file
	return file, nil
}

// spoolOrder writes the payment file into the spool, reads it back, and gives
// it its name only when both agree. It fills SHA256 (what officers sign),
// StoredSHA and Size of the file; a failed write leaves nothing in the spool.
func spoolOrder(d *office.Desk, file *exchange.File, plan orderPlan) error {
	s, err := d.NewSpoolFile("out")
	if err != nil {
		return err
	}
	defer s.Discard()
	if file.Carrier == bankCarrierBook {
		err = writePaymentBook(d, s, file, plan)
	} else if err = writeOrder(d, s, file, plan); err == nil {
		err = readBack(d, s, file)
	}
	if err != nil {
		return err
	}
	file.SHA256 = s.SHA256()
	file.StoredSHA, file.Size = file.SHA256, s.Size
	return s.Keep(d.Tx, file.Spool)
}

// writeOrder writes the payments of a plan as a pain.001, one at a time; the
// writer compares number and sum of what it wrote with those of the plan, and
// Close fails when a payment was added or taken away in between.
func writeOrder(d *office.Desk, w io.Writer, file *exchange.File, plan orderPlan) error {
	payer := d.Agency.Payer
	out, err := iso20022.NewPaymentWriter(w, iso20022.Payment{
		MsgID: messageID(file), Created: d.Now().In(d.Agency.Zone), Initiator: d.Agency.Name,
		Debtor:    iso20022.Account{Name: payer.Holder, Number: payer.No, Bank: payer.Bank, CNAPS: payer.CNAPS},
		Execution: d.Date, Transfers: plan.count, Total: plan.total,
	})
	if err != nil {
		return err
	}
	count := d.Counting("payments written", plan.count)
	err = plan.each(d.Tx, func(p exchange.Payment) error {
		count()
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
// the bytes those that were hashed while writing. So a full disk, a bad sector
// or a fault of our writer is found before anybody signs.
func readBack(d *office.Desk, s *office.SpoolFile, file *exchange.File) error {
	var head iso20022.Payment
	var faults iso20022.Faults
	read, count := sha256.New(), d.Counting("payments read back", file.Records)
	err := d.CallOutside("spool.read", file.Name, func() (err error) {
		if _, err = s.File.Seek(0, io.SeekStart); err != nil {
			return err
		}
		hashed := io.TeeReader(s.File, read)
		limits := iso20022.Limits{Records: file.Records, Bytes: s.Size + 1}
		head, faults, err = iso20022.ReadPayment(hashed, limits, func(*iso20022.Payment, iso20022.Transfer) error {
			count()
			return nil
		})
		if err == nil {
			_, err = io.Copy(io.Discard, hashed) // the hash needs what follows the last element too
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
	case hex.EncodeToString(read.Sum(nil)) != s.SHA256():
		return fmt.Errorf("read back: the bytes are not those that were written")
	}
	return nil
}

// messageID names a payment file in the bank's answers (MsgId, FILES.md): the
// agency's code and the sequence, which no two files share.
func messageID(f *exchange.File) string { return fmt.Sprintf("%s%012d", f.Party[:6], f.Sequence) }
