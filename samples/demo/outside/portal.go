package outside

import (
	"context"
	"maps"
	"slices"
	"time"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// Portal is an agency's service portal: people lodge there and are told there.
type Portal struct {
	Box           *Mailbox
	OnNotice      func(n *formats.Notice)      // told of every notice; must be set
	OnCertificate func(c *formats.Certificate) // told of every certificate; must be set

	Mistyped map[string]func([]byte) []byte // by application_no: mistyped once
	Withhold bool                           // the next application batch stays behind

	lodged map[string][]any // by kind, to be sent
	behind *SentBatch       // the one that stayed
}

// NewPortal puts a portal behind its end of a drop.
func NewPortal(box *Mailbox) *Portal {
	return &Portal{Box: box, lodged: map[string][]any{}, Mistyped: map[string]func([]byte) []byte{}}
}

// Lodge keeps a record for the next batch of its kind.
func (p *Portal) Lodge(kind string, rec any) { p.lodged[kind] = append(p.lodged[kind], rec) }

// Receive hands notices and certificates on.
func (p *Portal) Receive(ctx context.Context, now time.Time) error {
	return p.Box.receive(ctx, now, func(rec any) (verdict, error) {
		switch r := rec.(type) {
		case *formats.Notice:
			p.OnNotice(r)
		case *formats.Certificate:
			p.OnCertificate(r)
		}
		return verdict{}, nil
	})
}

// Send puts down what was lodged, one batch for each kind.
func (p *Portal) Send(ctx context.Context, now time.Time) error {
	for _, kind := range slices.Sorted(maps.Keys(p.lodged)) {
		records, err := p.mistype(kind, p.lodged[kind])
		if err != nil {
			return err
		}
		delete(p.lodged, kind)
		if kind == formats.KindApplication && p.Withhold {
			p.Withhold = false
			b, err := p.Box.prepare(now, kind, "", records)
			if err != nil {
				return err
			}
			p.behind = &b
			continue
		}
		if err := p.Box.send(ctx, now, kind, "", records); err != nil {
			return err
		}
	}
	return nil
}

// mistype spoils the records that a clerk of the portal keys in wrongly.
func (p *Portal) mistype(kind string, records []any) ([]any, error) {
	for i, rec := range records {
		a, ok := rec.(*formats.Application)
		if !ok || p.Mistyped[a.ApplicationNo] == nil {
			continue
		}
		var rows batch.Rows
		if err := batch.Find(kinds, kind).Append(&rows, a); err != nil {
			return nil, err
		}
		rows.Bytes = p.Mistyped[a.ApplicationNo](rows.Bytes)
		delete(p.Mistyped, a.ApplicationNo)
		records[i] = rows
	}
	return records, nil
}

// CatchUp puts down the batch that stayed behind.
func (p *Portal) CatchUp(ctx context.Context) error {
	b := p.behind
	p.behind = nil
	return p.Box.Put(ctx, b.Name, b.Content)
}

// Refused reports whether the agency refused a record of ours.
func (p *Portal) Refused(recordNo string) bool {
	for _, v := range p.Box.Refusals {
		if v.RecordNo == recordNo && v.Verdict == code.Refused {
			return true
		}
	}
	return false
}
