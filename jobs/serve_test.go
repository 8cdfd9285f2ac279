package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// wakingEnv is an agency with a real store whose only party cannot be
// reached; away is called whenever it is tried.
func wakingEnv(t *testing.T, now *time.Time, zone *time.Location, away func()) *Env {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(t.TempDir(), "carryover.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Env{Office: &office.Office{
		Agency: exchange.Agency{Code: "320500", Zone: zone}, Calendar: cal, Turns: exchange.Turns(), Store: s, Spool: spool.Folder(t.TempDir()),
		Now: func() time.Time { return *now }, Log: slog.New(slog.DiscardHandler),
		Parties: []office.Party{{Code: "310100", Role: office.RolePartner, Open: func(context.Context) (drop.Drop, error) {
			away()
			return nil, errors.New("nobody answers")
		}}},
	}}
}

// pulls is a timetable of passes that only pull, every half hour from 08:00 to
// 09:00.
func pulls(zone *time.Location) Timetable {
	return func(after time.Time) (Window, bool) {
		at := after.In(zone).Truncate(30 * time.Minute)
		for ; !at.After(after) || at.Hour() < 8 || at.Hour() > 9 || (at.Hour() == 9 && at.Minute() > 0); at = at.Add(30 * time.Minute) {
		}
		return Window{At: at, Steps: []string{"pull"}, Length: 25 * time.Minute}, true
	}
}

// runsOf are the runs of the store, the first one first: "window state attempts".
func runsOf(t *testing.T, e *Env) (out []string) {
	t.Helper()
	err := e.Store.View(t.Context(), func(tx *store.Tx) error {
		runs, err := tx.Runs(store.RunFilter{})
		for i := len(runs) - 1; i >= 0; i-- {
			out = append(out, fmt.Sprintf("%s %s %s %d", runs[i].Date, runs[i].Window, runs[i].State, runs[i].Attempts))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWakeDoesNotOverlap(t *testing.T) {
	zone := load(t, "Asia/Shanghai")
	now := time.Date(2026, 3, 3, 8, 0, 0, 0, zone)
	e := wakingEnv(t, &now, zone, func() { now = now.Add(56 * time.Minute) })
	var begun []string
	woken, err := e.Wake(t.Context(), pulls(zone), Busy{}, func(d Due) { begun = append(begun, d.String()) })
	if err != nil {
		t.Fatal(err)
	}
	if woken.Faults == nil {
		t.Error("a pass whose party does not answer has faults")
	}
	want := []string{"2026-03-03 08:00 failed 1", "2026-03-03 08:30 missed 0"}
	if got := runsOf(t, e); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("runs %v, want %v", got, want)
	}
	if len(begun) != 2 || len(woken.Done) != 2 || woken.Busy.To.Sub(woken.Busy.From) != 56*time.Minute {
		t.Errorf("begun %v, woken %+v", begun, woken)
	}
	again, err := e.Wake(t.Context(), pulls(zone), woken.Busy, nil)
	if err != nil || len(again.Done) != 0 {
		t.Errorf("woken again at once: %+v, %v", again, err)
	}
}

// TestWakeResumes: a pass that ended with its program is taken up under its
// own row and business date, and the store says so.
func TestWakeResumes(t *testing.T) {
	zone := load(t, "Asia/Shanghai")
	now := time.Date(2026, 3, 2, 23, 50, 0, 0, zone)
	ctx, kill := context.WithCancel(t.Context())
	dead := false
	e := wakingEnv(t, &now, zone, func() {
		if !dead {
			dead = true
			kill()
		}
	})
	e.Date = 20260302
	if _, err := e.Run(ctx, Pass{Steps: []string{"pull"}, Window: "23:50"}); err == nil {
		t.Fatal("the pass ended well although it was cut short")
	}
	if got := runsOf(t, e); fmt.Sprint(got) != "[2026-03-02 23:50 running 1]" {
		t.Fatalf("runs %v", got)
	}
	now = now.Add(time.Hour)
	if _, err := e.Wake(t.Context(), pulls(zone), Busy{}, nil); err != nil {
		t.Fatal(err)
	}
	if got := runsOf(t, e); fmt.Sprint(got) != "[2026-03-02 23:50 failed 2]" {
		t.Errorf("runs %v", got)
	}
}

// TestWakeStopsWithItsContext: what is under way when the program is told to
// stop stays unfinished.
func TestWakeStopsWithItsContext(t *testing.T) {
	zone := load(t, "Asia/Shanghai")
	now := time.Date(2026, 3, 3, 8, 0, 0, 0, zone)
	ctx, stop := context.WithCancel(t.Context())
	e := wakingEnv(t, &now, zone, stop)
	if _, err := e.Wake(ctx, pulls(zone), Busy{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := runsOf(t, e); fmt.Sprint(got) != "[2026-03-03 08:00 running 1]" {
		t.Errorf("runs %v", got)
	}
}

// TestPassesHaveTheirOwnDate: neither a pass of yesterday's window nor a look
// at today's figures changes the date of an office that others work in.
func TestPassesHaveTheirOwnDate(t *testing.T) {
	zone := load(t, "Asia/Shanghai")
	now := time.Date(2026, 3, 3, 8, 0, 0, 0, zone)
	e := wakingEnv(t, &now, zone, func() {})
	e.Date = 20260228
	if woken, err := e.Wake(t.Context(), pulls(zone), Busy{}, nil); err != nil || len(woken.Done) == 0 {
		t.Fatalf("%+v, %v", woken, err)
	}
	if today := e.Today(); today.Date != 20260303 || today.Store != e.Store {
		t.Errorf("today is %s", today.Date)
	}
	if e.Date != 20260228 {
		t.Errorf("the office's date became %s", e.Date)
	}
}
