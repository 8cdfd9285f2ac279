package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/story"
)

func (s *server) handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{server: s})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	return mux
}

// health is what /healthz answers.
type health struct {
	OK    bool       `json:"ok"`
	Why   string     `json:"why,omitempty"`
	Pass  string     `json:"pass,omitempty"` // under way
	Since *time.Time `json:"since,omitempty"`
	Next  *time.Time `json:"next,omitempty"` // start of the next pass
}

// health: the store answers, the last waking up went well, and no pass takes
// longer than its window. That a partner could not be reached is no fault of
// the scheduler: runs and metrics tell it.
func (s *server) health(ctx context.Context) health {
	s.mu.Lock()
	h := health{OK: true}
	if s.pass != nil {
		since := s.since
		h.Pass, h.Since = s.pass.String(), &since
		if length := s.pass.Window.Length; length > 0 && s.now().Sub(since) > length {
			h.OK, h.Why = false, "the pass takes longer than its window"
		}
	}
	if s.waking != nil {
		h.OK, h.Why = false, s.waking.Error()
	}
	s.mu.Unlock()
	if next, ok := s.table(s.now()); ok {
		h.Next = &next.At
	}
	err := s.env.Store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.Runs(store.RunFilter{Limit: 1})
		return err
	})
	if err != nil {
		h.OK, h.Why = false, fmt.Sprintf("store: %v", err)
	}
	return h
}

func (s *server) healthz(w http.ResponseWriter, r *http.Request) {
	h := s.health(r.Context())
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if !h.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h) // who asked may be gone
}

// collector reads the figures when they are asked for, at most once a while:
// counting what is overdue walks through the open cases.
type collector struct {
	*server
	reading sync.Mutex
	taken   time.Time
	figures story.Figures
}

// figuresAge is how old figures may be.
const figuresAge = 10 * time.Second

// metric names a figure.
func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("carryover_"+name, help, labels, nil)
}

// Describe tells nothing beforehand: which states have figures depends on the store.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	f, counted, err := c.read()
	if err != nil {
		out <- prometheus.NewInvalidMetric(metric("figures", "The figures of the store."), err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	cases := metric("cases", "Cases by side and state.", "side", "state")
	overdue := metric("cases_overdue", "Open cases past a limit.", "side")
	unproved := metric("ledger_difference_yuan", "What the ledger does not explain.", "side")
	files := metric("files", "Files by direction and state.", "direction", "state")
	for side, states := range f.Cases {
		for state, n := range states {
			gauge(cases, float64(n), string(side), string(state))
		}
		gauge(overdue, float64(f.Overdue[side]), string(side))
		gauge(unproved, float64(f.Unproved[side])/100, string(side))
	}
	for side, states := range f.Files {
		for state, n := range states {
			gauge(files, float64(n), string(side), string(state))
		}
	}
	gauge(metric("differences_open", "Differences between two sources that nobody has settled yet."), float64(f.Differences))
	runs := metric("runs", "Runs of the last 30 days by state.", "state")
	for state, n := range f.Runs {
		gauge(runs, float64(n), state)
	}
	if age, ok := f.Age(c.now()); ok {
		gauge(metric("last_run_age_seconds", "Seconds since the latest run began."), age.Seconds())
	}
	passes := metric("passes_total", "What the scheduler did since it was started.", "what")
	for what, n := range counted {
		out <- prometheus.MustNewConstMetric(passes, prometheus.CounterValue, float64(n), what)
	}
}

// counts is what the scheduler did, what it never did included.
func (s *server) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counted := map[string]int{}
	for _, what := range []string{jobs.DoStart, jobs.DoCatchUp, jobs.DoResume, jobs.DoMiss, jobs.DoGiveUp} {
		counted[what] = s.counted[what]
	}
	return counted
}

// read takes the figures, from memory when they are fresh.
func (c *collector) read() (story.Figures, map[string]int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	counted := c.counts()
	now := c.now()
	if !c.taken.IsZero() && now.Sub(c.taken) < figuresAge {
		return c.figures, counted, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	env := *c.env
	env.Date = calendar.DateOf(now.In(env.Agency.Zone))
	f, err := env.Figures(ctx)
	if err == nil {
		c.figures, c.taken = f, now
	}
	return f, counted, err
}
