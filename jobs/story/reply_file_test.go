package story

import (
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs/office"
)

// unwhole reports what is wrong with a text that is read out or sent: an open
// placeholder, doubled punctuation, a missing end.
func unwhole(text string) string {
	for _, bad := range []string{"{", "}", "%", "。。", "，。", "，，", "；。", "：。", "、。", "，；", "。，", "（）", "“”", "  ", "近日", "原因是。", "0001年", "11010519491231002X"} {
		if strings.Contains(text, bad) {
			return bad
		}
	}
	if !strings.HasSuffix(text, "。") {
		return "no end"
	}
	return ""
}

// TestReplyOfEveryFile: whatever became of a file, there is a paragraph for
// who sent it or gets it; about payments and officers' papers there is none.
func TestReplyOfEveryFile(t *testing.T) {
	e := phoneEnv(t)
	e.Agency.Zone = time.FixedZone("", 8*3600)
	at := time.Date(2026, 4, 9, 18, 30, 0, 0, time.UTC) // the 10th here
	receipt := &ListedFile{File: exchange.File{Name: "receipt"}}
	said := map[string]bool{}
	for _, dir := range []exchange.Side{exchange.In, exchange.Out} {
		for _, state := range exchange.FileStates(dir) {
			for _, kind := range []string{formats.KindLetter, formats.KindReceipt} {
				for _, r := range []*ListedFile{nil, receipt} {
					for _, counts := range [][4]int{{}, {4, 4}, {4, 2, 1, 1}, {4, 3, 1}} {
						f := exchange.File{
							Dir: dir, State: state, Kind: kind, Party: "310100", Sequence: 9, Seen: 20260410, At: at, SentAt: at,
							Records: counts[0], Accepted: counts[1], Held: counts[2], Refused: counts[3],
						}
						s := &File{ListedFile: ListedFile{File: f}, Receipt: r}
						text := fileReply(e, f, s)
						if bad := unwhole(text); bad != "" || !strings.HasPrefix(text, "您好，") || strings.Contains(text, "2026年4月9日") {
							t.Fatalf("%s %s: %q in %s", dir, state, bad, text)
						}
						said[text] = true
					}
				}
			}
		}
	}
	if len(said) < 20 {
		t.Errorf("only %d different texts", len(said))
	}
	e.Lang = "en" // the paragraph is Chinese there too; "receipt" is code and word
	f := exchange.File{Dir: exchange.In, State: exchange.FileWorked, Kind: formats.KindReceipt, Party: "310100", Seen: 20260410}
	if text := fileReply(e, f, &File{ListedFile: ListedFile{File: f}}); unwhole(text) != "" {
		t.Errorf("in an English office: %q", text)
	}
	for _, f := range []exchange.File{
		{Dir: exchange.Out, State: exchange.FileSent, Kind: office.KindPayment, Party: "320500b"},
		{Dir: exchange.Out, State: exchange.FileSent, Kind: formats.KindLetter, Party: exchange.OfficerParty("wang.min")},
	} {
		if text := fileReply(e, f, &File{ListedFile: ListedFile{File: f}}); text != "" {
			t.Errorf("%s for %s: %s", f.Kind, f.Party, text)
		}
	}
}

// TestReplyOfEveryPayment: on every track, to the partner, to the person, back
// to the partner; nothing is said of a lump sum.
func TestReplyOfEveryPayment(t *testing.T) {
	e := phoneEnv(t)
	for _, track := range exchange.MoneyTerms(exchange.Out) {
		for _, holder := range []string{"上海市社会保障基金财政专户", "董柏"} {
			for _, purpose := range []code.Purpose{code.PurposeTransfer, code.PurposeRefund} {
				for _, again := range []string{"", "31010020260330000001-1-2"} {
					p := exchange.Payment{
						Ref: "31010020260330000001-1-1", Partner: "310100", Purpose: string(purpose), Amount: money.Fen(1094016),
						Payee: exchange.Account{Holder: holder, No: "110231010020000018"}, Track: exchange.MoneyTrack(track.Code),
						Reason: code.Text("AC04 账户110231010020000018已销户"),
					}
					of := Outline{Case: exchange.Case{Person: exchange.Person{Name: "董柏"}, Side: exchange.Out}}
					s := &Payment{Superseded: again, BookedOn: 20260402, ReturnedOn: 20260407, Cases: []CaseRow{{Outline: of}}}
					text := paymentReply(e, p, s)
					if bad := unwhole(text); bad != "" || !strings.Contains(text, "10940.16元") || strings.Contains(text, "110231010020000018") {
						t.Fatalf("%s to %s: %q in %s", track.Code, holder, bad, text)
					}
					p.Lump = true
					if text := paymentReply(e, p, s); text != "" {
						t.Fatalf("of a lump sum: %s", text)
					}
				}
			}
		}
	}
}
