package samples

import (
	"crypto/sha256"
	"encoding/hex"

	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

// registry tells of people who left, and of one in nine who did not yet.
func (s *scene) registry(i, _ int) any {
	p := s.leaving.At(i)
	return s.registryOf(&p, i%9 == 8)
}

func (s *scene) registryOf(p *Person, active bool) *formats.RegistryRecord {
	r := &formats.RegistryRecord{
		PersonalNo: p.PersonalNo, AsOf: s.today, Person: block(p), Household: p.Household, Scheme: p.Scheme,
		FirstMonth: p.Stays[0].From, PaidTo: p.Stays[len(p.Stays)-1].To,
		Status: code.RegistryStopped, StoppedOn: p.StoppedOn, AccountOpened: p.AccountOpened,
		Principal: p.Principal, Interest: p.Interest, Echo: echo("R", p.Index), Stays: stayRows(p),
	}
	if active {
		r.Status, r.StoppedOn = code.RegistryActive, 0
	}
	return r
}

// postingSteps are the postings made for one person: the first two at the
// old place, the others at the new one.
var postingSteps = []code.PostingRow{
	code.PostingEnd, code.PostingDebit, code.PostingCredit, code.PostingMonths, code.PostingUndo,
}

func (s *scene) postingNo(i int) string { return s.number("P", s.oldArea, i) }

func (s *scene) posting(i, _ int) any {
	steps := len(postingSteps)
	p := s.leaving.At(i / steps)
	row := &formats.Posting{
		Row: postingSteps[i%steps], PostingNo: s.postingNo(i), CaseNo: s.caseNo(i / steps), PersonalNo: p.PersonalNo,
		IDType: p.IDType, IDNo: p.IDNo, Name: p.Name, Scheme: p.Scheme, Date: s.today, Echo: echo("T", i/steps),
	}
	switch row.Row {
	case code.PostingEnd:
		row.Reason = "关系转出"
	case code.PostingCredit:
		row.Principal, row.Interest, row.Amount = batch.Some(p.Principal), batch.Some(p.Interest), batch.Some(p.Total())
		row.FormNo, row.FormVersion = s.formNo(i/steps), batch.Some(1)
	case code.PostingMonths:
		row.FormNo, row.FormVersion = s.formNo(i/steps), batch.Some(1)
		row.Stays = stayRows(&p)
	case code.PostingUndo:
		row.Undoes, row.Reason = s.postingNo(i-1), "信息表更正"
	}
	return row
}

func (s *scene) postingResult(i, _ int) any {
	steps := len(postingSteps)
	p := s.leaving.At(i / steps)
	r := &formats.PostingResult{
		PostingNo: s.postingNo(i), CaseNo: s.caseNo(i / steps), Row: postingSteps[i%steps], Result: code.ResultDone,
		DoneOn: s.today, Echo: echo("T", i/steps),
	}
	switch r.Row {
	case code.PostingDebit:
		r.Principal, r.Interest, r.Amount = batch.Some(p.Principal), batch.Some(p.Interest), batch.Some(p.Total())
		r.BalanceAfter = batch.Some(money.Fen(0))
	case code.PostingCredit:
		r.Principal, r.Interest, r.Amount = batch.Some(p.Principal), batch.Some(p.Interest), batch.Some(p.Total())
		r.BalanceAfter = batch.Some(p.Total())
	case code.PostingMonths:
		actual, backpaid, deemed, _, _ := monthTotals(&p)
		r.Months = batch.Some(actual + backpaid + deemed)
	case code.PostingUndo:
		r.Result, r.Code, r.Text = code.ResultRefused, "5021", "原指令已过账，须由业务系统人工冲销"
	}
	return r
}

// receipt answers a batch of letters of which the 11th of every 40 is refused.
func (s *scene) receipt(i, n int) any {
	if i == 0 {
		return s.receiptHead(n - 1)
	}
	v := &formats.ReceiptVerdict{
		Line: i + 1, Row: "L", RecordNo: s.letterNo(i - 1), Verdict: code.Accepted, Echo: echo("L", i-1),
	}
	if refusedVerdict(i) {
		v.Verdict, v.Code, v.Field, v.Text = code.Refused, string(code.CheckDigit), "id_no", code.CheckDigit.Word(code.Chinese)
	}
	return v
}

func refusedVerdict(i int) bool { return i%40 == 11 }

func (s *scene) receiptHead(records int) *formats.Receipt {
	refused := (records + 40 - 11) / 40
	digest := sha256.Sum256([]byte(s.letterNo(0)))
	r := &formats.Receipt{
		File:   formats.KindLetter + "_" + s.newArea + "_" + s.oldArea + "_" + s.today.Compact() + "_000001.csv",
		SHA256: hex.EncodeToString(digest[:]), Kind: formats.KindLetter, Sequence: batch.Some(1),
		Verdict: code.FileAccepted, Records: batch.Some(records), Accepted: batch.Some(records - refused),
		Held: batch.Some(0), Refused: batch.Some(refused), ReceivedOn: s.today,
	}
	if refused > 0 {
		r.Verdict = code.FilePartly
	}
	return r
}

// relative is somebody else than the i-th person: a proxy or an heir.
func (s *scene) relative(i int) Person {
	return NewPopulation(s.seed+1, s.oldArea, s.today).At(i + idsPerArea/2)
}

type employer struct{ code, name string }

// employerOf is a made-up company with a valid unified credit code.
func employerOf(i int) employer {
	first := "91320500MA" + pad(1_000_000+i%1_000_000, 7)
	return employer{
		code: first + string(identity.CreditCodeCheckCharacter(first)),
		name: "苏州市示例企业管理有限公司第" + pad(i%1000, 3) + "分公司",
	}
}

// cardOf is the number of a made-up personal bank card.
func cardOf(i int) string {
	first := "621700122" + pad(i, 9)
	return first + string(identity.LuhnDigit(first))
}
