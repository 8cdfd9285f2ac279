package office_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"carryover/jobs/office"
)

// No ID number reaches a log, whichever way it is logged.
func TestLogsMaskIDNumbers(t *testing.T) {
	const id, old = "11010519491231002X", "110105491231002"
	for _, format := range []string{"json", "text"} {
		var b bytes.Buffer
		log := office.NewLogger(&b, "debug", format)
		log.Info("person "+id, "id", id, "err", errors.New("bad "+old), "list", []string{id}, "any", struct{ ID string }{id},
			"letter", "32050020260302000001")
		log.With("id", id).WithGroup("g").Debug("x", "id", old)
		text := b.String()
		if strings.Contains(text, id) || strings.Contains(text, old) {
			t.Errorf("%s: %s", format, text)
		}
		if !strings.Contains(text, "110105********002X") || !strings.Contains(text, "32050020260302000001") {
			t.Errorf("%s: %s", format, text)
		}
	}
}

func TestLogsAreJSONWithTimes(t *testing.T) {
	var b bytes.Buffer
	office.NewLogger(&b, "warn", "json").Warn("x", "n", 3, "took", time.Second)
	var line struct {
		Time  time.Time
		Level string
		N     int
	}
	if err := json.Unmarshal(b.Bytes(), &line); err != nil || line.N != 3 || line.Time.IsZero() || line.Level != "WARN" {
		t.Errorf("%s %v", b.String(), err)
	}
}
