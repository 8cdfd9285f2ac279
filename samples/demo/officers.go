package demo

import (
	"path/filepath"

	"carryover/samples/demo/outside"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/store"
)

// Officers is the folder, in that of the demo, in which the officers keep
// their keys.
const Officers = "outside/officers"

// officersOf are the first agency's: its payments are signed, those of the
// second leave by themselves.
func officersOf(dir string) (list []*outside.Officer, err error) {
	for _, o := range []struct {
		name, full string
		role       exchange.Role
	}{{"wang.min", "王敏", exchange.RoleChecker}, {"li.qiang", "李强", exchange.RoleFinance}} {
		made, err := outside.NewOfficer(filepath.Join(dir, filepath.FromSlash(Officers)), o.name, o.full, o.role)
		if err != nil {
			return nil, err
		}
		list = append(list, made)
	}
	return list, nil
}

// settingOf is the officer as the agency's configuration names them.
func settingOf(o *outside.Officer) config.OfficerSetting {
	s := config.OfficerSetting{Name: o.Name, FullName: o.FullName}
	for _, r := range o.Roles {
		s.Roles = append(s.Roles, string(r))
	}
	return s
}

// checkReleases makes sure that no payment file of an agency with officers left
// without the signatures of all of them.
func (r *Result) checkReleases(e *evidence) error {
	for _, a := range e.w.agencies {
		if len(a.officers) == 0 {
			continue
		}
		files, err := e.tx[a.code].Files(store.FileFilter{Dir: exchange.Out, Party: a.code + "b", States: []exchange.FileState{exchange.FileSent}})
		if err != nil {
			return err
		}
		if len(files) == 0 {
			r.fault("%s: no payment file was released", a.code)
		}
		for _, f := range files {
			signatures, err := e.tx[a.code].Signatures(f.ID)
			if err != nil {
				return err
			}
			if len(signatures) != len(a.officers) {
				r.fault("%s: %s left with %d signatures", a.code, f.Name, len(signatures))
			}
		}
	}
	return nil
}

// checkDecisions makes sure that what the officers decided by workbook was
// taken: every month that was tied stands among the decisions.
func (r *Result) checkDecisions(e *evidence) error {
	for _, a := range e.w.agencies {
		for _, o := range a.officers {
			taken, err := e.tx[a.code].DecisionsBy(o.Name)
			if err != nil {
				return err
			}
			if len(taken) != o.Decided {
				r.fault("%s: %s decided %d rows by workbook, %d were taken", a.code, o.Name, o.Decided, len(taken))
			}
		}
	}
	return nil
}
