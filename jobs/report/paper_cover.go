package report

import (
	"fmt"
	"strconv"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Posted is a document that goes to a partner by post.
type Posted struct {
	Kind   string // 联系函, 信息表, 不予转出告知书
	No     string
	Person string
	IDNo   string
	Amount money.Fen // of a form whose balance is remitted
	Pages  int
}

// How many documents stand on a page of the list.
const coverLines = 26

// CoverPapers are the list that goes with what is posted (移交清单): every
// document, how many of each kind, pages and sum, and where the other side
// signs that it has them. part names one list of several; total is the sum of the amounts.
func (o Office) CoverPapers(partner string, on calendar.Date, docs []Posted, total money.Fen, part string) []workbook.Paper {
	pages := max((len(docs)+coverLines-1)/coverLines, 1)
	var out []workbook.Paper
	for n := range pages {
		here := docs[n*coverLines : min((n+1)*coverLines, len(docs))]
		title := "基本医疗保险关系转移接续材料移交清单"
		right := day(on) + part
		if pages > 1 {
			right = fmt.Sprintf("%s　第%d页 共%d页", right, n+1, pages)
		}
		if n > 0 {
			title += "（续表）"
		}
		lines := [][]workbook.Line{headed(title, "移交："+o.Agency.Name+"　接收："+o.place(partner), right), coverTable(here, n*coverLines+1)}
		if n == pages-1 {
			lines = append(lines, coverSums(docs, total), o.handOver(partner))
		}
		out = append(out, paper(lines...))
	}
	return out
}

func coverRow(as workbook.BoxKind, cells ...string) workbook.Line {
	var line workbook.Line
	for i, cols := range []int{1, 2, 4, 2, 3, 2, 1} {
		kind := as
		if i == 5 && as != workbook.BoxLabel {
			kind = workbook.BoxSum
		}
		line.Boxes = append(line.Boxes, workbook.Box{Text: cells[i], As: kind, Cols: cols})
	}
	return line
}

func coverTable(docs []Posted, from int) []workbook.Line {
	lines := []workbook.Line{coverRow(workbook.BoxLabel, "序号", "材料", "编号", "姓名", "证件号码", "金额（元）", "页数")}
	for i, d := range docs {
		amount := ""
		if d.Amount > 0 {
			amount = grouped(d.Amount)
		}
		lines = append(lines, coverRow(workbook.BoxMiddle, strconv.Itoa(from+i), d.Kind, d.No, d.Person, d.IDNo, amount, strconv.Itoa(d.Pages)))
	}
	return lines
}

// coverSums says how many documents of each kind there are, and their sum.
func coverSums(docs []Posted, total money.Fen) []workbook.Line {
	var kinds []string
	count := map[string]int{}
	pages := 0
	for _, d := range docs {
		if count[d.Kind] == 0 {
			kinds = append(kinds, d.Kind)
		}
		count[d.Kind]++
		pages += d.Pages
	}
	text := ""
	for _, k := range kinds {
		text += fmt.Sprintf("%s %d 份　", k, count[k])
	}
	text += fmt.Sprintf("合计 %d 份 %d 页　转移金额合计 %s（%s）", len(docs), pages, yuan(total), capitals(total))
	return []workbook.Line{{Height: 34, Boxes: []workbook.Box{
		{Text: "合　　计", As: workbook.BoxLabel, Cols: 3}, {Text: text, As: workbook.BoxFact, Cols: paperCols - 3},
	}}}
}

func (o Office) handOver(partner string) []workbook.Line {
	half := func(text string) workbook.Box { return workbook.Box{Text: text, As: workbook.BoxFact} }
	left, right := half("移交单位："+o.Agency.Name+"（盖章）\n\n移交人：\n\n　　　　年　　月　　日"), half("接收单位："+o.place(partner)+"（盖章）\n\n接收人：\n\n　　　　年　　月　　日")
	left.Cols, right.Cols = 8, paperCols-8
	return []workbook.Line{{Height: 96, Boxes: []workbook.Box{left, right}}}
}
