package payment

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/formats/sheet"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// A store that was taken back does not know what it has paid since. What it paid is told by the
// payment files that lie outside, and by the bank's debits: each transfer is made a payment again
// under its own reference, as one whose fate is unknown, once its part is due here. A part is so
// not paid a second time, and the bank's messages settle it as if nothing had happened.

// Suspend makes every payment that the bank may have by now unknown: those in a payment file that
// had not left, or of which the bank has not said the last word. It returns them as they were.
func Suspend(d *office.Desk) (list []exchange.Payment, err error) {
	files, err := d.Tx.Files(store.FileFilter{
		Dir: exchange.Out, Party: d.Agency.Bank(), Kind: office.KindPayment, States: []exchange.FileState{exchange.FilePrepared, exchange.FileQueued},
	})
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		sending := f
		sending.State, sending.At = exchange.FileSending, d.Now()
		if err := errors.Join(d.Tx.UpdateFile(f, sending), signing.WithdrawSignables(d, f, suspendedNote+f.Name+"\n")); err != nil {
			return nil, err
		}
	}
	for _, track := range []exchange.MoneyTrack{exchange.MoneyOrdered, exchange.MoneyReleased, exchange.MoneySubmitted} {
		err := d.Tx.EachPayment(track, func(p exchange.Payment) error {
			if p.FileID == 0 { // its file, if there was one, is found, or it is asked for
				return nil
			}
			list = append(list, p)
			return makeUnknown(d, p)
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

const suspendedNote = "数据库已恢复，此付款文件去向待查，请勿再签 / the store was taken back: the fate of this payment file is unknown, it is not to be signed\n\n"

// makeUnknown moves a payment that may be with the bank to unknown.
func makeUnknown(d *office.Desk, p exchange.Payment) error {
	for _, to := range []exchange.MoneyTrack{exchange.MoneyReleased, exchange.MoneyUnknown} {
		if to == exchange.MoneyReleased && p.Track != exchange.MoneyOrdered {
			continue
		}
		if err := transfer.SetPayment(d, p, to, nil); err != nil {
			return err
		}
		p.Track = to
	}
	return nil
}

// Found is a payment file of ours that the store does not know.
type Found struct {
	exchange.File
	Where string // a folder of the bank's drop, or the spool
}

// Lumps puts advices that were found together, by the lump sum that they are of.
type Lumps map[string][]journal.LumpPart

// Read takes the advices of lump sums out of a batch of ours.
func (l Lumps) Read(content io.Reader) error {
	r, err := sheet.NewReader(content, office.Kinds, batch.Options{})
	if err != nil {
		return err
	}
	for r.Next() {
		a, ok := r.Record().Value.(*formats.Advice)
		if !ok { // at fault, or another row
			continue
		}
		if _, _, _, part := transfer.SplitRef(a.PaymentRef); !part {
			l[a.PaymentRef] = append(l[a.PaymentRef], journal.LumpPart{LetterNo: a.LetterNo, Amount: a.Amount})
		}
	}
	_, err = r.Result()
	return err
}

// KeepFound stores a payment file that was found, whose bytes are in the spool, as one whose fate
// is unknown, with what it holds; what cannot be read is held to be one of no transfers.
func KeepFound(d *office.Desk, f Found, lumps Lumps) (Found, error) {
	f.Dir, f.Party, f.Kind, f.Carrier, f.State, f.At = exchange.Out, d.Agency.Bank(), office.KindPayment, office.CarrierOf(f.Name), exchange.FileSending, d.Now()
	note := journal.FoundFile{Name: f.Name, Where: f.Where}
	err := eachTransfer(d, f.File, func(t iso20022.Transfer) error {
		f.Records++
		if parts := lumps[t.EndToEndID]; len(parts) > 0 {
			note.Lumps = append(note.Lumps, journal.Lump{Ref: t.EndToEndID, Parts: parts})
		}
		sum, err := f.Total.Add(t.Amount)
		f.Total = sum
		return err
	})
	if err != nil {
		d.Log.Error("a payment file that was found cannot be read", "file", f.Name, "err", err)
		f.Records, f.Total = 0, 0
	}
	before, err := d.Tx.FileByName(exchange.Out, f.Party, f.Name) // found before, and its advices only now
	if office.IsNotFound(err) {
		err = d.Tx.InsertFile(&f.File)
	} else {
		f.File = before
	}
	if err != nil {
		return f, err
	}
	note.ID = f.ID
	return f, d.Journal(exchange.AgencyChain, string(journal.PaymentFileFound), code.Text(f.Name), note)
}

// NoteLumps keeps what advices say of payment files that were found before.
func NoteLumps(d *office.Desk, lumps Lumps) error {
	if len(lumps) == 0 {
		return nil
	}
	files, err := FoundFiles(d.Tx)
	for _, f := range files {
		if len(f.lumps) == 0 && err == nil {
			_, err = KeepFound(d, Found{File: f.File}, lumps)
		}
	}
	return err
}

// errUnreadable is why a payment file that was found is not taken up.
var errUnreadable = errors.New("no payment file")

// eachTransfer reads the transfers of a payment file in the spool; none of a payment list, which
// people key in.
func eachTransfer(d *office.Desk, f exchange.File, each func(iso20022.Transfer) error) error {
	if f.Carrier == bankCarrierBook {
		return nil
	}
	content, err := d.OpenIntact(d.Tx, f)
	if err != nil {
		return err
	}
	defer content.Close()
	_, faults, err := iso20022.ReadPayment(content, iso20022.Limits{}, func(_ *iso20022.Payment, t iso20022.Transfer) error { return each(t) })
	if err == nil && faults.Total > 0 {
		err = fmt.Errorf("%w: %d faults, the first: %v", errUnreadable, faults.Total, faults.List[0])
	}
	return err
}

// FoundFile is a payment file that was found, and what its lump sums hold.
type FoundFile struct {
	exchange.File
	lumps map[string][]journal.LumpPart // by reference
}

// FoundFiles are the payment files that were found.
func FoundFiles(tx *store.Tx) (list []FoundFile, err error) {
	events, err := tx.Audited(journal.PaymentFileFound)
	if err != nil {
		return nil, err
	}
	at := map[int64]int{}
	for _, e := range events {
		var found journal.FoundFile
		if json.Unmarshal(e.Payload, &found) != nil {
			continue // for the proof to find
		}
		i, known := at[found.ID]
		if !known {
			f, err := tx.File(found.ID)
			if err != nil {
				return nil, err
			}
			i = len(list)
			at[found.ID], list = i, append(list, FoundFile{f, map[string][]journal.LumpPart{}})
		}
		for _, l := range found.Lumps {
			list[i].lumps[l.Ref] = l.Parts
		}
	}
	return list, nil
}

// ErrLumpUnknown is returned while a payment file that was found holds what cannot be taken up.
var ErrLumpUnknown = errors.New("a payment file that was found holds a payment of which it is not known what it was for: no payment is made until its advice lies in the partner's folder out and carryover restore has read it, or mark-sent says that the bank never had the file")

// Adopt makes payments of what was found outside, where its part is due by now: of the transfers of
// payment files, and of debits under references of our form. ErrLumpUnknown when a lump sum or a refund
// is left; what was taken up is to be kept all the same.
func Adopt(d *office.Desk) error {
	files, err := FoundFiles(d.Tx)
	if err != nil {
		return err
	}
	var left error
	for _, f := range files {
		if f.State != exchange.FileSending && f.State != exchange.FileSent {
			continue
		}
		if n, err := d.Tx.PaymentsIn(f.ID); err != nil {
			return err
		} else if n == f.Records && n > 0 {
			continue
		}
		err := eachTransfer(d, f.File, func(t iso20022.Transfer) error {
			known, err := adopt(d, f, t)
			if _, _, _, part := transfer.SplitRef(t.EndToEndID); !known && !part {
				left = fmt.Errorf("%w (%s in %s)", ErrLumpUnknown, t.EndToEndID, f.Name)
			}
			return err
		})
		if errors.Is(err, office.ErrSpool) || errors.Is(err, errUnreadable) {
			left = fmt.Errorf("%w (%s: %w)", ErrLumpUnknown, f.Name, err)
		} else if err != nil {
			return err
		}
	}
	debits, err := unknownDebits(d.Office, d.Tx)
	for _, e := range debits {
		_, e := adopt(d, FoundFile{}, iso20022.Transfer{
			EndToEndID: e.EndToEnd, Amount: e.Amount, Text: e.Text, Creditor: iso20022.Account{Name: e.Counterpart, Number: e.CounterAcct},
		})
		err = errors.Join(err, e)
	}
	if err != nil {
		return err
	}
	return left
}

// ErrUnknownDebit is returned while the bank has debited what we do not know to have paid, under a
// reference of our form: the store may lie behind, and what is due may be paid already.
var ErrUnknownDebit = errors.New("the bank has debited a payment of ours that the store does not know: no payment leaves until carryover restore has taken it up, or an officer has decided about the debit")

// OfOurForm reports whether an EndToEndId has the form of those that an agency gives: for a part
// (transfer.PaymentRef), a refund, or a lump sum that it pays (L, payer, receiver, date, four digits).
func OfOurForm(agency, ref string) bool {
	_, _, _, part := transfer.SplitRef(ref)
	if _, _, refund := exchange.SplitRefund(ref); part || refund {
		return true
	}
	rest, lump := strings.CutPrefix(ref, "L"+agency)
	return lump && len(rest) == 18 && strings.Trim(rest, "0123456789") == ""
}

// unknownDebits are the debits that make ErrUnknownDebit. One whose difference was accepted is known.
func unknownDebits(o *office.Office, tx *store.Tx) (list []exchange.BankEntry, err error) {
	debits, err := tx.AllUnmatchedDebits()
	for _, e := range debits {
		unknown, err := IsUnknownDebit(o, tx, e)
		if err != nil {
			return nil, err
		}
		if unknown {
			list = append(list, e)
		}
	}
	return list, err
}

// IsUnknownDebit reports whether an entry is one of those.
func IsUnknownDebit(o *office.Office, tx *store.Tx, e exchange.BankEntry) (bool, error) {
	if e.Credit || e.State != exchange.EntryUnmatched || !OfOurForm(o.Agency.Code, e.EndToEnd) {
		return false, nil
	}
	if _, err := tx.Payment(e.EndToEnd); !office.IsNotFound(err) {
		return false, err
	}
	named, err := tx.DifferencesAbout("money", code.Text(e.Key))
	return len(named) > 0, err
}

// debitsKnown is ErrUnknownDebit while there are such.
func debitsKnown(o *office.Office, tx *store.Tx) error {
	list, err := unknownDebits(o, tx)
	if err == nil && len(list) > 0 {
		err = fmt.Errorf("%w (%s)", ErrUnknownDebit, list[0].EndToEnd)
	}
	return err
}

// adopt makes a payment of a transfer whose part is due, or takes into its file the one that was
// ordered under its reference; known is false for what is left for a later pass, since it is not due
// here yet.
func adopt(d *office.Desk, f FoundFile, t iso20022.Transfer) (known bool, err error) {
	p, err := d.Tx.Payment(t.EndToEndID)
	switch {
	case err == nil && p.FileID == 0 && p.Track == exchange.MoneyOrdered && p.Amount == t.Amount:
		before := p
		p.FileID = f.ID
		if err := d.Tx.UpdatePayment(before, p); err != nil {
			return true, err
		}
	case err == nil || !office.IsNotFound(err):
		return true, err
	default:
		p = exchange.Payment{
			Ref: t.EndToEndID, Text: t.Text, FileID: f.ID, Amount: t.Amount,
			Payee: exchange.Account{Holder: t.Creditor.Name, No: t.Creditor.Number, Bank: t.Creditor.Bank, CNAPS: t.Creditor.CNAPS},
		}
		if known, err = adoptDue(d, p, f.lumps[p.Ref]); err != nil || !known {
			return false, err
		}
		if p, err = d.Tx.Payment(p.Ref); err != nil {
			return true, err
		}
	}
	return true, errors.Join(makeUnknown(d, p), d.Tx.RequeueMatching(transfer.ReferenceKey(p.Ref)))
}

// adoptDue orders what a payment is for; false when it is not due.
func adoptDue(d *office.Desk, p exchange.Payment, lump []journal.LumpPart) (bool, error) {
	if letterNo, part, attempt, ok := transfer.SplitRef(p.Ref); ok {
		return adoptPart(d, p, letterNo, part, attempt)
	}
	if _, _, ok := exchange.SplitRefund(p.Ref); ok {
		return adoptRefund(d, p)
	}
	return adoptLump(d, p, lump)
}

func adoptPart(d *office.Desk, p exchange.Payment, letterNo string, part, attempt int) (bool, error) {
	c, r, err := dueOf(d, letterNo, func(r exchange.Remittance) bool { return r.Part == part && r.Amount == p.Amount })
	if err != nil || r.Part == 0 || r.Attempts >= attempt {
		return false, err
	}
	if r.Attempts < attempt-1 { // the earlier ones were lost
		if err := d.SetMoney(&r, r.Track, func(r *exchange.Remittance) { r.Attempts = attempt - 1 }); err != nil {
			return false, err
		}
	}
	p.Partner = c.Partner
	return true, insertPayment(d, p, []exchange.PaymentItem{{CaseNo: c.No, Part: part, Amount: p.Amount}}, nil)
}

// adoptLump orders a lump sum once all that it is for is due.
func adoptLump(d *office.Desk, p exchange.Payment, lump []journal.LumpPart) (bool, error) {
	var items []exchange.PaymentItem
	var sum money.Fen
	for _, share := range lump {
		c, r, err := dueOf(d, share.LetterNo, func(r exchange.Remittance) bool {
			return r.Amount == share.Amount && !slices.ContainsFunc(items, func(it exchange.PaymentItem) bool { return it.CaseNo == r.CaseNo && it.Part == r.Part })
		})
		if err != nil || r.Part == 0 {
			return false, err
		}
		if sum, err = sum.Add(r.Amount); err != nil {
			return false, err
		}
		p.Partner, items = c.Partner, append(items, exchange.PaymentItem{CaseNo: c.No, Part: r.Part, Amount: r.Amount})
	}
	if len(items) == 0 || sum != p.Amount {
		return false, nil
	}
	p.Lump = true
	return true, insertPayment(d, p, items, nil)
}

// adoptRefund orders the refund that is due for a payment: that of its letter, or, since money that
// belongs to no case is numbered anew, of the same amount to the same account.
func adoptRefund(d *office.Desk, p exchange.Payment) (bool, error) {
	letterNo, part, _ := exchange.SplitRefund(p.Ref)
	due, err := d.Tx.RefundsByTrack(exchange.MoneyDue)
	if err != nil {
		return false, err
	}
	for _, f := range due {
		if f.Amount == p.Amount && f.Payee.No == p.Payee.No && (f.LetterNo == letterNo && f.Part == part || f.CaseNo == "") {
			p.Partner = f.Partner
			return true, insertRefund(d, f, p)
		}
	}
	return false, nil
}

// dueOf finds the part of a letter's case that is due and meant; the zero part when there is none.
func dueOf(d *office.Desk, letterNo string, meant func(exchange.Remittance) bool) (c exchange.Case, due exchange.Remittance, err error) {
	found, err := d.CaseByLetter(exchange.Out, letterNo)
	if err != nil {
		return c, due, office.IgnoreNotFound(err)
	}
	parts, err := d.Tx.RemittancesByCase(found.No)
	for _, r := range parts {
		if r.Track == exchange.MoneyDue && meant(r) {
			return found.Case, r, err
		}
	}
	return c, due, err
}
