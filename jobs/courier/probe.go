package courier

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"strings"
	"time"

	"carryover/exchange/drop"
)

// Probed is what came of trying a drop out, for carryover check --connect.
type Probed struct {
	Fault       string        // what will fail; empty: nothing
	Todo        string        // what to do about it
	PosixRename bool          // its server renames over a file that is there
	Ahead       time.Duration // its host's clock of the machine's, as far as that was seen
}

// Probe opens a drop, lists, writes, reads, renames and moves small temporary
// files there, and says what cannot be done, and by how much its host's clock differs
// from the machine's own; nil: the clock is given.
func Probe(ctx context.Context, open func(context.Context) (drop.Drop, error), machine func() time.Time) Probed {
	d, err := open(ctx)
	if err != nil {
		return Probed{Fault: err.Error(), Todo: ConnectTodo(err)}
	}
	can, err := d.Probe(ctx)
	if err := errors.Join(append(can.Faults, err)...); err != nil {
		_ = d.Close() // the faults found say more than one of closing
		return Probed{Fault: strings.ReplaceAll(err.Error(), "\n", "; "), Todo: "mend the account's permissions at whoever hosts the drop"}
	}
	found := Probed{PosixRename: can.PosixRename}
	if machine != nil {
		found.Ahead, err = aheadOf(ctx, machine, d)
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return Probed{Fault: err.Error()}
	}
	return found
}

// ConnectTodo says what to do about an error of connecting to a drop; never empty.
// A changed host key comes first: whoever accepts it without asking may hand files
// to somebody else.
func ConnectTodo(err error) string {
	var key *drop.HostKeyError
	switch {
	case errors.As(err, &key) && key.Changed:
		return "ask the partner whether its key was changed before touching known_hosts"
	case errors.As(err, &key):
		return "compare the fingerprint with the partner by telephone, then add the line to known_hosts"
	case errors.Is(err, drop.ErrAuth):
		return "give the partner our public key, or mend user and password"
	case errors.Is(err, drop.ErrAlgorithms):
		return "name the server's algorithms under legacy"
	case errors.Is(err, fs.ErrNotExist):
		return "make the folders in, out, in/done, in/bad"
	}
	return "see that the server is reachable at this address"
}

// FaultTodo says what to do about a fault of a drop or a folder in a pass; ""
// when it passes by itself, or is none of these.
func FaultTodo(err error) string {
	var key *drop.HostKeyError
	var network net.Error
	switch {
	case errors.As(err, &key), errors.Is(err, drop.ErrAuth), errors.Is(err, drop.ErrAlgorithms):
		return ConnectTodo(err)
	case errors.Is(err, fs.ErrPermission):
		return "mend the permissions of this folder; carryover check --connect tries them out"
	case errors.Is(err, fs.ErrNotExist):
		return "put back what is missing: a folder of the drop (carryover check --connect tries them out), or a file of the spool from its backup"
	case errors.As(err, &network): // after those of files: an error number of the system counts as one of the network
		return "see that the server is reachable; what waits for it is sent by a later pass"
	}
	return ""
}
