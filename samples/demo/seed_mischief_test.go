package demo

import (
	"os"
	"path/filepath"
	"strings"

	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs"
)

// held is a file on its way: it stands in its folder again on a later day.
type held struct {
	dir, name string
	content   []byte
	day       int
}

func (l *life) inLimbo(name string) bool {
	for _, h := range l.limbo {
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
	return append(dirs, filepath.Join(l.between(), "in"), filepath.Join(l.between(), "out"))
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
			if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
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
	path := filepath.Join(dir, name)
	take := func() ([]byte, error) { return os.ReadFile(path) }
	switch {
	case l.chance(5):
		content, err := take()
		if err != nil {
			return err
		}
		day := l.w.day + 1 + l.rng.IntN(4)
		l.limbo = append(l.limbo, held{dir, name, content, day})
		l.tell("file late until day %d: %s", day, name)
		l.occur("file late")
		return os.Remove(path)
	case l.chance(4):
		content, err := take()
		if err != nil {
			return err
		}
		day := l.w.day + l.rng.IntN(4)
		l.limbo = append(l.limbo, held{dir, name, content, day})
		l.tell("file twice, again on day %d: %s", day, name)
		l.occur("file twice")
	case l.mayLose(dir, name) && !l.lost[name] && l.chance(5):
		l.lost[name] = true
		l.tell("file lost: %s", name)
		l.occur("file lost")
		return os.Remove(path)
	}
	return nil
}

// mayLose reports whether the sender of a file will send it again: an agency,
// or, of a receipt, the one whose batch it answers.
func (l *life) mayLose(dir, name string) bool {
	n, ok := batch.ParseFileName(name)
	if !ok || n.Kind == jobs.KindPayment || len(n.Sender) != 6 {
		return false
	}
	return n.Kind != formats.KindReceipt || strings.HasPrefix(dir, l.between())
}

// deliver puts down what was late or comes a second time; a file of the same
// name that still stands there has to go first.
func (l *life) deliver() error {
	rest := l.limbo[:0]
	for _, h := range l.limbo {
		path := filepath.Join(h.dir, h.name)
		_, err := os.Stat(path)
		if h.day > l.w.day || err == nil {
			rest = append(rest, h)
			continue
		}
		if err := os.WriteFile(path, h.content, 0o600); err != nil {
			return err
		}
		l.tell("file is there: %s", h.name)
	}
	l.limbo = rest
	return nil
}

// temperBanks gives both banks their moods.
func (l *life) temperBanks() {
	for _, code := range []string{suzhou, shanghai} {
		l.w.banks[code].temper = temper{
			refuse: func(t transfer) (string, string) {
				if !l.chance(8) {
					return "", ""
				}
				l.tell("%sb: refuses %s", code, t.EndToEnd)
				l.occur("transfer refused")
				return "AC04", "收款账户状态异常"
			},
			giveBack: func(t transfer) (string, string, int) {
				if !l.chance(10) {
					return "", "", 0
				}
				nights := l.rng.IntN(3)
				l.tell("%sb: gives %s back in %d nights", code, t.EndToEnd, nights)
				l.occur("transfer given back")
				return "AC01", "户名不符", nights
			},
			inBulk: func(order string) bool { return l.mood(40, "booked in bulk", code, order) },
			late:   func(account string) bool { return l.mood(15, "notice late", code, account) },
			again:  func(account string) bool { return l.mood(20, "notice twice", code, account) },
			thinkAgain: func(order string) bool {
				return l.mood(20, "order answered twice", code, order)
			},
		}
	}
}

func (l *life) mood(percent int, what, code, about string) bool {
	if !l.chance(percent) {
		return false
	}
	l.tell("%sb: %s: %s", code, what, about)
	l.occur(what)
	return true
}
