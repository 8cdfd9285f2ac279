package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"carryover/samples/demo/outside"

	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
)

// delayedFile is a file on its way, with its signature where it has one: it stands in
// its folder again on a later day.
type delayedFile struct {
	dir, name    string
	content, sig []byte
	day          int
}

func (l *life) isDelayed(name string) bool {
	for _, h := range l.delayed {
		if h.name == name {
			return true
		}
	}
	return false
}

// folders are all folders in which files travel. What agencies leave for each
// other may get lost, because they send again what has no receipt.
func (l *life) folders() (dirs []string) {
	for _, a := range l.w.agencies {
		for _, name := range []string{"core", "portal", "bank"} {
			dirs = append(dirs, filepath.Join(a.drop(name), "in"), filepath.Join(a.drop(name), "out"))
		}
	}
	for _, h := range l.houses {
		for _, o := range h.officers {
			dirs = append(dirs, filepath.Join(h.staffDrop(o.Name), "in"), filepath.Join(h.staffDrop(o.Name), "out"))
		}
	}
	return append(dirs, filepath.Join(l.between(), "in"), filepath.Join(l.between(), "out"))
}

// isSeal reports whether a file is the signature of a batch, which goes where
// its batch goes.
func (l *life) isSeal(dir, name string) bool {
	return strings.HasSuffix(name, seal.Suffix) && strings.HasPrefix(dir, l.between())
}

// mischief lets files be late, come twice, or get lost.
func (l *life) mischief() error {
	if err := l.deliver(); err != nil {
		return err
	}
	for _, dir := range l.folders() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || strings.HasPrefix(e.Name(), ".") || l.isSeal(dir, e.Name()) {
				continue
			}
			if err := l.tamper(dir, e.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

// tamper decides what befalls one file.
func (l *life) tamper(dir, name string) error {
	switch {
	case l.chance(5):
		return l.holdUp(dir, name, l.w.day+1+l.rng.IntN(4), "late")
	case l.chance(4):
		return l.holdUp(dir, name, l.w.day+l.rng.IntN(4), "twice")
	case l.mayLose(dir, name) && !l.lost[name] && l.chance(5):
		l.lost[name] = true
		what := "file lost"
		switch {
		case filepath.Base(filepath.Dir(dir)) == "bank":
			what = "payment order lost"
		case strings.HasSuffix(name, seal.Suffix):
			what = "officer's signature lost"
			l.signatureLost(dir, name)
		}
		l.tell("%s: %s", what, name)
		l.occur(what)
		return l.takeAway(filepath.Join(dir, name))
	}
	if _, err := os.Stat(filepath.Join(dir, name+seal.Suffix)); err == nil && strings.HasPrefix(dir, l.between()) && l.chance(signatureLost(name)) {
		l.tell("signature lost: %s", name)
		l.occur("signature lost")
		return os.Remove(filepath.Join(dir, name+seal.Suffix))
	}
	return nil
}

// signatureLost is in how many of a hundred files a signature is lost: queries often have
// none, as of older partners.
func signatureLost(name string) int {
	if n, _ := batch.ParseFileName(name); n.Kind == formats.KindQuery {
		return 40
	}
	return 2
}

// holdUp lets a file be late, or come again.
func (l *life) holdUp(dir, name string, day int, how string) error {
	h := delayedFile{dir: dir, name: name, day: day}
	path := filepath.Join(dir, name)
	var err error
	if h.content, err = os.ReadFile(path); err != nil {
		return err
	}
	if strings.HasPrefix(dir, l.between()) {
		if h.sig, err = os.ReadFile(path + seal.Suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	l.delayed = append(l.delayed, h)
	l.tell("file %s, on day %d: %s", how, day, name)
	l.occur("file " + how)
	if how == "late" {
		return l.takeAway(path)
	}
	return nil
}

// takeAway removes a file, with the signature of a batch.
func (l *life) takeAway(path string) error {
	if strings.HasPrefix(path, l.between()) {
		if err := os.Remove(path + seal.Suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Remove(path)
}

// isStaff reports whether a folder is an officer's.
func isStaff(dir string) bool { return filepath.Base(filepath.Dir(filepath.Dir(dir))) == "staff" }

// mayLose reports whether somebody will send a file again: an agency its
// batch; of a receipt, the one whose batch it answers; a payment order
// finance, who asks the bank; an officer the signature.
func (l *life) mayLose(dir, name string) bool {
	if isStaff(dir) || strings.HasPrefix(name, office.KindPayment+"_") {
		return true
	}
	n, ok := batch.ParseFileName(name)
	if !ok || len(n.Sender) != 6 {
		return false
	}
	return n.Kind != formats.KindReceipt || strings.HasPrefix(dir, l.between())
}

// deliver puts down what was late or comes a second time; a file of the same
// name that still stands there has to go first.
func (l *life) deliver() error {
	rest := l.delayed[:0]
	for _, h := range l.delayed {
		path := filepath.Join(h.dir, h.name)
		_, err := os.Stat(path)
		if err == nil && isStaff(h.dir) {
			continue // officers leave what they get where it lies
		}
		if h.day > l.w.day || err == nil {
			rest = append(rest, h)
			continue
		}
		if h.sig != nil {
			if err := os.WriteFile(path+seal.Suffix, h.sig, 0o600); err != nil {
				return err
			}
		}
		if err := os.WriteFile(path, h.content, 0o600); err != nil {
			return err
		}
		l.tell("file is there: %s", h.name)
	}
	l.delayed = rest
	return nil
}

// drawQuirks gives both banks quirks that the seed decides on.
func (l *life) drawQuirks() {
	for _, code := range []string{suzhou, shanghai} {
		l.w.banks[code].Quirks = outside.Quirks{
			Refuse: func(t outside.Transfer) (string, string) {
				if !l.chance(13) {
					l.mistakeAbout(code, t)
					return "", ""
				}
				l.tell("%sb: refuses %s", code, t.EndToEnd)
				l.occur("transfer refused")
				return "AC04", "收款账户状态异常"
			},
			GiveBack: func(t outside.Transfer) (string, string, int) {
				if t.Order == counterOrder || !l.chance(16) {
					return "", "", 0
				}
				nights := l.rng.IntN(3)
				l.tell("%sb: gives %s back in %d nights", code, t.EndToEnd, nights)
				l.occur("transfer given back")
				return "AC01", "户名不符", nights
			},
			InBulk:    func(order string) bool { return l.quirk(40, "booked in bulk", code, order) },
			TellLate:  func(account string) bool { return l.quirk(15, "notice late", code, account) },
			TellTwice: func(account string) bool { return l.quirk(20, "notice twice", code, account) },
			AnswerTwice: func(order string) bool {
				return l.quirk(20, "order answered twice", code, order)
			},
			Number: l.drawNumbers(code),
			Beside: func(account string) []iso20022.Entry {
				wrong := l.mistaken(code, account)
				if l.w.day >= calmDay || l.banking.IntN(10) > 0 {
					return wrong
				}
				l.tell("%sb: others' business on %s", code, account)
				l.occur("others' business booked")
				n := 1 + l.banking.IntN(3)
				beside := iso20022.Entry{Amount: money.Fen(100 + l.banking.IntN(3)), Credit: l.banking.IntN(2) == 0, Text: "门诊统筹 第" + code[:2] + "批"}
				return append(wrong, slices.Repeat([]iso20022.Entry{beside}, n)...)
			},
		}
	}
}

// drawNumbers is how a bank numbers its bookings: each with a number of its own, with a
// serial that starts anew each day, or with none, for which it writes 0, always or often.
func (l *life) drawNumbers(code string) func(n, ofDay int) string {
	switch l.banking.IntN(4) {
	case 1:
		l.tell("%sb: numbers start anew each day", code)
		l.occur("bank's numbers repeat")
		return func(_, ofDay int) string { return fmt.Sprintf("%06d", ofDay) }
	case 2:
		l.tell("%sb: no numbers", code)
		l.occur("bank has no numbers")
		return func(_, _ int) string { return "0" }
	case 3:
		l.tell("%sb: some numbers", code)
		l.occur("bank has some numbers")
		return func(n, _ int) string {
			if n%2 == 0 {
				return "NONREF"
			}
			return fmt.Sprintf("%s%06d", code, n)
		}
	}
	return nil
}

func (l *life) quirk(percent int, what, code, about string) bool {
	if !l.chance(percent) {
		return false
	}
	l.tell("%sb: %s: %s", code, what, about)
	l.occur(what)
	return true
}
