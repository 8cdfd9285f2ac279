package signing

import (
	"io"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/plain"
	"carryover/jobs/office"
)

// A signable is what lies in the officers' folders to be signed: each copy is an
// outgoing file of its own, put down by push like any other, and put back when it was
// changed there. When the file that it is a copy of no longer waits the copy is void, and
// push takes it away again.

// ShowSignables queues the copies of a file that waits for signatures, for every
// officer who may sign it and has none yet; beside a payment file goes the list that
// explains it. Called again it adds only what is missing. Officers without a folder sign
// at the command line.
func ShowSignables(d *office.Desk, f exchange.File, signers SignerSet) error {
	names := []string{f.Name}
	if f.Kind == office.KindPayment {
		names = append(names, ListName(f.Name))
	}
	for _, o := range signers.Officers {
		party := exchange.OfficerParty(o.Name)
		if _, ok := d.Party(party); !ok || !o.Has(RolesFor(f.Kind)...) {
			continue
		}
		for _, name := range names {
			if err := showSignable(d, party, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// showSignable queues one copy for an officer's folder, unless there was one. Size
// and hash are those of the bytes in the spool now, so that the copy can be told from
// another file of its name.
func showSignable(d *office.Desk, party, name string) error {
	_, err := d.Tx.FileByName(exchange.Out, party, name)
	if !office.IsNotFound(err) {
		return err
	}
	sha, size, err := d.SpoolSum(d.Tx, "out-"+name)
	if err != nil {
		return err
	}
	return d.Tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: party, Kind: office.KindToSign, Name: name, Carrier: office.CarrierOf(name),
		SHA256: sha, StoredSHA: sha, Size: size, State: exchange.FileQueued, At: d.Now(), Spool: "out-" + name,
	})
}

// WithdrawSignables voids the copies of a file that no longer waits for signatures. When
// why is not empty, a note with it goes to every officer who had one: what is void must
// not be signed by somebody who took it home.
func WithdrawSignables(d *office.Desk, f exchange.File, why string) error {
	for _, p := range d.Parties {
		if p.Role != office.RoleOfficer {
			continue
		}
		for _, name := range []string{f.Name, ListName(f.Name)} {
			shown, err := d.Tx.FileByName(exchange.Out, p.Code, name)
			if office.IsNotFound(err) || shown.State == exchange.FileVoid {
				continue
			}
			if err != nil {
				return err
			}
			void := shown
			void.State, void.At = exchange.FileVoid, d.Now()
			if err := d.Tx.UpdateFile(shown, void); err != nil {
				return err
			}
			if name != f.Name || why == "" { // one note per officer, not one more for the list
				continue
			}
			if err := TellOfficer(d, p.Code, f.Name+".void.txt", why); err != nil {
				return err
			}
		}
	}
	return nil
}

// TellOfficer queues a note for an officer's folder; a name that was used before gets a
// number, so that no note takes the place of another.
func TellOfficer(d *office.Desk, party, name, text string) error {
	name, err := d.FreeName(party, strings.TrimSuffix(name, ".txt"), ".txt")
	if err != nil {
		return err
	}
	spool := "out-" + party + "-" + name
	sha, size, err := d.WriteSpool(d.Tx, spool, func(w io.Writer) error { _, err := io.WriteString(w, Readable(text)); return err })
	if err != nil {
		return err
	}
	return d.Tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: party, Kind: office.KindSignatureAnswer, Name: name, Carrier: office.CarrierOf(name),
		SHA256: sha, StoredSHA: sha, Size: size, State: exchange.FileQueued, At: d.Now(), Spool: spool,
	})
}

// Readable is a text as the oldest editor in an office shows it rightly: with a byte
// order mark and CRLF.
func Readable(text string) string {
	return "\uFEFF" + strings.ReplaceAll(strings.TrimSuffix(plain.Text(text), "\n")+"\n", "\n", "\r\n")
}

// ListIntact is nil while the list beside a payment file is the one that officers were
// shown, and where they were shown none; else office.ErrSpool.
func ListIntact(d *office.Desk, f exchange.File) error {
	for _, p := range d.Parties {
		if p.Role != office.RoleOfficer {
			continue
		}
		shown, err := d.Tx.FileByName(exchange.Out, p.Code, ListName(f.Name))
		if err == nil {
			return d.Intact(d.Tx, shown) // they are all copies of one
		}
		if !office.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// ListName names the readable list beside a payment file.
func ListName(payment string) string { return payment + ".txt" }

// Marked is a text for officers, which says first that the agency rehearses when it does.
func Marked(o *office.Office, text string) string {
	if mark := o.Agency.Mark(); mark != "" {
		return "【" + mark + "】\n" + text
	}
	return text
}

// MadeOn is the day on which a file was made, in the agency's zone.
func MadeOn(o *office.Office, f exchange.File) calendar.Date {
	return calendar.DateOf(f.At.In(o.Agency.Zone))
}

// SignBy is the day by which a file should be signed: the limit of the table of owners
// and limits for payments that wait to be released; two working days when it has none.
func SignBy(o *office.Office, f exchange.File) calendar.Date {
	wd := 2
	for _, t := range o.Turns {
		if t.Key == "out_ordered" {
			wd = t.WD
		}
	}
	return o.Calendar.Due(MadeOn(o, f), wd, calendar.DueOptions{}).Date
}
