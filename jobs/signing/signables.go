package signing

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
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
		names = append(names, listName(f.Name))
	}
	for _, o := range signers.Officers {
		party := exchange.OfficerParty(o.Name)
		if _, ok := d.Party(party); !ok || !o.Has(exchange.Releasing()...) {
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
		for _, name := range []string{f.Name, listName(f.Name)} {
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
	sha, size, err := d.WriteSpool(d.Tx, spool, func(w io.Writer) error { _, err := io.WriteString(w, readable(text)); return err })
	if err != nil {
		return err
	}
	return d.Tx.InsertFile(&exchange.File{
		Dir: exchange.Out, Party: party, Kind: office.KindSignatureAnswer, Name: name, Carrier: office.CarrierOf(name),
		SHA256: sha, StoredSHA: sha, Size: size, State: exchange.FileQueued, At: d.Now(), Spool: spool,
	})
}

// readable is a text as the oldest editor in an office shows it rightly: with a byte
// order mark and CRLF.
func readable(text string) string {
	return "\uFEFF" + strings.ReplaceAll(strings.TrimSuffix(text, "\n")+"\n", "\n", "\r\n")
}

// ListIntact is nil while the list beside a payment file is the one that officers were
// shown, and where they were shown none; else office.ErrSpool.
func ListIntact(d *office.Desk, f exchange.File) error {
	for _, p := range d.Parties {
		if p.Role != office.RoleOfficer {
			continue
		}
		shown, err := d.Tx.FileByName(exchange.Out, p.Code, listName(f.Name))
		if err == nil {
			return d.Intact(d.Tx, shown) // they are all copies of one
		}
		if !office.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// listName names the readable list beside a payment file.
func listName(payment string) string { return payment + ".txt" }

// WriteList writes into the spool what the signers read beside a payment file: what it
// orders, a line for every payment, and how to sign. It reads the payments one by one:
// a file may hold 100,000 of them.
func WriteList(d *office.Desk, f exchange.File) error {
	_, _, err := d.WriteSpool(d.Tx, "out-"+listName(f.Name), func(to io.Writer) error {
		w := bufio.NewWriter(to)
		_, headErr := w.WriteString(readable(paymentHead(d.Office, f)))
		n, count := 0, d.Counting("payments listed", f.Records)
		err := d.Tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
			n++
			count()
			_, err := fmt.Fprintf(w, "%5d  %-28s %18s  %s  %s  %s  %s\r\n", n, p.Ref, p.Amount, p.Payee.No, p.Payee.CNAPS, p.Payee.Holder, p.Payee.Bank)
			return err
		})
		_, tailErr := w.WriteString(strings.TrimPrefix(readable(signHow(f.Name)), "\uFEFF"))
		return errors.Join(headErr, err, tailErr, w.Flush())
	})
	return err
}

// paymentHead is the head of the list: what the payment file orders, and by when it
// should be signed.
func paymentHead(o *office.Office, f exchange.File) string {
	payer := o.Agency.Payer
	return marked(o, fmt.Sprintf(`付款文件放行清单 / payment file to be released

文件 file        %s
SHA-256          %s
付款账户 payer   %s  %s  %s
笔数 transfers   %d
合计 total       %s
大写 in capitals %s
制单日期 made on %s
签名期限 sign by %s（逾期将列入待办 / then it is named in To do）

 序号  付款编号 reference                        金额 amount  收款账号 / 联行号 / 户名 / 开户行
`, f.Name, f.SHA256, payer.No, payer.Holder, payer.Bank, f.Records, f.Total, capitals(f.Total), MadeOn(o, f), SignBy(o, f)))
}

// marked is a text for officers, which says first that the agency rehearses when it does.
func marked(o *office.Office, text string) string {
	if mark := o.Agency.Mark(); mark != "" {
		return "【" + mark + "】\n" + text
	}
	return text
}

// capitals is an amount in Chinese capitals, as it stands on every order of payment.
func capitals(f money.Fen) string { return "人民币" + f.Capitals() }

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

// signHow is the foot of the list: how to sign the file of that name.
func signHow(name string) string {
	return fmt.Sprintf(`
签名方法（任选其一，私钥只在本人电脑上） / to sign, either way, with a key that stays on your own machine:
  ssh-keygen -Y sign -n carryover-release -f 私钥KEY %[1]s
    然后把 %[1]s.sig 改名为 %[1]s.<您的目录名>.sig 放进您的 in 目录
    then leave %[1]s.sig as %[1]s.<your name>.sig in your folder in
  carryover release %[1]s --key 私钥KEY
核对户名、账号、金额、合计及 SHA-256 无误后再签名。 Compare payees, accounts, sums and SHA-256 before you sign.
`, name)
}
