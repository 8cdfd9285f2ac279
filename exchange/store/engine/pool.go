package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
)

// Pool is a bounded set of connections that keep their prepared statements.
// database/sql's own pool would prepare a statement anew, or look for a
// connection that has it, in every transaction.
type Pool struct {
	db    *sql.DB
	free  chan struct{} // one for each connection that may be taken
	mu    sync.Mutex
	ready []*Conn // open and free; the last one used is taken first, for it has its statements
}

// Conn is one connection with the statements prepared on it.
type Conn struct {
	*sql.Conn
	stmts map[string]*sql.Stmt
	Fresh bool // opened for the transaction that has it
}

func newPool(db *sql.DB, size int) *Pool {
	p := &Pool{db: db, free: make(chan struct{}, size)}
	for range size {
		p.free <- struct{}{}
	}
	return p
}

// Get waits for a free connection.
func (p *Pool) Get(ctx context.Context) (*Conn, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.free:
	}
	if c := p.take(); c != nil {
		c.Fresh = false
		return c, nil
	}
	raw, err := p.db.Conn(ctx)
	if err != nil {
		p.free <- struct{}{}
		return nil, err
	}
	return &Conn{Conn: raw, stmts: make(map[string]*sql.Stmt), Fresh: true}, nil
}

// take is an open connection that is free, or nil.
func (p *Pool) take() *Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.ready) - 1
	if last < 0 {
		return nil
	}
	c := p.ready[last]
	p.ready = p.ready[:last]
	return c
}

// Put gives a connection back; one that is not sound is closed instead.
func (p *Pool) Put(c *Conn, sound bool) error {
	defer func() { p.free <- struct{}{} }()
	if sound {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.ready = append(p.ready, c)
		return nil
	}
	// Close alone would hand the connection to the next caller of db.Conn, a
	// transaction that could not be committed still open on it.
	err := c.Raw(func(any) error { return driver.ErrBadConn })
	if errors.Is(err, driver.ErrBadConn) {
		err = nil
	}
	return err
}

func (c *Conn) shut() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.Close())...)
}

// Close closes the connections that are free, then the rest with the DB.
func (p *Pool) Close() error {
	var errs []error
	for c := p.take(); c != nil; c = p.take() {
		errs = append(errs, c.shut())
	}
	return errors.Join(append(errs, p.db.Close())...)
}

// Stmt is the prepared statement of a text.
func (c *Conn) Stmt(ctx context.Context, eng Engine, text string) (*sql.Stmt, error) {
	if s := c.stmts[text]; s != nil {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, eng.marks(text))
	if err != nil {
		return nil, err
	}
	c.stmts[text] = s
	return s, nil
}

// DB is the database that the connections lead to.
func (p *Pool) DB() *sql.DB { return p.db }
