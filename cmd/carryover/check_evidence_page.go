package main

import (
	"carryover/formats/workbook"
)

// page is the evidence on one upright A4 page, with boxes to sign.
func (e evidence) page() workbook.Book {
	title := e.say("Carryover 部署审批表", "Carryover: approval of the deployment")
	a := e.c.Agency()
	paper := &workbook.Paper{Columns: []float64{13, 21, 20, 20, 20, 20}}
	line := func(height float64, boxes ...workbook.Box) {
		paper.Lines = append(paper.Lines, workbook.Line{Height: height, Boxes: boxes})
	}
	line(0, workbook.Box{Text: title, As: workbook.BoxTitle, Cols: 6})
	line(0,
		workbook.Box{Text: a.Name + "（" + a.Code + "）", As: workbook.BoxRemark, Cols: 3},
		workbook.Box{Text: e.say("生成于 ", "made at ") + minute(e.now), As: workbook.BoxAside, Cols: 3})
	for _, s := range e.sections() {
		for i, f := range s.facts {
			var boxes []workbook.Box
			if i == 0 {
				boxes = append(boxes, workbook.Box{Text: s.title, As: workbook.BoxLabel, Lines: len(s.facts)})
			}
			line(0, append(boxes, workbook.Box{Text: f.item, As: workbook.BoxFact}, workbook.Box{Text: f.text, As: workbook.BoxFact, Cols: 4})...)
		}
	}
	line(0, workbook.Box{Text: e.say("审批", "Approval"), As: workbook.BoxLabel, Lines: 2},
		workbook.Box{Text: e.say("系统管理员", "system"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.say("安全负责人", "security"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.say("财务负责人", "finance"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.say("业务负责人", "business"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.say("单位负责人", "head of the agency"), As: workbook.BoxMiddle})
	signed := e.say("签名\n日期", "signature\ndate")
	var sign []workbook.Box
	for range 5 {
		sign = append(sign, workbook.Box{Text: signed, As: workbook.BoxSeal})
	}
	line(58, sign...)
	return workbook.Book{
		Title: title, Author: "Carryover", Created: e.now, Lang: e.say("zh-CN", "en-US"), Pages: e.say("第 {page} 页，共 {pages} 页", "page {page} of {pages}"),
		Sheets: []workbook.Sheet{{Name: e.say("部署审批表", "Approval"), Title: title, Paper: paper}},
	}
}
