package sheet

import (
	"regexp"
	"strconv"
	"strings"

	"carryover/exchange/calendar"
	"carryover/formats/batch"
)

// More differences, of sheets without a batch around them.
const (
	whySpaced    = "号码中间有空格 / spaces inside a number"
	whyDateForm  = "日期写法 / the way the date is written"
	whySeparator = "千分位或货币符号 / separators or a currency sign"
	whyLines     = "单元格内换行 / line breaks in a cell"
)

// normaliseKeyed is normalise for a sheet without a batch around it: besides, a number
// may be keyed in groups, a date in the ways people write dates, an amount with
// thousands separated, a value of a list by its word. also are further words.
func normaliseKeyed(c *batch.Info, s string, also map[string]string) (text, why string) {
	if flat := strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " "); flat != s && strings.ContainsAny(s, "\n\r\t") {
		s, why = flat, whyLines
	}
	text, first := normalise(c, s)
	if first != "" {
		why = first
	}
	switch c.Type {
	case batch.TypeNumber:
		if joined := strings.Join(strings.Fields(text), ""); joined != text {
			return joined, whySpaced
		}
	case batch.TypeDate:
		if d, ok := keyedDate(text); ok && d != text {
			return d, whyDateForm
		}
	case batch.TypeMoney:
		if plain := ungrouped(text); plain != text {
			return plainAmount(plain), whySeparator
		}
	case batch.TypeList:
		return keyedWord(c, text, also), why
	}
	return text, why
}

// keyedWord is the code of a word; a word that is on no list stays.
func keyedWord(c *batch.Info, text string, also map[string]string) string {
	for _, e := range c.Codes {
		if text == e.Code || text == e.Chinese || strings.EqualFold(text, e.Code) {
			return e.Code
		}
	}
	if known, ok := also[strings.ToUpper(text)]; ok {
		return known
	}
	return text
}

var (
	dateParts = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0{1,2}:00(?::00)?)?$`)
	dateSolid = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	grouped   = regexp.MustCompile(`^[¥￥]? ?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?: ?元)?$`)
)

// keyedDate understands 2026/3/2, 2026.03.02, 2026年3月2日 and 20260302.
func keyedDate(s string) (string, bool) {
	m := dateParts.FindStringSubmatch(s)
	if m == nil {
		m = dateSolid.FindStringSubmatch(s)
	}
	if m == nil {
		return "", false
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // at most four digits
	}
	d, err := calendar.NewDate(n[0], n[1], n[2])
	if err != nil {
		return "", false
	}
	return d.String(), true
}

// ungrouped takes a currency sign and well placed thousands separators out of
// an amount; anything else stays as it is.
func ungrouped(s string) string {
	m := grouped.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return strings.ReplaceAll(m[1], ",", "") + m[2]
}
