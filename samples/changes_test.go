package samples

import (
	"bytes"
	"strings"

	"carryover/exchange/code"
	"carryover/formats"
)

// of makes a change of the good file of a kind.
func of(kind, name string, c code.Fault, about string, set ...string) change {
	return change{kind: kind, name: name, code: c, about: about, set: set}
}

// letter makes a change of the good letters.
func letter(name string, c code.Fault, about string, set ...string) change {
	return of(formats.KindLetter, name, c, about, set...)
}

func (c change) toRows(rows func([]string) []string, at string) change {
	c.rows, c.at = rows, at
	return c
}

func (c change) toBytes(edit func([]byte) []byte, at string, line int) change {
	c.bytes, c.at, c.line = edit, at, line
	return c
}

func (c change) toBody(edit func([]byte) []byte, at string, line int) change {
	c.body, c.at, c.line = edit, at, line
	return c
}

func (c change) needing(n Needs) change {
	c.needs = n
	return c
}

func (c change) inGB() change {
	c.gb = true
	return c
}

func replaceAll(old, with string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(with)) }
}

func replaceFirst(old, with string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) }
}

func instead(with string) func([]byte) []byte {
	return func([]byte) []byte { return []byte(with) }
}

// envelopeChanges are what can be wrong with a file as such. They are shown
// on contact letters, and are the same for every kind.
func envelopeChanges() []change {
	return []change{
		letter("good-crlf", "", "行尾为 CRLF，可接受 / CRLF line ends are accepted").toBody(replaceAll("\n", "\r\n"), "", 0),
		letter("good-bom", "", "带 BOM，可接受 / a byte order mark is accepted").toBody(func(b []byte) []byte { return append([]byte("\xEF\xBB\xBF"), b...) }, "", 0),
		letter("good-no-final-newline", "", "末行无换行，可接受 / no line end behind the trailer is accepted").toBytes(func(b []byte) []byte { return b[:len(b)-1] }, "", 0),
		letter("good-no-records", "", "没有记录，可接受 / a batch without records is accepted").toRows(func(r []string) []string { return r[:1] }, ""),

		letter("empty", code.Unreadable, "空文件 / an empty file").toBytes(instead(""), "", 0),
		letter("binary", code.Unreadable, "二进制文件 / a picture").toBytes(instead("\x89PNG\r\n\x1A\n\x00\x00\x00\x0DIHDR\x00\x00\x00\x01"), "", 0),
		letter("utf-16", code.Unreadable, "UTF-16 编码 / in UTF-16").toBytes(utf16, "", 0),
		letter("old-workbook", code.Unreadable, "旧版 .xls 工作簿 / an old .xls workbook").toBytes(instead("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00\x00"), "", 0),
		letter("not-a-workbook", code.Unreadable, "以 PK 开头但不是工作簿 / begins like a workbook and is none").toBytes(instead("PK\x03\x04"+strings.Repeat("\x00", 64)), "", 0),
		letter("prose", code.WrongEnvelope, "不是批次文件 / a text, no batch").toBytes(instead("各位同事：\n附件请查收。\n"), "", 0),
		letter("header-missing", code.WrongEnvelope, "没有首行 H / no H row").toBytes(func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }, "", 0),
		letter("truncated-at-line-end", code.WrongEnvelope, "末行 T 缺失 / cut off before the trailer").toBytes(func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte("\nT,"))+1] }, "", 0),
		letter("truncated-in-trailer", code.WrongEnvelope, "末行 T 不完整 / cut off inside the trailer", "T1.digest=").toBytes(func(b []byte) []byte { return b[:len(b)-1] }, "T1.digest", 5),
		letter("rows-behind-trailer", code.WrongEnvelope, "末行 T 之后还有内容 / more behind the trailer").toBytes(func(b []byte) []byte { return append(b, "L,1\n"...) }, "T1.", 5),
		letter("ctrl-z-behind-trailer", code.WrongEnvelope, "末尾有 ^Z / a ^Z at the end").toBytes(func(b []byte) []byte { return append(b, 0x1A) }, "T1.", 5),

		letter("kind-unknown", code.KindUnknown, "没有这种文件 / no such kind", "H1.kind=letter"),
		letter("version-unknown", code.VersionUnknown, "版本不识别 / another version", "H1.version=2"),
		letter("sender-malformed", code.WrongEnvelope, "发送方代码不对 / not a party", "H1.sender=31010"),
		letter("sender-of-wrong-role", code.WrongEnvelope, "业务系统不发送联系函 / a core does not send letters", "H1.sender=310100c"),
		letter("receiver-of-wrong-role", code.WrongEnvelope, "网厅不接收联系函 / a portal does not receive letters", "H1.receiver=320500p"),
		letter("sequence-zero", code.WrongEnvelope, "序号从1开始 / sequences begin with 1", "H1.sequence=0"),
		letter("sequence-padded", code.WrongEnvelope, "序号不带前导零 / no leading zeros in the header", "H1.sequence=000001"),
		letter("sequence-too-large", code.WrongEnvelope, "序号超过999999 / beyond 999999", "H1.sequence=1000000"),
		letter("created-without-zone", code.WrongEnvelope, "时间没有时区 / a time without its zone", "H1.created=2026-03-03T18:30:00"),
		letter("created-date-only", code.WrongEnvelope, "只有日期 / a date only", "H1.created=2026-03-03"),
		letter("extent-not-allowed", code.WrongEnvelope, "联系函没有 full/delta / letters are neither full nor delta", "H1.extent=full"),
		letter("header-short", code.WrongEnvelope, "首行少一个字段 / a header with a field too few").toRows(func(r []string) []string { r[0] = r[0][:strings.LastIndexByte(r[0], ',')]; return r }, "H1."),
		of(formats.KindRegistry, "extent-missing", code.WrongEnvelope, "未写 full 或 delta / neither full nor delta").toRows(func(r []string) []string { r[0] = strings.TrimSuffix(r[0], ",full"); return r }, "H1.extent"),
		letter("count-malformed", code.WrongEnvelope, "末行行数不是整数 / the trailer's count is no whole number", "T1.rows=3.0"),
		letter("total-malformed", code.WrongEnvelope, "末行合计不是金额 / the trailer's total is no amount", "T1.total=0"),
		letter("digest-upper-case", code.WrongEnvelope, "摘要应为小写 / a digest in capitals", "T1.digest="+strings.Repeat("A", 64)),
		letter("content-changed", code.Digest, "生成后被改动一个字 / one character was changed afterwards").toBytes(replaceFirst("李娜", "李挪"), "T1.digest", 5),

		letter("canonical/contact-letter_310100_320500_20260303_000001", "", "规范文件名 / under its canonical name"),
		letter("canonical/contact-letter_310100_320500_20260303_000002", code.WrongEnvelope, "文件名与首行的序号不符 / the name has another sequence than the header").toRows(same, "H1."),
		letter("canonical/information-form_310100_320500_20260303_000001", code.WrongEnvelope, "文件名与首行的种类不符 / the name has another kind than the header").toRows(same, "H1."),

		letter("not-for-us", code.NotForUs, "接收方不是本机构 / for another agency", "H1.receiver=330100", "L*.from_agency=330100").needing(NeedsConfig),
		letter("not-from-this-party", code.NotFromThisParty, "发送方不是此目录的对方 / from another agency than the drop's", "H1.sender=440300", "L*.to_code=440300").needing(NeedsConfig),
		letter("profile-differs", code.ProfileDiffers, "对方按另一规则计算时限（提示） / the sender counts by another profile; a warning only", "H1.profile=2016").needing(NeedsConfig),
		of(formats.KindRegistry, "area-unknown", code.UnknownCode, "区划代码不存在 / an area code that names no place", "S1.area=999999").needing(NeedsConfig),
	}
}

func same(rows []string) []string { return rows }

func utf16(b []byte) []byte {
	out := []byte{0xFF, 0xFE}
	for _, r := range string(b) {
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}
