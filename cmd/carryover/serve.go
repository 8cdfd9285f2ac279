package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/jobs"
	"carryover/jobs/courier"
	"carryover/jobs/restore"
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

// serve makes passes until ctx ends or /metrics cannot be served any more.
func (a *app) serve(ctx context.Context) (err error) {
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	ag.env.Machine = a.machine
	if err := ag.keepsAll(ctx); err != nil {
		return err
	}
	if err := restore.Recognise(ctx, ag.env.Today(), true); err != nil {
		return refusedBehind(err)
	}
	cal, err := ag.config.Calendar()
	if err != nil {
		return usageError{err}
	}
	passes, err := ag.config.Passes(cal)
	if err != nil {
		return usageError{err}
	}
	s := jobs.NewScheduler(ag.env, timetable(passes))
	clock, err := ag.clock(s.Wake)
	if err != nil {
		return usageError{err}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", ag.config.Settings.Serve.Listen)
	if err != nil {
		return usageError{fmt.Errorf("serve.listen: %w; name a free address, or stop whoever has it", err)}
	}
	web := &http.Server{Handler: handler(s, ag.env), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	webDone := make(chan error, 1) // buffered: Serve ends also when nobody listens any more
	go func() { webDone <- web.Serve(listener) }()
	fmt.Fprintf(a.err, "serving %s; health and metrics on http://%s\n", ag.env.Agency.Code, listener.Addr())
	clock.Start()
	s.Wake() // what was missed or cut short while it was down is due at once
	err = refusedBehind(s.Loop(ctx, webDone))
	<-clock.Stop().Done()                                                          // no wake-up comes after the store is closed
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // for a scrape under way
	defer cancel()
	return errors.Join(err, web.Shutdown(stop))
}

// refusedBehind makes a wrong call of a store that lies behind what is around it: trying again does
// not help.
func refusedBehind(err error) error {
	if errors.Is(err, courier.ErrBehind) {
		return usageError{err}
	}
	return err
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
func (ag *agency) clock(wake func()) (*cron.Cron, error) {
	zone := ag.env.Agency.Zone
	c := cron.New(cron.WithLocation(zone))
	schedule := ag.config.Settings.Schedule
	for _, specs := range []*[]string{schedule.Light.Cron, schedule.Nightly.Cron} { // defaults are filled in: never nil
		for _, spec := range *specs {
			line, err := config.ParseCron(spec, zone)
			if err != nil {
				return nil, err
			}
			c.Schedule(line, cron.FuncJob(wake))
		}
	}
	return c, nil
}
