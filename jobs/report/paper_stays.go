package report

import (
	"fmt"
	"strconv"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// How many stays fit on a form's own page and on one that continues it.
const (
	staysHere  = 8
	staysAgain = 26
)

// stayTable are the lines of some stays, the first being number from. done:
// the list ends here.
func (o Office) stayTable(name string, stays []exchange.Stay, from int, done bool) []workbook.Line {
	cell := func(text string, as workbook.BoxKind, cols int) workbook.Box {
		return workbook.Box{Text: text, As: as, Cols: cols}
	}
	rows := len(stays)
	if done {
		rows++
	}
	lines := []workbook.Line{{Boxes: []workbook.Box{
		{Text: name, As: workbook.BoxUpright, Lines: rows + 1},
		cell("序号", workbook.BoxLabel, 1), cell("起止年月", workbook.BoxLabel, 4), cell("医疗保险类型", workbook.BoxLabel, 3),
		cell("性质", workbook.BoxLabel, 1), cell("月数", workbook.BoxLabel, 1), cell("统筹地区及行政区划代码", workbook.BoxLabel, 4),
	}}}
	for i, s := range stays {
		lines = append(lines, workbook.Line{Boxes: []workbook.Box{
			cell(strconv.Itoa(from+i), workbook.BoxMiddle, 1),
			cell(monthOf(s.From)+"至"+monthOf(s.To), workbook.BoxMiddle, 4),
			cell(shortScheme(s.Scheme), workbook.BoxMiddle, 3),
			cell(shortKind(s.Kind), workbook.BoxMiddle, 1),
			cell(strconv.Itoa(s.Months()), workbook.BoxMiddle, 1),
			cell(o.stayArea(s.Area), workbook.BoxMiddle, 4),
		}})
	}
	if done {
		lines = append(lines, workbook.Line{Boxes: []workbook.Box{cell("（以下空白）", workbook.BoxMiddle, paperCols-1)}})
	}
	return lines
}

// shortScheme leaves out what the column's title says.
func shortScheme(s string) string {
	switch code.Scheme(s) {
	case code.SchemeEmployee:
		return "职工医保"
	case code.SchemeResident:
		return "城乡居民医保"
	case code.SchemeUrbanResident:
		return "城镇居民医保"
	case code.SchemeRuralCoop:
		return "新农合"
	}
	return schemeName(s)
}

func shortKind(kind string) string {
	switch kind {
	case exchange.StayActual:
		return "实缴"
	case exchange.StayBackpaid:
		return "补缴"
	}
	return "视同"
}

func (o Office) stayArea(area string) string {
	if name := o.area(area); name != area {
		return name + " " + area
	}
	return area
}

// split cuts stays into those of the form's own page and of the pages after it.
func split(stays []exchange.Stay) (here []exchange.Stay, after [][]exchange.Stay) {
	if len(stays) <= staysHere {
		return stays, nil
	}
	here, stays = stays[:staysHere], stays[staysHere:]
	for len(stays) > staysAgain {
		after, stays = append(after, stays[:staysAgain]), stays[staysAgain:]
	}
	return here, append(after, stays)
}

// continued are the pages after a form's own, each with the title and the
// number again, the person, and a box for the seal.
func (o Office) continued(title, number string, who exchange.Person, after [][]exchange.Stay, seal func() []workbook.Line) []workbook.Paper {
	var out []workbook.Paper
	from := staysHere + 1
	for i, stays := range after {
		left := fmt.Sprintf("姓名：%s　　证件号码：%s", who.Name, who.IDNo)
		head := headed(title+"（续表）", left, fmt.Sprintf("%s　第%d页 共%d页", number, i+2, len(after)+1))
		out = append(out, paper(head, o.stayTable("参保缴费经历", stays, from, i == len(after)-1), seal()))
		from += len(stays)
	}
	return out
}
