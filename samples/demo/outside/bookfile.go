package outside

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// BookFile is the books of a simulated system: JSON lines that are only ever
// added to, and read again when sums are drawn.
type BookFile struct {
	path string
	file *os.File
	w    *bufio.Writer
}

// OpenBookFile opens the books at a path, which is made when it is not there.
func OpenBookFile(path string) (*BookFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &BookFile{path: path, file: f, w: bufio.NewWriter(f)}, nil
}

// write adds a line.
func (b *BookFile) write(line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = b.w.Write(append(text, '\n'))
	return err
}

// Close ends the books; a second close does nothing.
func (b *BookFile) Close() error {
	if b.file == nil {
		return nil
	}
	err := errors.Join(b.w.Flush(), b.file.Close())
	b.file = nil
	return err
}

// ReadBookFile reads the lines of finished or running books in order.
func ReadBookFile[L any](b *BookFile, each func(L)) error {
	if err := b.w.Flush(); err != nil {
		return err
	}
	f, err := os.Open(b.path)
	if err != nil {
		return err
	}
	defer f.Close()
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		var line L
		err := dec.Decode(&line)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", b.path, err)
		}
		each(line)
	}
}
