package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
	"carryover/jobs/story"
)

func newReleaseCommand(a *app) *cobra.Command {
	var key, officer, date string
	c := &cobra.Command{
		Use:   "release PAYMENT",
		Short: "Show a payment file that waits for signatures, and sign it",
		Long: `PAYMENT is a payment file's name, the EndToEndId of a payment in it, or the
name of a text of the money settings, a checkpoint or the acceptance of a finding
(carryover list files --state prepared).

Without --key it shows what is to be signed: payees, accounts, sums, the total
in capitals, the hash. With --key it signs that with the officer's own key and
records the signature at once, as if it had been left in the officer's folder;
two officers, one of them a checker (复核), release the file. A key with a
passphrase asks on the terminal, or takes CARRYOVER_KEY_PASSPHRASE.

The same signature is made by ssh-keygen -Y sign -n carryover-release and left
as FILE.OFFICER.sig in the officer's folder; that way the key never comes near
this machine. Exit code 3: signed, but another signature is missing.`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			return a.release(cmd.Context(), args[0], key, officer, date)
		}),
	}
	c.Flags().StringVar(&key, "key", "", "the officer's private key")
	c.Flags().StringVar(&date, "date", "", dateOfRehearsal)
	c.Flags().StringVar(&officer, "officer", "", "whose signature it is (default: whose key it is)")
	return c
}

// released is what release --json prints.
type released struct {
	File       string
	SHA256     string             // of the bytes that are signed
	State      exchange.FileState `show:",file-state"`
	Total      money.Fen
	Capitals   string // the total as cheques have it (大写)
	Payments   []exchange.Payment
	Signatures []exchange.Signature
	Signed     string `show:"signed_by"` // by this call; "" without --key
	Released   bool   // by this call: the next pass leaves it at the bank
	Missing    string // whose signature, in words
}

// release shows what is to be signed and, with a key, signs it. No lock is taken:
// officers sign while serve runs, whatever it is at.
// errPerson means that the signature counts and another is missing.
func (a *app) release(ctx context.Context, name, keyFile, officer, date string) (err error) {
	ag, err := a.openToDecide(ctx, date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	p, err := ag.env.FindSignable(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("nothing called %s is to be signed: carryover list files --state prepared has what is", name)
	}
	if err != nil {
		return err
	}
	if !a.json {
		if err := a.printSignable(ctx, ag, p); err != nil {
			return err
		}
	}
	if keyFile == "" {
		if a.json {
			return a.printReleased(ctx, ag, p, released{})
		}
		return nil
	}
	s, done, err := a.sign(ctx, ag, p, keyFile, officer)
	if err != nil {
		return fmt.Errorf("%s: %w", p.File.Name, err)
	}
	if p, err = ag.env.FindSignable(ctx, p.File.Name); err != nil { // again: with the new signature
		return err
	}
	if a.json {
		doc := released{Signed: s.Officer.Name, Released: done}
		if !done {
			doc.Missing = s.Missing()
		}
		if err := a.printReleased(ctx, ag, p, doc); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.out, "\n%s %s：%s\n", s.Officer.FullName, s.Officer.Name, s.Missing())
		switch {
		case done && p.File.Kind != office.KindPayment:
			fmt.Fprintf(a.out, "%s: done / 已生效\n", p.File.Name)
		case done:
			fmt.Fprintf(a.out, "%s: released / 已放行，下一次运行即提交\n", p.File.Name)
		case s.Complete():
			fmt.Fprintf(a.out, "%s: not released / 未放行：签名后核对不符，见待办\n", p.File.Name)
		}
	}
	if !done {
		return errPerson
	}
	return nil
}

// sign signs the file's very bytes with the key of a file and records that; true
// when it is released by it. Whose key it is decides who signs, unless officer says
// so; a signature that does not count is a *office.Refusal.
func (a *app) sign(ctx context.Context, ag *agency, p payment.Signable, keyFile, officer string) (signing.Accepted, bool, error) {
	key, officer, err := a.signer(ctx, ag, p.File, keyFile, officer)
	if err != nil {
		return signing.Accepted{}, false, err
	}
	content, err := ag.env.Content(ctx, p.File)
	if err != nil {
		return signing.Accepted{}, false, err
	}
	defer content.Close()
	sig, err := key.Sign(content, signing.NamespaceOf(p.File.Kind))
	if err != nil {
		return signing.Accepted{}, false, err
	}
	return ag.env.Sign(ctx, officer, p.File, sig)
}

// printReleased prints what is to be signed as JSON, beside what r says of this call.
func (a *app) printReleased(ctx context.Context, ag *agency, p payment.Signable, r released) error {
	r.File, r.SHA256, r.State, r.Total, r.Capitals = p.File.Name, p.File.SHA256, p.File.State, p.File.Total, "人民币"+p.File.Total.Capitals()
	r.Signatures = p.Signatures
	err := ag.env.EachPayment(ctx, p.File, func(x exchange.Payment) error {
		r.Payments = append(r.Payments, x)
		return nil
	})
	if err != nil {
		return err
	}
	return a.printJSON(story.Worded{Office: ag.env.Office, Of: r})
}

// printSignable prints what is to be signed: everything that the signature will
// cover, so that nobody signs what was not shown.
func (a *app) printSignable(ctx context.Context, ag *agency, p payment.Signable) error {
	if p.File.Kind != office.KindPayment { // a text, which says everything itself
		content, err := ag.env.Content(ctx, p.File)
		if err != nil {
			return err
		}
		defer content.Close()
		_, err = io.Copy(a.out, content)
		return err
	}
	fmt.Fprintf(a.out, "%s\nSHA-256 %s\n%d 笔，合计 %s，人民币%s\n\n", p.File.Name, p.File.SHA256, p.File.Records, p.File.Total, p.File.Total.Capitals())
	n := 0
	err := ag.env.EachPayment(ctx, p.File, func(x exchange.Payment) error {
		n++
		_, err := fmt.Fprintf(a.out, "%5d  %-28s %18s  %s  %s  %s\n", n, x.Ref, x.Amount, x.Payee.No, x.Payee.CNAPS, x.Payee.Holder)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range p.Signatures {
		fmt.Fprintf(a.out, "已签 signed: %s %s %s\n", s.Officer, s.At.In(ag.env.Agency.Zone).Format("2006-01-02 15:04"), s.Fingerprint)
	}
	return nil
}
