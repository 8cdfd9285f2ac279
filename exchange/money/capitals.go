package money

import "strings"

const capitalDigits = "零壹贰叁肆伍陆柒捌玖"

var capitalPlaces = [...]string{"", "拾", "佰", "仟"}

func capitalDigit(d uint64) string { return capitalDigits[3*d : 3*d+3] }

// Capitals writes an amount in Chinese capitals as on payment vouchers:
// 壹万贰仟叁佰肆拾伍元陆角柒分. The rules are those of the People's Bank's
// payment and settlement measures (支付结算办法, appendix 1): 整 stands behind
// yuan when nothing follows; zeros between digits are read as one 零, also
// between yuan and what follows. Where the rules leave a choice, the first
// writing of their examples is taken. 0.00 is 零元整, an amount below zero
// begins with 负; 人民币 is not written.
func (f Fen) Capitals() string {
	var w capitalWriter
	u := uint64(f)
	if f < 0 {
		w.WriteString("负")
		u = -u
	}
	yuan, jiao, fen := u/100, u/10%10, u%10
	if yuan > 0 || u == 0 {
		if u == 0 {
			w.WriteString("零")
		}
		w.integer(yuan)
		w.WriteString("元")
	}
	if jiao == 0 && fen == 0 {
		w.WriteString("整")
		return w.String()
	}
	if yuan > 0 && (jiao == 0 || yuan%10 == 0) {
		w.WriteString("零")
	}
	if jiao > 0 {
		w.WriteString(capitalDigit(jiao) + "角")
	}
	if fen > 0 {
		w.WriteString(capitalDigit(fen) + "分")
	}
	return w.String()
}

// capitalWriter writes an integer from its highest digit on.
type capitalWriter struct {
	strings.Builder
	begun bool // a digit is written
	zero  bool // zeros were passed that the next digit must tell of
}

// integer writes groups of eight digits, each but the last followed by 亿.
func (w *capitalWriter) integer(n uint64) {
	for _, unit := range []uint64{1e16, 1e8, 1} {
		w.eight(n / unit % 1e8)
		if unit > 1 && w.begun {
			w.WriteString("亿")
			w.zero = n/unit%1e8 == 0
		}
	}
}

func (w *capitalWriter) eight(n uint64) {
	w.four(n / 1e4)
	if n >= 1e4 {
		w.WriteString("万")
		w.zero = false
	}
	w.four(n % 1e4)
}

// four writes a group of four digits.
func (w *capitalWriter) four(n uint64) {
	for place, unit := 3, uint64(1000); place >= 0; place, unit = place-1, unit/10 {
		d := n / unit % 10
		if d == 0 {
			w.zero = w.begun
			continue
		}
		if w.zero {
			w.WriteString("零")
		}
		w.WriteString(capitalDigit(d) + capitalPlaces[place])
		w.begun, w.zero = true, false
	}
}
