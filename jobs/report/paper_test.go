package report

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop/droptest"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Somebody whose name is long and has rare characters, with the largest amount.
var (
	longName   = "阿卜杜热合曼江·买买提吐尔逊·阿不都克里木·伊斯马伊力·艾合买提江㐂𠮷"
	longHolder = "新疆维吾尔自治区伊犁哈萨克自治州社会保险事业管理局医疗保险基金财政专户（城镇职工基本医疗保险个人账户分户）"
)

const mostMoney = money.Fen(9_999_999_999_999_999)

func office(profile string) Office {
	p := exchange.Profile{Name: "2016", LetterWD: 15, AnswerWD: 15, CloseWD: 15}
	if profile == "2021" {
		p = exchange.Profile{Name: "2021", LetterWD: 1, AnswerWD: 10, MonthsWD: 5, AccountWD: 5}
	}
	return Office{
		Agency: exchange.Agency{
			Code: "320500", Name: "苏州市医疗保险基金管理中心", Address: "江苏省苏州市姑苏区平泷路251号", PostCode: "215000", Contact: "王敏", Phone: "0512-12393",
			Clerk: "王敏", Checker: "李强", Zone: zone,
		},
		Partners: map[string]exchange.Partner{"310100": {Code: "310100", Name: "上海市医疗保险事业管理中心"}},
		Profile:  p,
		Area: func(code string) string {
			if code == "310100" {
				return "上海市"
			}
			return map[string]string{"320500": "江苏省苏州市", "654000": "新疆维吾尔自治区伊犁哈萨克自治州"}[code]
		},
	}
}

func somebody() exchange.Person {
	return exchange.Person{IDType: "01", IDNo: "11010519491231002X", Name: "买买提·阿不都热合曼", Sex: "2", Birth: 19491231, Phone: "13812345678"}
}

func letterSheet() exchange.Letter {
	return exchange.Letter{
		No: "32050020260316000001", Version: 1, Side: exchange.In, Date: 20260316, AcceptedOn: 20260313, CertificateNo: "C31010020260301000007",
		Person: somebody(), Household: "10", SchemeFrom: "310", SchemeTo: "310", EnrolledFrom: 202602, OldPersonalNo: "31010000012345", From: "310100", To: "320500",
		AccountMoves: true, Account: exchange.Account{Holder: "苏州市财政专户", Bank: "中国工商银行苏州分行营业部", No: "1102020109000123456", CNAPS: "102100099996"},
	}
}

func someStays(n int) (list []exchange.Stay) {
	at := calendar.Month(199001)
	for i := range n {
		kind := []string{exchange.StayActual, exchange.StayActual, exchange.StayBackpaid, exchange.StayDeemed}[i%4]
		list = append(list, exchange.Stay{Area: []string{"310100", "320500", "654000"}[i%3], Scheme: []string{"310", "390"}[i%2], From: at, To: at.Add(7 + i%3), Kind: kind})
		at = at.Add(10)
	}
	return list
}

func formSheet(stays int) FormSheet {
	m := exchange.CountMonths(someStays(stays))
	return FormSheet{
		Form: exchange.Form{
			No: "F32050020260330000001", Version: 1, Nature: exchange.NatureOriginal, LetterNo: "31010020260316000001", LetterVersion: 1, Person: somebody(),
			PersonalNo: "32050000012345", Scheme: "310", EndedOn: 20260228, FirstMonth: m.First, PaidTo: m.Last, AccountOpened: 199603,
			Actual: m.Actual, Backpaid: m.Backpaid, Deemed: m.Deemed, Gap: 3, Money: exchange.MoneyREMITTED, Principal: 1_234_567, Interest: 8_900, Amount: 1_243_467,
			Part: 1, PaymentRef: "31010020260316000001-1-1", Payer: exchange.Account{Holder: "苏州市医疗保险基金管理中心", No: "1102020109000123456"},
			IssuedOn: 20260330, Clerk: "系统自动办理", Checker: "李强", Stays: someStays(stays),
		},
		From: "320500", To: "310100", Household: "30", Payee: exchange.Account{Holder: "上海市财政专户", No: "03492300040001234"},
	}
}

func certificateSheet(stays int) CertificateSheet {
	m := exchange.CountMonths(someStays(stays))
	return CertificateSheet{
		Certificate: exchange.Certificate{
			No: "C32050020260301000007", PersonalNo: "32050000012345", Person: somebody(), IssuedOn: 20260301, Balance: 10_700_053, Stays: someStays(stays),
			Actual: m.Actual, Backpaid: m.Backpaid, Deemed: m.Deemed,
		},
		Household: "10", Scheme: "310", AccountOpened: 199603,
	}
}

func applicationSheet() ApplicationSheet {
	return ApplicationSheet{Application: exchange.Application{
		No: "A2026030100000001", Version: 1, LodgedAt: "new", AppliedOn: 20260310, Applicant: "person", Person: somebody(), Household: "20",
		SchemeFrom: "390", SchemeTo: "310", From: "310100", To: "320500", OldPersonalNo: "31010000012345", CertificateNo: "C31010020260301000007",
		EnrolledFrom: 202602, Materials: []string{"id", "certificate"}, ProxyName: "阿依古丽", ProxyPhone: "13900001111",
	}}
}

func reply() Reply {
	return Reply{
		Person: somebody(), ApplicationNo: "A2026030100000001", AppliedOn: 20260310, LetterNo: "31010020260316000001", LetterVersion: 1, LetterDate: 20260316,
		From: "310100", To: "320500", On: 20260317,
	}.RefusedFor(code.DeclineArrears)
}

func paymentNotice() PaymentNotice {
	return PaymentNotice{
		No: "31010020260316000001-1-1", Payer: letterSheet().Account, Payee: account(), Amount: 1_243_467, Count: 1, On: 20260330, Person: somebody(),
		Text: "31010020260316000001 11010519491231002X 买买提·阿不都热合曼", LetterNo: "31010020260316000001", FormNo: "F32050020260330000001", To: "310100",
		File: "pain.001_320500_320500b_20260330_000012.xml", SHA256: strings.Repeat("0123456789abcdef", 4), Signed: Signed{Checker: "王敏", Finance: "李强"},
	}
}

// lumpPages are the notice of a payment for 30 persons.
func lumpPages(o Office) []workbook.Paper {
	n := paymentNotice()
	n.Amount, n.People = 0, nil
	for i := range 30 {
		p := PaidPerson{Person: somebody(), LetterNo: fmt.Sprintf("31010020260316%06d", i+1), Amount: 1_243_467 + money.Fen(i)}
		n.Amount, n.People = n.Amount+p.Amount, append(n.People, p)
	}
	n.People[29].Name, n.People[29].Amount = longName, mostMoney
	n.Amount += mostMoney - 1_243_467 - 29
	pages, err := o.PaymentPapers(n)
	if err != nil {
		panic(err)
	}
	return pages
}

// A notice for several persons names each, and refuses a list that is not the payment.
func TestPaymentPapersForSeveral(t *testing.T) {
	o := office("2016")
	pages := lumpPages(o)
	if len(pages) != 3 {
		t.Fatalf("%d pages", len(pages))
	}
	n := 0
	for _, p := range pages[1:] {
		for _, line := range p.Lines {
			if len(line.Boxes) == 5 && line.Boxes[0].As == workbook.BoxMiddle {
				if n++; line.Boxes[0].Text != fmt.Sprint(n) || line.Boxes[3].Text != fmt.Sprintf("31010020260316%06d", n) {
					t.Errorf("line %d: %+v", n, line.Boxes)
				}
			}
		}
	}
	if n != 30 {
		t.Errorf("%d persons", n)
	}
	wrong := paymentNotice()
	wrong.People = []PaidPerson{{Amount: wrong.Amount - 1}, {Amount: 2}}
	if _, err := o.PaymentPapers(wrong); err == nil {
		t.Error("a list of another sum was printed")
	}
}

// everyForm is one of each, by the name of its file.
func everyForm(profile string) map[string]Print {
	o := office(profile)
	declined := reply()
	declined.From, declined.To = "320500", "310100"
	listed := paymentNotice()
	listed.File, listed.Signed = "pain.001_320500_320500b_20260330_000012.xlsx", Signed{}
	listed.Listed, listed.Count, listed.No, listed.Text = true, 37, "320500000000000012", "个人账户资金划转"
	var posted []Posted
	for i := range 33 {
		posted = append(posted, Posted{Kind: []string{"联系函", "信息表"}[i%2], No: fmt.Sprintf("F32050020260330%06d", i), Person: "买买提·阿不都热合曼", IDNo: "11010519491231002X", Amount: money.Fen(i%2) * 1_243_467, Pages: 1})
	}
	long := letterSheet()
	long.Person.Name, long.Account.Holder, long.Remark = longName, longHolder, strings.Repeat("请核对参保缴费起止时间，", 8)
	longForm := formSheet(40)
	longForm.Form.Person.Name, longForm.Payee.Holder, longForm.Form.Payer.Holder = longName, longHolder, longHolder
	longForm.Form.Amount, longForm.Form.Principal, longForm.Form.Money = mostMoney, mostMoney, exchange.MoneyREMITTED
	longForm.Form.Nature, longForm.Form.OfForm = exchange.NatureSupplement, "F32050020260301000009"
	longCert := certificateSheet(41)
	longCert.Certificate.Person.Name, longCert.Certificate.Balance = longName, mostMoney
	longPay := paymentNotice()
	longPay.Person.Name, longPay.Payee.Holder, longPay.Amount = longName, longHolder, mostMoney
	return map[string]Print{
		"lump":             {"转出通知书", lumpPages(o)},
		"letter":           {"联系函", o.LetterPaper(letterSheet())},
		"form":             {"信息表", o.FormPaper(formSheet(5))},
		"certificate":      {"参保凭证", o.CertificatePaper(certificateSheet(4))},
		"application":      {"申请表", o.ApplicationPaper(applicationSheet())},
		"return":           {"补正通知书", o.ReturnPaper(reply())},
		"refusal":          {"不予受理通知书", o.RefusalPaper(reply())},
		"decline":          {"不予转出告知书", o.DeclinePaper(declined)},
		"payment":          {"转出通知书", []workbook.Paper{o.PaymentPaper(paymentNotice())}},
		"listed":           {"转出通知书", []workbook.Paper{o.PaymentPaper(listed)}},
		"cover":            {"移交清单", o.CoverPapers("310100", 20260330, posted, 1_243_467*16, "")},
		"long-letter":      {"联系函", o.LetterPaper(long)},
		"long-form":        {"信息表", o.FormPaper(longForm)},
		"long-certificate": {"参保凭证", o.CertificatePaper(longCert)},
		"long-payment":     {"转出通知书", []workbook.Paper{o.PaymentPaper(longPay)}},
	}
}

// LibreOffice prints every form of both profiles: as many pages as the form
// has, with everything that stands on it whole.
func TestPapersPrinted(t *testing.T) {
	t.Parallel()
	soffice, text, info := droptest.Require(t, "soffice"), droptest.Require(t, "pdftotext"), droptest.Require(t, "pdfinfo")
	dir := t.TempDir()
	if keep := os.Getenv("CARRYOVER_PAPERS"); keep != "" {
		dir = keep
	}
	args := []string{"-env:UserInstallation=file://" + filepath.Join(t.TempDir(), "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}
	pages := map[string][]workbook.Paper{}
	for _, profile := range []string{"2016", "2021"} {
		forms := everyForm(profile)
		var prints []Print
		for _, name := range slices.Sorted(maps.Keys(forms)) {
			p := forms[name]
			pages[profile] = append(pages[profile], p.Pages...)
			p.Name = name
			prints = append(prints, p)
		}
		book := filepath.Join(dir, profile+".xlsx")
		if err := office(profile).PaperBook("转移接续材料", time.Date(2026, 3, 30, 9, 0, 0, 0, zone), prints...).Save(book); err != nil {
			t.Fatal(err)
		}
		args = append(args, book)
	}
	if out, err := exec.Command(soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for profile, papers := range pages {
		pdf := filepath.Join(dir, profile+".pdf")
		about, err := exec.Command(info, pdf).Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("Pages:%d", len(papers)); !strings.Contains(strings.Join(strings.Fields(string(about)), ""), want) {
			t.Errorf("%s: not %s:\n%s", profile, want, about)
		}
		printed, err := exec.Command(text, "-raw", pdf, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(printed), "###") {
			t.Errorf("%s: a column is too narrow", profile)
		}
		for i, page := range strings.Split(strings.TrimSuffix(string(printed), "\f"), "\f") {
			for _, missing := range notOn(page, papers[min(i, len(papers)-1)]) {
				t.Errorf("%s, page %d: %q is cut off or not in print", profile, i+1, missing)
			}
		}
	}
}

// notOn are the texts of a paper that a printed page does not hold.
func notOn(page string, p workbook.Paper) (missing []string) {
	flat := strings.Join(strings.Fields(page), "")
	for _, line := range p.Lines {
		for _, b := range line.Boxes {
			if !strings.Contains(flat, strings.Join(strings.Fields(b.Text), "")) {
				missing = append(missing, b.Text)
			}
		}
	}
	return missing
}
