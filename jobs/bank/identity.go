package bank

import (
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"carryover/exchange"
	"carryover/jobs/office"
)

// tellings is how often a message or sheet tells entries that are known as one
// (exchange.BankEntry.KnownAs): it is counted before anything of the message counts,
// because among equals the largest count of a single message is the true one. They are
// kept by hash, of eight bytes each, so that a large message takes little.
type tellings struct {
	seed maphash.Seed
	n    map[uint64]int
	met  map[string]bool // keys of the entries that were met, of those told more than once
	now  map[string]bool // and of those that the transaction at work has met
}

func newTellings() *tellings {
	return &tellings{seed: maphash.MakeSeed(), n: map[uint64]int{}, met: map[string]bool{}, now: map[string]bool{}}
}

// begin begins a transaction, or begins it again: what was met in it before it was cut
// short counts no more.
func (t *tellings) begin() { clear(t.now) }

// done keeps what a transaction has met.
func (t *tellings) done() { maps.Copy(t.met, t.now) }

// count counts an entry before it is read again to be booked.
func (t *tellings) count(e exchange.BankEntry) { t.n[maphash.String(t.seed, e.KnownAs())]++ }

// of is how often the message tells entries known as e is.
func (t *tellings) of(e exchange.BankEntry) int { return t.n[maphash.String(t.seed, e.KnownAs())] }

// meet notes that a telling is about the entry of a key, which no other telling of the
// same message is about.
func (t *tellings) meet(e exchange.BankEntry, key string) {
	if t.of(e) > 1 {
		t.now[key] = true
	}
}

// identified is what became of the question which entry a telling is about.
type identified struct {
	known   *exchange.BankEntry // this one, known already; nil: none
	alone   bool                // and no other one that it could be
	sure    bool                // the message itself tells as many as there are then
	doubt   string              // key of the entry that it may repeat; "": none
	unequal bool                // a booking that was told before in other parts, which count
	taken   bool                // it cannot have its EndToEndId: another one has it
	next    int                 // the number of a new one among those known as it is
}

// identify finds out which entry a telling is about. Entries that are known as it is are
// told apart by what else they say; what one of the two does not say agrees. Each telling
// of a message is an entry of its own, so that a message which tells two tells of two.
// One is new for certain only if it can be none of all that are known.
// What tells something else than the one entry that is known may be another entry, or the
// same in other words: it is in doubt, unless its message tells more than are known.
func identify(d *office.Desk, e exchange.BankEntry, t *tellings) (of identified, err error) {
	if of.unequal, err = toldInOtherParts(d, e, t); err != nil || of.unequal {
		return of, err
	}
	list, err := d.Tx.BankEntriesKnownAs(e.KnownAs())
	if err != nil {
		return of, err
	}
	of.next = len(list) + 1
	sure, best := 0, -1
	for i := range list {
		k := &list[i]
		isSure := k.State != exchange.EntryDoubtful && k.State != exchange.EntryRepeat
		if isSure {
			sure++
		}
		if couldBe(*k, e) && (of.doubt == "" || isSure) {
			of.doubt = k.Key
		}
		if t.met[k.Key] || t.now[k.Key] {
			continue
		}
		n := agreement(*k, e)
		if n >= 0 {
			of.alone = of.known == nil
		}
		if n > best {
			best, of.known = n, k
		}
	}
	of.taken = slices.ContainsFunc(list, func(k exchange.BankEntry) bool {
		return e.EndToEnd != "" && k.EndToEnd == e.EndToEnd && (of.known == nil || k.Key != of.known.Key)
	})
	of.sure = sure < t.of(e)
	if of.sure {
		of.doubt = ""
	}
	return of, nil
}

// couldBe reports whether nothing that is certain tells two entries apart: the number
// that the payer gave to a transfer, and that the bank takes something back.
func couldBe(a, b exchange.BankEntry) bool {
	return a.Reversal == b.Reversal && missingOrSame(a.EndToEnd, b.EndToEnd)
}

// agreement is how many of the things that tell entries apart are said of both and are
// the same; -1 when one is not. The payer's number alone is enough.
func agreement(a, b exchange.BankEntry) (n int) {
	if !couldBe(a, b) {
		return -1
	}
	certain := a.EndToEnd != "" && b.EndToEnd != ""
	if certain {
		n = 10
	}
	for _, pair := range [][2]string{{a.Text, b.Text}, {a.Counterpart, b.Counterpart}, {a.CounterAcct, b.CounterAcct}} {
		switch {
		case !missingOrSame(pair[0], pair[1]):
			if !certain {
				return -1
			}
		case pair[0] != "" && pair[1] != "":
			n++
		}
	}
	return n
}

// missingOrSame compares what two messages say as a reader does: a bank sets spaces and
// widths otherwise in its list than in its message.
func missingOrSame(a, b string) bool {
	return a == "" || b == "" || a == b || squeezed(a) == squeezed(b)
}

func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, width.Fold.String(s))
}

// toldInOtherParts reports whether a booking was told before in another number of parts:
// first as one sum, say, and now with its transfers. What was booked first counts; its
// parts are known as something else, so that both would be booked.
func toldInOtherParts(d *office.Desk, e exchange.BankEntry, t *tellings) (bool, error) {
	var before []exchange.BankEntry
	var err error
	switch {
	case e.Parts > 1:
		before, err = d.Tx.BankEntriesKnownAs(wholeOf(e).KnownAs())
	case e.Ref != "" && e.EndToEnd == "" && e.Text == "" && e.Counterpart == "":
		before, err = d.Tx.BankEntriesNumbered(e.Ref)
	}
	for _, b := range before {
		if b.Account == e.Account && b.BookedOn == e.BookedOn && b.Total == e.Total && b.Parts != e.Parts && t.of(b) == 0 {
			d.Log.Warn("booking told again in other parts, the first counts", "booking", b.Key, "parts", e.Parts, "before", b.Parts)
			return true, nil
		}
	}
	return false, err
}

// wholeOf is the booking that an entry is a part of, as one entry.
func wholeOf(e exchange.BankEntry) exchange.BankEntry {
	e.Credit, e.Amount = e.Total > 0, max(e.Total, -e.Total)
	return e
}
