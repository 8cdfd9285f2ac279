package audit

import (
	"strings"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// faultTerms are what proofs find (journal.Fault.What), by how it begins.
func faultTerms() []exchange.Term {
	return []exchange.Term{
		{English: "the event is not the one that was written", Chinese: "事件被改动"},
		{English: "the payload is not the one that was written", Chinese: "事件内容被改动"},
		{English: "event ", Chinese: "缺少事件"},
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
			if strings.HasPrefix(part, t.English) {
				parts[i] = o.Say(t.Chinese, part)
				break
			}
		}
	}
	return strings.Join(parts, o.Say("；", "; "))
}

// Where is the place of a finding, in the agency's language.
func Where(o *office.Office, f signing.Finding) string {
	switch f.Chain {
	case "":
		return o.Sayf("第 %d 号检查点", "checkpoint %d", f.Fault.N)
	case office.AgencyChain:
		return o.Sayf("机构日志第 %d 个事件", "agency event %d", f.Fault.N)
	}
	return o.Sayf("%s 第 %d 个事件", "%s event %d", f.Chain, f.Fault.N)
}
