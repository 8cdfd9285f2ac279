package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"carryover/exchange"
	"carryover/jobs"
	"carryover/jobs/story"
)

// handler answers /healthz and /metrics without a password: nothing is personal.
func handler(s *jobs.Scheduler, env *jobs.Env) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{scheduler: s, env: env})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { writeHealth(w, s.Health(r.Context())) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	return mux
}

func writeHealth(w http.ResponseWriter, h jobs.Health) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if !h.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h) // who asked may be gone
}

// collector reads the figures when they are asked for, at most once a while:
// counting what needs a person walks through the open cases.
type collector struct {
	scheduler *jobs.Scheduler
	env       *jobs.Env
	reading   sync.Mutex // held while figures are read: a second scrape waits for them
	taken     time.Time  // when figures were read
	figures   story.Figures
}

// figuresAge is how old figures may be.
const figuresAge = time.Minute // that walk reads more the more is stuck

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
	unproved := metric("ledger_difference_yuan", "What the ledger does not explain.", "side")
	files := metric("files", "Files by direction and state.", "direction", "state")
	for side, states := range f.Cases {
		for state, n := range states {
			gauge(cases, float64(n), string(side), string(state))
		}
		gauge(unproved, float64(f.Unproved[side])/100, string(side)) // fen
	}
	for side, states := range f.Files {
		for state, n := range states {
			gauge(files, float64(n), string(side), string(state))
		}
	}
	needed := metric("todo", "What needs a person, by kind.", "kind", "urgency")
	for _, k := range exchange.TodoKinds() {
		gauge(needed, float64(f.Todo[k.Code]), k.Code, k.Urgency.Term().Code)
	}
	gauge(metric("differences_open", "Differences between two sources that nobody has settled yet."), float64(f.Differences))
	runs := metric("runs", "Runs of the last 30 days by state.", "state")
	for state, n := range f.Runs {
		gauge(runs, float64(n), state)
	}
	if age, ok := f.Age(c.env.Now()); ok {
		gauge(metric("last_run_age_seconds", "Seconds since the latest run began."), age.Seconds())
	}
	passes := metric("passes_total", "What the scheduler did since it was started.", "what")
	for what, n := range counted {
		out <- prometheus.MustNewConstMetric(passes, prometheus.CounterValue, float64(n), what)
	}
}

// read takes the figures, from memory when they are fresh.
func (c *collector) read() (story.Figures, map[string]int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	counted := c.scheduler.Counts()
	now := c.env.Now()
	if !c.taken.IsZero() && now.Sub(c.taken) < figuresAge {
		return c.figures, counted, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	f, err := story.Measure(ctx, c.env.Today())
	if err == nil { // a failure is not kept: the next scrape asks again
		c.figures, c.taken = f, now
	}
	return f, counted, err
}
