package audit

import (
	"strings"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// faultTerms are what proofs find (journal.Fault.What), by how it begins and, behind a star, goes on; the
// star of the Chinese words stands for the same.
func faultTerms() []exchange.Term {
	return []exchange.Term{
		{English: "the event is not the one that was written", Chinese: "事件被改动"},
		{English: "the payload is not the one that was written", Chinese: "事件内容被改动"},
		{English: "event ", Chinese: "缺少事件"},
		{English: "the row * was deleted", Chinese: "数据行 * 被删除"},
		{English: "the row * is not the one that was written", Chinese: "数据行 * 被改动"},
		{English: "the row * was changed before the program wrote it", Chinese: "数据行 * 曾被改动，之后由程序写入"},
		{English: "the row * was not written by the program", Chinese: "数据行 * 不是本程序写入的"},
		{English: "the chain ends at event *, and had *", Chinese: "日志末尾被截去：止于第 * 个事件"},
		{English: "the end of the chain is not the one that was written", Chinese: "日志末尾与留存的不符"},
		{English: "* rows that money depends on belong to no chain", Chinese: "* 个涉及资金的数据行不在日志之中"},
		{English: "* chains of the journal are gone", Chinese: "* 条日志整条消失"},
		{English: "the tables are not those that the checkpoint covers", Chinese: "数据库结构与检查点不符：触发器、约束或列被改动"},
		{English: "the case has no journal", Chinese: "办件没有日志"},
		{English: "the checkpoint is not the one that was written", Chinese: "检查点被改动"},
		{English: "the checkpoint has left, and is not here any more", Chinese: "留存在外的检查点在本库中已不存在"},
		{English: "the checkpoint that has left is not the one that is here", Chinese: "留存在外的检查点与本库中的不同"},
		{English: "the journal is not the one that the checkpoint covers", Chinese: "日志与检查点不符：有事件被删除或替换"},
		{English: "fewer cases are there than", Chinese: "办件少于检查点所记"},
		{English: "fewer numbers count as issued than", Chinese: "已发编号少于检查点所记，编号会重复"},
		{English: "the ledger is not the one that the checkpoint covers", Chinese: "账簿与检查点不符：有分录被删除或替换"},
	}
}

// What is what a finding found, in the agency's language; what is in no table as the proof says it.
func What(o *office.Office, f signing.Finding) string {
	parts := strings.Split(f.What, "; ")
	for i, part := range parts {
		for _, t := range faultTerms() {
			if star, ok := matches(t.English, part); ok {
				parts[i] = o.Say(strings.Replace(t.Chinese, "*", star, 1), part)
				break
			}
		}
	}
	return strings.Join(parts, o.Say("；", "; "))
}

// matches reports whether a text begins as a pattern says, in which stars stand for anything, and what
// the first stands for.
func matches(pattern, text string) (star string, ok bool) {
	for i, part := range strings.Split(pattern, "*") {
		before, after, found := strings.Cut(text, part)
		if !found || i == 0 && before != "" {
			return "", false
		}
		if i == 1 {
			star = before
		}
		text = after
	}
	return star, true
}

// Where is the place of a finding, in the agency's language.
func Where(o *office.Office, f signing.Finding) string {
	switch f.Chain {
	case "":
		return o.Sayf("第 %d 号检查点", "checkpoint %d", f.Fault.N)
	case exchange.AgencyChain:
		if f.Fault.N == 0 {
			return o.Say("机构记录", "the agency's rows")
		}
		return o.Sayf("机构日志第 %d 个事件", "agency event %d", f.Fault.N)
	}
	if f.Fault.N == 0 {
		return f.Chain
	}
	return o.Sayf("%s 第 %d 个事件", "%s event %d", f.Chain, f.Fault.N)
}
