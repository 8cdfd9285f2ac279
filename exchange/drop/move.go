package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// maxNumber bounds the numbered names that Move tries.
const maxNumber = 999

// Move implements Drop.
func (d *folders) Move(ctx context.Context, from Folder, e Entry, to Folder) error {
	p, err := d.file(from, e.Name)
	if err != nil {
		return fmt.Errorf("move: %w", err)
	}
	if _, err := d.file(to, e.Name); err != nil {
		return fmt.Errorf("move: %w", err)
	}
	if from == to {
		return fmt.Errorf("move %s: it stands in that folder", p)
	}
	if err := d.move(ctx, p, e, to); err != nil {
		return fmt.Errorf("move %s to %s: %w", p, d.dirs[to], err)
	}
	return nil
}

func (d *folders) move(ctx context.Context, p string, e Entry, to Folder) error {
	err := d.still(ctx, p, e)
	if errors.Is(err, fs.ErrNotExist) {
		return d.movedBefore(ctx, e, to, err)
	}
	if err != nil {
		return err
	}
	for n := 1; n <= maxNumber; n++ {
		target := d.target(to, e.Name, n)
		same, free, err := d.compare(ctx, p, target, e)
		switch {
		case err != nil:
			return err
		case same:
			return d.host.remove(ctx, p)
		case free:
			return d.shift(ctx, p, e, target)
		}
	}
	return fmt.Errorf("%w: and %d numbered ones", ErrExists, maxNumber-1)
}

// target returns the n-th path to try for a name.
func (d *folders) target(to Folder, name string, n int) string {
	if n > 1 {
		name = numbered(name, n)
	}
	return d.at(to, name)
}

// movedBefore decides about a file that is gone: when it stands in the other
// folder, an earlier Move took place and its answer was lost.
func (d *folders) movedBefore(ctx context.Context, e Entry, to Folder, gone error) error {
	for n := 1; n <= maxNumber; n++ {
		there, err := d.look(ctx, d.target(to, e.Name, n))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return gone
		case errors.Is(err, ErrOdd):
			continue
		case err != nil:
			return err
		case there.Size == e.Size && there.ModTime.Equal(e.ModTime):
			return nil
		}
	}
	return gone
}

// compare reports whether target is free, or holds the content of the file at p.
func (d *folders) compare(ctx context.Context, p, target string, e Entry) (same, free bool, err error) {
	there, err := d.look(ctx, target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, true, nil
	case errors.Is(err, ErrOdd):
		return false, false, nil
	case err != nil || there.Size != e.Size:
		return false, false, err
	}
	ours, err := d.digestAt(ctx, p, e.Size)
	if err != nil {
		return false, false, err
	}
	theirs, err := d.digestAt(ctx, target, e.Size)
	if err != nil || ours != theirs {
		return false, false, err
	}
	return true, false, d.still(ctx, p, e)
}

// shift renames the file to a free path. A rename that fails although nothing
// was in its way may have taken place, or the folders lie on different file
// systems; then the file is copied.
func (d *folders) shift(ctx context.Context, p string, e Entry, target string) error {
	cause := d.host.move(ctx, p, target)
	if cause == nil {
		return nil
	}
	if isOver(ctx, cause) {
		return cause
	}
	there, err := d.look(ctx, target)
	if err == nil && there.Size == e.Size && there.ModTime.Equal(e.ModTime) {
		if _, err := d.look(ctx, p); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(cause, fs.ErrPermission) {
		return cause
	}
	if err := d.copyOver(ctx, p, e, target); err != nil {
		return fmt.Errorf("%w; copying: %w", cause, err)
	}
	return nil
}

// isOver reports whether nothing more can be asked of the session.
func isOver(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ErrLost) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrClosed)
}

// copyOver moves the file by copying it, with the copy read back before ours is
// removed.
func (d *folders) copyOver(ctx context.Context, p string, e Entry, target string) error {
	src, err := d.host.open(ctx, p)
	if err != nil {
		return err
	}
	temp := dirOf(target) + TempName(e.Name)
	err = d.upload(ctx, temp, &putting{PutOptions: PutOptions{ReadBack: true}, src: src.readerAt(ctx), size: e.Size})
	src.close(ctx)
	if err == nil {
		err = d.still(ctx, p, e)
	}
	if err == nil {
		err = d.host.publish(ctx, temp, target, false)
	}
	if err != nil {
		return errors.Join(err, ignoreGone(d.host.remove(ctx, temp)))
	}
	return d.host.remove(ctx, p)
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// dirOf returns the path up to and with its last slash.
func dirOf(p string) string {
	for i := len(p); i > 0; i-- {
		if p[i-1] == '/' {
			return p[:i]
		}
	}
	return ""
}
