package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"sync/atomic"

	"github.com/pkg/sftp"
)

// Sizes of a transfer. Every server takes requests of 32 KiB; those that offer
// limits@openssh.com are OpenSSH's and take 255 KiB, of which whole pages are
// used. What is under way at once is bounded in bytes, per file.
const (
	smallChunk = 32 << 10
	largeChunk = 252 << 10
	inFlight   = 4 << 20
)

// remote is the host behind an SFTP server.
type remote struct {
	*session
	conf  SFTP
	mode  fs.FileMode
	chunk int
	depth int
	bufs  sync.Pool // of *[]byte with chunk bytes

	short atomic.Bool // the server ends files early
}

// tune chooses sizes by what the server offers.
func (r *remote) tune() {
	r.chunk = smallChunk
	if _, ok := r.client.HasExtension("limits@openssh.com"); ok {
		r.chunk = largeChunk
	}
	r.depth = inFlight / r.chunk
	r.bufs.New = func() any { b := make([]byte, r.chunk); return &b }
	// The library only splits what is larger than its own packet size; nothing
	// runs in this client yet.
	if err := sftp.MaxPacketUnchecked(r.chunk)(r.client); err != nil {
		panic(fmt.Sprintf("drop: packet size %d: %v", r.chunk, err))
	}
}

func (r *remote) path(p string) string { return path.Join(r.conf.Root, p) }

func (r *remote) lstat(ctx context.Context, p string) (item, error) {
	var fi fs.FileInfo
	err := r.step(ctx, func() (err error) {
		fi, err = r.client.Lstat(r.path(p))
		if isUnsupported(err) {
			fi, err = r.client.Stat(r.path(p))
		}
		return err
	})
	if err != nil {
		return item{}, err
	}
	return item{path.Base(p), fi.Size(), fi.ModTime(), fi.Mode()}, nil
}

func (r *remote) open(ctx context.Context, p string) (source, error) {
	f, err := opened(ctx, r, func() (*wireFile, error) { return r.wire.open(r.path(p)) })
	if err != nil {
		return nil, err
	}
	return &remoteFile{r, f}, nil
}

func (r *remote) create(ctx context.Context, p string) (sink, error) {
	f, err := opened(ctx, r, func() (*sftp.File, error) {
		return r.client.OpenFile(r.path(p), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	})
	if err != nil {
		return nil, err
	}
	if r.mode != 0 {
		err = r.step(ctx, func() error { return f.Chmod(r.mode) })
		if err != nil && !isUnsupported(err) {
			return nil, errors.Join(err, r.step(ctx, f.Close), r.remove(ctx, p))
		}
	}
	return &remoteSink{r, f}, nil
}

// opened waits for a file to be opened within ctx. One that is opened too late is
// closed again.
func opened[F io.Closer](ctx context.Context, r *remote, open func() (F, error)) (F, error) {
	var f, none F
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := r.start(func() (err error) {
		f, err = open()
		return err
	})
	select {
	case err := <-done:
		return f, err
	case <-ctx.Done():
		r.start(func() error {
			if err := <-done; err != nil {
				return nil
			}
			return f.Close()
		})
		return none, ctx.Err()
	}
}

func (r *remote) canPublish(plain bool) error {
	if !plain && !r.conf.PlainRename && !r.posixRename() {
		return ErrNoPosixRename
	}
	return nil
}

func (r *remote) publish(ctx context.Context, temp, name string, plain bool) error {
	if err := r.canPublish(plain); err != nil {
		return err
	}
	if plain || r.conf.PlainRename {
		return r.step(ctx, func() error { return r.client.Rename(r.path(temp), r.path(name)) })
	}
	return r.step(ctx, func() error { return r.client.PosixRename(r.path(temp), r.path(name)) })
}

func (r *remote) move(ctx context.Context, from, to string) error {
	return r.publish(ctx, from, to, false)
}

func (r *remote) remove(ctx context.Context, p string) error {
	err := r.step(ctx, func() error { return r.client.Remove(r.path(p)) })
	return plainError(err)
}

func (r *remote) posixRename() bool {
	_, ok := r.client.HasExtension("posix-rename@openssh.com")
	return ok
}

func (r *remote) oneAtATime() bool { return r.conf.Sequential || r.short.Load() }
func (r *remote) readOnce() bool   { return r.conf.ReadOnce }

func (r *remote) foundShort() {
	if !r.short.Swap(true) && !r.conf.Sequential && r.conf.OnShortRead != nil {
		r.conf.OnShortRead()
	}
}

// isUnsupported reports whether the server does not know a request.
func isUnsupported(err error) bool {
	var status *sftp.StatusError
	return errors.As(err, &status) && status.FxCode() == sftp.ErrSSHFxOpUnsupported
}
