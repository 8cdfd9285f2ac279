package sftpserver

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/pkg/sftp"
)

// jail answers the requests of one session inside one folder.
type jail struct{ root *os.Root }

// below turns a path of the client into one below the root.
func below(p string) string {
	if p = strings.TrimPrefix(path.Clean("/"+p), "/"); p == "" {
		return "."
	}
	return p
}

// answer keeps this machine's paths out of what the client reads.
func answer(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return sftp.ErrSSHFxNoSuchFile
	case errors.Is(err, fs.ErrPermission):
		return sftp.ErrSSHFxPermissionDenied
	}
	return sftp.ErrSSHFxFailure
}

// Fileread opens a regular file.
func (j *jail) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	f, err := j.root.OpenFile(below(r.Filepath), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, answer(err)
	}
	if fi, err := f.Stat(); err != nil || !fi.Mode().IsRegular() {
		f.Close()
		return nil, sftp.ErrSSHFxFailure
	}
	return f, nil
}

// Filewrite opens a file for writing.
func (j *jail) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	flags, want := os.O_WRONLY|syscall.O_NONBLOCK, r.Pflags()
	if want.Append {
		return nil, sftp.ErrSSHFxOpUnsupported
	}
	for flag, set := range map[int]bool{os.O_CREATE: want.Creat, os.O_EXCL: want.Excl, os.O_TRUNC: want.Trunc} {
		if set {
			flags |= flag
		}
	}
	f, err := j.root.OpenFile(below(r.Filepath), flags, 0o600)
	if err != nil {
		return nil, answer(err)
	}
	return f, nil
}

// Filecmd does what needs no handle.
func (j *jail) Filecmd(r *sftp.Request) error {
	p := below(r.Filepath)
	switch r.Method {
	case "Setstat":
		return answer(j.setstat(p, r))
	case "Rename":
		return answer(j.rename(p, below(r.Target)))
	case "Mkdir":
		return answer(j.root.Mkdir(p, 0o700))
	case "Remove":
		return answer(j.remove(p, false))
	case "Rmdir":
		return answer(j.remove(p, true))
	}
	return sftp.ErrSSHFxOpUnsupported
}

// PosixRename replaces the target.
func (j *jail) PosixRename(r *sftp.Request) error {
	return answer(j.root.Rename(below(r.Filepath), below(r.Target)))
}

// rename is that of SFTP version 3: it never replaces.
func (j *jail) rename(from, to string) error {
	fi, err := j.root.Lstat(from)
	if err != nil {
		return err
	}
	if fi.Mode().IsRegular() {
		if err := j.root.Link(from, to); err != nil {
			return err
		}
		return j.root.Remove(from)
	}
	if _, err := j.root.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return j.root.Rename(from, to)
}

func (j *jail) remove(p string, folder bool) error {
	fi, err := j.root.Lstat(p)
	if err != nil {
		return err
	}
	if fi.IsDir() != folder || p == "." {
		return fs.ErrInvalid
	}
	return j.root.Remove(p)
}

func (j *jail) setstat(p string, r *sftp.Request) error {
	fi, err := j.root.Lstat(p)
	if err != nil {
		return err
	}
	if fi.Mode()&fs.ModeSymlink != 0 {
		return fs.ErrInvalid
	}
	has, attrs := r.AttrFlags(), r.Attributes()
	if has.Size {
		if err := j.truncate(p, int64(attrs.Size)); err != nil {
			return err
		}
	}
	if has.Permissions {
		if err := j.root.Chmod(p, attrs.FileMode().Perm()&0o700); err != nil {
			return err
		}
	}
	if has.Acmodtime {
		return j.root.Chtimes(p, time.Unix(int64(attrs.Atime), 0), time.Unix(int64(attrs.Mtime), 0))
	}
	return nil
}

func (j *jail) truncate(p string, size int64) error {
	f, err := j.root.OpenFile(p, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close())
}

// Filelist lists a folder or looks at a name.
func (j *jail) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	switch p := below(r.Filepath); r.Method {
	case "List":
		l, err := j.list(p)
		return l, answer(err)
	case "Stat":
		fi, err := j.root.Stat(p)
		return items{fi}, answer(err)
	}
	return nil, sftp.ErrSSHFxOpUnsupported
}

// Lstat looks at a name without following a link.
func (j *jail) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	fi, err := j.root.Lstat(below(r.Filepath))
	return items{fi}, answer(err)
}

func (j *jail) list(p string) (items, error) {
	d, err := j.root.Open(p)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var l items
	for _, name := range names {
		fi, err := j.root.Lstat(path.Join(p, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since
		}
		if err != nil {
			return nil, err
		}
		l = append(l, fi)
	}
	return l, nil
}

// items is a list that the protocol reads in pieces.
type items []fs.FileInfo

// ListAt implements sftp.ListerAt.
func (l items) ListAt(to []fs.FileInfo, off int64) (int, error) {
	if off >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(to, l[off:])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}
