package code

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPhraseTable: names are unique; both languages name the same arguments, or
// one of them leaves some out; words of a language hold nothing of the other.
func TestPhraseTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Phrases() {
		if seen[p.Name] {
			t.Errorf("%s is there twice", p.Name)
		}
		seen[p.Name] = true
		for _, words := range []string{p.Chinese, p.English} {
			if strings.TrimSpace(words) == "" || strings.Count(words, "{") != strings.Count(words, "}") {
				t.Errorf("%s: %q", p.Name, words)
			}
		}
		bare := regexp.MustCompile(`\{[^}]*\}`)
		if words := bare.ReplaceAllString(p.English, ""); regexp.MustCompile(`\p{Han}`).MatchString(words) {
			t.Errorf("%s in English: %q", p.Name, words)
		}
		if words := bare.ReplaceAllString(p.Chinese, ""); regexp.MustCompile(`[A-Za-z]{2,}`).MatchString(strings.ReplaceAll(words, "sha256", "")) {
			t.Errorf("%s in Chinese: %q", p.Name, words)
		}
		if a, b := places(p.Chinese), places(p.English); p.Name != "both" && !subset(a, b) && !subset(b, a) {
			t.Errorf("%s names %v and %v", p.Name, a, b)
		}
	}
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}

func TestPhraseWords(t *testing.T) {
	look := func(list, value string) string { return "<" + list + " " + value + ">" }
	for _, v := range []struct {
		phrase           Phrase
		chinese, english string
	}{
		{Phrase{}, "", ""},
		{Text(""), "", ""},
		{Text("  {0} "), "{0}", "{0}"},
		{Say("both", "甲", "a"), "甲", "a"},
		{Say("form", "original", "F1"), "首次出具 F1", "original F1"},
		{Say("money-at", "due", "R", Phrase{}), "<money-out due> R", "<money-out due> R"},
		{Say("form-differs"), "信息表不符：", "the form differs:"},
		{Say("form-differs", Say("form-person"), Text("乙")), "信息表不符：姓名或证件号码与联系函不一致；乙", "the form differs: name or ID number are not the letter's; 乙"},
		{Say("coded", "unreadable", "打不开 / cannot be opened"), "文件无法读取：打不开", "unreadable file: cannot be opened"},
		{Say("held", "cap", Text("x")), "超过单笔或单批限额：x", "above a cap: x"},
	} {
		if got := v.phrase.Words(Chinese, look); got != v.chinese {
			t.Errorf("%s in Chinese: %q, want %q", v.phrase, got, v.chinese)
		}
		if got := v.phrase.Words(English, look); got != v.english {
			t.Errorf("%s in English: %q, want %q", v.phrase, got, v.english)
		}
	}
}

// A stored phrase with fewer arguments than its words name is shown without them.
func TestPhraseThatLacksArguments(t *testing.T) {
	p, err := ParsePhrase(`["they-owe","1.00"]`)
	if got := p.Words(English, nil); err != nil || got != "received 1.00: they owe" || p.Arg(1) != "" || !p.ArgPhrase(1).IsZero() {
		t.Errorf("%q, %v", got, err)
	}
	if (Phrase{}).Is("due") || (Phrase{}).Args() != nil || !p.Is("they-owe") || p.Is("due") {
		t.Error("which phrase it is")
	}
}

// A phrase of a newer program is kept and shown, never lost.
func TestPhraseOfANewerProgram(t *testing.T) {
	p, err := ParsePhrase(`["of-tomorrow","x","3"]`)
	if err != nil || p.Words(Chinese, nil) != "of-tomorrow x 3" || !p.Is("of-tomorrow") {
		t.Errorf("%s: %q, %v", p, p.Words(Chinese, nil), err)
	}
}

func TestParsePhraseRefuses(t *testing.T) {
	for _, s := range []string{"prose", `"prose"`, `[]`, `[""]`, `["a",1]`, `["a"`, `{"a":1}`, `null`} {
		if p, err := ParsePhrase(s); !errors.Is(err, ErrPhrase) {
			t.Errorf("%s is %s, %v", s, p, err)
		}
	}
}

// Prose of a store that is older than phrases is a text in a document.
func TestPhraseInADocument(t *testing.T) {
	var doc struct {
		A Phrase `json:"a,omitzero"`
		B Phrase `json:"b,omitzero"`
		C Phrase `json:"c,omitzero"`
	}
	if err := json.Unmarshal([]byte(`{"a":"旧 <话>","b":["due"]}`), &doc); err != nil || doc.A != Text("旧 <话>") || doc.B != Say("due") || !doc.C.IsZero() {
		t.Fatalf("%+v, %v", doc, err)
	}
	if b, err := json.Marshal(doc); err != nil || string(b) != `{"a":["text","旧 \u003c话\u003e"],"b":["due"]}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestSayPanics(t *testing.T) {
	for name, say := range map[string]func(){
		"an unknown name": func() { Say("nothing of the kind") },
		"too few":         func() { Say("they-owe", "1.00") },
		"too many":        func() { Say("due", "1.00") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			say()
		}()
	}
}

func FuzzPhrase(f *testing.F) {
	f.Add("text", "旧话", "<&>")
	f.Add("due", "", "\x00\xff")
	f.Fuzz(func(t *testing.T, name, a, b string) {
		p := encodePhrase([]string{name, a, b})
		q, err := ParsePhrase(p.String())
		if name == "" {
			return
		}
		if err != nil || q != p {
			t.Fatalf("%q: %v, %v", p.String(), q, err)
		}
		_ = p.Words(Chinese, nil)
		var doc Phrase
		j, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(j, &doc); err != nil || doc != p {
			t.Fatalf("%s read as %s, %v", j, doc, err)
		}
	})
}
