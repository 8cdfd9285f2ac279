package config

import "testing"

func TestSizes(t *testing.T) {
	for text, want := range map[string]Size{"0": 0, "1": 1, "16KiB": 16 << 10, "512MiB": 512 << 20, "1GiB": 1 << 30, "1536MiB": 1536 << 20} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want || s.String() != text {
			t.Errorf("%s: %d %q, %v", text, s, s, err)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "1.5GiB", "1 GiB", "1GB", "01GiB", "1gib", "99999999999GiB"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, s)
		}
	}
}
