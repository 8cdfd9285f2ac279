package office

import (
	"fmt"
	"path"
	"strings"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/formats"
)

// KindCorrections is a workbook that goes back to whoever sent it, beside the
// receipt, with its faulty cells marked and explained. It is no batch: it has
// no sequence, and nobody answers it.
const KindCorrections = "answer"

// KindDecisions is a decisions workbook in an officer's folder.
const KindDecisions = "decisions"

// FreeName is a name in an officer's folder that was not used before: with a
// number, when it has to be.
func (d *Desk) FreeName(party, stem, ext string) (string, error) {
	name := stem + ext
	for n := 2; ; n++ {
		_, err := d.Tx.FileByName(exchange.Out, party, name)
		if IsNotFound(err) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		name = fmt.Sprintf("%s.%d%s", stem, n, ext)
	}
}

// Kinds of files in officers' folders.
const (
	KindToSign          = "to-sign"          // a copy of what is to be signed, or the list that explains it
	KindToReview        = "to-review"        // a copy of a batch that waits for review
	KindSignature       = "signature"        // that an officer left
	KindSignatureAnswer = "signature-answer" // what became of it
)

func CarrierOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx", ".xlsm":
		return "xlsx"
	case ".xml":
		return "xml"
	case seal.Suffix:
		return "sig"
	case ".txt":
		return "txt"
	}
	return "csv"
}

// Receipted reports whether a kind of file is answered by a receipt.
func Receipted(kind string) bool {
	switch kind {
	case formats.KindReceipt, KindPayment, KindCorrections, KindToSign, KindToReview, KindSignatureAnswer, KindDecisions:
		return false
	}
	return true
}

// KindPayment is the kind of a payment file.
const KindPayment = "pain.001"

// Refusal is why an officer's signature does not count, in both languages.
type Refusal struct{ Chinese, English string }

// Error is the English text, then the Chinese one.
func (r *Refusal) Error() string { return r.English + " / " + r.Chinese }

func Refuse(zh, en string, args ...any) error {
	if len(args) == 0 {
		return &Refusal{zh, en}
	}
	return &Refusal{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}
