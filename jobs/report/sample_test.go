package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
)

const today calendar.Date = 20260213

var zone = time.FixedZone("UTC+8", 8*3600)

func published(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func seq[T any](list ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range list {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// cases are a handful of each side, in every sort of trouble.
func cases(n int) []exchange.Case {
	var all []exchange.Case
	for i := range n {
		c := exchange.Case{
			No: fmt.Sprintf("T32050020260202%06d", i+1), Side: exchange.In, Partner: "310100", Profile: "2016",
			State: exchange.Requested, FormTrack: exchange.FormNone, MoneyTrack: exchange.MoneyNone,
			Person:   exchange.Person{IDType: "01", IDNo: "11010519491231002X", Name: "买买提·阿不都热合曼"},
			LetterNo: fmt.Sprintf("32050020260202%06d", i+1), LetterVersion: 1, LetterOn: 20260202, OpenedOn: 20260128,
			AcceptedOn: 20260130, StateSince: 20260202, FormSince: 20260202, MoneySince: 20260202,
			Due: today.AddDays(i%12 - 4), DueProvisional: i%5 == 0,
		}
		switch i % 4 {
		case 1:
			c.Side, c.State, c.Partner, c.MoneyTrack, c.FormTrack = exchange.Out, exchange.Answered, "330100", exchange.MoneyReturned, exchange.FormSent
			c.Due, c.FormOn = 0, 20260210
		case 2:
			c.State, c.Hold, c.HoldText = exchange.Held, code.HoldArrears, code.Text("单位欠费，已发补缴通知，待补缴后继续办理，并请对方经办机构核对参保年限后答复")
			c.HeldFrom = exchange.Requested
		case 3:
			c.State, c.ClosedOn, c.Due = exchange.Completed, today, 0
			c.FormTrack, c.MoneyTrack = exchange.FormPosted, exchange.MoneyPosted
		}
		all = append(all, c)
	}
	return all
}

// night is a night of an agency with two partners.
func night(t testing.TB, lang code.Lang) Night {
	t.Helper()
	cal := published(t)
	list := cases(24)
	tally := NewTally(today, cal, exchange.Turns(), map[string]exchange.Profile{"2016": {Name: "2016", LetterWD: 15, AnswerWD: 15, CloseWD: 15, CountFromNextDay: true}})
	for _, c := range list {
		tally.Add(c)
	}
	n := Night{
		Agency: exchange.Agency{Code: "320500", Name: "苏州市医疗保险基金管理中心", Zone: zone},
		Partners: map[string]exchange.Partner{
			"310100": {Code: "310100", Name: "上海市医疗保险事业管理中心"}, "330100": {Code: "330100", Name: "杭州市医疗保障管理服务中心"},
		},
		Profiles: map[string]exchange.Profile{"2016": {Name: "2016", LetterWD: 15, AnswerWD: 15, CloseWD: 15, CountFromNextDay: true}},
		Turns:    exchange.Turns(), Calendar: cal, Date: today, Made: time.Date(2026, 2, 14, 2, 5, 0, 0, zone), Lang: lang,
		Summary: Summary{
			Tally: tally,
			Proofs: []Proof{
				{"310100", exchange.Out, proof(123_456_789, 100_000_000, 23_456_789)},
				{"330100", exchange.Out, proof(7_654_321, 0, 7_654_320)},
				{"", exchange.Out, proof(131_111_110, 100_000_000, 31_111_109)},
				{"", exchange.In, proof(0, 0, 0)},
			},
			Warnings: []string{"与上海市医疗保险事业管理中心（310100）之间未启用签名（seal: off）", "浙江省杭州市（330100）的联系函批次序号缺号：17、18；对方回执逾期未到，已重发两次仍无回执，请电话联系对方经办机构"},
		},
		Cases: seq(list...),
	}
	for i := range 30 {
		n.Summary.Trend = append(n.Summary.Trend, Day{Date: today.AddDays(i - 29), Opened: 5 + i%7, Completed: 4 + i%5, Open: 60 + i})
	}
	n.Todo = todos(list, lang)
	n.Places = map[string]int{list[0].No: 0, list[1].No: 1}
	n.Reconciliation = reconciliation(list)
	n.Applications, n.Certificates = seq(applications(list)...), seq(certificates()...)
	n.Letters, n.Forms, n.Remittances = seq(letters(list)...), seq(forms(list)...), seq(remittances(list)...)
	n.Files, n.Runs = seq(files()...), seq(runs()...)
	return n
}

func proof(liquidated, credited, transit money.Fen) ledger.Proof {
	return ledger.Proof{Liquidated: liquidated, Credited: credited, InTransit: transit, Difference: liquidated - credited - transit}
}

func letters(list []exchange.Case) (all []Letter) {
	for _, c := range list {
		all = append(all, Letter{exchange.Letter{
			No: c.LetterNo, Version: 1, CaseNo: c.No, Side: c.Side, Date: 20260202, Person: c.Person, AccountMoves: true, ReceivedOn: 20260202,
			CertificateNo: "C" + c.LetterNo, Account: account(),
		}, c})
	}
	return all
}

func account() exchange.Account {
	return exchange.Account{Holder: "上海市医疗保险事业管理中心", No: "310066771018800054321", Bank: "交通银行上海分行营业部", CNAPS: "301290000007"}
}

func forms(list []exchange.Case) (all []Form) {
	for i, c := range list {
		f := exchange.Form{
			No: "F" + c.LetterNo, Version: 1, CaseNo: c.No, Side: c.Side, Nature: exchange.NatureOriginal, LetterNo: c.LetterNo, Track: c.FormTrack,
			Current: true, Person: c.Person, Actual: 100 + i, Backpaid: 2, Deemed: 12, Gap: 3, Money: exchange.MoneyREMITTED,
			Principal: 1_000_000, Interest: 12_345, Amount: 1_012_345, PaymentRef: c.LetterNo + "-1-1", IssuedOn: 20260210, ReceivedOn: 20260210,
			Clerk: "王小明", Checker: "李建国",
		}
		if c.State == exchange.Completed {
			f.PostedOn, f.MonthsCredited, f.MonthsOverlapping, f.Credited = today, 110, 2, 1_012_345
		}
		all = append(all, Form{f, c})
	}
	return all
}

func remittances(list []exchange.Case) (all []Remittance) {
	for _, c := range list {
		r := exchange.Remittance{
			CaseNo: c.No, Part: 1, Side: c.Side, LetterNo: c.LetterNo, FormNo: "F" + c.LetterNo, Amount: 1_012_345, Track: c.MoneyTrack,
			To: exchange.ToPartner, Payee: account(), Attempts: 1, Ref: c.LetterNo + "-1-1", Since: 20260211,
		}
		if c.Side == exchange.In {
			r.Received = 1_012_300
		} else {
			r.Reason = code.Text("AC01 账号与户名不符")
		}
		all = append(all, Remittance{Remittance: r, Case: c, ReleasedBy: "王敏、李强", Checker: "王敏"})
	}
	return all
}

func files() []exchange.File {
	at := time.Date(2026, 2, 13, 18, 0, 0, 0, time.UTC)
	return []exchange.File{
		{ID: 1, Dir: exchange.In, Party: "310100", Kind: "contact-letter", Name: "contact-letter_310100_320500_20260213_000012.csv", Carrier: "csv", Sequence: 12, State: exchange.FileWorked, Verdict: code.FilePartly, Seen: today, At: at, Records: 10, Accepted: 8, Held: 1, Refused: 1, Size: 4321, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		{ID: 2, Dir: exchange.In, Party: "320500c", Kind: "registry", Name: "registry_320500c_320500_20260213_000044.csv", Carrier: "csv", Sequence: 44, State: exchange.FileRejected, Verdict: code.FileRejected, Code: "digest", Text: "文件末行的摘要与内容不一致", Seen: today, At: at, Size: 1},
		{ID: 3, Dir: exchange.Out, Party: "320500b", Kind: "pain.001", Name: "pain.001_320500_20260213_000003.xml", Carrier: "xml", State: exchange.FileSent, At: at, SentAt: at, Resent: 2, Total: 1_012_345, Records: 1},
	}
}

func runs() []exchange.Run {
	at := time.Date(2026, 2, 13, 18, 0, 0, 0, time.UTC)
	return []exchange.Run{
		{ID: 1, Job: "pull+process+remit+report+push", Date: today, Window: "02:00", State: exchange.RunDone, Started: at, Ended: at.Add(95 * time.Second), Attempts: 1, Counts: map[string]int{"process files": 7, "process accepted": 24}},
		{ID: 2, Job: "pull", Date: today, Window: "m1", State: exchange.RunFailed, Started: at, Step: "pull", Attempts: 3, Notes: []string{"杭州：连接超时", "已改用下一窗口"}},
	}
}

func todos(list []exchange.Case, lang code.Lang) []exchange.Todo {
	all := []exchange.Todo{
		{Kind: exchange.TodoUnsigned, No: "310100", Who: "上海市医疗保险事业管理中心", What: "与上海市医疗保险事业管理中心（310100）之间未启用签名（seal: off）"},
		{
			Kind: exchange.TodoHeld, No: list[1].No, CaseNo: list[1].No, Who: "买买提·阿不都热合曼 110105********002X", What: "退汇：AC01 账号与户名不符", Do: "核实账户后重新付款。",
			Amount: 1_012_345, Since: 20260211, Due: 20260218, Owner: exchange.OwnerPartner, Decisions: []exchange.Rule{{}, {Signed: true}},
		},
		{Kind: exchange.TodoLegal, No: list[0].No, CaseNo: list[0].No, Who: "买买提·阿不都热合曼", What: "联系函已发，法定期限 2026-02-09 已过", Since: 20260202, Due: 20260209, Owner: exchange.OwnerPartner},
		{Kind: exchange.TodoCredit, No: "6225|20260213|1", Who: "杭州市财政局 1202020109000654321", What: "到账待认领：医保转移", Do: "认领到办件，或退款。", Amount: 88_800, Since: 20260213, Decisions: []exchange.Rule{{Signed: true}}},
	}
	for i := range all { // as the walk leaves them
		k := exchange.TodoKindOf(all[i].Kind)
		all[i].Owner, all[i].Do = cmp.Or(all[i].Owner, k.Owner), cmp.Or(all[i].Do, k.Doing(string(lang)))
	}
	slices.SortFunc(all, exchange.CompareTodos)
	return all
}

func reconciliation(list []exchange.Case) (r Reconciliation) {
	r.Add(OpenNoMoney, Item{Partner: "310100", Case: list[0], No: list[0].LetterNo, Expected: 1_012_345, Since: 20260202}, 1_012_345)
	r.Add(OpenNoMoney, Item{Partner: "330100", Case: list[4], No: list[4].LetterNo, Expected: 655, Since: 20260202}, 655)
	r.Add(OpenDiffers, Item{Partner: "310100", Case: list[2], No: list[2].LetterNo + "-1-1", Expected: 1_012_345, Arrived: 1_012_300, Since: 20260211}, -45)
	r.Add(OpenReturned, Item{Partner: "330100", Case: list[1], No: list[1].LetterNo + "-1-1", Expected: 1_012_345, Arrived: 1_012_345, Since: 20260211, Text: "AC01 账号与户名不符"}, 1_012_345)
	r.Add(OpenUnmatched, Item{No: "6225|20260213|1", Who: "杭州市财政局", Arrived: 88_800, Since: 20260213, Text: "医保转移"}, 88_800)
	r.Netting("330100", 500_000, 123_456)
	day := exchange.BankDay{Account: account().No, Day: 20260212, Opening: 100_000, Credits: 50_000, Debits: 20_000, Closing: 130_000, Entries: 3, State: exchange.DayProved}
	r.Bank = []BankItem{
		{Account: account().No, On: 20260212, Day: &day},
		{Account: account().No, On: 20260213},
		{Account: account().No, On: 20260212, Balance: &Balance{Bank: 130_000, Transit: 30_000, Books: 100_000}},
	}
	return r
}

func applications(list []exchange.Case) (all []Application) {
	for _, c := range list[:4] {
		c.ApplicationNo, c.ApplicationVersion = "A"+c.No[1:], 2
		for v := 1; v <= 2; v++ {
			all = append(all, Application{exchange.Application{
				Sender: "320500p", No: c.ApplicationNo, Version: v, CaseNo: c.No, LodgedAt: "new", Applicant: "employer", EmployerName: "苏州工业园区某某精密机械制造有限公司",
				Person: c.Person, From: "310100", To: "320500", SchemeFrom: "310", SchemeTo: "310", AppliedOn: 20260127, ReceivedOn: 20260128, Materials: []string{"id", "certificate"},
			}, c})
		}
	}
	relayed := all[0].Application
	relayed.No, relayed.CaseNo, relayed.From, relayed.To = "R1", "", "320500", "330100"
	return append(all, Application{Application: relayed})
}

func certificates() []Certificate {
	who := exchange.Person{IDType: "01", IDNo: "11010519491231002X", Name: "买买提·阿不都热合曼"}
	return []Certificate{
		{Request: &exchange.CertificateRequest{No: "G1", RequestedOn: 20260210, Reason: "first", PersonalNo: "3205000001", Person: who}},
		{Certificate: exchange.Certificate{No: "C32050020260101000001", ReplacedBy: "C32050020260110000002", IssuedOn: 20260101, PersonalNo: "3205000002", Person: who, Balance: 1_012_345, Actual: 100}},
		{Certificate: exchange.Certificate{No: "C32050020260110000002", Replaces: "C32050020260101000001", IssuedOn: 20260110, PersonalNo: "3205000002", Person: who, Balance: 1_012_345, Actual: 100}},
	}
}
