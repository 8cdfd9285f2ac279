package store

import (
	"context"
	"fmt"

	"carryover/exchange/store/shape"
)

// SpoolPart is how many bytes of a file of the spool a row holds at most.
const SpoolPart = 1 << 20

// PutSpoolPart stores a part of a file of the spool, from 0 on, in place of an older
// one. All but the last have SpoolPart bytes; what an older, longer file of the name has
// behind the last is gone.
func (tx *Tx) PutSpoolPart(name string, n int, part []byte, last bool) error {
	_, err := tx.exec("INSERT INTO spool_parts (name, n, is_last, bytes) VALUES ($1, $2, $3, $4)"+
		" ON CONFLICT (name, n) DO UPDATE SET is_last = excluded.is_last, bytes = excluded.bytes", name, int64(n), shape.Bit(last), part)
	if err == nil && last {
		_, err = tx.exec("DELETE FROM spool_parts WHERE name = $1 AND n > $2", name, int64(n))
	}
	if err != nil {
		return fmt.Errorf("spool %s: %w", name, err)
	}
	return nil
}

// SpoolPart returns a part of a file of the spool, and whether it is the last.
func (tx *Tx) SpoolPart(name string, n int) (part []byte, last bool, err error) {
	last, err = one(tx, fmt.Sprintf("spool %s part %d", name, n), func(r row, last *bool) error { return r.Scan(&part, last) },
		"SELECT bytes, is_last FROM spool_parts WHERE name = $1 AND n = $2", name, int64(n))
	return part, last, err
}

// SpoolSize returns how many bytes a file of the spool has.
func (tx *Tx) SpoolSize(name string) (int64, error) {
	return tx.number("spool "+name, "SELECT CAST(sum(length(bytes)) AS BIGINT) FROM spool_parts WHERE name = $1 GROUP BY name", name)
}

// Binding is whose store this is, and which spool belongs to it.
type Binding struct {
	Agency    string // area code
	Rehearsal bool   // what happens in it is not meant
	Spool     string // id
}

// Bind binds the store, once and for all; one that is bound stays as it is.
func (tx *Tx) Bind(b Binding) error {
	_, err := tx.exec("INSERT INTO bindings (one, agency, rehearsal, spool) VALUES (1, $1, $2, $3) ON CONFLICT (one) DO NOTHING", b.Agency, shape.Bit(b.Rehearsal), b.Spool)
	return err
}

// Binding returns what the store is bound to; none yet: ErrNotFound.
func (tx *Tx) Binding() (Binding, error) {
	return one(tx, "binding of the store", func(r row, b *Binding) error { return r.Scan(&b.Agency, &b.Rehearsal, &b.Spool) },
		"SELECT agency, rehearsal, spool FROM bindings")
}

// Shared reports whether several machines may work on the store, which then keeps the spool.
func (s *Store) Shared() bool { return s.eng.Shared() }

// LockPasses takes the right to make passes on a shared store; atomicfile.ErrLocked
// while another has it. held ends with ctx, and when the right is lost because the
// server has ended the connection: its cause is then that error.
func (s *Store) LockPasses(ctx context.Context) (held context.Context, unlock func() error, err error) {
	return s.eng.LockPasses(ctx)
}
