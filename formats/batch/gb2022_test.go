package batch

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
)

// gb2022 are the codes of GB 18030-2022 that changed: bytes, what they are, what they were, and the four
// bytes that stood for what they are.
const gb2022 = `A6D9 FE10 E78D 84318236|A6DA FE12 E78E 84318238|A6DB FE11 E78F 84318237|A6DC FE13 E790 84318239|A6DD FE14 E791 84318330|A6DE FE15 E792 84318331|` +
	`A6DF FE16 E793 84318332|A6EC FE17 E794 84318333|A6ED FE18 E795 84318334|A6F3 FE19 E796 84318335|FE59 9FB4 E81E 82359037|FE61 9FB5 E826 82359038|` +
	`FE66 9FB6 E82B 82359039|FE67 9FB7 E82C 82359130|FE6D 9FB8 E832 82359131|FE7E 9FB9 E843 82359132|FE90 9FBA E854 82359133|FEA0 9FBB E864 82359134`

// TestGB2022: each is read from either form as what it is, and written as the short one; what it was is
// written so too, and never read.
func TestGB2022(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	char := func(s string) string {
		n, err := strconv.ParseUint(s, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		return string(rune(n))
	}
	for _, line := range strings.Split(gb2022, "|") {
		f := strings.Fields(line)
		want := char(f[1])
		for _, stored := range []string{f[0], f[3]} {
			d := decoder{encoding: GB18030}
			if got, spots := d.line(append([]byte("\xD2\xBD"), unhex(stored)...), 0); string(got) != "医"+want || len(spots) > 0 {
				t.Errorf("%s is read as %q, %v", stored, got, spots)
			}
		}
		for _, text := range []string{want, char(f[2])} {
			if got, err := encodeGB18030([]byte("医" + text)); err != nil || string(got) != "\xD2\xBD"+string(unhex(f[0])) {
				t.Errorf("%q is written as %X, %v", text, got, err)
			}
		}
	}
}
