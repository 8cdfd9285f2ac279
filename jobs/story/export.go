package story

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
)

// journalLine is an event of the journal as it is exported: what its hash is
// made of (exchange/store/README.md says how), in the order of the fields.
type journalLine struct {
	ID     int64         `json:"id"`
	Chain  string        `json:"chain"`
	N      int           `json:"n"`
	At     time.Time     `json:"at"`
	On     calendar.Date `json:"on"`
	Actor  string        `json:"actor"`
	What   string        `json:"what"`
	Why    string        `json:"why"`   // as it is hashed
	Coded  bool          `json:"coded"` // why is a phrase, and the hash ends with the number 2
	FileID int64         `json:"file_id"`
	// Payload is the facts as they are stored, base 64; null: purged, its digest stays.
	Payload []byte          `json:"payload"`
	Facts   json.RawMessage `json:"facts,omitempty"` // the payload when it is JSON
	Salt    []byte          `json:"salt"`
	Digest  string          `json:"digest"`
	Hash    string          `json:"hash"`
}

// ExportJournal writes the journal as JSON lines, in the order in which the
// events were stored, and returns how many there are. progress may be nil.
func ExportJournal(tx *store.Tx, w io.Writer, progress func(n int64)) (n int64, err error) {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err = tx.EachEvent(func(v exchange.JournalEvent) error {
		line := journalLine{
			v.ID, v.Chain, v.N, v.At, v.On, v.Actor, v.What, v.WhyText(), !v.Prose, v.FileID, v.Payload, nil, v.Salt,
			hex.EncodeToString(v.Digest), hex.EncodeToString(v.Hash),
		}
		if v.Salt != nil && v.Payload == nil {
			line.Payload = []byte{} // there was none; of what is purged the salt is gone too
		}
		if json.Valid(v.Payload) {
			line.Facts = v.Payload
		}
		if n++; progress != nil && n%1000 == 0 {
			progress(n)
		}
		return enc.Encode(line)
	})
	if err != nil {
		return n, err
	}
	return n, out.Flush()
}

// commodity is how an amount in yuan is written for hledger.
const commodity = "CNY"

// ExportLedger writes the ledger as a plain-text journal of double entry that
// hledger and ledger read, entry by entry in the order of their dates, and
// returns how many there are. Every account and the commodity are declared,
// and the last transaction asserts the balances that the store keeps:
// `hledger check --strict` proves them from the entries.
func ExportLedger(tx *store.Tx, w io.Writer) (n int64, err error) {
	out := bufio.NewWriter(w)
	var kept []keptBalance
	err = tx.EachLedgerAccount(func(a ledger.Account, amount money.Fen) error {
		kept = append(kept, keptBalance{plainAccount(a), amount})
		return nil
	})
	if err != nil {
		return 0, err
	}
	declareAccounts(out, kept)
	var last calendar.Date
	err = tx.EachLedgerEntry(func(e ledger.Entry) error {
		n++
		last = calendar.Date(e.Date)
		return writeEntry(out, n, e)
	})
	if err != nil {
		return n, err
	}
	if last != 0 {
		fmt.Fprintf(out, "%s the balances that the store keeps\n", last)
		for _, b := range kept {
			fmt.Fprintf(out, "    %-40s  0.00 %s = %s\n", b.account, commodity, amount(b.amount))
		}
	}
	return n, out.Flush()
}

// keptBalance is what the store says lies in an account.
type keptBalance struct {
	account string
	amount  money.Fen
}

// declareAccounts writes the head of the journal: hledger's strict check takes
// only what is declared. Its errors are those of the writer, which Flush returns.
func declareAccounts(w io.Writer, kept []keptBalance) {
	fmt.Fprintf(w, "; Amounts in yuan. A negative balance says how much came in, a positive one how much lies there.\n")
	fmt.Fprintf(w, "commodity 1000.00 %s\n", commodity)
	for _, b := range kept {
		fmt.Fprintf(w, "account %s\n", b.account)
	}
	fmt.Fprintln(w)
}

// writeEntry writes one entry as a transaction: its event, case and memo, the
// same again as tags that can be asked for, and its postings.
func writeEntry(w io.Writer, n int64, e ledger.Entry) error {
	fmt.Fprintf(w, "%s (%d) %s", calendar.Date(e.Date), n, e.Event)
	var tags []string
	for _, tag := range [][2]string{{"case", e.CaseNo}, {"partner", e.Partner}, {"memo", e.Memo}} {
		text := plainText(tag[1])
		if text == "" {
			continue
		}
		tags = append(tags, tag[0]+":"+text)
		if tag[0] != "partner" {
			fmt.Fprintf(w, " %s", text)
		}
	}
	if len(tags) > 0 {
		fmt.Fprintf(w, "  ; %s", strings.Join(tags, ", "))
	}
	fmt.Fprintln(w)
	for _, p := range e.Postings {
		fmt.Fprintf(w, "    %-40s  %s\n", plainAccount(p.Account), amount(p.Amount))
	}
	_, err := fmt.Fprintln(w)
	return err
}

// plainAccount is an account's name for hledger; no part of it may be empty.
func plainAccount(a ledger.Account) string {
	if a.Partner() == "" {
		return string(a) + "unknown"
	}
	return string(a)
}

// plainText keeps a text from ending its tag, the description or the line.
func plainText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == ',' || r == ';' || r == '|' || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
}

// amount is an amount in its commodity.
func amount(f money.Fen) string { return f.String() + " " + commodity }
