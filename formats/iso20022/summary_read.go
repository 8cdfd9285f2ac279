package iso20022

import (
	"strconv"

	"carryover/exchange/money"
)

// tally is how many entries there are of a direction, and their sum.
type tally struct {
	n    int
	sum  money.Fen
	told bool // n: it may be 0
	paid bool // sum
}

// summary is a bank's own count of what it tells of an account.
type summary struct {
	all, credits, debits tally
	net                  money.Fen
	netTold              bool
	overflow             bool
}

// add counts an entry that was read.
func (s *summary) add(n Entry) {
	side := &s.debits
	if n.Credit {
		side = &s.credits
	}
	for _, t := range []*tally{&s.all, side} {
		t.n++
		var err error
		if t.sum, err = t.sum.Add(n.Amount); err != nil {
			s.overflow = true
		}
	}
	s.net = s.credits.sum - s.debits.sum
}

// summary reads TxsSummry.
func (e *entryReader) summary(name string) error {
	s := &e.stated
	switch name {
	case "TtlNtries":
		return e.children(func(name string) error {
			if name == "TtlNetNtry" {
				return e.netEntry()
			}
			return e.tally(&s.all, name)
		})
	case "TtlCdtNtries":
		return e.children(func(name string) error { return e.tally(&s.credits, name) })
	case "TtlDbtNtries":
		return e.children(func(name string) error { return e.tally(&s.debits, name) })
	}
	return e.skip()
}

func (e *entryReader) tally(t *tally, name string) error {
	switch name {
	case "NbOfNtries":
		t.told = true
		return e.number(&t.n)
	case "Sum":
		t.paid = true
		return e.sum(&t.sum)
	}
	return e.skip()
}

func (e *entryReader) netEntry() error {
	var direction string
	err := e.children(func(name string) error {
		switch name {
		case "Amt":
			e.stated.netTold = true
			return e.sum(&e.stated.net)
		case "CdtDbtInd":
			return e.code(&direction, e.directing)
		}
		return e.skip()
	})
	if direction == "DBIT" {
		e.stated.net = -e.stated.net
	}
	return err
}

// compareSums compares what the bank counted with what was read.
func (e *entryReader) compareSums() {
	if e.sums.overflow {
		e.faultAt("TxsSummry", Total, "the sum of the entries is out of range")
		return
	}
	for _, c := range []struct {
		name      string
		said, got tally
	}{
		{"TtlNtries", e.stated.all, e.sums.all}, {"TtlCdtNtries", e.stated.credits, e.sums.credits}, {"TtlDbtNtries", e.stated.debits, e.sums.debits},
	} {
		if c.said.told && c.said.n != c.got.n {
			e.faultAt("TxsSummry/"+c.name+"/NbOfNtries", Count, strconv.Itoa(c.got.n)+" entries, stated "+strconv.Itoa(c.said.n))
		}
		if c.said.paid && c.said.sum != c.got.sum {
			e.faultAt("TxsSummry/"+c.name+"/Sum", Total, "entries of "+c.got.sum.String()+", stated "+c.said.sum.String())
		}
	}
	if e.stated.netTold && e.stated.net != e.sums.net {
		e.faultAt("TxsSummry/TtlNtries/TtlNetNtry", Total, "net "+e.sums.net.String()+", stated "+e.stated.net.String())
	}
}
