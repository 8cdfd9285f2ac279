package story

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// Code is a code with its word in the agency's language, where that is another
// than the code's list has. Every other code becomes one on its way into JSON.
type Code struct{ Code, Word string }

// lists are those that fields of package exchange name in their tag show, and that
// only stories need.
var lists = map[string][]exchange.Term{
	"event": office.EventTerms(),
	"posting-state": {
		{Code: exchange.PostingQueued, Chinese: "待记账", English: "queued"},
		{Code: exchange.PostingDone, Chinese: "已记账", English: "done"},
		{Code: exchange.PostingRefused, Chinese: "被拒绝", English: "refused"},
		{Code: exchange.PostingUndone, Chinese: "已撤销", English: "undone"},
	},
	"query": { // sides and states
		{Code: "sent", Chinese: "发出", English: "sent"},
		{Code: "received", Chinese: "收到", English: "received"},
		{Code: "open", Chinese: "待答复", English: "open"},
		{Code: "answered", Chinese: "已答复", English: "answered"},
		{Code: "closed", Chinese: "已了结", English: "closed"},
	},
	"wish": {
		{Code: string(exchange.WishCancel), Chinese: "已申请撤销，待对方答复", English: "cancellation asked, the partner's answer awaited"},
		{Code: string(exchange.WishProposed), Chinese: "已提议作废，待对方答复", English: "annulment proposed, the partner's answer awaited"},
		{Code: string(exchange.WishAsked), Chinese: "对方提议作废，待本方决定", English: "the partner proposes an annulment, ours to decide"},
		{Code: string(exchange.WishVoid), Chinese: "双方同意作废，正在撤销记账", English: "annulment agreed, postings are being undone"},
	},
	"entry": {
		{Code: exchange.EntryUnmatched, Chinese: "待认领", English: "not matched"},
		{Code: exchange.EntryMatched, Chinese: "已核对", English: "matched"},
		{Code: exchange.EntryReturned, Chinese: "退回的款项", English: "came back"},
		{Code: exchange.EntryNetted, Chinese: "轧差结算", English: "net sum"},
		{Code: exchange.EntryOwn, Chinese: "银行收支", English: "the bank's own"},
		{Code: exchange.EntryReversed, Chinese: "已冲正", English: "reversed"},
		{Code: exchange.EntryOther, Chinese: "非转移业务", English: "no transfer"},
		{Code: exchange.EntryDoubtful, Chinese: "存疑未记", English: "in doubt, not booked"},
		{Code: exchange.EntryRepeat, Chinese: "重复通知", English: "a repetition"},
		{Code: exchange.EntryRefund, Chinese: "决定退还", English: "to be paid back"},
	},
	"other": exchange.OtherTerms(),
	"review": {
		{Code: exchange.ReviewApproved, Chinese: "批准", English: "approved"},
		{Code: exchange.ReviewReturned, Chinese: "退回", English: "sent back"},
	},
}

// Word is the word of a code in the list of that name, in the agency's language;
// of actor and party it is their name. No code has no word.
func Word(o *office.Office, list, value string) string {
	switch {
	case value == "":
		return ""
	case list == "actor":
		return o.ActorWord(value)
	case list == "party":
		return o.PartyName(value)
	case lists[list] != nil:
		return o.Word(lists[list], value)
	}
	return exchange.Listed(o.CodeLang(), o.Turns)(list, value)
}

// Worded is what --json prints of anything that is made of exchange's types. A
// field's tag show has its key, else that is its name as words_with_underscores,
// and behind a comma the list of its codes: such a code, and a phrase, is
// {"code", "word"}, or null when there is none. The name of a list that ends with
// - goes on with the case's side. Amounts are in yuan, times in the agency's zone.
// Nothing is left out, but for what the tag calls "-".
type Worded struct {
	*office.Office
	Of any
}

// MarshalJSON implements json.Marshaler.
func (w Worded) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := w.put(&b, reflect.ValueOf(w.Of), "")
	return b.Bytes(), err
}

// put writes a value, whose codes are of a list.
func (w Worded) put(b *bytes.Buffer, v reflect.Value, list string) error {
	plain := v.Interface()
	switch x := plain.(type) {
	case code.Phrase:
		if x.IsZero() {
			return text(b, nil)
		}
		return text(b, map[string]any{"code": x, "word": w.Words(x)})
	case money.Fen:
		return text(b, x.String())
	case time.Time:
		if x.IsZero() {
			return text(b, nil)
		}
		return text(b, x.In(w.Agency.Zone))
	case json.Marshaler, encoding.TextMarshaler:
		return text(b, x)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return w.put(b, v.Elem(), list)
		}
	case reflect.Struct:
		return w.object(b, v)
	case reflect.Slice:
		return all(b, "[]", v.Len(), func(i int) error { return w.put(b, v.Index(i), list) })
	case reflect.String:
		switch value := v.String(); {
		case list == "both":
			plain = w.InWords(value)
		case list != "" && value == "":
			plain = nil
		case list != "":
			plain = map[string]any{"code": value, "word": Word(w.Office, list, value)}
		}
	}
	return text(b, plain)
}

// object writes a struct with the fields of those that are embedded in it.
func (w Worded) object(b *bytes.Buffer, v reflect.Value) error {
	fields := slices.DeleteFunc(reflect.VisibleFields(v.Type()), func(f reflect.StructField) bool { return Key(f) == "" })
	return all(b, "{}", len(fields), func(i int) error {
		_, list, _ := strings.Cut(fields[i].Tag.Get("show"), ",")
		if strings.HasSuffix(list, "-") {
			list += v.FieldByName("Side").String()
		}
		if err := text(b, Key(fields[i])); err != nil {
			return err
		}
		b.WriteByte(':')
		return w.put(b, v.FieldByIndex(fields[i].Index), list)
	})
}

// Key is the key under which Worded writes a field; "": it does not.
func Key(f reflect.StructField) string {
	tag := cmp.Or(f.Tag.Get("show"), f.Tag.Get("json"))
	key, _, _ := strings.Cut(tag, ",")
	if key == "-" || f.Anonymous || !f.IsExported() {
		return ""
	}
	return cmp.Or(key, snake(f.Name))
}

// snake is a Go name as a key: CaseNo case_no, IDNo id_no, SHA256 sha256.
func snake(name string) string {
	var b strings.Builder
	r := []rune(name)
	for i, c := range r {
		if i > 0 && unicode.IsUpper(c) && (unicode.IsLower(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// all writes so many members between brackets.
func all(b *bytes.Buffer, brackets string, n int, member func(i int) error) error {
	b.WriteByte(brackets[0])
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := member(i); err != nil {
			return err
		}
	}
	b.WriteByte(brackets[1])
	return nil
}

// text writes a value as it is; < and & need no escape.
func text(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
