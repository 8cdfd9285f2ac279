package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/exchange/calendar"
	"carryover/jobs"
)

func newServeCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "The scheduler: light and nightly passes by the configuration, /healthz and /metrics",
		Long: `Makes the passes of the configuration's schedule, in the agency's time zone,
until it is told to stop (SIGTERM, Ctrl-C). What was cut short is resumed, what
was missed is caught up (the latest nightly pass) or recorded as missed; a pass
that takes longer than its window is never overlapped.

/healthz says whether the scheduler works: 200, or 503 with the reason.
/metrics has figures for Prometheus, nothing personal among them. Both listen
where serve.listen says, by default on this machine only.`,
		Args: cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context()) }),
	}
}

// server is the scheduler at work.
type server struct {
	*agency
	now   func() time.Time
	table jobs.Timetable
	wakes chan struct{}

	mu      sync.Mutex
	pass    *jobs.Due // under way; nil: none
	since   time.Time // of that pass
	waking  error     // of the last waking up
	counted map[string]int
}

func (a *app) serve(ctx context.Context) (err error) {
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	s := &server{agency: ag, now: a.now, wakes: make(chan struct{}, 1), counted: map[string]int{}}
	cal, err := ag.config.Calendar()
	if err != nil {
		return usageError{err}
	}
	passes, err := ag.config.Passes(cal)
	if err != nil {
		return usageError{err}
	}
	s.table = timetable(passes)
	clock, err := s.clock()
	if err != nil {
		return usageError{err}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", ag.config.Settings.Serve.Listen)
	if err != nil {
		return usageError{fmt.Errorf("serve.listen: %w; name a free address, or stop whoever has it", err)}
	}
	web := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	webDone := make(chan error, 1)
	go func() { webDone <- web.Serve(listener) }()
	fmt.Fprintf(a.err, "serving %s; health and metrics on http://%s\n", ag.env.Agency.Code, listener.Addr())
	clock.Start()
	s.wake()
	err = s.loop(ctx, webDone)
	<-clock.Stop().Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, web.Shutdown(stop))
}

// timetable is the configuration's timetable as the jobs know it.
func timetable(p *config.Passes) jobs.Timetable {
	return func(after time.Time) (jobs.Window, bool) {
		start, ok := p.Next(after)
		return jobs.Window{At: start.At, Steps: start.Jobs, Length: start.Window, CatchUp: start.Name == "nightly"}, ok
	}
}

// clock wakes the scheduler at every start of a pass; what is due then is
// found out from the store.
func (s *server) clock() (*cron.Cron, error) {
	zone := s.env.Agency.Zone
	c := cron.New(cron.WithLocation(zone))
	schedule := s.config.Settings.Schedule
	for _, specs := range []*[]string{schedule.Light.Cron, schedule.Nightly.Cron} {
		for _, spec := range *specs {
			line, err := config.ParseCron(spec, zone)
			if err != nil {
				return nil, err
			}
			c.Schedule(line, cron.FuncJob(s.wake))
		}
	}
	return c, nil
}

// wake asks for a look at what is due; one that waits is enough.
func (s *server) wake() {
	select {
	case s.wakes <- struct{}{}:
	default:
	}
}

// loop works what is due at each waking up, one after the other.
func (s *server) loop(ctx context.Context, webDone <-chan error) error {
	var busy jobs.Busy
	for {
		select {
		case <-ctx.Done():
			s.env.Log.Info("stopped")
			return nil
		case err := <-webDone:
			return fmt.Errorf("serve: %w", err)
		case <-s.wakes:
			busy = s.work(ctx, busy)
		}
	}
}

// work does what is due now. Its errors are logged and told by /healthz: the
// next waking up tries again.
func (s *server) work(ctx context.Context, busy jobs.Busy) jobs.Busy {
	unlock, err := lockPasses(s.env.Spool)
	if err != nil {
		s.env.Log.Warn("no pass now", "err", err)
		s.note(err)
		return busy
	}
	defer unlock()
	env := *s.env
	env.Date = calendar.DateOf(s.now().In(env.Agency.Zone))
	woken, err := env.Wake(ctx, s.table, busy, s.begin)
	if ctx.Err() != nil {
		return woken.Busy
	}
	if err != nil {
		s.env.Log.Error("waking up failed", "err", err)
	}
	s.note(err)
	return woken.Busy
}

// begin notes what is under way.
func (s *server) begin(d jobs.Due) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted[d.Do]++
	s.pass, s.since = &d, s.now()
}

// note ends what was under way.
func (s *server) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass, s.waking = nil, err
}
