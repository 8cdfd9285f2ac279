package demo

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/iso20022"
)

// officer is a member of an agency's staff at a machine of the own: looks
// into the own folder, compares each payment file with the list beside it, and
// signs it with a key that the agency's Carryover never sees.
type officer struct {
	exchange.Officer
	key     *seal.Key
	public  ssh.PublicKey
	open    func(context.Context) (drop.Drop, error)
	signed  map[string]bool
	decided int                     // rows of decisions workbooks
	vouched func(month string) bool // months that the treasury settles; nil: all
}

// paymentPrefix begins the names of payment files in an officer's folder.
const paymentPrefix = "pain.001_"

// newOfficer makes an officer and the own key, which stays in dir.
func newOfficer(dir, name, full string, roles ...exchange.Role) (*officer, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, name)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(block)
	o := &officer{Officer: exchange.Officer{Name: name, FullName: full, Roles: roles}, signed: map[string]bool{}}
	if o.key, err = seal.ParseKey(text, nil); err != nil {
		return nil, err
	}
	o.public = o.key.Public()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return o, os.WriteFile(filepath.Join(dir, name), text, 0o600)
}

// line is the officer's in allowed_signers.
func (o *officer) line() string {
	var principals []string
	for _, r := range o.Roles {
		principals = append(principals, o.Principal(r))
	}
	return strings.Join(principals, ",") + ` namespaces="` + seal.NamespaceRelease + "," + seal.NamespaceDecision + `" ` + string(ssh.MarshalAuthorizedKey(o.public))
}

// work signs what lies in the officer's folder and has not been signed yet, and
// decides what there is to decide; it returns how much that was.
func (o *officer) work(ctx context.Context) (n int, err error) {
	d, err := o.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	list, err := d.List(ctx, drop.In)
	if err != nil {
		return 0, err
	}
	for _, e := range list.Files {
		if o.finance(e.Name) && !o.signed[e.Name] {
			decided, err := o.decides(ctx, d, e)
			if err != nil {
				return n, err
			}
			o.signed[e.Name] = true
			n += decided
			continue
		}
		payment := strings.HasPrefix(e.Name, paymentPrefix) && !strings.HasSuffix(e.Name, ".txt")
		if o.signed[e.Name] || !payment && !strings.HasPrefix(e.Name, "settings-") {
			continue
		}
		var content, beside bytes.Buffer
		if _, err := d.Get(ctx, drop.In, e, &content); err != nil {
			return n, err
		}
		if payment {
			explained, err := d.Stat(ctx, drop.In, e.Name+".txt")
			if errors.Is(err, fs.ErrNotExist) {
				continue // not yet there
			}
			if err == nil {
				_, err = d.Get(ctx, drop.In, explained, &beside)
			}
			if err != nil {
				return n, err
			}
			if err := agrees(content.Bytes(), beside.String()); err != nil {
				return n, fmt.Errorf("%s does not sign %s: %w", o.FullName, e.Name, err)
			}
		}
		if err := o.sign(ctx, d, e.Name, content.Bytes()); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (o *officer) sign(ctx context.Context, d drop.Drop, name string, content []byte) error {
	sig, err := o.key.Sign(bytes.NewReader(content), seal.NamespaceRelease)
	if err != nil {
		return err
	}
	if err := d.Put(ctx, drop.Out, name+"."+o.Name+seal.Suffix, bytes.NewReader(sig), int64(len(sig)), drop.PutOptions{}); err != nil {
		return err
	}
	o.signed[name] = true
	return nil
}

// agrees compares a payment file, of either carrier, with the list beside it:
// its hash, its total, and every transfer's account and sum.
func agrees(payment []byte, list string) error {
	if !strings.Contains(list, fmt.Sprintf("%x", sha256.Sum256(payment))) {
		return errors.New("the list is of other bytes")
	}
	read := transfersOf
	if bytes.HasPrefix(payment, []byte("PK")) {
		read = linesOf
	}
	transfers, total, err := read(payment)
	if err != nil {
		return err
	}
	for _, t := range transfers {
		for _, want := range []string{t.EndToEndID, t.Amount.String(), t.Creditor.Number, t.Creditor.Name} {
			if !strings.Contains(list, want) {
				return fmt.Errorf("the list lacks %s: %s", t.EndToEndID, want)
			}
		}
	}
	if !strings.Contains(list, total.Capitals()) {
		return errors.New("the list lacks the total in capitals")
	}
	return nil
}

// transfersOf are the transfers of a pain.001.
func transfersOf(payment []byte) (list []iso20022.Transfer, total money.Fen, err error) {
	head, faults, err := iso20022.ReadPayment(bytes.NewReader(payment), iso20022.Limits{}, func(_ *iso20022.Payment, t iso20022.Transfer) error {
		list = append(list, t)
		return nil
	})
	if err == nil && faults.Total > 0 {
		err = fmt.Errorf("faulty payment file: %v", faults.List)
	}
	return list, head.Total, err
}

// linesOf are the transfers of a payment list.
func linesOf(payment []byte) (list []iso20022.Transfer, total money.Fen, err error) {
	lines, total, err := formats.ReadPaymentList(bytes.NewReader(payment))
	for _, l := range lines {
		list = append(list, iso20022.Transfer{EndToEndID: l.Ref, Amount: l.Amount, Creditor: iso20022.Account{Name: l.Payee, Number: l.Account}})
	}
	return list, total, err
}
