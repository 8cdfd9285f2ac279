package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
	"carryover/formats/grid"
)

// People key; programs do not. This is how a workbook may differ from what a
// batch wants, and a CSV batch may not.
const (
	whySpaces  = "前后有空格 / outer spaces"
	whyWide    = "全角字符 / full-width characters"
	whyCapital = "小写字母 / small letters"
	whyDate    = "日期单元格 / a date cell"
	whyHidden  = "不可见字符 / invisible characters"
)

// normalise puts right what was keyed differently in a cell and says why, "" for
// nothing. It changes nothing about a value that it does not understand.
func normalise(c *batch.Info, s string) (text, why string) {
	if seen := grid.Visible(s); seen != s {
		s, why = seen, whyHidden
	}
	if text = strings.TrimSpace(s); text != s && why == "" {
		why = whySpaces
	}
	if text == "" {
		return "", "" // spaces alone are an empty cell
	}
	if c.Type == batch.TypeText {
		return text, why
	}
	if value, ok := chosen(c, text); ok {
		return value, why
	}
	if half := halfWidth(text); half != text {
		text, why = half, whyWide
		if value, ok := chosen(c, text); ok {
			return value, why
		}
	}
	switch c.Type {
	case batch.TypeNumber, batch.TypeBool:
		if upper := strings.ToUpper(text); upper != text {
			text, why = upper, whyCapital
		}
	case batch.TypeDate, batch.TypeMonth:
		if d, ok := serialDate(text); ok {
			text, why = d.String(), whyDate
			if c.Type == batch.TypeMonth {
				text = d.Month().String()
			}
		}
	case batch.TypeMoney:
		text = plainAmount(text)
	}
	return text, why
}

// normaliseEnvelope is normalise for a value of the envelope.
func normaliseEnvelope(name, s string) (text, why string) {
	switch name {
	case "total":
		return normalise(&batch.Info{Type: batch.TypeMoney}, s)
	case "created":
		text, why = normalise(&batch.Info{Type: batch.TypeCount}, s)
		if t, ok := serialTime(text); ok {
			return t.Format(time.RFC3339), whyDate
		}
		if t, ok := typedTime(text); ok {
			return t, "" // as our templates ask for it
		}
		return text, why
	}
	return normalise(&batch.Info{Type: batch.TypeCount}, s)
}

// typedTime is a time as people write it: 2026-03-02 08:30, in China.
func typedTime(s string) (string, bool) {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, china); err == nil {
			return t.Format(time.RFC3339), true
		}
	}
	return "", false
}

// chosen is the value of a closed list that was chosen by its word, as the
// drop-downs of our templates offer it: "310 职工基本医疗保险". Of several
// values each is looked at alone.
func chosen(c *batch.Info, text string) (string, bool) {
	if c.Type == batch.TypeSet {
		items := strings.Split(text, ";")
		for i, item := range items {
			value, ok := listed(c.Codes, strings.TrimSpace(item))
			if !ok {
				return "", false
			}
			items[i] = value
		}
		return strings.Join(items, ";"), true
	}
	return listed(c.Values(), text)
}

func listed(list code.List, text string) (string, bool) {
	for _, e := range list {
		if text == choiceText(e) || text == e.Chinese || text == e.Code {
			return e.Code, true
		}
	}
	return "", false
}

// choiceText is a value as a drop-down offers it.
func choiceText(e code.Entry) string { return e.Code + " " + e.Chinese }

// halfWidth turns the full-width forms of ASCII into ASCII.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			return r - 0xFEE0
		}
		return r
	}, s)
}

// The serial numbers of days that a date cell may hold: 1955-… are all within
// five digits.
const (
	firstSerial = 10000 // 1927-05-18
	lastSerial  = 99999 // 2173-10-13
)

// serialDate is the date of a date cell, which a workbook keeps as the number
// of days since 1899-12-30.
func serialDate(s string) (calendar.Date, bool) {
	days, _, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(days)
	if err != nil || n < firstSerial || n > lastSerial {
		return 0, false
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return 0, false
	}
	return calendar.Date(18991230).AddDays(n), true
}

// china is the zone of a time typed without one.
var china = time.FixedZone("", 8*60*60)

func serialTime(s string) (time.Time, bool) {
	d, ok := serialDate(s)
	if !ok {
		return time.Time{}, false
	}
	days, _ := strconv.ParseFloat(s, 64)
	seconds := math.Round((days - math.Floor(days)) * 24 * 60 * 60)
	return d.Time(china).Add(time.Duration(seconds) * time.Second), true
}

const digits = "0123456789"

// plainAmount writes the amount of a number cell with two decimals: 1234.5,
// 1234 or, as programs store sums, 1234.4999999999998. Anything else stays
// as it is.
func plainAmount(s string) string {
	whole, cents, point := strings.Cut(s, ".")
	if whole == "" || len(whole) > 14 || strings.Trim(whole, digits) != "" || (whole[0] == '0' && whole != "0") || (point && cents == "") || strings.Trim(cents, digits) != "" {
		return s
	}
	if len(cents) <= 2 {
		return whole + "." + (cents + "00")[:2]
	}
	yuan, err := strconv.ParseFloat(s, 64)
	fen := math.Round(yuan * 100)
	if err != nil || math.Abs(yuan*100-fen) > 1e-6*max(1, yuan/1e6) || fen > float64(money.Max) {
		return s
	}
	return money.Fen(fen).String()
}
