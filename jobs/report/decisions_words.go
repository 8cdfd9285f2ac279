package report

import (
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// prompts tells beside each open cell what belongs into it.
func (n Night) prompts(s *workbook.Sheet) {
	lang := n.say("zh", "en")
	words := map[string]string{
		titleAction.Word(lang): n.say("从清单中选择；留空表示暂不决定。", "Choose from the list; empty: nothing is decided yet."),
		titleReason.Word(lang): n.say("作出决定的须写明理由，记入办理记录；不予转出、不予受理、退回补正的理由会告知对方或申请人。", "Needed with every decision; it is journaled. The reason of a decline, refusal or return is told to the partner or the applicant."),
	}
	for _, a := range exchange.Arguments() {
		words[argTitle(a).Word(lang)] = n.argPrompt(a)
	}
	for i, c := range s.Columns {
		s.Columns[i].Prompt = words[c.Title]
	}
}

// argPrompt says what an argument is, and for which decisions it is needed.
func (n Night) argPrompt(a exchange.Term) string {
	lang := n.say("zh", "en")
	text := n.say("", a.English+". ")
	for _, r := range exchange.Rules() {
		switch {
		case slices.Contains(r.Needs, a.Code):
			text += fmt.Sprintf(n.say("“%s”必填。", "Needed for %s. "), RuleWord(r, lang))
		case slices.Contains(r.May, a.Code):
			text += fmt.Sprintf(n.say("“%s”可填。", "Optional for %s. "), RuleWord(r, lang))
		}
	}
	switch a.Code {
	case "to":
		text += n.say("写作 联系函号:第几笔=金额，多项用逗号隔开。", "letter:part=amount, several with commas.")
	case "code":
		text += n.say("各原因的处理办法见“填写说明”。", "The codes are explained on the sheet How to.")
	}
	return text
}

// howTo is the page that explains how a decisions workbook is filled in,
// signed and handed in.
func (n Night) howTo(d Workbook) workbook.Sheet {
	steps := []string{
		n.say("在“待决定”表的黄色单元格中选择决定并写明理由；需要时填写右侧各栏。不决定的行留空，下次仍会列出。", "Choose a decision and give a reason in the yellow cells, and fill in the columns in between where they are needed. Rows left empty are listed again."),
		n.say("可以排序、筛选、调整列宽；排序被锁定时，先“撤销工作表保护”（无密码）。请勿改动锁定的单元格，也不要增加行：这些行不予接受。", "Sort, filter and widen columns as you like; where sorting is locked, lift the sheet's protection (there is no password). Locked cells that were changed and rows that were added are refused."),
		n.say("另存为 .xlsx（Excel、WPS、LibreOffice 均可），不要加密，不要使用公式和宏。", "Save as .xlsx, from Excel, WPS or LibreOffice, without password, formulas or macros."),
	}
	if d.Signed {
		steps = append(steps,
			n.say("用本人密钥对保存好的文件签名：ssh-keygen -Y sign -n carryover-decision -f 私钥 文件名.xlsx，得到 文件名.xlsx.sig。签名后不要再保存该文件。", "Sign the saved file with your own key: ssh-keygen -Y sign -n carryover-decision -f KEY FILE.xlsx makes FILE.xlsx.sig. Do not save the file again afterwards."),
			n.say("把 文件名.xlsx 和 文件名.xlsx.sig 一起放进本人目录的 in。没有签名的，财务决定不予接受。", "Leave FILE.xlsx and FILE.xlsx.sig together in your own folder in. Without the signature these decisions are refused."))
	} else {
		steps = append(steps, n.say("把文件放进本人目录的 in。以目录确定决定人，无需签名。", "Leave the file in your own folder in. The folder says who you are; no signature is needed."))
	}
	steps = append(steps, n.say("下次运行后，本人目录的 out 中会有答复文件，逐行说明是否接受及原因。同一文件交两次不会重复办理。", "After the next pass your folder out holds an answer, which says row by row what was accepted, and why not. The same file twice changes nothing."))
	page := workbook.Sheet{Name: n.say("填写说明", "How to"), Title: n.say("填写说明", "How to fill this in"), Note: n.note()}
	how := workbook.Block{Wide: true, Columns: []workbook.Column{{}}}
	for i, s := range steps {
		how.Rows = append(how.Rows, []any{fmt.Sprintf("%d. %s", i+1, s)})
	}
	page.Blocks = append(page.Blocks, how, n.actionsBlock(d))
	if !d.Signed {
		page.Blocks = append(page.Blocks, n.codesBlock())
	}
	return page
}

// actionsBlock explains the decisions of a workbook.
func (n Night) actionsBlock(d Workbook) workbook.Block {
	b := workbook.Block{
		Title:   n.say("可作的决定", "The decisions"),
		Columns: []workbook.Column{{Title: n.say("决定", "decision")}, {Title: n.say("角色", "roles")}, {Title: n.say("须填 [可填]", "told [optional]")}},
	}
	lang := n.say("zh", "en")
	for _, r := range exchange.Rules() {
		if r.Signed != d.Signed {
			continue
		}
		roles, told := "", ""
		for _, x := range r.Roles {
			roles += exchange.TermOf(exchange.RoleTerms(), string(x)).Word(lang) + " "
		}
		for _, name := range r.Tells() {
			word := argTitle(exchange.TermOf(exchange.Arguments(), name)).Word(lang)
			switch {
			case name == "partner": // the row says it
			case slices.Contains(r.Needs, name):
				told += word + " "
			default:
				told += "[" + word + "] "
			}
		}
		b.Rows = append(b.Rows, []any{RuleWord(r, lang), roles, told})
	}
	return b
}

// codesBlock explains the reasons of declines.
func (n Night) codesBlock() workbook.Block {
	b := workbook.Block{
		Title:   n.say("原因代码", "Codes"),
		Columns: []workbook.Column{{Title: n.say("原因", "code")}, {Title: n.say("对方怎么办", "what the other side does")}},
	}
	for _, e := range code.Declines() {
		if option := n.say(e.Chinese, e.Code); slices.Contains(n.declines(), option) {
			b.Rows = append(b.Rows, []any{option, e.Todo(n.Lang)})
		}
	}
	return b
}
