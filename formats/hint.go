package formats

import "carryover/formats/batch"

// What columns mean to whoever types them by hand, where the title does not
// say it all; with the rules that a spreadsheet can check, which take whatever
// the checks of this package take.
var (
	hintVersion = batch.Hint{Words: batch.Words{ZH: "首次填1，每更正一次加1", EN: "1 at first, one more with every correction"}}
	hintEcho    = batch.Hint{Words: batch.Words{ZH: "本单位自用，对方答复时原样带回", EN: "your own reference; answers repeat it"}}
	hintName    = batch.Hint{Words: batch.Words{ZH: "与证件完全一致，生僻字和间隔号照写", EN: "exactly as on the document, rare characters included"}}
	hintSex     = batch.Hint{Words: batch.Words{ZH: "与证件号码一致", EN: "as the ID number says"}}
	hintBirth   = batch.Hint{Words: batch.Words{ZH: "与证件号码一致", EN: "as the ID number says"}}
	hintIssued  = batch.Hint{Words: batch.Words{
		ZH: "出具方6位区划代码＋8位日期＋6位流水号，不得重复使用", EN: "the issuer's area code, the date yyyymmdd, six digits; never used twice",
	}}
	hintFormIssued = batch.Hint{Words: batch.Words{
		ZH: "F＋出具方6位区划代码＋8位日期＋6位流水号，不得重复使用", EN: "F, the issuer's area code, the date yyyymmdd, six digits; never used twice",
	}}
	hintLetterNo = batch.Hint{Words: batch.Words{ZH: "照抄联系函", EN: "as on the contact letter"}}
	hintFormNo   = batch.Hint{Words: batch.Words{ZH: "照抄信息表", EN: "as on the information form"}}
	hintAccount  = batch.Hint{Words: batch.Words{ZH: "照抄开户资料，中间不留空格", EN: "as the bank gives it, without spaces"}}
	hintSum      = batch.Hint{Words: batch.Words{ZH: "等于本金加利息", EN: "principal and interest together"}}
	hintMonths   = batch.Hint{Words: batch.Words{ZH: "起止月份之间的月数，首尾都算", EN: "from the first to the last month, both counted"}}
	hintShare    = batch.Hint{Words: batch.Words{ZH: "一人领取填 1/1，两人平分各填 1/2", EN: "1/1 for one payee, 1/2 each for two"}}
	hintEvidence = batch.Hint{Words: batch.Words{ZH: "如：死亡证明、继承公证书编号", EN: "such as the number of the death certificate or the notary's deed"}}
	hintCNAPS    = batch.Hint{
		Words: batch.Words{ZH: "12位数字的大额支付行号", EN: "the bank's 12-digit CNAPS code"},
		Rule:  "AND(LEN({})=12,ISNUMBER(--{}))",
	}
	hintCredit = batch.Hint{Words: batch.Words{ZH: "18位", EN: "18 characters"}, Rule: "LEN({})=18"}
	// The check character of an 18-digit number, ISO 7064 MOD 11-2.
	hintID = batch.Hint{
		Words: batch.Words{ZH: "居民身份证18位，末位校验码（X大写）", EN: "an ID card has 18 characters, the last a check character (capital X)"},
		Rule: `IF(LEN({})<>18,TRUE,IF(ISNUMBER(--LEFT({},17)),MID("10X98765432",MOD(SUMPRODUCT(MID({},ROW(INDIRECT("1:17")),1)` +
			`*MOD(2^(18-ROW(INDIRECT("1:17"))),11)),11)+1,1)=UPPER(RIGHT({},1)),TRUE))`,
	}
)
