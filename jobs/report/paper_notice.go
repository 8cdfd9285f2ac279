package report

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// Reply is a letter that says no, or not yet: to the person who applied, or
// to the new place that sent a contact letter.
type Reply struct {
	Person        exchange.Person
	ApplicationNo string
	AppliedOn     calendar.Date
	Employer      string // who applied, when it was not the person
	LetterNo      string
	LetterVersion int
	LetterDate    calendar.Date
	From, To      string // old and new place
	Reason        string // the code's word
	Text          string // in detail
	Todo          string // what can be done about it
	On            calendar.Date
}

// ReturnPaper asks for a supplement to an application (退回补正通知书).
func (o Office) ReturnPaper(r Reply) []workbook.Paper {
	return o.toApplicant("基本医疗保险关系转移接续申请补正通知书", r,
		"经审核，尚需补正。请按下列要求补正后重新提交，补正后的申请沿用原申请编号；办理时限自补正材料收到之日起计算。",
		"补正要求", "逾期未补正的，本机构将保留申请记录，您可随时补正后再次提交。")
}

// RefusalPaper refuses an application (不予受理通知书).
func (o Office) RefusalPaper(r Reply) []workbook.Paper {
	return o.toApplicant("基本医疗保险关系转移接续不予受理通知书", r,
		"经审核，不符合受理条件，决定不予受理。",
		"不予受理理由", "如对本决定不服，可以自收到本通知书之日起60日内依法申请行政复议，或者自收到之日起6个月内依法向人民法院提起行政诉讼。")
}

func (o Office) toApplicant(title string, r Reply, said, why, last string) []workbook.Paper {
	who, you := r.Person.Name, "您"
	if r.Employer != "" {
		who, you = r.Employer, "你单位"
	}
	whose := "本人"
	if r.Employer != "" {
		whose = r.Person.Name
	}
	asked := fmt.Sprintf("　　%s于%s提出的将%s的基本医疗保险关系由%s转移至%s的申请（申请编号：%s）收悉。%s",
		you, day(r.AppliedOn), whose, o.place(r.From), o.place(r.To), r.ApplicationNo, said)
	return []workbook.Paper{paper(
		headed(title, "申请编号："+r.ApplicationNo, ""),
		[]workbook.Line{
			whole(workbook.BoxLetter, who+"：", 30),
			whole(workbook.BoxLetter, asked, 96),
		},
		replyTable(r, why),
		[]workbook.Line{whole(workbook.BoxLetter, "　　"+last, 60)},
		o.contact(),
		sealed(o.Agency.Name, r.On),
		receiptStrip(),
	)}
}

// DeclinePaper tells the new place that the person is not transferred (不予转出告知书).
func (o Office) DeclinePaper(r Reply) []workbook.Paper {
	said := fmt.Sprintf("　　你处%s发来的《%s》（编号：%s，第%d版）收悉。经审核，%s（证件号码：%s）的基本医疗保险关系暂不能转出，现将理由告知如下，请告知参保人员。情形消除后，请以同一编号的新版联系函重新提出。",
		day(r.LetterDate), o.titles().letter, r.LetterNo, r.LetterVersion, r.Person.Name, r.Person.IDNo)
	return []workbook.Paper{paper(
		headed("基本医疗保险关系不予转出告知书", "联系函编号："+r.LetterNo, ""),
		[]workbook.Line{
			whole(workbook.BoxLetter, o.place(r.To)+"：", 30),
			whole(workbook.BoxLetter, said, 110),
		},
		replyTable(r, "不予转出理由"),
		o.contact(),
		signing(o.signer(r.From, o.Agency.Clerk), o.signer(r.From, o.Agency.Checker), o.place(r.From), r.On),
	)}
}

// replyTable are the lines about the person and the reason.
func replyTable(r Reply, why string) []workbook.Line {
	line := func(label, text string, height float64) workbook.Line {
		return workbook.Line{Height: height, Boxes: []workbook.Box{
			{Text: label, As: workbook.BoxLabel, Cols: 3}, {Text: text, As: workbook.BoxFact, Cols: paperCols - 3},
		}}
	}
	reason := r.Reason
	if r.Text != "" && r.Text != r.Reason {
		if reason != "" {
			reason += "："
		}
		reason += r.Text
	}
	return []workbook.Line{
		{Height: 30, Boxes: []workbook.Box{
			{Text: "姓　　名", As: workbook.BoxLabel, Cols: 3},
			{Text: r.Person.Name, As: workbook.BoxFact, Cols: 4},
			{Text: "证件号码", As: workbook.BoxLabel, Cols: 3},
			{Text: r.Person.IDNo, As: workbook.BoxFact, Cols: paperCols - 10},
		}},
		line(why, orDash(reason), 84),
		line("办理建议", orDash(r.Todo), 66),
	}
}

func (o Office) contact() []workbook.Line {
	a := o.Agency
	return []workbook.Line{whole(workbook.BoxLetter, fmt.Sprintf("　　联系地址：%s　联系人：%s　联系电话：%s", orDash(a.Address), orDash(a.Contact), orDash(a.Phone)), 44)}
}

// sealed is where a letter to a person is sealed and dated.
func sealed(place string, on calendar.Date) []workbook.Line {
	return []workbook.Line{
		whole(workbook.BoxLetter, "", 40),
		whole(workbook.BoxSigned, place+"（盖章）", 26),
		whole(workbook.BoxSigned, day(on), 26),
		whole(workbook.BoxLetter, "", 30),
	}
}

// receiptStrip is where the person signs that the letter was handed over.
func receiptStrip() []workbook.Line {
	return []workbook.Line{{Height: 40, Boxes: []workbook.Box{
		{Text: "送达方式", As: workbook.BoxLabel, Cols: 3},
		{Text: "□直接送达　□邮寄送达", As: workbook.BoxMiddle, Cols: 4},
		{Text: "签收人", As: workbook.BoxLabel, Cols: 2},
		{Text: "", As: workbook.BoxFact, Cols: 2},
		{Text: "　　年　　月　　日", As: workbook.BoxMiddle, Cols: paperCols - 11},
	}}}
}

// RefusedFor is a reply's reason from the code of a decline.
func (r Reply) RefusedFor(d code.Decline) Reply {
	r.Reason, r.Todo = d.Word(code.Chinese), d.Todo(code.Chinese)
	return r
}
