package drop

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"time"
)

// probeText is what the files of Probe hold.
var probeText = []byte("carryover probe: this file may be removed\n")

// probe is one run of Probe.
type probe struct {
	*folders
	can Abilities
	// broken is the error after which the session was over.
	broken error
}

// Probe implements Drop.
func (d *folders) Probe(ctx context.Context) (Abilities, error) {
	pr := &probe{folders: d}
	pr.can.PosixRename = d.host.posixRename()
	pr.list(ctx)
	pr.writing(ctx)
	pr.moving(ctx)
	if pr.broken != nil {
		return pr.can, fmt.Errorf("probe: %w", pr.broken)
	}
	return pr.can, nil
}

// note files an error and reports whether there was none.
func (pr *probe) note(ctx context.Context, what string, err error) bool {
	if err == nil {
		return true
	}
	if pr.broken == nil && isOver(ctx, err) {
		pr.broken = err
	}
	pr.can.Faults = append(pr.can.Faults, fmt.Errorf("%s: %w", what, err))
	return false
}

func (pr *probe) list(ctx context.Context) {
	pr.can.List = true
	for _, f := range Folders() {
		_, _, err := pr.host.list(ctx, pr.dirs[f], 1)
		if !pr.note(ctx, "list "+pr.dirs[f], err) {
			pr.can.List = false
		}
	}
}

// temp returns a temporary path in a folder.
func (pr *probe) temp(f Folder) string { return path.Join(pr.dirs[f], TempName("probe")) }

// place makes a probe file; after an error it may be there.
func (d *folders) place(ctx context.Context, p string) (fsync bool, err error) {
	dst, err := d.host.create(ctx, p)
	if err != nil {
		return false, err
	}
	err = dst.writeFrom(ctx, bytes.NewReader(probeText), int64(len(probeText)))
	if err == nil {
		fsync, err = dst.sync(ctx)
	}
	if cerr := dst.close(ctx); err == nil {
		err = cerr
	}
	return fsync, err
}

// writing tries Out: make, read back, rename, remove.
func (pr *probe) writing(ctx context.Context) {
	dir := pr.dirs[Out]
	temp := pr.temp(Out)
	fsync, err := pr.place(ctx, temp)
	pr.can.Fsync = fsync
	pr.can.Write = pr.note(ctx, "write in "+dir, err)
	if !pr.can.Write {
		return
	}
	var back bytes.Buffer
	_, err = pr.fetch(ctx, temp, int64(len(probeText)), &back, false)
	if err == nil && !bytes.Equal(back.Bytes(), probeText) {
		err = ErrReadBack
	}
	pr.can.Read = pr.note(ctx, "read in "+dir, err)
	second := pr.temp(Out)
	err = pr.host.publish(ctx, temp, second, !pr.can.PosixRename)
	if pr.can.Rename = pr.note(ctx, "rename in "+dir, err); pr.can.Rename {
		temp = second
	}
	pr.note(ctx, "remove in "+dir, ignoreGone(pr.host.remove(ctx, temp)))
}

// moving tries the way of a file that is taken in: In to Done to Bad.
func (pr *probe) moving(ctx context.Context) {
	here := pr.temp(In)
	if _, err := pr.place(ctx, here); !pr.note(ctx, "write in "+pr.dirs[In], err) {
		return
	}
	pr.can.Move = true
	for _, f := range []Folder{Done, Bad} {
		there := pr.temp(f)
		err := pr.host.move(ctx, here, there)
		if !pr.note(ctx, "move to "+pr.dirs[f], err) {
			pr.can.Move = false
			break
		}
		here = there
	}
	pr.note(ctx, "remove in "+path.Dir(here), ignoreGone(pr.host.remove(ctx, here)))
}

// Clock implements Drop.
func (d *folders) Clock(ctx context.Context) (time.Time, error) {
	temp := d.at(Out, TempName("clock"))
	_, err := d.place(ctx, temp)
	var e Entry
	if err == nil {
		e, err = d.look(ctx, temp)
	}
	d.discard(ctx, Out, temp)
	if err != nil {
		return time.Time{}, fmt.Errorf("clock: %w", err)
	}
	return e.ModTime, nil
}
