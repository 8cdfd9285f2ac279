package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Pool is a bounded set of connections that keep their prepared statements.
// database/sql's own pool would prepare a statement anew, or look for a
// connection that has it, in every transaction.
type Pool struct {
	db    *sql.DB
	slots chan *Conn // nil: a connection that is not open yet
}

// Conn is one connection with the statements prepared on it.
type Conn struct {
	*sql.Conn
	stmts map[string]*sql.Stmt
	Fresh bool // opened for the transaction that has it
}

func newPool(db *sql.DB, size int) *Pool {
	p := &Pool{db: db, slots: make(chan *Conn, size)}
	for range size {
		p.slots <- nil
	}
	return p
}

// Get waits for a free connection.
func (p *Pool) Get(ctx context.Context) (*Conn, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case c := <-p.slots:
		if c != nil {
			c.Fresh = false
			return c, nil
		}
	}
	raw, err := p.db.Conn(ctx)
	if err != nil {
		p.slots <- nil
		return nil, err
	}
	return &Conn{Conn: raw, stmts: make(map[string]*sql.Stmt), Fresh: true}, nil
}

// Put gives a connection back; one that is not sound is closed instead.
func (p *Pool) Put(c *Conn, sound bool) error {
	if sound {
		p.slots <- c
		return nil
	}
	// Close alone would hand the connection to the next caller of db.Conn, a
	// transaction that could not be committed still open on it.
	err := c.Raw(func(any) error { return driver.ErrBadConn })
	if errors.Is(err, driver.ErrBadConn) {
		err = nil
	}
	p.slots <- nil
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
	for range cap(p.slots) {
		select {
		case c := <-p.slots:
			if c != nil {
				errs = append(errs, c.shut())
			}
		default:
		}
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
