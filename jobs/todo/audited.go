package todo

import (
	"fmt"

	"carryover/exchange"
	"carryover/jobs/audit"
)

// audited adds what was found about the store, and the checkpoint that should leave.
func (w *walk) audited() error {
	s, err := audit.ReadStanding(w.Office, w.Tx)
	if err != nil {
		return err
	}
	for _, f := range s.Findings {
		if f.Accepted != nil {
			continue
		}
		t := exchange.Todo{Kind: exchange.TodoFinding, About: exchange.AboutStore, No: fmt.Sprint(f.N), CaseNo: f.Case(), Who: w.Agency.Name, Since: f.On, Due: w.Date}
		t.What = w.Sayf("核验发现 %d：%s，%s；付款全部停止", "finding %d: %s, %s; all payments stop", f.N, audit.Where(w.Office, f), audit.What(w.Office, f))
		if t.CaseNo != "" {
			t.What = w.Sayf("核验发现 %d：%s，%s；该办件的付款停止", "finding %d: %s, %s; the payments of this case stop", f.N, audit.Where(w.Office, f), audit.What(w.Office, f))
		}
		if err := w.add(t); err != nil {
			return err
		}
	}
	for _, r := range s.Restored {
		if r.Accepted != nil {
			continue
		}
		t := exchange.Todo{Kind: exchange.TodoRestored, About: exchange.AboutStore, No: fmt.Sprintf("restored-%d", r.N), Name: r.File, Who: w.Agency.Name, Since: r.On, Due: w.Date}
		t.What = w.Sayf("数据库曾恢复到 %s，清单待财务、复核签名；付款全部停止", "the store was taken back to %s, the list waits for finance and 复核; all payments stop",
			r.UpTo.In(w.Agency.Zone).Format("2006-01-02 15:04"))
		if err := w.add(t); err != nil {
			return err
		}
	}
	if s.Due.Date == 0 || s.Due.Date >= w.Date {
		return nil
	}
	t := exchange.Todo{Kind: exchange.TodoCheckpoint, About: exchange.AboutStore, No: "checkpoint", Who: w.Agency.Name, Since: s.Since, Due: s.Due.Date, Provisional: s.Due.Provisional}
	t.What = w.Sayf("%s 以来没有检查点留存在外（每周一次）", "no checkpoint has left since %s: weekly is enough", s.Since)
	return w.add(t)
}
