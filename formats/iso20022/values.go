package iso20022

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// china is the zone of a time that names none.
var china = time.FixedZone("UTC+8", 8*3600)

// quoted is a stranger's text for a fault: cut, and with nothing in it that
// a terminal would obey.
func quoted(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}

// text reads an element into dst; at most longest characters. An empty
// element counts as absent.
func (x *scanner) text(dst *string, longest int) error {
	s, err := x.raw()
	if err != nil {
		return err
	}
	x.once(*dst == "")
	if n := utf8.RuneCountInString(s); n > longest {
		x.fault(TooLong, strconv.Itoa(n)+" characters, at most "+strconv.Itoa(longest))
		return nil
	}
	*dst = s
	return nil
}

// once records a fault when a value was there already: of two statements
// about one thing neither is believed.
func (x *scanner) once(empty bool) {
	if !empty {
		x.fault(Malformed, "given twice")
	}
}

// joined adds an element's text to dst, after a space.
func (x *scanner) joined(dst *string, longest int) error {
	var s string
	if err := x.text(&s, longest); err != nil || s == "" {
		return err
	}
	if *dst != "" {
		s = *dst + " " + s
	}
	if len(s) > x.limits.Token {
		return x.stop(TooLarge, errToken.Error())
	}
	*dst = s
	return nil
}

// keptWords bounds what is kept of words that decide nothing.
const keptWords = 500

// words adds an element's text to dst, after a space, as far as it is kept.
func (x *scanner) words(dst *string) error {
	s, err := x.raw()
	if err != nil || s == "" {
		return err
	}
	if *dst != "" {
		s = *dst + " " + s
	}
	if list := []rune(s); len(list) > keptWords {
		s = string(list[:keptWords])
	}
	*dst = s
	return nil
}

// code reads one of a closed list.
func (x *scanner) code(dst *string, list []string) error {
	before := *dst
	if err := x.text(dst, maxID); err != nil {
		return err
	}
	if *dst != before && !slices.Contains(list, *dst) {
		x.fault(UnknownCode, quoted(*dst))
	}
	return nil
}

// listed is code for a list that others lengthen: what is not on it is given to other.
func (x *scanner) listed(dst, other *string, list []string) error {
	var s string
	if err := x.text(&s, maxID); err != nil || s == "" {
		return err
	}
	if !slices.Contains(list, s) {
		*other = s
		return nil
	}
	x.once(*dst == "")
	*dst = s
	return nil
}

// amount reads a sum in CNY. One in another currency is a fault; where other is given it is noted,
// and says so.
func (x *scanner) amount(dst *money.Fen, other *bool) error {
	var ccy string
	for _, a := range x.attrs {
		if a.Name.Space == "" && a.Name.Local == "Ccy" {
			ccy = a.Value
		}
	}
	if ccy != currency && other == nil {
		x.fault(BadAmount, "currency "+quoted(ccy)+", expected "+currency)
		return x.skip()
	}
	if ccy != currency {
		*other = true
		x.note(BadAmount, "an amount in "+quoted(ccy)+" is passed over")
		return x.skip()
	}
	return x.sum(dst)
}

// sum reads a decimal number as an amount.
func (x *scanner) sum(dst *money.Fen) error {
	s, err := x.raw()
	if err != nil {
		return err
	}
	f, err := parseDecimal(strings.TrimPrefix(s, "+"))
	if err != nil {
		x.fault(BadAmount, quoted(s))
		return nil
	}
	if strings.HasPrefix(s, "+") {
		x.note(BadAmount, "the sign of "+quoted(s)+" is passed over")
	}
	x.once(*dst == 0)
	*dst = f
	return nil
}

// errDecimal is said of text that is not an amount in whole fen.
var errDecimal = errors.New("not an amount in whole fen")

// parseDecimal reads an amount as the schemas allow it: up to 18 digits, up
// to five of them behind the point; those behind the second must be 0. No
// sign or exponent.
func parseDecimal(s string) (money.Fen, error) {
	whole, part, point := strings.Cut(s, ".")
	if whole == "" || (point && part == "") || len(part) > 5 || len(whole)+len(part) > 18 {
		return 0, errDecimal
	}
	part += "00"
	if strings.Trim(part[2:], "0") != "" {
		return 0, errDecimal
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	return money.Parse(whole + "." + part[:2])
}

// number reads a count.
func (x *scanner) number(dst *int) error {
	s, err := x.raw()
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		x.fault(Malformed, quoted(s)+" is not a count")
		return nil
	}
	x.once(*dst == 0)
	*dst = int(n)
	return nil
}

// flag reads true or false.
func (x *scanner) flag(dst *bool) error {
	s, err := x.raw()
	switch {
	case err != nil:
		return err
	case s == "true", s == "1":
		*dst = true
	case s == "false", s == "0":
		*dst = false
	default:
		x.fault(Malformed, quoted(s)+" is not true or false")
	}
	return nil
}

// moment reads a date with time; without a zone it is China's.
func (x *scanner) moment(dst *time.Time) error {
	s, err := x.raw()
	if err != nil {
		return err
	}
	t, err := parseTime(s)
	if err != nil {
		x.fault(BadDate, quoted(s))
		return nil
	}
	x.once(dst.IsZero())
	*dst = t
	return nil
}

func parseTime(s string) (time.Time, error) {
	if day, zone, ok := strings.Cut(s, "T24:00:00"); ok { // the end of a day
		t, err := parseTime(day + "T00:00:00" + zone)
		return t.AddDate(0, 0, 1), err
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04:05", s, china)
}

// date reads a day, given as a date or as a time whose own zone counts.
func (x *scanner) date(dst *calendar.Date) error {
	return x.children(func(name string) error {
		if name != "Dt" && name != "DtTm" {
			return x.skip()
		}
		s, err := x.raw()
		if err != nil {
			return err
		}
		d, err := parseDay(s, name == "DtTm")
		if err != nil {
			x.fault(BadDate, quoted(s))
			return nil
		}
		x.once(*dst == 0)
		*dst = d
		return nil
	})
}

func parseDay(s string, timed bool) (calendar.Date, error) {
	if timed {
		s = strings.Replace(s, "T24:00:00", "T00:00:00", 1) // the day that ends then
		t, err := parseTime(s)
		return calendar.DateOf(t), err
	}
	if len(s) > 10 { // a date may carry a zone, which changes nothing here
		if zone := s[10:]; zone != "Z" {
			if _, err := time.Parse("-07:00", zone); err != nil {
				return 0, err
			}
		}
		s = s[:10]
	}
	return calendar.ParseDate(s)
}

// within reads an element that has exactly one thing of use, somewhere down
// the path of names; everything beside the path is passed over.
func (x *scanner) within(path []string, leaf func() error) error {
	if len(path) == 0 {
		return leaf()
	}
	return x.children(func(name string) error {
		if name != path[0] {
			return x.skip()
		}
		return x.within(path[1:], leaf)
	})
}

// accountNumber reads an account's identification: a domestic number or an
// IBAN.
func (x *scanner) accountNumber(dst *string) error {
	return x.within([]string{"Id"}, func() error { return x.numberOf(dst) })
}

// numberOf reads the choice inside an account's identification.
func (x *scanner) numberOf(dst *string) error {
	return x.children(func(name string) error {
		switch name {
		case "IBAN":
			return x.text(dst, maxAccount)
		case "Othr":
			return x.within([]string{"Id"}, func() error { return x.text(dst, maxAccount) })
		}
		return x.skip()
	})
}

// bank reads an agent: its number in CNAPS and its name.
func (x *scanner) bank(a *Account) error {
	return x.within([]string{"FinInstnId"}, func() error {
		return x.children(func(name string) error {
			switch name {
			case "ClrSysMmbId":
				return x.within([]string{"MmbId"}, func() error { return x.text(&a.CNAPS, maxID) })
			case "Nm":
				return x.text(&a.Bank, maxName)
			}
			return x.skip()
		})
	})
}

// require records a fault for every name whose value is empty.
func (x *scanner) require(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			x.faultAt(pairs[i], Missing, "required")
		}
	}
}
