package jobs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/formats"
)

// staffOut are the officers of the old place in a story: two sign every payment
// file that lies in their folders, and the checker approves, by workbook,
// every batch of forms.
type staffOut struct {
	finance, checker *signer

	mu     sync.Mutex
	filled map[string][]byte // decisions workbooks, as they were filled in
}

func newStaffOut(tb testing.TB) *staffOut {
	return &staffOut{finance: li(tb), checker: wang(tb), filled: map[string][]byte{}}
}

func (s *staffOut) officers() []*signer { return []*signer{s.finance, s.checker} }

func (s *staffOut) settings(c *config.Settings) {
	if c.Agency.Code != oldCode {
		return
	}
	c.Accounts.Release = config.ReleaseDual
	c.Review = map[string]string{formats.KindForm: string(exchange.ReviewOne)}
	for _, o := range s.officers() {
		c.Staff.Officers = append(c.Staff.Officers, config.OfficerSetting{Name: o.Name, FullName: o.FullName, Roles: []string{string(o.Roles[0])}})
	}
}

// hired makes the officers' keys known to the old place.
func (s *staffOut) hired(tb testing.TB, stage string) {
	tb.Helper()
	lines := s.finance.line + "\n" + s.checker.line + "\n"
	if err := os.WriteFile(filepath.Join(stage, oldCode, "allowed_signers"), []byte(lines), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// act lets each officer look through the own folder: what was signed or handed
// in before is not again.
func (s *staffOut) act(tb testing.TB, stage string) {
	tb.Helper()
	for _, o := range s.officers() {
		folder := filepath.Join(stage, oldCode, "drops", "staff", o.Name)
		papers, err := os.ReadDir(filepath.Join(folder, "out"))
		if err != nil && !os.IsNotExist(err) {
			tb.Fatal(err)
		}
		for _, p := range papers {
			content, err := os.ReadFile(filepath.Join(folder, "out", p.Name()))
			if err != nil {
				tb.Fatal(err)
			}
			switch name := p.Name(); {
			case strings.HasPrefix(name, "pain.001_") && strings.HasSuffix(name, ".xml"), strings.HasPrefix(name, "settings-") && strings.Count(name, ".") == 1:
				sig, err := o.key.Sign(bytes.NewReader(content), seal.NamespaceRelease)
				if err != nil {
					tb.Fatal(err)
				}
				handIn(tb, folder, name+"."+o.Name+seal.Suffix, sig)
			case strings.HasPrefix(name, "decisions-") && strings.Contains(name, "-业务.") && !strings.Contains(name, ".answer") && o == s.checker:
				if filled := s.fill(tb, content); filled != nil {
					handIn(tb, folder, name, filled)
				}
			}
		}
	}
}

// handIn leaves a file in an officer's folder, unless it lies or was taken there.
func handIn(tb testing.TB, folder, name string, content []byte) {
	tb.Helper()
	for _, at := range []string{"in", "in/done"} {
		if _, err := os.Stat(filepath.Join(folder, at, name)); err == nil {
			return
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "in", name), content, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// fill approves every batch in a decisions workbook; nil when there is none.
// The same workbook is filled in to the same bytes.
func (s *staffOut) fill(tb testing.TB, content []byte) []byte {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if filled, ok := s.filled[string(content)]; ok {
		return filled
	}
	form := (&testOffice{tb: tb}).readWorkbook(content)
	var filled []byte
	for line := range form.rows() {
		if strings.HasPrefix(form.cell(line, "情况"), "待审核发出") {
			form.decide(form.cell(line, "编号"), "批准发出")
			filled = []byte{}
		}
	}
	if filled != nil {
		filled = form.bytes()
	}
	s.filled[string(content)] = filled
	return filled
}

// TestEveryCallFailsWithOfficers is TestEveryOutsideCallFails with payments that
// two sign and forms that one approves: the calls about what officers are given
// and hand in, about the payments, and every commit.
func TestEveryCallFailsWithOfficers(t *testing.T) {
	t.Parallel()
	s := tellStoryIn(t, t.TempDir(), newStaffOut(t))
	count := map[string]int{}
	var calls []point
	for _, c := range s.calls {
		about := ""
		for _, word := range []string{"review-", "decisions-", "pain.001_"} {
			if strings.Contains(c.Name, word) {
				about = word
			}
		}
		if strings.HasSuffix(c.Name, seal.Suffix) && about != "" {
			about = "signature"
		}
		if count[about]++; about != "" || c.Kind == "commit" {
			calls = append(calls, c)
		}
	}
	t.Logf("calls: %v", count)
	if len(count) != 5 {
		t.Error("the officers had not all to do that they have here")
	}
	s.everyCallFails(t, calls)
}
