package demo

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// bookFile is the books of a simulated system: JSON lines that are only ever
// added to, and read again when sums are drawn.
type bookFile struct {
	path string
	file *os.File
	w    *bufio.Writer
}

func openBooks(path string) (*bookFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &bookFile{path: path, file: f, w: bufio.NewWriter(f)}, nil
}

// write adds a line.
func (b *bookFile) write(line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = b.w.Write(append(text, '\n'))
	return err
}

// close ends the books; a second close does nothing.
func (b *bookFile) close() error {
	if b.file == nil {
		return nil
	}
	err := errors.Join(b.w.Flush(), b.file.Close())
	b.file = nil
	return err
}

// readBooks reads the lines of finished or running books in order.
func readBooks[L any](b *bookFile, each func(L)) error {
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
