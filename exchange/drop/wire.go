package drop

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// wire is the line between the SFTP library and the server's SFTP channel. It lets
// us send requests of our own on the same channel and takes their answers out
// again: for reading files, where the library allocates every block anew and copies
// it once more. Requests of ours have identifiers with the highest bit set; the
// library counts from 1.
//
// Packets: draft-ietf-secsh-filexfer-02 (SFTP version 3).
type wire struct {
	ch     ssh.Channel
	broken chan struct{} // closed when nothing more is read
	once   sync.Once     // closes it

	sending sync.Mutex // held from the first to the last byte of a packet
	unsent  int        // bytes that the library has still to write of its packet

	head    [13]byte // of the packet being read: length, type, identifier, data length
	forward []byte   // the part of head that the library has not read yet
	unread  int      // bytes after head that are the library's

	mu      sync.Mutex
	last    uint32
	waiting map[uint32]*wireRequest
}

// wireRequest is a request of ours under way.
type wireRequest struct {
	into []byte // where a block goes
	done chan wireAnswer
}

// wireAnswer is what came back: n bytes in into, or a handle, or an error.
type wireAnswer struct {
	n      int
	handle string
	err    error
}

// Packet types and flags.
const (
	fxpOpen   = 3
	fxpClose  = 4
	fxpRead   = 5
	fxpStatus = 101
	fxpHandle = 102
	fxpData   = 103

	fxfRead = 1

	ownBit  = 1 << 31
	maxBody = 64 << 10 // of an answer of ours that is no block
)

// openWire starts the SFTP subsystem on a connection.
func openWire(conn ssh.Conn) (*wire, error) {
	ch, requests, err := conn.OpenChannel("session", nil)
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(requests)
	go func() { _, _ = io.Copy(io.Discard, ch.Stderr()) }() // ends with the channel
	ok, err := ch.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"sftp"}))
	if err == nil && !ok {
		err = errors.New("the server offers no sftp")
	}
	if err != nil {
		return nil, errors.Join(err, ch.Close())
	}
	return &wire{ch: ch, broken: make(chan struct{}), waiting: make(map[uint32]*wireRequest)}, nil
}

// Write sends what the library writes. It writes a packet in one or two pieces, the
// first of which holds the length.
func (w *wire) Write(b []byte) (int, error) {
	if w.unsent == 0 {
		if len(b) < 4 {
			return 0, errors.New("sftp: piece of a packet without its length")
		}
		w.sending.Lock()
		w.unsent = 4 + int(binary.BigEndian.Uint32(b))
	}
	n, err := w.ch.Write(b)
	w.unsent -= n
	if err != nil {
		w.unsent = 0
	}
	if w.unsent <= 0 {
		w.sending.Unlock()
	}
	return n, err
}

// Close implements io.Closer for the library, which calls it when it stops reading.
func (w *wire) Close() error {
	w.end()
	return w.ch.Close()
}

func (w *wire) end() { w.once.Do(func() { close(w.broken) }) }

// Read gives the library the packets that are its own. Ours are taken out on the
// way, by the library's goroutine.
func (w *wire) Read(p []byte) (int, error) {
	for len(w.forward) == 0 && w.unread == 0 {
		if err := w.next(); err != nil {
			w.end()
			return 0, err
		}
	}
	if len(w.forward) > 0 {
		n := copy(p, w.forward)
		w.forward = w.forward[n:]
		return n, nil
	}
	n, err := w.ch.Read(p[:min(len(p), w.unread)])
	w.unread -= n
	if err != nil {
		w.end()
	}
	return n, err
}

// next reads the beginning of a packet, and all of it when it is ours.
func (w *wire) next() error {
	if _, err := io.ReadFull(w.ch, w.head[:9]); err != nil {
		return err
	}
	length := int64(binary.BigEndian.Uint32(w.head[:]))
	id := binary.BigEndian.Uint32(w.head[5:])
	if length < 5 {
		return errors.New("sftp: packet too short")
	}
	if id&ownBit == 0 {
		w.forward, w.unread = w.head[:9], int(length-5)
		return nil
	}
	w.mu.Lock()
	req, ok := w.waiting[id]
	delete(w.waiting, id)
	w.mu.Unlock()
	if !ok {
		return fmt.Errorf("sftp: answer to nothing (%d)", id)
	}
	a, err := w.answer(w.head[4], int(length-5), req.into)
	if err != nil {
		return err
	}
	req.done <- a
	return nil
}

// answer reads the rest of an answer of ours. The error is one of the line.
func (w *wire) answer(kind byte, length int, into []byte) (a wireAnswer, err error) {
	if kind == fxpData {
		if _, err := io.ReadFull(w.ch, w.head[9:13]); err != nil {
			return a, err
		}
		a.n = int(binary.BigEndian.Uint32(w.head[9:]))
		if length != a.n+4 || a.n > len(into) {
			return a, fmt.Errorf("sftp: block of %d bytes, %d were asked for", a.n, len(into))
		}
		_, err := io.ReadFull(w.ch, into[:a.n])
		return a, err
	}
	if length > maxBody {
		return a, errors.New("sftp: packet too long")
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(w.ch, body); err != nil {
		return a, err
	}
	switch {
	case kind == fxpHandle && length >= 4 && int(binary.BigEndian.Uint32(body)) == length-4:
		a.handle = string(body[4:])
	case kind == fxpStatus && length >= 4:
		a.err = statusError(body)
	default:
		return a, fmt.Errorf("sftp: unexpected packet of type %d", kind)
	}
	return a, nil
}

// statusError turns a status into the error the library would return.
func statusError(body []byte) error {
	switch code := binary.BigEndian.Uint32(body); code {
	case 0:
		return nil
	case 1:
		return errEnd
	case 2:
		return fs.ErrNotExist
	case 3:
		return fs.ErrPermission
	default:
		return &sftp.StatusError{Code: code}
	}
}

// ask sends a request and waits for its answer or the end of the line. body is what
// follows the identifier.
func (w *wire) ask(kind byte, body, into []byte) (wireAnswer, error) {
	req := &wireRequest{into: into, done: make(chan wireAnswer, 1)}
	w.mu.Lock()
	w.last++
	id := w.last | ownBit
	w.waiting[id] = req
	w.mu.Unlock()
	b := make([]byte, 0, 9+len(body))
	b = binary.BigEndian.AppendUint32(b, uint32(5+len(body)))
	b = append(b, kind)
	b = binary.BigEndian.AppendUint32(b, id)
	b = append(b, body...)
	w.sending.Lock()
	_, err := w.ch.Write(b)
	w.sending.Unlock()
	if err != nil {
		return wireAnswer{}, fmt.Errorf("%w: %w", sftp.ErrSSHFxConnectionLost, err)
	}
	select {
	case a := <-req.done:
		return a, a.err
	case <-w.broken:
		return wireAnswer{}, sftp.ErrSSHFxConnectionLost
	}
}

// wireFile is a file open for reading.
type wireFile struct {
	w      *wire
	handle []byte // as it stands in packets, length first
}

func (w *wire) open(p string) (*wireFile, error) {
	body := binary.BigEndian.AppendUint32(nil, uint32(len(p)))
	body = append(body, p...)
	body = binary.BigEndian.AppendUint32(body, fxfRead)
	body = binary.BigEndian.AppendUint32(body, 0) // no attributes
	a, err := w.ask(fxpOpen, body, nil)
	if err != nil {
		return nil, err
	}
	handle := binary.BigEndian.AppendUint32(nil, uint32(len(a.handle)))
	return &wireFile{w, append(handle, a.handle...)}, nil
}

// ReadAt asks until b is full or the file ends: an answer may be short.
func (f *wireFile) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		body := binary.BigEndian.AppendUint64(append([]byte(nil), f.handle...), uint64(off)+uint64(n))
		body = binary.BigEndian.AppendUint32(body, uint32(len(b)-n))
		a, err := f.w.ask(fxpRead, body, b[n:])
		if err != nil {
			return n, err
		}
		if a.n == 0 {
			return n, errNoBlock
		}
		n += a.n
	}
	return n, nil
}

// errEnd is the server's answer that a file has ended; io.EOF is always the line's.
var errEnd = errors.New("end of file")

// errNoBlock is a server's fault: neither a block nor an error.
var errNoBlock = errors.New("sftp: answer without a block")

// Close gives the handle back.
func (f *wireFile) Close() error {
	_, err := f.w.ask(fxpClose, f.handle, nil)
	return err
}
