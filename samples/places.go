package samples

import "carryover/exchange/identity"

// Place is an agency as its own letters and forms name it.
type Place struct {
	Area, Name, Address, PostCode, Contact, Phone string
	AccountName, BankName, AccountNo, CNAPS       string
}

// places are made-up particulars of agencies in real cities. bank is the
// first 11 digits of a CNAPS code, whose twelfth is its check digit.
var places = []struct{ area, city, address, postCode, dial, bankName, bank string }{
	{"320500", "苏州市", "苏州市姑苏区平泷路251号", "215002", "0512", "中国工商银行苏州分行营业部", "10230500001"},
	{"310100", "上海市", "上海市徐汇区零陵路629号", "200030", "021", "中国建设银行上海市分行营业部", "10529000001"},
	{"330100", "杭州市", "杭州市上城区解放东路18号", "310016", "0571", "中国农业银行杭州分行营业部", "10333100001"},
	{"320100", "南京市", "南京市玄武区中山东路300号", "210002", "025", "交通银行南京分行营业部", "30130100001"},
	{"440300", "深圳市", "深圳市福田区彩田路5015号", "518026", "0755", "中国银行深圳市分行营业部", "10458400001"},
	{"110100", "北京市", "北京市通州区留庄路6号院", "101117", "010", "中国工商银行北京市分行营业部", "10210000001"},
	{"440100", "广州市", "广州市越秀区东风西路183号", "510180", "020", "中国建设银行广州分行营业部", "10558100001"},
	{"510100", "成都市", "成都市青羊区西御街36号", "610015", "028", "中国农业银行成都分行营业部", "10365100001"},
	{"420100", "武汉市", "武汉市江汉区新华路296号", "430015", "027", "中国银行武汉分行营业部", "10452100001"},
	{"370200", "青岛市", "青岛市市南区福州南路8号", "266071", "0532", "交通银行青岛分行营业部", "30145200001"},
	{"340100", "合肥市", "合肥市蜀山区怀宁路1800号", "230071", "0551", "中国邮政储蓄银行合肥市分行", "40336100001"},
	{"500000", "重庆市", "重庆市渝北区春华大道99号", "401121", "023", "中国工商银行重庆市分行营业部", "10265300001"},
}

// PlaceOf returns an agency's particulars. One that is not in the table gets
// some made from its code, so that any agency can be written about.
func PlaceOf(area string) Place {
	for i, p := range places {
		if p.area == area {
			return place(i, area)
		}
	}
	return place(-1, area)
}

func place(i int, area string) Place {
	if i < 0 {
		bank := "102" + area[:4] + "0001"
		return Place{
			Area: area, Name: area + "医疗保险经办机构", Address: area + "政务服务中心医保窗口",
			PostCode: area, Contact: "转移接续科", Phone: "0" + area[:3] + "-12393",
			AccountName: area + "医疗保险基金财政专户", BankName: "中国工商银行" + area + "支行",
			AccountNo: "1102" + area + "200000", CNAPS: bank + string(identity.CNAPSCheckDigit(bank)),
		}
	}
	p := places[i]
	return Place{
		Area: area, Name: p.city + "医疗保险基金管理中心", Address: p.address,
		PostCode: p.postCode, Contact: "转移接续科", Phone: p.dial + "-12393",
		AccountName: p.city + "社会保障基金财政专户", BankName: p.bankName,
		AccountNo: "1102" + p.area + "200000" + "18", CNAPS: p.bank + string(identity.CNAPSCheckDigit(p.bank)),
	}
}

// birthAreas are the counties that made-up ID numbers begin with.
var birthAreas = []string{
	"110101", "110105", "120101", "130102", "140105", "150102", "210102", "220102", "230102", "310101",
	"310104", "320102", "320505", "320506", "320508", "330102", "340102", "350102", "360102", "370102",
	"370202", "410102", "420102", "430102", "440103", "440304", "450102", "460105", "500103", "510104",
	"520102", "530102", "540102", "610102", "620102", "630102", "640104", "650102",
}
