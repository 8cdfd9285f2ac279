package drop

import (
	"context"
	"fmt"
	"io/fs"
	"time"
)

// A listing is read as a whole by the SFTP library, so its size is bounded on the
// line: so many bytes for each name that is allowed (a name, its long form and its
// attributes take at most some 700), and some in any case.
const (
	listingBase    = 8 << 20
	listingPerName = 1 << 10
	listingLook    = 20 * time.Millisecond
)

// account notes bytes that are about to pass as content of a file, with what the
// protocols add to them.
func (s *session) account(n int) { s.content.Add(int64(n + n/64 + 256)) }

func (r *remote) list(ctx context.Context, dir string, limit int) (items []item, more bool, err error) {
	bounded, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.bound(bounded, cancel, listingBase+int64(limit)*listingPerName)
	var infos []fs.FileInfo
	err = r.step(bounded, func() (err error) {
		infos, err = r.client.ReadDirContext(bounded, r.path(dir))
		return err
	})
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		err = context.Cause(bounded)
	}
	if err != nil {
		return nil, false, err
	}
	if len(infos) > limit {
		infos, more = infos[:limit], true
	}
	items = make([]item, len(infos))
	for i, fi := range infos {
		items[i] = item{fi.Name(), fi.Size(), fi.ModTime(), fi.Mode()}
	}
	return items, more, nil
}

// bound cancels a listing that takes more bytes than it may, until ctx ends.
func (r *remote) bound(ctx context.Context, cancel context.CancelCauseFunc, most int64) {
	start := r.conn.passed.Load() - r.content.Load()
	tick := time.NewTicker(listingLook)
	go func() {
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if r.conn.passed.Load()-r.content.Load()-start > most {
				cancel(fmt.Errorf("%w: the listing went on after %d bytes", ErrFlood, most))
				return
			}
		}
	}()
}
