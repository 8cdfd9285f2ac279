package samples

import "math/rand/v2"

// surnames in the order of how common they are; the first are drawn more often.
var surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕" +
	"苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文")

var compoundSurnames = []string{"欧阳", "上官", "司马", "诸葛", "皇甫", "东方", "慕容", "令狐", "司徒", "夏侯"}

var (
	givenMale   = []rune("伟强磊军洋勇杰涛超明刚平辉鹏华飞波斌宇浩凯健俊帆旭宁龙林阳建国志文海永新东峰松柏楠哲晨昊轩博思远子睿")
	givenFemale = []rune("芳娜敏静丽艳娟霞秀英玉兰桂珍红梅燕玲萍洁雪琳婷颖慧莹倩佳怡欣悦雅琪蕾薇岚虹露梦瑶诗涵若溪可馨月云丹春")
	// Characters that many systems cannot store or print: of extensions A, B
	// and E, and rare ones of the basic block.
	rareGiven = []rune("䶮龑燚堃喆犇淼垚翀甯赟㛃㑇𬱖𬸣𫍽𠅤𬀩")
)

var (
	dottedFirst = []string{"买买提", "阿依古丽", "热合曼", "古丽娜尔", "艾力", "阿卜杜拉", "努尔兰", "迪丽热巴"}
	dottedLast  = []string{"吐尔逊", "卡德尔", "玉素甫", "艾合买提", "司马义", "依明", "阿布都热依木", "库尔班"}
)

// Of a thousand people so many have a rare character, a dotted name, a
// surname of two characters.
const (
	rarePerMille     = 5
	dottedPerMille   = 4
	compoundPerMille = 6
)

// drawName draws a name as people have them.
func drawName(r *rand.Rand, male bool) string {
	if r.IntN(1000) < dottedPerMille {
		return dottedFirst[r.IntN(len(dottedFirst))] + "·" + dottedLast[r.IntN(len(dottedLast))]
	}
	given := givenFemale
	if male {
		given = givenMale
	}
	name := make([]byte, 0, 16)
	if r.IntN(1000) < compoundPerMille {
		name = append(name, compoundSurnames[r.IntN(len(compoundSurnames))]...)
	} else {
		// the smaller of two draws: the first surnames are the common ones
		name = append(name, string(surnames[min(r.IntN(len(surnames)), r.IntN(len(surnames)))])...)
	}
	if r.IntN(1000) < rarePerMille {
		return string(append(name, string(rareGiven[r.IntN(len(rareGiven))])...))
	}
	name = append(name, string(given[r.IntN(len(given))])...)
	if r.IntN(5) > 0 {
		name = append(name, string(given[r.IntN(len(given))])...)
	}
	return string(name)
}
