package drop

import (
	"context"
	"io"
	"io/fs"
	"time"
)

// host is what a drop needs from a file system, local or remote. Paths are
// slash-separated, below the root of the drop. What files mean is decided once,
// in folders; a host only does as it is told and follows no links.
type host interface {
	// list returns up to limit items of a folder, in any order, and whether
	// there are more.
	list(ctx context.Context, dir string, limit int) (items []item, more bool, err error)
	lstat(ctx context.Context, p string) (item, error)
	// open opens a regular file for reading.
	open(ctx context.Context, p string) (source, error)
	// create makes a file that must not exist.
	create(ctx context.Context, p string) (sink, error)
	// canPublish is nil, or why files cannot be given names in this way.
	canPublish(plain bool) error
	// publish gives a finished temporary file its name. Where the file system
	// can, it refuses to overwrite; callers look beforehand all the same.
	publish(ctx context.Context, temp, name string, plain bool) error
	// move renames between folders, on the same terms as publish.
	move(ctx context.Context, from, to string) error
	remove(ctx context.Context, p string) error
	// posixRename reports whether renames replace atomically.
	posixRename() bool
	// oneAtATime reports whether files are read one block after the other, and
	// readOnce whether a file can be looked at only once.
	oneAtATime() bool
	readOnce() bool
	// foundShort notes that the server ends files too early when several
	// blocks are asked for at once.
	foundShort()
	close() error
}

// item is one name in a folder, of whatever kind.
type item struct {
	name string
	size int64
	mod  time.Time
	mode fs.FileMode
}

// source is an open file.
type source interface {
	// writeTo copies up to size bytes to w, from the start. It returns fewer
	// without an error when the file ends early. sequential asks for one block
	// after the other.
	writeTo(ctx context.Context, w io.Writer, size int64, sequential bool) (int64, error)
	// readerAt returns the file for reading at any place.
	readerAt(ctx context.Context) io.ReaderAt
	close(ctx context.Context)
}

// sink is a file being written.
type sink interface {
	writeFrom(ctx context.Context, src io.ReaderAt, size int64) error
	// sync flushes to the disk and reports whether that is offered at all.
	sync(ctx context.Context) (offered bool, err error)
	close(ctx context.Context) error
}
