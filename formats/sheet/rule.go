package sheet

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"carryover/formats/batch"
)

// Bounds of the texts that go with a rule, in UTF-16 units; a spreadsheet
// takes a workbook for damaged beyond them.
const (
	maxRuleTitle = 32
	maxRuleText  = 255
)

// validation is the rule of a column: what a spreadsheet lets one type into
// the cells at, of which first is the topmost; list is where the values of a
// closed list stand. Selecting a cell tells what belongs into it.
func validation(c *batch.Info, at, first, list string) *excelize.DataValidation {
	v := excelize.NewDataValidation(true)
	v.Sqref = at
	switch formula := rule(c, first); {
	case c.Type == batch.TypeList || c.Type == batch.TypeBool:
		v.SetSqrefDropList(list)
	case formula != "":
		v.Type, v.Formula1 = "custom", formulaText.Replace(formula)
	case c.Type == batch.TypeInt || c.Type == batch.TypeCount:
		_ = v.SetRange(c.Least, c.Max, excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween) // whole numbers are taken
	default:
		_ = v.SetRange(0, c.Max, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween)
	}
	name := clipUnits(title(c.Title, c.Name), maxRuleTitle)
	v.SetInput(name, clipUnits(prompt(c), maxRuleText))
	how := c.How()
	v.SetError(excelize.DataValidationErrorStyleStop, name, clipUnits(joined("；", how.ZH, c.Hint.ZH)+"\n"+joined("; ", how.EN, c.Hint.EN), maxRuleText))
	return v
}

// formulaText is how a formula stands in the workbook's XML.
var formulaText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// typeRules are the types that need a formula, in which {} stands for the cell.
// Dates and months are typed as text; a program that made a date cell of one
// is understood too.
var typeRules = map[batch.Type]string{
	batch.TypeArea:  `AND(LEN({})=6,ISNUMBER(--{}))`,
	batch.TypeDate:  `OR(ISNUMBER({}),AND(LEN({})=10,MID({},5,1)="-",MID({},8,1)="-",ISNUMBER(DATEVALUE({}))))`,
	batch.TypeMonth: `OR(ISNUMBER({}),AND(LEN({})=7,MID({},5,1)="-",ISNUMBER(DATEVALUE({}&"-01"))))`,
	batch.TypeMoney: `AND(ISNUMBER(--{}),--{}>=0,--{}<=99999999999999.99,ROUND(--{},2)=--{})`,
	batch.TypeHash:  `LEN({})=64`,
}

// rule is the formula that a cell of the column must fulfil; "" where a plainer
// rule does.
func rule(c *batch.Info, cell string) string {
	rule := typeRules[c.Type]
	switch hint := c.Hint.Rule; {
	case hint == "":
	case rule != "":
		rule = "AND(" + rule + "," + hint + ")"
	default:
		rule = fmt.Sprintf("AND(LEN({})<=%d,%s)", c.Max, hint)
	}
	return strings.ReplaceAll(rule, "{}", cell)
}

// prompt tells whoever selects a cell what belongs into it.
func prompt(c *batch.Info) string {
	need, how := c.Needed(), c.How()
	return joined("；", need.ZH, how.ZH, c.Hint.ZH) + "\n" + joined("; ", need.EN, how.EN, c.Hint.EN)
}

// joined makes one line of several statements.
func joined(mark string, parts ...string) string {
	said := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, mark)
}

// clipUnits cuts a text to so many UTF-16 units.
func clipUnits(s string, limit int) string {
	all := utf16.Encode([]rune(s))
	if len(all) <= limit {
		return s
	}
	cut := all[:limit-1]
	if utf16.IsSurrogate(rune(cut[len(cut)-1])) && cut[len(cut)-1] < 0xDC00 {
		cut = cut[:len(cut)-1] // the first half of a character
	}
	return string(utf16.Decode(cut)) + "…"
}
