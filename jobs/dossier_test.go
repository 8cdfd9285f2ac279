package jobs_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// TestDossier: whoever opens a case at a desk gets the same one, and what is kept
// of it is what the store has, also when a savepoint took something back.
func TestDossier(t *testing.T) {
	o := newOffice(t)
	o.unproved = true // forms and parts without their ledger
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	no := o.caseBy(exchange.Out, p).No
	err := o.env.Do(t.Context(), office.By{Actor: "test"}, func(d *office.Desk) error {
		c, err := d.CaseByNo(no)
		if err != nil {
			return err
		}
		if again, err := d.CaseByLetter(exchange.Out, c.LetterNo); again != c {
			t.Errorf("opened twice: %v", err)
		}
		requireKept(t, c)
		parts, err := c.Parts()
		if err != nil {
			return err
		}
		next := parts[0]
		next.Part, next.Track, next.Ref = 7, exchange.MoneyNotDue, ""
		if err := d.Tx.InsertRemittance(next); err != nil {
			return err
		}
		next.Part = 3
		broken := errors.New("broken")
		if err := d.InSavepoint(func() error { return errors.Join(d.Tx.InsertRemittance(next), broken) }); !errors.Is(err, broken) {
			return err
		}
		requireKept(t, c) // opened before the savepoint
		if c, err = d.CaseByNo(no); err != nil {
			return err
		}
		requireKept(t, c)
		if err := d.Tx.InsertRemittance(next); err != nil {
			return err
		}
		forms, err := c.Forms()
		if err != nil {
			return err
		}
		if err := d.SetForm(&forms[0], exchange.FormDelivered); err != nil {
			return err
		}
		requireKept(t, c)
		if parts, err = c.Parts(); len(parts) != 3 || parts[1].Part != 3 {
			t.Errorf("parts %+v (%v)", parts, err)
		}
		_, err = c.Part(2)
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("part 2: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// requireKept compares what is kept of a case with the store's rows.
func requireKept(t *testing.T, c *office.Case) {
	t.Helper()
	forms, err1 := c.Forms()
	parts, err2 := c.Parts()
	postings, err3 := c.Postings()
	letter, err4 := c.Letter()
	c.Tx.ForgetAhead()
	storedForms, err5 := c.Tx.FormsByCase(c.No)
	storedParts, err6 := c.Tx.RemittancesByCase(c.No)
	storedPostings, err7 := c.Tx.PostingsByCase(c.No)
	storedLetter, err8 := c.Tx.Letter(c.LetterNo, c.LetterVersion)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
		t.Fatal(err)
	}
	if len(forms) == 0 || len(parts) == 0 || len(postings) == 0 {
		t.Errorf("%d forms, %d parts, %d postings", len(forms), len(parts), len(postings))
	}
	kept, stored := []any{forms, parts, postings, letter}, []any{storedForms, storedParts, storedPostings, storedLetter}
	if diff := cmp.Diff(stored, kept); diff != "" {
		t.Errorf("kept otherwise than stored:\n%s", diff)
	}
}

// What an item changed in a case and did not save is not there for the next one,
// which would save it; what it saved is.
func TestNothingUnsavedIsHandedOn(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	no := o.caseBy(exchange.Out, p).No
	item := func(d *office.Desk, work func(c *office.Case) error) {
		t.Helper()
		err := d.InSavepoint(func() error {
			c, err := d.CaseByNo(no)
			if err != nil {
				return err
			}
			return work(c)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := o.env.Do(t.Context(), office.By{Actor: "test"}, func(d *office.Desk) error {
		item(d, func(c *office.Case) error { c.Wish = exchange.WishProposed; return nil }) // and then it was refused
		item(d, func(c *office.Case) error {
			if c.Wish != exchange.WishNone {
				t.Errorf("the wish %q of the item before", c.Wish)
			}
			c.CertificateNo = "C1"
			return c.Save()
		})
		item(d, func(c *office.Case) error {
			if c.CertificateNo != "C1" || c.Wish != exchange.WishNone {
				t.Errorf("certificate %q, wish %q", c.CertificateNo, c.Wish)
			}
			return nil
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOnlySaveWritesACase: a write past it would leave the open case as it was.
func TestOnlySaveWritesACase(t *testing.T) {
	past := regexp.MustCompile(`Tx\.(Insert|Update)Case\(`)
	files, err := filepath.Glob("*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range slices.DeleteFunc(files, func(name string) bool {
		return strings.HasPrefix(name, "office/") || strings.HasSuffix(name, "_test.go")
	}) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := past.Find(text); found != nil {
			t.Errorf("%s writes %s itself: office.Desk does", name, found)
		}
	}
}
