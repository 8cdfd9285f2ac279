package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// pool is a bounded set of connections that keep their prepared statements.
// database/sql's own pool would prepare a statement anew, or look for a
// connection that has it, in every transaction.
type pool struct {
	db    *sql.DB
	slots chan *conn // nil: a connection that is not open yet
}

// conn is one connection with the statements prepared on it.
type conn struct {
	*sql.Conn
	stmts map[string]prepared
	fresh bool // opened for the transaction that has it
}

// prepared is a statement, and the tables that it names.
type prepared struct {
	*sql.Stmt
	names tables
}

func newPool(db *sql.DB, size int) *pool {
	p := &pool{db: db, slots: make(chan *conn, size)}
	for range size {
		p.slots <- nil
	}
	return p
}

// get waits for a free connection.
func (p *pool) get(ctx context.Context) (*conn, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case c := <-p.slots:
		if c != nil {
			c.fresh = false
			return c, nil
		}
	}
	raw, err := p.db.Conn(ctx)
	if err != nil {
		p.slots <- nil
		return nil, err
	}
	return &conn{Conn: raw, stmts: make(map[string]prepared), fresh: true}, nil
}

// put gives a connection back; one that is not sound is closed instead.
func (p *pool) put(c *conn, sound bool) error {
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

func (c *conn) shut() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.Close())...)
}

// close closes the connections that are free, then the rest with the DB.
func (p *pool) close() error {
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

// stmt is the prepared statement of a text.
func (c *conn) stmt(ctx context.Context, eng engine, text string) (prepared, error) {
	if s, ok := c.stmts[text]; ok {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, eng.marks(text))
	if err != nil {
		return prepared{}, err
	}
	c.stmts[text] = prepared{s, tablesIn(text)}
	return c.stmts[text], nil
}
