package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"carryover/exchange/calendar"
)

// august is a Thursday noon in the agency's zone.
var august = time.Date(2026, 8, 20, 4, 0, 0, 0, time.UTC)

// folder makes an agency's folder and loads it; change may alter the settings first.
func folder(t *testing.T, change func(*Settings)) *Config {
	t.Helper()
	s := exampleSettings(t)
	s.Audit = AuditSettings{}
	if change != nil {
		change(&s)
	}
	dir := filepath.Join(t.TempDir(), "320500")
	pin := "[127.0.0.1]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
	_, open, err := Init(dir, InitOptions{Settings: s, KnownHosts: []string{pin}})
	if err != nil || len(open) > 0 {
		t.Fatal(open, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "carryover.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// worst lists the findings that are not ok.
func worst(list []Finding) (bad []Finding) {
	for _, f := range list {
		if f.Level != LevelOK {
			bad = append(bad, f)
		}
	}
	return bad
}

func TestCheckOfAFreshFolderIsClean(t *testing.T) {
	c := folder(t, nil)
	if bad := worst(Check(c, august)); len(bad) > 0 {
		t.Errorf("%v", bad)
	}
	names, err := os.ReadDir(filepath.Join(c.Dir, "spool"))
	if err != nil || len(names) > 0 {
		t.Errorf("check left %v behind, %v", names, err)
	}
}

// asks is a review of one kind.
func asks(kind, how string) map[string]string { return map[string]string{kind: how} }

// staff are officers with a role each.
func staff(roles ...string) (list []OfficerSetting) {
	for i, r := range roles {
		list = append(list, OfficerSetting{Name: "o" + strconv.Itoa(i), FullName: "某人", Roles: []string{r}})
	}
	return list
}

// One thing wrong each: exactly that is found.
func TestCheckFindsWhatWouldFail(t *testing.T) {
	none := []string{}
	monthly := []string{"0 2 1 * *"}
	weekly := []string{"0 2 * * 1"}
	for name, v := range map[string]struct {
		settings func(*Settings)
		files    func(t *testing.T, dir string)
		at       time.Time
		level    Level
		subject  string
		text     string
	}{
		"year not published": {at: august.AddDate(1, 0, 0), level: LevelFault, subject: "calendar", text: "2027"},
		"next year missing":  {at: august.AddDate(0, 4, 0), level: LevelWarning, subject: "calendar", text: "2027"},
		"wrong CNAPS": {
			settings: func(s *Settings) { s.Partners[1].Accounts[0].CNAPS = "102100099997" },
			level:    LevelFault, subject: "partners[1].accounts[0].cnaps", text: "102100099997",
		},
		"own account ended": {
			settings: func(s *Settings) { s.Accounts.Own[0].ValidTo = calendar.Date(20260819) },
			level:    LevelFault, subject: "accounts.own", text: "no receiving account",
		},
		"own account ends soon": {
			settings: func(s *Settings) { s.Accounts.Own[0].ValidTo = calendar.Date(20260919) },
			level:    LevelWarning, subject: "accounts.own[0]", text: "2026-09-19",
		},
		"payer not yet valid": {
			settings: func(s *Settings) { s.Accounts.Payer.ValidFrom = calendar.Date(20270101) },
			level:    LevelFault, subject: "accounts.payer", text: "not valid",
		},
		"partner without an account": {
			settings: func(s *Settings) { s.Partners[0].Accounts[0].ValidTo = calendar.Date(20250101) },
			level:    LevelFault, subject: "partners[0] 310100.accounts", text: "every letter would be held",
		},
		"no room above the reserve": {
			settings: func(s *Settings) { full := Size(1 << 40); s.Folders.Reserve = &full },
			level:    LevelFault, subject: "folders.reserve", text: "less than 1024GiB is free",
		},
		"no reserve": {
			settings: func(s *Settings) { s.Folders.Reserve = new(Size) },
			level:    LevelWarning, subject: "folders.reserve", text: "until the disk is full",
		},
		"nothing kept of what was taken in": {
			settings: func(s *Settings) { s.Partners[0].Drop.After = AfterDelete },
			level:    LevelWarning, subject: "partners[0].drop.after", text: "is deleted",
		},
		"seal off": {
			settings: func(s *Settings) { s.Partners[1].Seal = "off" },
			level:    LevelWarning, subject: "partners[1].seal", text: "330100",
		},
		"seal key gone": {
			files: remove(SealKey),
			level: LevelFault, subject: "seal.key", text: "cannot read",
		},
		"seal key readable": {
			files: chmod(SealKey, 0o644),
			level: LevelFault, subject: "seal.key", text: "0644",
		},
		"next seal key missing": {
			settings: func(s *Settings) { s.Seal.NextKey, s.Seal.NextFrom = "keys/next", 20270101 },
			level:    LevelFault, subject: "seal.next_key", text: "cannot read",
		},
		"nobody to sign": {
			settings: func(s *Settings) { s.Accounts.Release, s.Staff.Officers = "", s.Staff.Officers[:1] },
			level:    LevelFault, subject: "staff.officers", text: "1 officers may sign",
		},
		"no checker": {
			settings: func(s *Settings) {
				for i := range s.Staff.Officers {
					s.Staff.Officers[i].Roles = []string{"finance"}
				}
			},
			level: LevelFault, subject: "staff.officers", text: "no checker",
		},
		"two, and one of them decided": {
			settings: func(s *Settings) { s.Accounts.Release, s.Staff.Officers = "", staff("checker", "finance") },
			level:    LevelFault, subject: "staff.officers", text: "could not release one about which was decided: refund, confirm-account",
		},
		"the only checker decided": {
			settings: func(s *Settings) { s.Accounts.Release, s.Staff.Officers = "", staff("checker", "finance", "clerk") },
			level:    LevelWarning, subject: "staff.officers", text: "about which was decided: allow-cap",
		},
		"nobody to review": {
			settings: func(s *Settings) {
				s.Review, s.Accounts.Release, s.Staff.Officers = asks("contact-letter", "one"), ReleaseAutomatic, s.Staff.Officers[1:2]
			},
			level: LevelFault, subject: "review.contact-letter", text: "nobody can review it",
		},
		"one to review for two": {
			settings: func(s *Settings) {
				s.Review, s.Accounts.Release, s.Staff.Officers = asks("completion", "two"), ReleaseAutomatic, s.Staff.Officers[:2]
			},
			level: LevelFault, subject: "review.completion", text: "two officers are asked for, and there is one",
		},
		"two clerks to review": {
			settings: func(s *Settings) {
				s.Review, s.Accounts.Release = asks("information-form", "two"), ReleaseAutomatic
				for i := range s.Staff.Officers {
					s.Staff.Officers[i].Roles = []string{"clerk"}
				}
			},
			level: LevelFault, subject: "review.information-form", text: "no checker",
		},
		"two to review": {
			settings: func(s *Settings) { s.Review = asks("certificate", "two") },
			level:    LevelOK, subject: "review.certificate", text: "two: 2 officers can review it",
		},
		"automatic": {
			settings: func(s *Settings) { s.Accounts.Release, s.Staff.Officers = ReleaseAutomatic, nil },
			level:    LevelOK, subject: "accounts.release", text: "stops nothing",
		},
		"too slow": {
			settings: func(s *Settings) { s.Schedule.Light.Cron, s.Schedule.Nightly.Cron = &none, &weekly },
			level:    LevelFault, subject: "schedule for profile 2021, months", text: "5 WD of 5",
		},
		"never": {
			settings: func(s *Settings) { s.Schedule.Light.Cron, s.Schedule.Nightly.Cron = &none, &monthly },
			level:    LevelFault, subject: "schedule for profile 2021, answer", text: "too slow",
		},
		"nightly off": {
			settings: func(s *Settings) {
				s.Schedule.Nightly.Cron = &none
				s.Schedule.Light.Jobs = Jobs()
			},
			level: LevelWarning, subject: "schedule.nightly", text: "switched off",
		},
		"nobody pushes": {
			settings: func(s *Settings) { s.Schedule.Light.Jobs, s.Schedule.Nightly.Jobs = []string{"pull"}, []string{"pull"} },
			level:    LevelFault, subject: "schedule", text: "no pass does push",
		},
		"open port": {
			settings: func(s *Settings) { s.Serve.Listen = "0.0.0.0:8420" },
			level:    LevelWarning, subject: "serve.listen", text: "0.0.0.0:8420",
		},
		"key for everybody": {
			files: chmod(SFTPKey, 0o644),
			level: LevelFault, subject: "partners[0].drop.sftp.key", text: "0644",
		},
		"key gone": {
			files: remove(SFTPKey),
			level: LevelFault, subject: "partners[0].drop.sftp.key", text: "no such file",
		},
		"host not pinned": {
			files: func(t *testing.T, dir string) {
				if err := os.WriteFile(filepath.Join(dir, "known_hosts"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			},
			level: LevelFault, subject: "partners[0].drop.sftp.known_hosts", text: "no key of 127.0.0.1:2222",
		},
		"drop gone":      {files: remove("drops/core/out"), level: LevelFault, subject: "core.drop", text: "drops/core/out"},
		"drop open":      {files: chmod("drops/bank/in", 0o707), level: LevelFault, subject: "bank.drop", text: "0707"},
		"store open":     {files: chmod("carryover.db", 0o640), level: LevelFault, subject: "store", text: "0640"},
		"no store yet":   {files: remove("carryover.db"), level: LevelOK, subject: "store", text: "not there yet"},
		"spool gone":     {files: remove("spool"), level: LevelFault, subject: "folders.spool", text: "no folder"},
		"config for all": {files: chmod("config.yaml", 0o666), level: LevelFault, subject: "config", text: "0666"},
		"broken notice": {
			files: func(t *testing.T, dir string) {
				if err := os.WriteFile(filepath.Join(dir, "holidays/2027.json"), []byte("{"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			level: LevelFault, subject: "calendar", text: "2027.json",
		},
		"password readable": {
			settings: func(s *Settings) { s.Partners[0].Drop.SFTP.Key, s.Partners[0].Drop.SFTP.PasswordFile = "", "secrets/x" },
			files: func(t *testing.T, dir string) {
				if err := os.WriteFile(filepath.Join(dir, "secrets/x"), []byte("x"), 0o644); err != nil {
					t.Fatal(err)
				}
			},
			level: LevelFault, subject: "partners[0].drop.sftp.password_file", text: "0644",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := folder(t, v.settings)
			if v.files != nil {
				v.files(t, c.Dir)
			}
			at := v.at
			if at.IsZero() {
				at = august
			}
			all := Check(c, at)
			bad := worst(all)
			if !slices.ContainsFunc(all, func(f Finding) bool {
				return f.Level == v.level && f.Subject == v.subject && strings.Contains(f.Text, v.text)
			}) {
				t.Errorf("found %v", bad)
			}
			for _, f := range bad {
				if strings.SplitN(f.Subject, " ", 2)[0] != strings.SplitN(v.subject, " ", 2)[0] {
					t.Errorf("also found %v", f)
				}
			}
		})
	}
}

func chmod(name string, mode os.FileMode) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOwnNoticesWin(t *testing.T) {
	c := folder(t, nil)
	text := `{"year":2027,"papers":[],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}`
	if err := os.WriteFile(filepath.Join(c.Dir, "holidays/2027.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cal, err := c.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	if first, last := cal.Coverage(); first != 2007 || last != 2027 {
		t.Errorf("%d to %d", first, last)
	}
	if working, _ := cal.Working(calendar.Date(20260710)); working {
		t.Error("the local day off is worked")
	}
}

// SPEC 2.12.
func TestDueDatesByTheBuiltInCalendar(t *testing.T) {
	c := folder(t, nil)
	cal, err := c.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		from calendar.Date
		n    int
		want calendar.Date
	}{{20260213, 15, 20260312}, {20250928, 10, 20251017}, {20260930, 15, 20261027}} {
		if got := cal.Due(v.from, v.n, calendar.DueOptions{}); got.Date != v.want || got.Provisional {
			t.Errorf("%s + %d = %s, want %s", v.from, v.n, got.Date, v.want)
		}
	}
}

func TestPasses(t *testing.T) {
	c := folder(t, nil)
	cal, err := c.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Passes(cal)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 30, 17, 45, 0, 0, c.Agency().Zone) // the evening before the holidays
	var got []string
	for range 10 {
		s, ok := p.Next(at)
		if !ok {
			t.Fatal("no start")
		}
		at = s.At
		got = append(got, s.At.Format("01-02 ")+s.Label()+" "+s.Name)
	}
	want := []string{
		"09-30 18:00 light", "10-01 02:00 nightly", "10-02 02:00 nightly", "10-03 02:00 nightly", "10-04 02:00 nightly",
		"10-05 02:00 nightly", "10-06 02:00 nightly", "10-07 02:00 nightly", "10-08 02:00 nightly", "10-08 08:00 light",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestAuditDrop: checkpoints are kept on another host; a folder of this machine counts only where all
// drops are on it, or in a rehearsal. It keeps nobody from releasing automatically.
func TestAuditDrop(t *testing.T) {
	here := func(s *Settings) {
		for i := range s.Partners {
			s.Partners[i].Drop.SFTP, s.Partners[i].Drop.Local = nil, "drops/"+s.Partners[i].Code
		}
	}
	for name, x := range map[string]struct {
		change func(*Settings)
		says   string
	}{
		"another host":       {func(*Settings) {}, ""},
		"here":               {func(s *Settings) { s.Audit.Drop = &Drop{Local: "drops/audit"} }, "is on this machine: who can rewrite the store"},
		"loopback":           {func(s *Settings) { s.Audit.Drop.SFTP.Addr = "127.0.0.1:22" }, "is on this machine: who can rewrite the store"},
		"all here":           {func(s *Settings) { here(s); s.Audit.Drop = &Drop{Local: "drops/audit"} }, ""},
		"automatic":          {func(s *Settings) { here(s); s.Accounts.Release = ReleaseAutomatic }, ""},
		"rehearsal, host":    {func(s *Settings) { here(s); s.Rehearsal = true }, "is refused because the drop of 320500a"},
		"the core's folder":  {func(s *Settings) { here(s); s.Audit.Drop = &Drop{Local: s.Core.Drop.Local} }, "the same folder"},
		"neither of the two": {func(s *Settings) { s.Audit.Drop = &Drop{} }, "no folder"},
	} {
		t.Run(name, func(t *testing.T) {
			s := exampleSettings(t)
			for i := range s.Partners {
				if s.Partners[i].Drop.SFTP != nil {
					s.Partners[i].Drop.SFTP.Addr = "partner.example:22"
				}
			}
			x.change(&s)
			text, err := Render(s)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("config.yaml", text)
			if said := fmt.Sprint(err); x.says == "" && err != nil || !strings.Contains(said, x.says) {
				t.Errorf("%v", err)
			}
		})
	}
}
