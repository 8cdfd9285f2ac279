package outside

import (
	"context"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
)

// Core is an agency's insurance system of record behind its drop: it books
// what it is asked to, or refuses, and hands out its registry.
type Core struct {
	Books   *Books
	box     *Mailbox
	results []any
	whole   bool // the whole registry was handed out once
}

// NewCore puts books behind a core's end of its drop.
func NewCore(b *Books, box *Mailbox) *Core { return &Core{Books: b, box: box} }

// Receive works the postings that are there; certificates are only taken note of.
func (c *Core) Receive(ctx context.Context, now time.Time) error {
	return c.box.receive(ctx, now, func(rec any) (verdict, error) {
		p, ok := rec.(*formats.Posting)
		if !ok {
			return verdict{}, nil
		}
		r, err := c.Books.post(p, calendar.DateOf(now))
		c.results = append(c.results, &r)
		return verdict{}, err
	})
}

// Send hands out results and the registry: all of it the first time, then
// who was changed.
func (c *Core) Send(ctx context.Context, now time.Time) error {
	results := c.results
	c.results = nil
	if err := c.box.send(ctx, now, formats.KindPostingResult, "", results); err != nil {
		return err
	}
	extent := code.ExtentDelta
	if !c.whole {
		extent, c.whole = code.ExtentFull, true
	}
	var records []any
	for _, r := range c.Books.Extract(extent == code.ExtentFull, calendar.DateOf(now)) {
		records = append(records, r)
	}
	return c.box.send(ctx, now, formats.KindRegistry, extent, records)
}
