package office

import (
	"log/slog"
	"sync"
	"time"
)

// ShowProgress reports how far a piece of work has come, when somebody listens; total is
// 0 when it is not known. Parties are worked at the same time, so several pieces may be
// under way.
func (o *Office) ShowProgress(what string, done, total int) {
	if o.Progress != nil {
		o.Progress(what, done, total)
	}
}

// Counting begins a loop that may be long. The loop calls what it returns for each of
// its items, and progress is shown after every Chunk of them: a pass over many is never
// silent for longer than one of those takes.
func (o *Office) Counting(what string, total int) (one func()) {
	done := 0
	return func() {
		if done++; done%Chunk == 0 {
			o.ShowProgress(what, done, total)
		}
	}
}

// LogProgress makes of reports of progress a line in the log, at most one in so long a
// time; what is over sooner leaves none.
func LogProgress(log *slog.Logger, now func() time.Time, every time.Duration) func(what string, done, total int) {
	var one sync.Mutex
	last := now()
	return func(what string, done, total int) {
		one.Lock()
		defer one.Unlock()
		if at := now(); at.Sub(last) >= every {
			last = at
			log.Info("working", "what", what, "done", done, "of", total)
		}
	}
}
