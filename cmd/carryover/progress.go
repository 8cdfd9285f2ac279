package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"carryover/exchange/plain"
)

// progress shows how far long work is: a bar with rate and time left on a
// terminal, plain lines now and then elsewhere. Work that is over soon shows
// nothing.
type progress struct {
	to    io.Writer
	now   func() time.Time         // for rate and patience only
	what  string                   // named at the beginning of the line: a file or a step
	total int64                    // 0: not known
	unit  string                   // "": bytes
	bar   *progressbar.ProgressBar // nil where there is no terminal
	done  int64                    // of total
	start time.Time
	shown time.Time // when the latest plain line was printed
}

const (
	quietFor  = time.Second      // work that is over sooner shows nothing
	lineEvery = 10 * time.Second // between plain lines: a log file must stay short
)

// newProgress begins to show work of a total, in bytes when unit is "".
func (a *app) newProgress(what string, total int64, unit string) *progress {
	now := a.now()
	p := &progress{to: a.err, now: a.now, what: what, total: total, unit: unit, start: now, shown: now}
	if screen, watched := a.screen(); watched {
		length := total
		if total <= 0 {
			length = -1
		}
		p.bar = progressbar.NewOptions64(length,
			progressbar.OptionSetWriter(screen), progressbar.OptionSetDescription(what),
			progressbar.OptionShowBytes(unit == ""), progressbar.OptionUseIECUnits(true), progressbar.OptionSetItsString(unit),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetRenderBlankState(false),
		)
	}
	return p
}

// screen is the terminal on which somebody watches, as it is: what draws on it moves its
// cursor.
func (a *app) screen() (to io.Writer, watched bool) {
	to = a.err
	if w, is := to.(*plain.Writer); is {
		to = w.To
	}
	f, is := to.(*os.File)
	return to, is && term.IsTerminal(int(f.Fd()))
}

// add notes that n more are done.
func (p *progress) add(n int) {
	p.done += int64(n)
	now := p.now()
	if now.Sub(p.start) < quietFor {
		return
	}
	if p.bar != nil {
		_ = p.bar.Set64(p.done) // a display that fails must not fail the work
		return
	}
	if now.Sub(p.shown) < lineEvery {
		return
	}
	p.shown = now
	fmt.Fprintln(p.to, p.line(now))
}

// line is the plain line: what, how far, how fast.
func (p *progress) line(now time.Time) string {
	rate := float64(p.done) / now.Sub(p.start).Seconds()
	done, speed := fmt.Sprintf("%d %s", p.done, p.unit), fmt.Sprintf("%.0f %s/s", rate, p.unit)
	if p.unit == "" {
		done, speed = fmt.Sprintf("%d MiB", p.done>>20), fmt.Sprintf("%.1f MiB/s", rate/(1<<20))
	}
	if p.total <= 0 || rate == 0 {
		return fmt.Sprintf("%s: %s, %s", p.what, done, speed)
	}
	left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s: %d %%, %s, %s, %s left", p.what, p.done*100/p.total, done, speed, left)
}

// set notes how much is done in all.
func (p *progress) set(n int64) { p.add(int(n - p.done)) }

// restart begins to count again: the work has gone back to its beginning.
func (p *progress) restart() { p.done, p.start = 0, p.now() }

// close takes the bar away.
func (p *progress) close() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// progressReader is a file whose reading is shown and ends with its context: the
// readers of formats take none, and a file may have gigabytes.
type progressReader struct {
	*os.File
	ctx      context.Context
	progress *progress
}

func (w progressReader) Read(b []byte) (int, error) {
	if err := context.Cause(w.ctx); err != nil {
		return 0, err
	}
	n, err := w.File.Read(b)
	w.progress.add(n)
	return n, err
}

func (w progressReader) Seek(offset int64, whence int) (int64, error) {
	if offset == 0 && whence == io.SeekStart { // a second reading, as after the kind was found out
		w.progress.restart()
	}
	return w.File.Seek(offset, whence)
}

// progressWriter is a writer whose bytes are shown and which ends with its context.
type progressWriter struct {
	io.Writer
	ctx      context.Context
	progress *progress
}

func (c *progressWriter) Write(b []byte) (int, error) {
	if err := context.Cause(c.ctx); err != nil {
		return 0, err
	}
	n, err := c.Writer.Write(b)
	c.progress.add(n)
	return n, err
}
