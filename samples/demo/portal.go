package demo

import (
	"context"
	"maps"
	"slices"
	"time"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// portal is an agency's service portal: people lodge there and are told there.
type portal struct {
	agency string
	box    *mailbox
	lodged map[string][]any // by kind, to be sent
	hear   func(n *formats.Notice)
	got    func(c *formats.Certificate)

	spoil    map[string]func([]byte) []byte // by application_no: mistyped once
	withhold bool                           // the next application batch stays behind
	behind   *sentBatch                     // the one that stayed
}

func newPortal(agency string, box *mailbox) *portal {
	return &portal{agency: agency, box: box, lodged: map[string][]any{}, spoil: map[string]func([]byte) []byte{}}
}

// lodge keeps a record for the next batch of its kind.
func (p *portal) lodge(kind string, rec any) { p.lodged[kind] = append(p.lodged[kind], rec) }

func (p *portal) receive(ctx context.Context, now time.Time) error {
	return p.box.receive(ctx, now, func(rec any) (verdict, error) {
		switch r := rec.(type) {
		case *formats.Notice:
			p.hear(r)
		case *formats.Certificate:
			p.got(r)
		}
		return verdict{}, nil
	})
}

// send puts down what was lodged, one batch for each kind.
func (p *portal) send(ctx context.Context, now time.Time) error {
	for _, kind := range slices.Sorted(maps.Keys(p.lodged)) {
		records, err := p.mistype(kind, p.lodged[kind])
		if err != nil {
			return err
		}
		delete(p.lodged, kind)
		if kind == formats.KindApplication && p.withhold {
			p.withhold = false
			b, err := p.box.prepare(now, kind, "", records)
			if err != nil {
				return err
			}
			p.behind = &b
			continue
		}
		if err := p.box.send(ctx, now, kind, "", records); err != nil {
			return err
		}
	}
	return nil
}

// mistype spoils the records that a clerk of the portal keys in wrongly.
func (p *portal) mistype(kind string, records []any) ([]any, error) {
	for i, rec := range records {
		a, ok := rec.(*formats.Application)
		if !ok || p.spoil[a.ApplicationNo] == nil {
			continue
		}
		var rows batch.Rows
		if err := batch.Find(kinds, kind).Append(&rows, a); err != nil {
			return nil, err
		}
		rows.Bytes = p.spoil[a.ApplicationNo](rows.Bytes)
		delete(p.spoil, a.ApplicationNo)
		records[i] = rows
	}
	return records, nil
}

// catchUp puts down the batch that stayed behind.
func (p *portal) catchUp(ctx context.Context) error {
	b := p.behind
	p.behind = nil
	return p.box.put(ctx, b.name, b.content)
}

// refused reports whether the agency refused a record of ours.
func (p *portal) refused(recordNo string) bool {
	for _, v := range p.box.refusals {
		if v.RecordNo == recordNo && v.Verdict == code.Refused {
			return true
		}
	}
	return false
}
