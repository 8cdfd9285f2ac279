package batch

import (
	"fmt"
	"strings"

	"carryover/exchange/code"
)

// yesNo are the values of a TypeBool with their words.
var yesNo = code.List{{Code: "Y", Chinese: "是", English: "yes"}, {Code: "N", Chinese: "否", English: "no"}}

// Values is the closed list that a column chooses from; nil for none.
func (c *Info) Values() code.List {
	if c.Type == TypeBool {
		return yesNo
	}
	return c.Codes
}

// Needed says in words whether a column must be filled in.
func (c *Info) Needed() Words {
	switch c.Need {
	case Required:
		return Words{"必填", "required"}
	case Conditional:
		return Words{c.When.ZH + "时必填", "required when " + c.When.EN}
	}
	return Words{"选填", "optional"}
}

// How says in words how a column is filled in.
func (c *Info) How() Words {
	switch c.Type {
	case TypeNumber:
		return Words{fmt.Sprintf("最多%d个字符：大写字母、数字、连字符", c.Max), fmt.Sprintf("up to %d capital letters, digits, hyphens", c.Max)}
	case TypeText:
		return WordsOf(atMost(c.Max))
	case TypeArea:
		return WordsOf(textArea)
	case TypeList, TypeBool:
		return Words{"从下拉列表中选择", "choose from the list"}
	case TypeSet:
		return Words{"可填多项，用分号隔开：" + set(c.Codes, code.Chinese), "one or more, separated by ; : " + set(c.Codes, code.English)}
	case TypeDate:
		return WordsOf(textDate)
	case TypeMonth:
		return WordsOf(textMonth)
	case TypeMoney:
		return Words{"金额（元），最多两位小数", "an amount in yuan, at most two decimals"}
	case TypeInt, TypeCount:
		return Words{fmt.Sprintf("整数，%d至%d", c.Least, c.Max), fmt.Sprintf("a whole number from %d to %d", c.Least, c.Max)}
	}
	return WordsOf(textHash)
}

// set lists the values of a closed list, each with its word.
func set(list code.List, lang code.Lang) string {
	items := make([]string, len(list))
	for i, e := range list {
		items[i] = e.Code + " " + e.Word(lang)
	}
	return strings.Join(items, "；")
}

// WordsOf takes a text that says a thing in Chinese, then in English, apart.
func WordsOf(text string) Words {
	zh, en, _ := strings.Cut(text, " / ")
	return Words{zh, en}
}
