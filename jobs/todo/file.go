package todo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs/courier"
	"carryover/jobs/decision"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
)

// ofFile begins an item about a file.
func ofFile(kind string, f exchange.File) exchange.Todo {
	return exchange.Todo{Kind: kind, About: exchange.AboutFile, No: strconv.FormatInt(f.ID, 10), Name: f.Name, Party: f.Party}
}

// decidableFiles adds the payment files whose fate is unknown, the batches that
// wait for review, and what else can be decided about files.
func (w *walk) decidableFiles() error {
	return decision.EachFile(w.Desk, func(f exchange.File, t exchange.Todo) error {
		switch f.State {
		case exchange.FileSending:
			t.Kind = exchange.TodoUnknown
		case exchange.FileReview:
			t.Kind, t.Due = exchange.TodoReview, outbox.ReviewBy(w.Office, f)
		default:
			if t.Kind = exchange.TodoFile; len(t.Decisions) == 0 {
				return nil // its difference is an item
			}
		}
		if err := w.beside(&t, subjectKey("file", code.Text(f.Name))); err != nil {
			return err
		}
		return w.add(t)
	})
}

// rejected adds the files that we rejected whole, until the sender has sent them
// anew: under the same sequence. One without a readable sequence is an item for
// lookBack days.
func (w *walk) rejected() error {
	files, err := w.Tx.Files(store.FileFilter{
		Dir: exchange.In, States: []exchange.FileState{exchange.FileRejected}, Since: w.Date.AddDays(-lookBack),
	})
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Sequence > 0 {
			latest, err := w.Tx.FileBySequence(exchange.In, f.Party, f.Kind, f.Sequence)
			if err != nil {
				return err
			}
			if latest.ID != f.ID {
				continue // it came again
			}
		}
		t := ofFile(exchange.TodoRejected, f)
		t.Who, t.Since = w.PartyName(f.Party), f.Seen
		t.What = office.OneLine(identity.MaskIn(code.Faults().Word(f.Code, w.CodeLang())+" "+w.InWords(f.Text)), 500)
		if err := w.add(t); err != nil {
			return err
		}
	}
	return nil
}

// expected adds the files that should have come, or should come soon.
func (w *walk) expected() error {
	late, err := courier.MissingFiles(w.Office, w.Tx)
	if err != nil {
		return err
	}
	for _, m := range late {
		t := w.ofParty(exchange.TodoMissing, m.Party)
		t.Since = m.On
		t.What = w.Sayf("%s应于 %s %s 前送达，未到", "%s was expected on %s by %s", w.Word(exchange.FileKindTerms(), m.Kind), m.On, m.By)
		if err := w.add(t); err != nil {
			return err
		}
	}
	soon, err := courier.Awaited(w.Office, w.Tx)
	if err != nil {
		return err
	}
	for _, m := range soon {
		t := w.ofParty(exchange.TodoAwaited, m.Party)
		t.Due = m.On
		t.What = w.Sayf("%s应于今日 %s 前送达，尚未收到", "%s is expected today by %s and has not come yet", w.Word(exchange.FileKindTerms(), m.Kind), m.By)
		if err := w.add(t); err != nil {
			return err
		}
	}
	return nil
}

// ofParty begins an item about what a party should do.
func (w *walk) ofParty(kind, party string) exchange.Todo {
	return exchange.Todo{Kind: kind, About: exchange.AboutParty, No: party, Party: party, Who: w.PartyName(party)}
}

// drops adds orphan signatures (in a drop without their file) and gaps in the
// sequences of what each party sent.
func (w *walk) drops() error {
	orphans, err := courier.OrphanSignatures(w.Office, w.Tx)
	if err != nil {
		return err
	}
	for _, p := range w.Parties {
		for _, name := range orphans[p.Code] {
			t := w.ofParty(exchange.TodoAlone, p.Code)
			t.Name = name
			t.What = w.Say("交换目录中有签名而没有它所属的文件", "a signature lies in the drop without its file")
			if err := w.add(t); err != nil {
				return err
			}
		}
		if err := w.gaps(p.Code); err != nil {
			return err
		}
	}
	return nil
}

// gaps adds the kinds of files of which a party left out numbers.
func (w *walk) gaps(party string) error {
	open, err := w.Tx.OpenGaps(party)
	if err != nil {
		return err
	}
	for _, k := range office.Kinds {
		if !slices.Contains(open, k.Name) {
			continue
		}
		gaps, err := w.Tx.SequenceGaps(exchange.In, party, k.Name)
		if err != nil {
			return err
		}
		t := w.ofParty(exchange.TodoGap, party)
		t.What = w.Sayf("%s缺少序号 %s", "%s: the numbers %s are missing", w.Word(exchange.FileKindTerms(), k.Name), numbers(gaps))
		if err := w.add(t); err != nil {
			return err
		}
	}
	return nil
}

// mostNumbers is how many missing numbers are named: a partner that begins at
// 100000 leaves more than a cell holds.
const mostNumbers = 20

// numbers joins missing sequence numbers, at most mostNumbers of them.
func numbers(list []int64) string {
	var words []string
	for i, n := range list {
		if i == mostNumbers {
			words = append(words, "…")
			break
		}
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words, "、")
}

// unsigned adds the partners of whom no signature is asked.
func (w *walk) unsigned() error {
	for _, p := range courier.UnsignedPartners(w.Office) {
		t := w.ofParty(exchange.TodoUnsigned, p.Code)
		t.What = w.Sayf("与%s（%s）之间未启用签名（seal: off）", "no signature is asked for between us and %s (%s): seal: off", p.Name, p.Code)
		if err := w.add(t); err != nil {
			return err
		}
	}
	return nil
}
