package report

import (
	"carryover/exchange/code"
	"os"
	"testing"
)

func TestZZ(t *testing.T) {
	os.MkdirAll("/tmp/look", 0o755)
	for n, l := range map[string]code.Lang{"n": code.Chinese, "e": code.English} {
		if err := Nightly(night(t, l)).Save("/tmp/look/" + n + ".xlsx"); err != nil {
			t.Fatal(err)
		}
	}
}
