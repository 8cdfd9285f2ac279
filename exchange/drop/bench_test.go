package drop_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
)

// The sizes that the figures in README.md are measured with are
// -large 1024 -small 5000.
var (
	largeMiB   = flag.Int("large", 128, "size in MiB of the large file in the benchmarks")
	smallFiles = flag.Int("small", 1000, "number of small files in the benchmarks")
)

const (
	smallSize   = 20 << 10
	benchCipher = "aes128-gcm@openssh.com"
	benchRuns   = 5
	parallel    = 8
)

// rival runs OpenSSH's own sftp with one command against the same server.
func rival(b *testing.B, s *droptest.SSHD, command string) {
	b.Helper()
	cmd := exec.Command(droptest.Require(b, "sftp"), "-q", "-b", "-", "-F", "none", "-P", s.Port, "-i", s.KeyFile,
		"-o", "Ciphers="+benchCipher, "-o", "Compression=no", "-o", "StrictHostKeyChecking=yes",
		"-o", "UserKnownHostsFile="+s.HostFile, s.User+"@127.0.0.1")
	cmd.Stdin = bytes.NewReader([]byte(command + "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("sftp: %v: %s", err, out)
	}
}

// duel runs two ways of the same work in turn, each into an emptied folder, and
// prints the medians.
func duel(b *testing.B, local string, bytes int64, ours, theirs func()) {
	b.Helper()
	var a, o []time.Duration
	for i := range benchRuns {
		for turn := range 2 {
			empty(b, local) // what is still to be written back must not slow the next one
			if (i+turn)%2 == 0 {
				o = append(o, timed(theirs))
			} else {
				a = append(a, timed(ours))
			}
		}
	}
	slices.Sort(a)
	slices.Sort(o)
	us, them := a[benchRuns/2], o[benchRuns/2]
	b.ReportMetric(float64(bytes)/us.Seconds()/1e6, "ours-MB/s")
	b.ReportMetric(float64(bytes)/them.Seconds()/1e6, "openssh-MB/s")
	b.ReportMetric(them.Seconds()/us.Seconds(), "ratio")
}

func empty(b *testing.B, dir string) {
	b.Helper()
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		b.Fatal(err)
	}
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// BenchmarkLargeFile: one file from an OpenSSH server on loopback, against
// OpenSSH's sftp with the same cipher, connecting included.
func BenchmarkLargeFile(b *testing.B) {
	s := droptest.OpenSSH(b)
	size := int64(*largeMiB) << 20
	remote := filepath.Join(s.Local, "in", "large.csv")
	writeLarge(b, remote, size)
	local := filepath.Join(b.TempDir(), "local")
	for b.Loop() {
		duel(b, local, size,
			func() { fetch(b, s, 1, false, local) },
			func() { rival(b, s, "get "+remote+" "+local) })
	}
	if fi, err := os.Stat(filepath.Join(local, "large.csv")); err != nil || fi.Size() != size {
		b.Fatal("not all of it came", err)
	}
}

// BenchmarkSmallFiles: many files of 20 KiB, each flushed to the disk, against sftp's get -f.
func BenchmarkSmallFiles(b *testing.B) {
	s := droptest.OpenSSH(b)
	content := droptest.Content(smallSize, 1)
	for i := range *smallFiles {
		p := filepath.Join(s.Local, "in", fmt.Sprintf("%05d.csv", i))
		if err := os.WriteFile(p, content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	local := filepath.Join(b.TempDir(), "local")
	for b.Loop() {
		duel(b, local, int64(*smallFiles)*smallSize,
			func() { fetch(b, s, parallel, true, local) },
			func() { rival(b, s, "get -f "+filepath.Join(s.Local, "in", "*.csv")+" "+local) })
	}
}

// fetch picks everything up.
func fetch(b *testing.B, s *droptest.SSHD, parallel int, flush bool, to string) {
	b.Helper()
	c := s.SFTP
	c.Ciphers = []string{benchCipher}
	ctx := context.Background()
	d, err := drop.DialSFTP(ctx, c, drop.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	l, err := d.List(ctx, drop.In)
	if err != nil {
		b.Fatal(err)
	}
	errs := drop.GetAll(ctx, d, drop.In, l.Files, parallel, func(e drop.Entry) (io.WriteCloser, error) {
		f, err := os.Create(filepath.Join(to, e.Name))
		return flushed{f, flush}, err
	})
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
}

// flushed is a file that is flushed to the disk before it is closed.
type flushed struct {
	*os.File
	flush bool
}

// Close implements io.Closer.
func (f flushed) Close() error {
	if f.flush {
		if err := f.Sync(); err != nil {
			return errors.Join(err, f.File.Close())
		}
	}
	return f.File.Close()
}

func writeLarge(b *testing.B, p string, size int64) {
	b.Helper()
	f, err := os.Create(p)
	if err != nil {
		b.Fatal(err)
	}
	block := droptest.Content(1<<20, 1)
	for n := int64(0); n < size; n += int64(len(block)) {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
