package drop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// folders is the Drop over any host: all rules about files stand here and in
// get.go, put.go, move.go and probe.go, so that both kinds of drop share them.
type folders struct {
	host host
	dirs map[Folder]string
	opt  Options

	mu        sync.Mutex
	leftovers map[Folder][]string // temporary names of ours, seen once per session
}

func newFolders(h host, p Paths, opt Options) (*folders, error) {
	dirs, err := p.resolve()
	if err != nil {
		return nil, err
	}
	if opt.Step != nil {
		h = &stepped{host: h, step: opt.Step}
	}
	return &folders{host: h, dirs: dirs, opt: opt, leftovers: make(map[Folder][]string)}, nil
}

// resolve fills in the defaults and refuses paths that leave the root, and two
// folders in one place.
func (p Paths) resolve() (map[Folder]string, error) {
	dirs := map[Folder]string{In: p.In, Out: p.Out, Done: p.Done, Bad: p.Bad}
	seen := make(map[string]bool, len(dirs))
	for _, f := range Folders() {
		d := cmp.Or(dirs[f], f.String())
		if !fs.ValidPath(d) {
			return nil, fmt.Errorf("folder %q: not a path below the root", d)
		}
		if seen[d] {
			return nil, fmt.Errorf("folder %q: used for two purposes", d)
		}
		seen[d], dirs[f] = true, d
	}
	if p.Taken == "" {
		return dirs, nil
	}
	if !fs.ValidPath(p.Taken) {
		return nil, fmt.Errorf("folder %q: not a path below the root", p.Taken)
	}
	if seen[p.Taken] {
		return nil, fmt.Errorf("folder %q: used for two purposes", p.Taken)
	}
	dirs[Taken] = p.Taken
	return dirs, nil
}

// at returns the path of a name that was checked.
func (d *folders) at(f Folder, name string) string { return path.Join(d.dirs[f], name) }

// file checks folder and name and returns the path.
func (d *folders) file(f Folder, name string) (string, error) {
	if _, ok := d.dirs[f]; !ok && f == Taken {
		return "", fs.ErrNotExist
	} else if !ok {
		return "", fmt.Errorf("folder %d: unknown", int(f))
	}
	if err := CheckName(name); err != nil {
		return "", err
	}
	return d.at(f, name), nil
}

// List implements Drop.
func (d *folders) List(ctx context.Context, f Folder) (Listing, error) {
	dir, ok := d.dirs[f]
	if !ok && f == Taken {
		return Listing{}, nil
	} else if !ok {
		return Listing{}, fmt.Errorf("list folder %d: unknown", int(f))
	}
	items, more, err := d.host.list(ctx, dir, d.opt.MaxNames)
	if err != nil {
		return Listing{}, fmt.Errorf("list %s: %w", dir, err)
	}
	l := Listing{Truncated: more}
	for _, it := range items {
		d.sort(&l, dir, it)
	}
	slices.SortFunc(l.Files, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(l.Odd, func(a, b Odd) int { return strings.Compare(a.Name, b.Name) })
	return l, nil
}

// sort adds an item to the list where it belongs, if any.
func (d *folders) sort(l *Listing, dir string, it item) {
	why := unsafeName(it.name)
	switch {
	case why != "":
		l.Odd = append(l.Odd, Odd{strconv.QuoteToGraphic(it.name), why})
	case it.mode.IsDir() && d.ownFolder(path.Join(dir, it.name)), IsTemp(it.name):
		// Not for us to see.
	case !it.mode.IsRegular() || it.size < 0:
		l.Odd = append(l.Odd, Odd{it.name, kindOf(it.mode)})
	default:
		l.Files = append(l.Files, it.entry())
	}
}

// ownFolder reports whether p is a folder of this drop or leads to one.
func (d *folders) ownFolder(p string) bool {
	for _, dir := range d.dirs {
		if dir == p || strings.HasPrefix(dir, p+"/") {
			return true
		}
	}
	return false
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a link"
	case m.IsDir():
		return "a folder"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}

func (it item) entry() Entry { return Entry{Name: it.name, Size: it.size, ModTime: it.mod.UTC()} }

// Stat implements Drop.
func (d *folders) Stat(ctx context.Context, f Folder, name string) (Entry, error) {
	p, err := d.file(f, name)
	if err != nil {
		return Entry{}, fmt.Errorf("stat: %w", err)
	}
	e, err := d.look(ctx, p)
	if err != nil {
		return Entry{}, fmt.Errorf("stat %s: %w", p, err)
	}
	return e, nil
}

// look returns the entry at a path.
func (d *folders) look(ctx context.Context, p string) (Entry, error) {
	it, err := d.host.lstat(ctx, p)
	if err != nil {
		return Entry{}, err
	}
	if !it.mode.IsRegular() || it.size < 0 {
		return Entry{}, fmt.Errorf("%w: %s", ErrOdd, kindOf(it.mode))
	}
	it.name = path.Base(p)
	return it.entry(), nil
}

// still returns ErrChanged unless e stands at the path.
func (d *folders) still(ctx context.Context, p string, e Entry) error {
	now, err := d.look(ctx, p)
	switch {
	case err != nil:
		return err
	case now.Size != e.Size:
		return fmt.Errorf("%w: %d bytes, was %d", ErrChanged, now.Size, e.Size)
	case !now.Same(e):
		return fmt.Errorf("%w: another time of writing", ErrChanged)
	}
	return nil
}

// Remove implements Drop.
func (d *folders) Remove(ctx context.Context, f Folder, e Entry) error {
	p, err := d.file(f, e.Name)
	if err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	if err = d.still(ctx, p, e); err == nil {
		err = d.host.remove(ctx, p)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", p, err)
	}
	return nil
}

// Close implements Drop.
func (d *folders) Close() error { return d.host.close() }
