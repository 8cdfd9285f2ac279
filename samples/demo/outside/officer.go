package outside

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

// Officer is a member of an agency's staff at a machine of the own: looks
// into the own folder, compares each payment file with the list beside it, and
// signs it with a key that the agency's Carryover never sees.
type Officer struct {
	exchange.Officer
	Key     *seal.Key
	Dial    func(context.Context) (drop.Drop, error) // the officer's end of the own folder
	Signed  map[string]bool                          // names of files that were signed or worked
	Decided int                                      // rows of decisions workbooks
	Vouched func(month string) bool                  // months that the treasury settles; nil: all

	public ssh.PublicKey
}

// paymentPrefix begins the names of payment files in an officer's folder.
const paymentPrefix = "pain.001_"

// NewOfficer makes an officer and the own key, which stays in dir. The folder
// is the caller's to give, as Dial.
func NewOfficer(dir, name, full string, roles ...exchange.Role) (*Officer, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, name)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(block)
	o := &Officer{Officer: exchange.Officer{Name: name, FullName: full, Roles: roles}, Signed: map[string]bool{}}
	if o.Key, err = seal.ParseKey(text, nil); err != nil {
		return nil, err
	}
	o.public = o.Key.Public()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return o, os.WriteFile(filepath.Join(dir, name), text, 0o600)
}

// SignersLine is the officer's line of allowed_signers, newline included.
func (o *Officer) SignersLine() string {
	var principals []string
	for _, r := range o.Roles {
		principals = append(principals, o.Principal(r))
	}
	return strings.Join(principals, ",") + ` namespaces="` + seal.NamespaceRelease + "," + seal.NamespaceDecision + `" ` + string(ssh.MarshalAuthorizedKey(o.public))
}

// Work signs what lies in the officer's folder and has not been signed yet, and
// decides what there is to decide; it returns how much that was.
func (o *Officer) Work(ctx context.Context) (n int, err error) {
	d, err := o.Dial(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	list, err := d.List(ctx, drop.In)
	if err != nil {
		return 0, err
	}
	for _, e := range list.Files {
		if o.finance(e.Name) && !o.Signed[e.Name] {
			decided, err := o.decides(ctx, d, e)
			if err != nil {
				return n, err
			}
			o.Signed[e.Name] = true
			n += decided
			continue
		}
		payment := strings.HasPrefix(e.Name, paymentPrefix) && !strings.HasSuffix(e.Name, ".txt")
		settings := strings.HasPrefix(e.Name, "settings-") && strings.Count(e.Name, ".") == 1 // what answers it has more
		if o.Signed[e.Name] || !payment && !settings {
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

func (o *Officer) sign(ctx context.Context, d drop.Drop, name string, content []byte) error {
	sig, err := o.Key.Sign(bytes.NewReader(content), seal.NamespaceRelease)
	if err != nil {
		return err
	}
	if err := d.Put(ctx, drop.Out, name+"."+o.Name+seal.Suffix, bytes.NewReader(sig), int64(len(sig)), drop.PutOptions{}); err != nil {
		return err
	}
	o.Signed[name] = true
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
