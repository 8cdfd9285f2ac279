// Package storetest is PostgreSQL for tests: a server of their own, and a network
// before it.
package storetest

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"carryover/exchange/drop/droptest"
)

// cluster is a PostgreSQL server of our own, in a temporary folder, reached
// through a socket in it. It lives as long as the test program.
type cluster struct {
	dir     string
	port    int // of its socket's name; 0: the usual one
	server  *exec.Cmd
	schemas atomic.Int64
}

var theCluster = struct {
	sync.Mutex
	running *cluster
	err     error
}{}

// NewDatabase is the address of a new empty schema: to a store it is a
// database of its own, and it is made much faster than one. A test that needs it
// skips where PostgreSQL's initdb is missing, and the program's tests end with Stop.
func NewDatabase(t testing.TB) string {
	t.Helper()
	bin := requireInitdb(t)
	theCluster.Lock()
	defer theCluster.Unlock()
	if theCluster.running == nil && theCluster.err == nil {
		theCluster.running, theCluster.err = startCluster(bin, nil)
	}
	if theCluster.err != nil {
		t.Fatal(theCluster.err)
	}
	c := theCluster.running
	name := fmt.Sprintf("test%d", c.schemas.Add(1))
	if err := c.execute("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	return c.dsn(name)
}

// Restored is the address of a new schema with what a dump of the schema public holds.
func Restored(t testing.TB, dump []byte) string {
	t.Helper()
	dsn := NewDatabase(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(dump), "public.", u.Query().Get("search_path")+".")
	if err := theCluster.running.execute(text); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// Copy is the address of a new schema with what another holds, as pg_dump has it.
func Copy(t testing.TB, dsn string) string {
	t.Helper()
	from, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	schema, host := from.Query().Get("search_path"), from.Query().Get("host")
	from.RawQuery = url.Values{"host": {host}, "port": {cmp.Or(from.Query().Get("port"), "5432")}}.Encode()
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		program = filepath.Join(requireInitdb(t), "pg_dump")
	}
	if _, err := os.Stat(program); err != nil {
		droptest.Missing(t, "pg_dump of PostgreSQL")
	}
	dump, err := exec.CommandContext(t.Context(), program, "--schema", schema, "--inserts", from.String()).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	to := NewDatabase(t)
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(dump)) {
		if !strings.HasPrefix(line, `\`) && !strings.HasPrefix(line, "CREATE SCHEMA ") { // what only psql knows
			text.WriteString(strings.ReplaceAll(line, schema+".", u.Query().Get("search_path")+"."))
		}
	}
	if err := theCluster.running.execute(text.String()); err != nil {
		t.Fatal(err)
	}
	return to
}

// Stop ends the server, if a test has started it.
func Stop() error {
	theCluster.Lock()
	defer theCluster.Unlock()
	if theCluster.running == nil {
		return nil
	}
	return theCluster.running.stop()
}

// requireInitdb is where the server's programs are; the test skips without them.
func requireInitdb(t testing.TB) string {
	t.Helper()
	initdb := findInitdb()
	if initdb == "" {
		droptest.Missing(t, "initdb of PostgreSQL")
	}
	return filepath.Dir(initdb)
}

// findInitdb looks on the PATH, then where Debian puts the server's programs.
func findInitdb() string {
	if p, err := exec.LookPath("initdb"); err == nil {
		return p
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}

// unprivileged is how programs run that refuse to be started by root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// startCluster makes a cluster and starts its server; prepare, if there is one, puts
// further files into its data folder before, and returns its port and
// further settings.
func startCluster(bin string, prepare func(data string) (port int, settings []string, err error)) (*cluster, error) {
	dir, err := os.MkdirTemp("", "carryover-pg")
	if err != nil {
		return nil, err
	}
	attr, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "carryover", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, settings := 0, []string{"listen_addresses="}
	if prepare != nil {
		if port, settings, err = prepare(data); err != nil {
			return nil, err
		}
		if _, err := unprivileged(data); err != nil {
			return nil, err
		}
	}
	c := &cluster{dir: dir, port: port}
	c.server = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "fsync=off", "-c", "full_page_writes=off",
		"-c", "shared_buffers=64MB", "-c", "deadlock_timeout=100ms", "-c", "max_locks_per_transaction=16")
	for _, setting := range settings {
		c.server.Args = append(c.server.Args, "-c", setting)
	}
	c.server.SysProcAttr, c.server.Dir = attr, dir
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	c.server.Stdout, c.server.Stderr = log, log
	if err := c.server.Start(); err != nil {
		return nil, err
	}
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err = c.execute("SELECT 1"); err == nil {
			return c, nil
		}
		if time.Now().After(until) {
			return nil, errors.Join(fmt.Errorf("postgres does not answer: %w", err), c.stop())
		}
	}
}

func (c *cluster) dsn(schema string) string {
	q := url.Values{"host": {c.dir}, "search_path": {schema}}
	if c.port != 0 {
		q.Set("port", strconv.Itoa(c.port))
	}
	u := url.URL{Scheme: "postgres", User: url.User("carryover"), Path: "/postgres", RawQuery: q.Encode()}
	return u.String()
}

func (c *cluster) execute(text string) (err error) {
	db, err := sql.Open("pgx", c.dsn("public"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(context.Background(), text)
	return err
}

// stop asks the server to end at once and removes the folder.
func (c *cluster) stop() error {
	err := c.server.Process.Signal(syscall.SIGQUIT)
	if _, werr := c.server.Process.Wait(); werr != nil {
		err = errors.Join(err, werr)
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}
