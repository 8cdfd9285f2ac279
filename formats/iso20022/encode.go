package iso20022

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/exchange/plain"
)

// flushAt is how much is gathered before it is written on.
const flushAt = 32 << 10

// encoder builds elements in a buffer. It keeps the first error and does
// nothing after it.
type encoder struct {
	w   io.Writer
	buf []byte
	err error
}

// start writes the declaration, Document and the message's root element.
func (e *encoder) start(name, root string) {
	e.buf = append(e.buf, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<Document xmlns="`+namespace...)
	e.buf = append(e.buf, name...)
	e.buf = append(e.buf, "\">\n"...)
	e.open(root)
	e.line()
}

// finish closes what start opened and writes everything out.
func (e *encoder) finish(root string) error {
	e.close(root, "Document")
	e.line()
	e.flush(0)
	return e.err
}

func (e *encoder) line() { e.buf = append(e.buf, '\n') }

func (e *encoder) open(names ...string) {
	for _, name := range names {
		e.buf = append(e.buf, '<')
		e.buf = append(e.buf, name...)
		e.buf = append(e.buf, '>')
	}
}

func (e *encoder) close(names ...string) {
	for _, name := range names {
		e.buf = append(e.buf, '<', '/')
		e.buf = append(e.buf, name...)
		e.buf = append(e.buf, '>')
	}
}

// text writes an element with 1 to longest characters in it.
// Hidden characters are left out: a bank compares names that people compared before.
func (e *encoder) text(name, s string, longest int) {
	if err := writable(s, longest); err != nil {
		e.fail(fmt.Errorf("%s: %w", name, err))
		return
	}
	e.open(name)
	e.buf = appendEscaped(e.buf, strings.TrimSpace(plain.Without(s)))
	e.close(name)
}

// optional is text, or nothing for an empty s.
func (e *encoder) optional(name, s string, longest int) {
	if s != "" {
		e.text(name, s, longest)
	}
}

// fixed writes an element whose text needs no escape and no check.
func (e *encoder) fixed(name, s string) {
	e.open(name)
	e.buf = append(e.buf, s...)
	e.close(name)
}

// amount writes a positive sum in CNY.
func (e *encoder) amount(name string, f money.Fen) {
	if f <= 0 {
		e.fail(fmt.Errorf("%s: %s is not an amount to be paid", name, f))
	}
	e.sum(name, f)
}

// sum writes an amount in CNY that may be 0.
func (e *encoder) sum(name string, f money.Fen) {
	if f < 0 || f > money.Max {
		e.fail(fmt.Errorf("%s: %s is out of range", name, f))
	}
	e.buf = append(e.buf, '<')
	e.buf = append(e.buf, name...)
	e.buf = append(e.buf, ` Ccy="`+currency+`">`...)
	e.buf = f.Append(e.buf)
	e.close(name)
}

// direction writes whether an amount is a credit or a debit.
func (e *encoder) direction(credit bool) {
	if credit {
		e.fixed("CdtDbtInd", "CRDT")
	} else {
		e.fixed("CdtDbtInd", "DBIT")
	}
}

func (e *encoder) moment(name string, t time.Time) {
	e.open(name)
	e.buf = t.AppendFormat(e.buf, "2006-01-02T15:04:05-07:00")
	e.close(name)
}

// date writes the choice of a plain date, or nothing for none.
func (e *encoder) date(name string, d calendar.Date) {
	if d == 0 {
		return
	}
	e.open(name, "Dt")
	e.buf = d.Append(e.buf)
	e.close("Dt", name)
}

func (e *encoder) party(name, holder string) {
	e.open(name)
	e.text("Nm", holder, maxName)
	e.close(name)
}

func (e *encoder) account(name, number string) {
	e.open(name, "Id", "Othr")
	e.text("Id", number, maxAccount)
	e.close("Othr", "Id", name)
}

// bank writes an agent by its number in CNAPS, its name, or both; one must
// be given.
func (e *encoder) bank(name string, a Account) {
	if a.CNAPS == "" && a.Bank == "" {
		e.fail(fmt.Errorf("%s: neither CNAPS number nor name of the bank", name))
	}
	e.open(name, "FinInstnId")
	if a.CNAPS != "" {
		if !allDigits(a.CNAPS) || len(a.CNAPS) != 12 {
			e.fail(fmt.Errorf("%s: %q is not a CNAPS number of 12 digits", name, a.CNAPS))
		}
		e.open("ClrSysMmbId", "ClrSysId")
		e.fixed("Cd", clearingSystem)
		e.close("ClrSysId")
		e.fixed("MmbId", a.CNAPS)
		e.close("ClrSysMmbId")
	}
	e.optional("Nm", a.Bank, maxName)
	e.close("FinInstnId", name)
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// flush writes the buffer on once it holds more than that many bytes.
func (e *encoder) flush(over int) {
	if e.err != nil || len(e.buf) <= over {
		return
	}
	if _, err := e.w.Write(e.buf); err != nil {
		e.fail(fmt.Errorf("write message: %w", err))
	}
	e.buf = e.buf[:0]
}

// writable tells whether a text may stand in an element: 1 to longest
// characters, valid UTF-8, no control or other character that XML excludes,
// no space at either end (readers drop it).
func writable(s string, longest int) error {
	if s == "" {
		return fmt.Errorf("empty")
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return fmt.Errorf("space at an end of %q", s)
	}
	n := 0
	for i, r := range s {
		n++
		if r < 0x20 || r == 0x7f || r == 0xfffe || r == 0xffff {
			return fmt.Errorf("%q holds a control character", s)
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return fmt.Errorf("%q is not UTF-8", s)
			}
		}
	}
	if n > longest {
		return fmt.Errorf("%d characters, at most %d", n, longest)
	}
	return nil
}

func appendEscaped(b []byte, s string) []byte {
	if !strings.ContainsAny(s, `&<>"'`) {
		return append(b, s...)
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '"':
			b = append(b, "&quot;"...)
		case '\'':
			b = append(b, "&apos;"...)
		default:
			b = append(b, s[i])
		}
	}
	return b
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}
