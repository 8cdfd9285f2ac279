package jobs

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
)

// foreign are the words of another language in a text, numbers and names of
// files apart: in Chinese those of Latin letters.
func foreign(lang, text string) []string {
	if lang == string(code.English) {
		return regexp.MustCompile(`\p{Han}+`).FindAllString(text, -1)
	}
	number := regexp.MustCompile(`\S+/\S+|SHA-256|ISO 20022|\bXML\b|\S+\.(csv|xml|xlsx|txt|sig)\b|[\w*|-]*[0-9*][\w*|-]*|\b[A-Z]{1,4}\b|\bout(/done)?\b|\bbalance\b`)
	return regexp.MustCompile(`[A-Za-z]+`).FindAllString(number.ReplaceAllString(text, ""), -1)
}

// ForeignWords is what of a difference staff would read in another language than
// their own: nothing, unless a partner, the bank or a person wrote it.
func ForeignWords(x exchange.Difference) (words []string) {
	for _, lang := range []code.Lang{code.Chinese, code.English} {
		e := &Env{Office: &office.Office{Lang: string(lang)}}
		subject, ours, theirs := e.Sides(x)
		for i, shown := range []string{subject, ours, theirs} {
			kept := []code.Phrase{x.Subject, x.Ours, x.Theirs}[i].String()
			if lang == code.English && strings.ContainsFunc(kept, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
				continue // in the words in which it came
			}
			if found := foreign(string(lang), shown); len(found) > 0 {
				words = append(words, kept+" -> "+shown)
			}
		}
		if word := e.DifferenceWord(x.Kind); len(foreign(string(lang), word)) > 0 {
			words = append(words, x.Kind)
		}
	}
	return words
}

// Two sides of a difference are read in both languages; the numbers that they
// name are those that were kept.
func TestSidesOfADifferenceInBothLanguages(t *testing.T) {
	for _, x := range []struct {
		kept             code.Phrase
		chinese, english string
	}{
		{code.Say("net-we-owe", "3318.02", "10420.78", "7102.76"), "本方应付 3318.02（转出 10420.78，转入 7102.76）", "we owe 3318.02 (out 10420.78, in 7102.76)"},
		{code.Say("they-owe", "97.50", "2.50"), "实收 97.50，对方少付 2.50", "received 97.50: they owe 2.50"},
		{code.Say("to-send-back", "12.00"), "已收 12.00，待退回", "received 12.00, to be sent back"},
		{code.Say("we-owe", "12.00"), "本方应退 12.00", "we owe 12.00"},
		{code.Say("state-in", "posting", ""), "入账中", "posting"},
		{code.Say("returned", code.Text("AC04")), "已退汇：AC04", "returned: AC04"},
		{code.Say("money-at", "ordered", "P320500b1", ""), "已制单待复核 P320500b1", "ordered P320500b1"},
		{code.Say("due"), "待付", "due"},
		{code.Say("stated", "answered", code.Say("form-version", "F1", 2, "5.00")), "信息表已发（已收） F1 第 2 版 5.00", "answered F1 version 2 5.00"},
		{code.Say("stated", "accepted", code.Say("no-such-form")), "已受理 无此信息表", "accepted no such form"},
		{code.Say("coded", "unreadable", "文件打不开 / cannot be opened"), "文件无法读取：文件打不开", "unreadable file: cannot be opened"},
		{code.Say("name-fits", code.Say("part-of", "T1", 1), code.Say("part-of", "T2", 3)), "姓名和金额相符：T1 第 1 笔；T2 第 3 笔", "name and amount fit T1 part 1; T2 part 3"},
		{code.Phrase{}, "无", "nothing"},
		{code.Text("1102020109000123456"), "1102020109000123456", "1102020109000123456"},
		{code.Text("我们的备注"), "我们的备注", "我们的备注"},
	} {
		for lang, want := range map[code.Lang]string{code.Chinese: x.chinese, code.English: x.english} {
			if got := (&Env{Office: &office.Office{Lang: string(lang)}}).SideWord(x.kept); got != want {
				t.Errorf("%s: %q is %q, want %q", lang, x.kept, got, want)
			}
		}
	}
}
