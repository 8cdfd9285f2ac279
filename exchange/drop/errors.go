package drop

import "errors"

// Errors on which callers branch. They come wrapped with what was being done;
// fs.ErrNotExist and fs.ErrPermission are passed through as well.
var (
	// ErrChanged: the file is no longer the one that was listed. Look again later.
	ErrChanged = errors.New("file changed")
	// ErrExists: a file with other content stands under that name.
	ErrExists = errors.New("another file has this name")
	// ErrOdd: something that is not a regular file stands under that name.
	ErrOdd = errors.New("not a regular file")
	// ErrName: the name is not one safe path element, or is a temporary name.
	ErrName = errors.New("unusable file name")
	// ErrShort: fewer bytes arrived, here or there, than were sent.
	ErrShort = errors.New("bytes are missing")
	// ErrSource: our own bytes are not those that were to be put down; nothing was named.
	ErrSource = errors.New("the bytes to be put down are not those that were asked for")
	// ErrReadBack: what was read back is not what was written.
	ErrReadBack = errors.New("read back differs from what was written")
	// ErrNoPosixRename: the server does not offer posix-rename; the partner needs the
	// plain rename configured.
	ErrNoPosixRename = errors.New("server offers no posix-rename: configure the plain rename for this partner")
	// ErrFlood: a folder has far more names than Options.MaxNames; none was read.
	ErrFlood = errors.New("too many names in the folder")
	// ErrHostKey: the server's key is not pinned, or another one is. A
	// *HostKeyError carries the line for known_hosts.
	ErrHostKey = errors.New("host key not accepted")
	// ErrAuth: the server refused our key or password. Do not try again before
	// somebody has looked, or the partner locks the account.
	ErrAuth = errors.New("login refused")
	// ErrAlgorithms: we and the server have no algorithm in common.
	ErrAlgorithms = errors.New("no common algorithm")
	// ErrTimeout: a step made no progress within its time; the session is over.
	ErrTimeout = errors.New("no answer in time")
	// ErrLost: the connection broke; the session is over.
	ErrLost = errors.New("connection lost")
	// ErrClosed: the drop was closed.
	ErrClosed = errors.New("drop is closed")
)
