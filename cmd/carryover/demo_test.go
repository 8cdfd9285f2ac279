package main

import "testing"

// TestDemo plays one plain person and every exception to the end, on the code
// path of the command, and proves the outcome as the command does. What it
// leaves is what the other tests of this package begin with.
func TestDemo(t *testing.T) {
	ended.once.Do(ended.play)
	r, story := ended.result, &ended.story
	if ended.err != nil {
		t.Fatalf("%v\n%s", ended.err, story.text)
	}
	for _, f := range r.Faults {
		t.Error(f)
	}
	if t.Failed() {
		t.Logf("%s", story.text)
	}
	if r.Money.Difference != "0.00" || len(r.Exceptions) != 28 || r.Files.Receipted != r.Files.Sent {
		t.Errorf("money %+v, files %+v, %d exceptions", r.Money, r.Files, len(r.Exceptions))
	}
}

// testWriter keeps the account for a failure.
type testWriter struct{ text []byte }

func (w *testWriter) Write(p []byte) (int, error) {
	w.text = append(w.text, p...)
	return len(p), nil
}
