package code

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Phrase is something that the program says and keeps: why an event happened,
// why a case is held, what two sides of a difference are. It is data, the name of
// a row of Phrases and the arguments of that row, and becomes a sentence only
// where somebody reads it (Words). Two phrases are the same when they are ==.
//
// Its content is a JSON array of strings, the name first; the zero Phrase says
// nothing.
type Phrase struct{ content string }

// textName is the name of what is kept as it was said: an identifier, the words
// of a person, a partner or the bank, or prose of a store that is older than
// phrases.
const textName = "text"

// Say makes a phrase of a row of Phrases. Arguments are strings, integers, other
// phrases, or anything that prints itself (amounts, dates). It panics when there
// is no such row or when the arguments are not as many as its words name: both
// are mistakes of the program.
func Say(name string, args ...any) Phrase {
	t, ok := phraseNamed(name)
	if !ok {
		panic("no phrase is called " + name)
	}
	if n := t.arity(); len(args) < n || len(args) > n && !t.open() {
		panic(fmt.Sprintf("phrase %s takes %d arguments, not %d", name, n, len(args)))
	}
	list := make([]string, 0, 1+len(args))
	list = append(list, name)
	for _, a := range args {
		list = append(list, argument(a))
	}
	return encodePhrase(list)
}

// SayAll makes a phrase of a row that takes any number of phrases.
func SayAll(name string, list []Phrase) Phrase {
	args := make([]any, len(list))
	for i, p := range list {
		args[i] = p
	}
	return Say(name, args...)
}

func argument(a any) string {
	switch v := a.(type) {
	case string:
		return v
	case Phrase:
		return v.content
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(a)
}

// Text keeps a text as it is; an empty one says nothing.
func Text(s string) Phrase {
	if s == "" {
		return Phrase{}
	}
	return encodePhrase([]string{textName, s})
}

// encodePhrase writes a phrase's content. Characters that JSON need not escape are
// not: a phrase is read in the store, too.
func encodePhrase(list []string) Phrase {
	for i, s := range list {
		list[i] = strings.ToValidUTF8(s, "\uFFFD") // as JSON reads it back
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(list) // strings can always be encoded
	return Phrase{strings.TrimSuffix(b.String(), "\n")}
}

// ErrPhrase is returned for what is not a phrase's content.
var ErrPhrase = errors.New("not a phrase")

// ParsePhrase reads a phrase's content, as String writes it; else ErrPhrase. A
// name that this program does not know is taken: a newer one may have stored it.
func ParsePhrase(s string) (Phrase, error) {
	if s == "" {
		return Phrase{}, nil
	}
	var list []string
	if err := json.Unmarshal([]byte(s), &list); err != nil || len(list) == 0 || list[0] == "" {
		return Phrase{}, fmt.Errorf("%.80q: %w", s, ErrPhrase)
	}
	return encodePhrase(list), nil
}

// String is the phrase's content; "" of one that says nothing.
func (p Phrase) String() string { return p.content }

// IsZero reports whether the phrase says nothing.
func (p Phrase) IsZero() bool { return p.content == "" }

// list is name and arguments; nil of a phrase that says nothing.
func (p Phrase) list() []string {
	if p.content == "" {
		return nil
	}
	var list []string
	_ = json.Unmarshal([]byte(p.content), &list) // encodePhrase wrote it
	return list
}

// Is reports whether the phrase is of a row.
func (p Phrase) Is(name string) bool {
	list := p.list()
	return len(list) > 0 && list[0] == name
}

// Args are the phrase's arguments.
func (p Phrase) Args() []string {
	if list := p.list(); len(list) > 0 {
		return list[1:]
	}
	return nil
}

// argPhrase is an argument that is a phrase; a text when it is none.
func argPhrase(arg string) Phrase {
	p, err := ParsePhrase(arg)
	if err != nil {
		return Text(arg)
	}
	return p
}

// ArgPhrase is an argument that is a phrase, by its place from 0.
func (p Phrase) ArgPhrase(i int) Phrase { return argPhrase(p.Arg(i)) }

// Arg is an argument by its place from 0; "" when there is none.
func (p Phrase) Arg(i int) string {
	if args := p.Args(); i < len(args) {
		return args[i]
	}
	return ""
}

// Equal reports whether two phrases are the same.
func (p Phrase) Equal(q Phrase) bool { return p == q }

// MarshalJSON writes the array, or "" for a phrase that says nothing.
func (p Phrase) MarshalJSON() ([]byte, error) {
	if p.content == "" {
		return []byte(`""`), nil
	}
	return []byte(p.content), nil
}

// UnmarshalJSON reads an array, or a string: prose of a store that is older than
// phrases, which is kept as Text.
func (p *Phrase) UnmarshalJSON(b []byte) (err error) {
	var prose string
	if json.Unmarshal(b, &prose) == nil {
		*p = Text(prose)
		return nil
	}
	*p, err = ParsePhrase(string(b))
	return err
}

// Value is the phrase's column in the store; implements driver.Valuer.
func (p Phrase) Value() (driver.Value, error) { return p.content, nil }

// Scan reads a column of the store; implements sql.Scanner.
func (p *Phrase) Scan(column any) (err error) {
	switch v := column.(type) {
	case string:
		*p, err = ParsePhrase(v)
	case []byte:
		*p, err = ParsePhrase(string(v))
	default:
		err = fmt.Errorf("%T: %w", column, ErrPhrase)
	}
	return err
}

// PhraseTerm is a row of the table of phrases: its words in both languages. They
// name arguments by their place from 0: {0} is the argument itself, {0:hold} its
// word in the list hold, {0:phrase} one that is a phrase, {0:both} its half of a text in both languages, {1...} that one and all
// behind it, which are phrases.
type PhraseTerm struct{ Name, Chinese, English string }

// Lookup returns the word of a value of a list that package code does not know
// (states, limits, kinds of files); the value itself when there is none.
type Lookup func(list, value string) string

// Words are the phrase in a language; "" of one that says nothing. A name that is
// not in the table comes from a newer program: it is shown with its arguments.
func (p Phrase) Words(l Lang, look Lookup) string {
	list := p.list()
	if len(list) == 0 {
		return ""
	}
	t, ok := phraseNamed(list[0])
	if !ok {
		return strings.Join(list, " ")
	}
	words := t.Chinese
	if l == English {
		words = t.English
	}
	args := list[1:]
	var b strings.Builder
	for words != "" {
		before, place, rest := nextPlace(words)
		b.WriteString(before)
		if place != "" {
			b.WriteString(fill(place, args, l, look))
		}
		words = rest
	}
	return strings.TrimSpace(b.String())
}

// nextPlace cuts words at the first place; place is empty when there is none.
func nextPlace(words string) (before, place, rest string) {
	before, rest, ok := strings.Cut(words, "{")
	if !ok {
		return words, "", ""
	}
	place, rest, _ = strings.Cut(rest, "}")
	return before, place, rest
}

// fill is what stands in a place.
func fill(place string, args []string, l Lang, look Lookup) string {
	number, list, _ := strings.Cut(place, ":")
	number, all := strings.CutSuffix(number, "...")
	n, err := strconv.Atoi(number)
	if err != nil || n >= len(args) {
		return ""
	}
	if all {
		var words []string
		for _, a := range args[n:] {
			words = append(words, argPhrase(a).Words(l, look))
		}
		if l == English {
			return strings.Join(words, "; ")
		}
		return strings.Join(words, "；")
	}
	switch list {
	case "":
		return args[n]
	case "both":
		return Half(args[n], l)
	case "phrase":
		return argPhrase(args[n]).Words(l, look)
	}
	if own := ListNamed(list); own != nil {
		return own.Word(args[n], l)
	}
	if look != nil {
		return look(list, args[n])
	}
	return args[n]
}

// ListNamed is the list of this package that words of phrases, and fields of
// package exchange, call so; nil: there is none.
func ListNamed(name string) List { return listNames[name] }

var listNames = map[string]List{
	"hold": holds, "decline": declines, "fault": faults, "nature": natures, "about": abouts, "phase": phases,
	"posting": postingRows, "reconciliation": reconciliationStates, "money-kind": moneyKinds, "purpose": purposes,
	"relation": relations, "registry-status": registryStatuses, "verdict": verdicts, "file-verdict": fileVerdicts,
}

// Half is the half in a language of a text that is written in both, as FILES has it
// for files and records ("中文 / English"); any other text as it is.
func Half(text string, l Lang) string {
	chinese, english, both := strings.Cut(text, " / ")
	if both && l == English {
		return english
	}
	return chinese
}

// places are the places that words name.
func places(words string) (list []string) {
	for words != "" {
		_, place, rest := nextPlace(words)
		if place != "" {
			list = append(list, place)
		}
		words = rest
	}
	return list
}

// arity is how many arguments the row's words name, in either language.
func (t PhraseTerm) arity() (n int) {
	for _, place := range append(places(t.Chinese), places(t.English)...) {
		number, _, _ := strings.Cut(place, ":")
		number, all := strings.CutSuffix(number, "...")
		if i, err := strconv.Atoi(number); err == nil && !all {
			n = max(n, i+1)
		}
	}
	return n
}

// open reports whether the row takes any number of further arguments.
func (t PhraseTerm) open() bool { return strings.Contains(t.Chinese, "...") }
