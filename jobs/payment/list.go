package payment

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/exchange/plain"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// The list beside a payment file is what its signers read. It leads with what is unusual
// (list_unusual.go), says of every payment for whom it is, and what each partner gets.
type signersList struct {
	*office.Desk
	file     exchange.File
	deciders map[string][]exchange.Decider // by the reference of a payment
	first    map[string]settled            // the first settled payment, by partner or account
	totals   map[string]partnerTotal       // by the partner's code; "": to persons
}

// partnerTotal is what a partner gets by a payment file.
type partnerTotal struct {
	Count int
	Sum   money.Fen
}

// writeList writes the list beside a payment file into the spool. It reads the payments
// twice, one by one: a file may hold 100,000 of them.
func writeList(d *office.Desk, f exchange.File) error {
	l := &signersList{d, f, map[string][]exchange.Decider{}, map[string]settled{}, map[string]partnerTotal{}}
	deciders, err := d.Tx.Deciders(f.ID)
	if err != nil {
		return err
	}
	for _, x := range deciders {
		l.deciders[x.Ref] = append(l.deciders[x.Ref], x)
	}
	_, _, err = d.WriteSpool(d.Tx, "out-"+signing.ListName(f.Name), func(to io.Writer) error {
		w := bufio.NewWriter(&plain.Writer{To: to})
		for _, part := range []func(io.Writer) error{l.writeHead, l.writeUnusual, l.writePayments, l.writeTotals} {
			if err := part(w); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, lines(signHow(f.Name)))
		return errors.Join(err, w.Flush())
	})
	return err
}

// lines is a text with the line ends of the list.
func lines(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// writeHead writes what the payment file orders, who cannot sign it, and by when it should
// be signed.
func (l *signersList) writeHead(w io.Writer) error {
	f, payer := l.file, l.Agency.Payer
	text := fmt.Sprintf(`付款文件放行清单 / payment file to be released

文件 file        %s
SHA-256          %s
付款账户 payer   %s  %s  %s
笔数 transfers   %d
合计 total       %s
大写 in capitals 人民币%s
制单日期 made on %s
签名期限 sign by %s（逾期将列入待办 / then it is named in To do）
`, f.Name, f.SHA256, payer.No, payer.Holder, payer.Bank, f.Records, f.Total, f.Total.Capitals(), signing.MadeOn(l.Office, f), signing.SignBy(l.Office, f))
	names := map[string]bool{}
	for _, list := range l.deciders {
		for _, x := range list {
			names[l.officer(x.Officer)] = true
		}
	}
	if len(names) > 0 {
		text += "不得签名 not to sign: " + strings.Join(slices.Sorted(maps.Keys(names)), "、") + "（对其中付款作过决定 / decided about a payment in it）\n"
	}
	_, err := io.WriteString(w, signing.Readable(signing.Marked(l.Office, text)))
	return err
}

// officer is an officer as the list names them.
func (l *signersList) officer(name string) string {
	if o, ok := l.Agency.Officer(name); ok && o.FullName != "" {
		return o.FullName + "（" + name + "）"
	}
	return name
}

// each calls fn for every payment of the file, with its number in the list.
func (l *signersList) each(what string, fn func(n int, p exchange.Payment) error) error {
	n, count := 0, l.Counting(what, l.file.Records)
	return l.WorkPaymentsOf(l.file.ID, office.Beside{Letters: true}, func(p exchange.Payment) error {
		n++
		count()
		return fn(n, p)
	})
}

// writeUnusual writes the payments about which something is unusual, each with its reasons.
func (l *signersList) writeUnusual(w io.Writer) error {
	if _, err := io.WriteString(w, lines("\n一、请先核对 / what is unusual\n")); err != nil {
		return err
	}
	found := 0
	err := l.each("payments looked at", func(n int, p exchange.Payment) error {
		why, err := l.unusual(p)
		if err != nil || len(why) == 0 {
			return err
		}
		found++
		if err := l.writeRow(w, n, p); err != nil {
			return err
		}
		for _, text := range why {
			if _, err := fmt.Fprintf(w, "       ◆ %s\r\n", office.OneLine(text, 500)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && found == 0 {
		_, err = io.WriteString(w, lines("  无 / nothing\n"))
	}
	return err
}

// writePayments writes every payment with whom it is for.
func (l *signersList) writePayments(w io.Writer) error {
	if _, err := io.WriteString(w, lines("\n二、逐笔清单 / every payment\n 序号  付款编号 reference                        金额 amount  收款账号 / 联行号 / 户名 / 开户行\n")); err != nil {
		return err
	}
	return l.each("payments listed", func(n int, p exchange.Payment) error {
		if err := l.writeRow(w, n, p); err != nil {
			return err
		}
		people, to, err := l.people(p)
		if err != nil {
			return err
		}
		t := l.totals[to]
		t.Count++
		if t.Sum, err = t.Sum.Add(p.Amount); err != nil {
			return err
		}
		l.totals[to] = t
		_, err = io.WriteString(w, people)
		return err
	})
}

func (l *signersList) writeRow(w io.Writer, n int, p exchange.Payment) error {
	_, err := fmt.Fprintf(w, "%5d  %-28s %18s  %s  %s  %s  %s\r\n", n, p.Ref, p.Amount, p.Payee.No, p.Payee.CNAPS, p.Payee.Holder, p.Payee.Bank)
	return err
}

// people are the lines of those for whom a payment is, and the partner that it goes to; ""
// for one to the person, or the heirs.
func (l *signersList) people(p exchange.Payment) (text, to string, err error) {
	line := func(c *office.Case, amount money.Fen, what string) {
		text += fmt.Sprintf("       %s  %s  %s %s  %s %s%s\r\n", c.Person.Name, identity.Mask(c.Person.IDNo),
			l.Say("办件", "case"), c.No, l.Say("金额", "amount"), amount, what)
	}
	if p.Purpose == string(code.PurposeRefund) {
		f, err := l.Tx.RefundByRef(p.Ref)
		if err != nil || f.CaseNo == "" {
			return "       " + l.Sayf("退款，银行流水 %s", "refund of bank entry %s", f.EntryKey) + "\r\n", p.Partner, office.IgnoreNotFound(err)
		}
		c, err := l.CaseByNo(f.CaseNo)
		if err == nil {
			line(c, f.Amount, l.Say("  退款", "  refund"))
		}
		return text, p.Partner, err
	}
	for _, it := range p.Items {
		c, r, err := l.PartOf(it.CaseNo, it.Part)
		if err != nil {
			return "", "", err
		}
		if r.To == exchange.ToPartner {
			to = p.Partner
		}
		line(c, it.Amount, "")
	}
	return text, to, nil
}

// writeTotals writes what each partner gets, and what goes to persons.
func (l *signersList) writeTotals(w io.Writer) error {
	if _, err := io.WriteString(w, lines("\n三、按对方机构合计 / totals by partner\n")); err != nil {
		return err
	}
	for _, to := range slices.Sorted(maps.Keys(l.totals)) {
		name := strings.TrimSpace(to + " " + l.PartyName(to))
		if to == "" {
			name = l.Say("付给本人（继承人）", "to persons (heirs)")
		}
		if _, err := fmt.Fprintf(w, "%18s  %s  %s\r\n", l.totals[to].Sum, l.Sayf("%d 笔", "%d payments", l.totals[to].Count), name); err != nil {
			return err
		}
	}
	return nil
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
