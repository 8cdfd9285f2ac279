// Package drop leaves files in a party's exchange folder and picks them up
// from there, whether the folder is on this machine or on an SFTP server.
//
// # Contract
//
// A drop has four folders: In (files for us), Out (files from us), Done and
// Bad (where we put what we have taken in); and Taken, where the other side
// puts what it has taken, if it does. A file appears in them whole or
// not at all: it is written under a temporary name in the same folder, checked,
// and renamed. Content that stands there under a name is never overwritten.
// Nothing in a drop is executed, links are never followed, and names that came
// from a partner are never used as paths: a name is one path element or it is
// refused.
//
// What the other side says is not believed: sizes are compared before and after
// each transfer, uploads are looked at again, and payment files are read back.
//
// Every operation can be repeated after its answer was lost. A Put whose rename
// took effect before the line was cut returns nil the next time, and so do a
// Move and a Remove that had already happened.
//
// Every call takes a context and returns when it ends; over SFTP every single
// step also has a deadline of its own. All methods may be called from several
// goroutines at once.
package drop

import (
	"context"
	"io"
	"io/fs"
	"time"
)

// Folder names one of the folders of a drop.
type Folder int

// The folders of a drop.
const (
	In    Folder = iota + 1 // files for us
	Out                     // files from us
	Done                    // files for us that were taken in
	Bad                     // files for us that could not be taken in
	Taken                   // files from us that the other side has taken, if it keeps them; not every drop has it
)

// String returns the folder's default path below the root.
func (f Folder) String() string {
	switch f {
	case In:
		return "in"
	case Out:
		return "out"
	case Done:
		return "in/done"
	case Bad:
		return "in/bad"
	case Taken:
		return "out/done"
	}
	return "unknown folder"
}

// Folders lists the four that every drop has.
func Folders() []Folder { return []Folder{In, Out, Done, Bad} }

// Paths says where the folders are, as slash-separated paths below the root of
// the drop. An empty one stands for the default: in, out, in/done, in/bad; an
// empty Taken for none: nothing is ever found there.
type Paths struct {
	In, Out, Done, Bad, Taken string
}

// Entry is a regular file as it was seen in a folder. Two entries are the same
// file when all three fields agree; ModTime has the resolution of the folder
// (whole seconds over SFTP) and says nothing about this machine's clock.
type Entry struct {
	Name    string
	Size    int64
	ModTime time.Time
}

// Same reports whether two entries are the same file.
func (e Entry) Same(o Entry) bool {
	return e.Name == o.Name && e.Size == o.Size && e.ModTime.Equal(o.ModTime)
}

// Odd is something in a folder that is not a file to pick up: a link, a folder
// other than the drop's own, a pipe, or a name that is not safe to use.
type Odd struct {
	Name string // quoted when it is not safe to print
	Why  string // a short English phrase
}

// Listing is what stands in a folder. Temporary names are in neither list.
type Listing struct {
	Files     []Entry // sorted by name
	Odd       []Odd   // sorted by name
	Truncated bool    // there were more names than Options.MaxNames; these are some of them
}

// PutOptions says how carefully and in which way a file is put down.
type PutOptions struct {
	// SHA256 is that of the content, in lower-case hex; "" for whatever src holds.
	// It is compared with the bytes as they are sent: ErrSource when they are others.
	SHA256 string
	// ReadBack reads the file again, before it gets its name and, while it is there,
	// once it has it, and compares the SHA-256: for payment files. From a server that
	// hands a file out once nothing is read back.
	ReadBack bool
	// Naming, when set, is called once, when all of the content lies in the folder,
	// right before the file is given its name, or when it has it already. When it
	// fails the file is not named, and its error is returned. Until it is called
	// nothing can stand under the name because of this Put.
	Naming func() error
	// PlainRename uses the rename of SFTP version 3 in place of posix-rename, for
	// servers without that extension.
	PlainRename bool
}

// Drop is one party's exchange folder, open.
type Drop interface {
	// List returns the regular files of a folder, sorted by name, and what else
	// stands there. At most Options.MaxNames names are returned. A server's
	// listing that is larger than that many could be is broken off: ErrFlood.
	List(ctx context.Context, f Folder) (Listing, error)

	// Get copies exactly e.Size bytes of the file to w and returns how many
	// bytes w holds. The file must be e before and after, otherwise the error
	// is ErrChanged and what w holds is worthless. A server that ends a file too
	// early is read again, one block after the other, when w can be rewound
	// (an *os.File can); otherwise the error is ErrShort. That the
	// server does this is remembered and reported to SFTP.OnShortRead.
	Get(ctx context.Context, f Folder, e Entry, w io.Writer) (int64, error)

	// Put leaves size bytes of src in the folder under name. When a file of that
	// name and content stands there already, nothing is written and the result
	// is nil; when its content differs, the error is ErrExists. After any other
	// error either nothing of that name stands there or the whole file does, and the
	// next Put finds out which.
	Put(ctx context.Context, f Folder, name string, src io.ReaderAt, size int64, opt PutOptions) error

	// Stat returns the entry of a regular file; fs.ErrNotExist when nothing has
	// that name, ErrOdd when it is not a regular file.
	Stat(ctx context.Context, f Folder, name string) (Entry, error)

	// Move moves the file to another folder if it still is e, otherwise
	// ErrChanged. If a file of that name stands there with the same content, ours
	// is removed; with other content, ours gets a number (name.2, name.3 …).
	// A file that is gone and stands in the other folder was moved before: nil.
	Move(ctx context.Context, from Folder, e Entry, to Folder) error

	// Remove removes the file if it still is e, otherwise ErrChanged. A file
	// that is gone was removed before: nil.
	Remove(ctx context.Context, f Folder, e Entry) error

	// Probe tries out what the account may do, with small temporary files that
	// it removes again. The error is one of the connection; what the account
	// may not do is in Abilities.Faults.
	Probe(ctx context.Context) (Abilities, error)

	// Clock is what the clock of the host says: the time that it gives a small
	// temporary file, which is removed again.
	Clock(ctx context.Context) (time.Time, error)

	// Close ends the session. It never waits for the other side.
	Close() error
}

// Abilities is what an account can do in a drop, for `check --connect`.
type Abilities struct {
	List        bool    // all four folders can be listed
	Write       bool    // a file can be made in Out
	Read        bool    // and read again with the same content
	Rename      bool    // and renamed there
	PosixRename bool    // by posix-rename (always true for a local folder)
	Fsync       bool    // and flushed to the disk
	Move        bool    // files can go from In to Done and Bad
	Faults      []error // what failed, one error for each, folder named
}

// Options holds what both kinds of drop understand. The zero value is usable.
type Options struct {
	// MaxNames bounds a listing; 0 means 100,000.
	MaxNames int
	// Mode is given to files we make; 0 means 0600 in a local folder and, on a
	// partner's server, whatever that server gives.
	Mode fs.FileMode
	// Step, when set, is called before and after every single call to the
	// outside ("create:before", "create:after" …) with the path below the
	// root. An error it returns becomes that call's error; after the call
	// it means that the call took place and its answer was lost.
	Step func(call, path string) error
}

const defaultMaxNames = 100_000

func (o Options) withDefaults() Options {
	if o.MaxNames <= 0 {
		o.MaxNames = defaultMaxNames
	}
	return o
}
