package judge

import (
	"io"
	"time"

	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// Rules is what an agency knows of a batch that does not stand in it. The
// functions are called at most once for each file, and only for a batch.
type Rules struct {
	Self string    // area code of the agency
	Now  time.Time // when a key must be valid
	// Areas reads which area codes exist.
	Areas func() (func(code string) bool, error)
	// Profile is the rule profile agreed with a party; "" for one that is no
	// partner but has a drop here, such as the core. known is false for a
	// party that nobody here exchanges with.
	Profile func(party string) (profile string, known bool)
	// Signers may sign what a party sends; nil when no signature of it is
	// expected.
	Signers func(sender string) (*seal.Signers, error)
	// SealFault is the code and the words of what Verify found wrong with a
	// signature; no code for nil and for an error of reading.
	SealFault func(err error) (code.Fault, string)
}

// configured sets what the rules can tell about a batch, once its header is
// known, and returns what is wrong with its parties.
func (j *Judgement) configured(src io.ReadSeeker, o *batch.Options, rules *Rules) (faults []batch.Fault, err error) {
	if o.Areas, err = rules.Areas(); err != nil {
		return nil, err
	}
	r, err := sheet.NewReader(src, formats.Kinds(), batch.Options{Encoding: o.Encoding})
	if err != nil {
		return nil, err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	h := r.Header()
	if r.Kind() == nil {
		return nil, nil
	}
	other, field, wrong := h.Sender, "sender", code.NotFromThisParty
	if h.Sender == rules.Self { // one of our own files
		other, field, wrong = h.Receiver, "receiver", code.NotForUs
	} else {
		o.Self = rules.Self
	}
	profile, known := rules.Profile(other)
	if known {
		o.Profile = profile
		return nil, nil
	}
	j.Verdict = code.FileRejected
	return []batch.Fault{{
		Line: 1, Row: "H", Field: field, Code: wrong, Text: "配置中没有此方 / the configuration knows no such party: " + other,
	}}, nil
}
