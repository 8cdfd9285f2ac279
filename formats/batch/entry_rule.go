package batch

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
)

// yesNo are the values of a TypeBool with their words.
var yesNo = code.List{{Code: "Y", Chinese: "是", English: "yes"}, {Code: "N", Chinese: "否", English: "no"}}

// values is the closed list that a column chooses from; nil for none.
func (c *Info) values() code.List {
	if c.Type == TypeBool {
		return yesNo
	}
	return c.Codes
}

// Bounds of the texts that go with a rule, in UTF-16 units; a spreadsheet
// takes a workbook for damaged beyond them.
const (
	maxRuleTitle = 32
	maxRuleText  = 255
)

// validation is the rule of a column: what a spreadsheet lets one type into
// the cells at, of which first is the topmost; list is where the values of a
// closed list stand. Selecting a cell tells what belongs into it.
func (c *Info) validation(at, first, list string) *excelize.DataValidation {
	v := excelize.NewDataValidation(true)
	v.Sqref = at
	switch formula := c.rule(first); {
	case c.Type == TypeList || c.Type == TypeBool:
		v.SetSqrefDropList(list)
	case formula != "":
		v.Type, v.Formula1 = "custom", formulaText.Replace(formula)
	case c.Type == TypeInt || c.Type == TypeCount:
		_ = v.SetRange(c.Least, c.Max, excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween) // whole numbers are taken
	default:
		_ = v.SetRange(0, c.Max, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween)
	}
	name := clipUnits(title(c.Title, c.Name), maxRuleTitle)
	v.SetInput(name, clipUnits(c.prompt(), maxRuleText))
	how := c.how()
	v.SetError(excelize.DataValidationErrorStyleStop, name, clipUnits(joined("；", how.ZH, c.Hint.ZH)+"\n"+joined("; ", how.EN, c.Hint.EN), maxRuleText))
	return v
}

// formulaText is how a formula stands in the workbook's XML.
var formulaText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// typeRules are the types that need a formula, in which {} stands for the cell.
// Dates and months are typed as text; a program that made a date cell of one
// is understood too.
var typeRules = map[Type]string{
	TypeArea:  `AND(LEN({})=6,ISNUMBER(--{}))`,
	TypeDate:  `OR(ISNUMBER({}),AND(LEN({})=10,MID({},5,1)="-",MID({},8,1)="-",ISNUMBER(DATEVALUE({}))))`,
	TypeMonth: `OR(ISNUMBER({}),AND(LEN({})=7,MID({},5,1)="-",ISNUMBER(DATEVALUE({}&"-01"))))`,
	TypeMoney: `AND(ISNUMBER(--{}),--{}>=0,--{}<=99999999999999.99,ROUND(--{},2)=--{})`,
	TypeHash:  `LEN({})=64`,
}

// rule is the formula that a cell of the column must fulfil; "" where a plainer
// rule does.
func (c *Info) rule(cell string) string {
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

// need says in words whether a column must be filled in.
func (c *Info) need() Words {
	switch c.Need {
	case Required:
		return Words{"必填", "required"}
	case Conditional:
		return Words{c.When.ZH + "时必填", "required when " + c.When.EN}
	}
	return Words{"选填", "optional"}
}

// how says in words how a column is filled in.
func (c *Info) how() Words {
	switch c.Type {
	case TypeNumber:
		return Words{fmt.Sprintf("最多%d个字符：大写字母、数字、连字符", c.Max), fmt.Sprintf("up to %d capital letters, digits, hyphens", c.Max)}
	case TypeText:
		return both(atMost(c.Max))
	case TypeArea:
		return both(textArea)
	case TypeList, TypeBool:
		return Words{"从下拉列表中选择", "choose from the list"}
	case TypeSet:
		return Words{"可填多项，用分号隔开：" + set(c.Codes, code.Chinese), "one or more, separated by ; : " + set(c.Codes, code.English)}
	case TypeDate:
		return both(textDate)
	case TypeMonth:
		return both(textMonth)
	case TypeMoney:
		return Words{"金额（元），最多两位小数", "an amount in yuan, at most two decimals"}
	case TypeInt, TypeCount:
		return Words{fmt.Sprintf("整数，%d至%d", c.Least, c.Max), fmt.Sprintf("a whole number from %d to %d", c.Least, c.Max)}
	}
	return both(textHash)
}

// prompt tells whoever selects a cell what belongs into it.
func (c *Info) prompt() string {
	need, how := c.need(), c.how()
	return joined("；", need.ZH, how.ZH, c.Hint.ZH) + "\n" + joined("; ", need.EN, how.EN, c.Hint.EN)
}

// set lists the values of a closed list, each with its word.
func set(list code.List, lang code.Lang) string {
	items := make([]string, len(list))
	for i, e := range list {
		items[i] = e.Code + " " + e.Word(lang)
	}
	return strings.Join(items, "；")
}

// both takes a text that says a thing in Chinese, then in English, apart.
func both(text string) Words {
	zh, en, _ := strings.Cut(text, " / ")
	return Words{zh, en}
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
