package office

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
)

// Refusal is why something that an officer left does not count (a signature, a
// decision, a retry), in both languages: the folder of an officer has no
// language of its own. Callers find it with errors.As and show it to the
// officer; any other error is a fault of the run.
type Refusal struct{ Chinese, English string }

// Error is the English text, then the Chinese one.
func (r *Refusal) Error() string { return r.English + " / " + r.Chinese }

// Phrase keeps a refusal.
func (r *Refusal) Phrase() code.Phrase { return code.Say("both", r.Chinese, r.English) }

// Refuse returns a *Refusal. With args both texts are formats that take the
// same arguments in the same order; without, they are taken as they are, so
// that a % in a name does no harm.
func Refuse(zh, en string, args ...any) error {
	if len(args) == 0 {
		return &Refusal{zh, en}
	}
	return &Refusal{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

// Undecidable is the error of a decision that is not taken: exchange.ErrDecision
// for those who branch on it, and a *Refusal with the reason for the officer.
func Undecidable(chinese, english string) error {
	return fmt.Errorf("%w: %w", exchange.ErrDecision, &Refusal{chinese, english})
}
