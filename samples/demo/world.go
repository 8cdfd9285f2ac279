package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"carryover/samples/demo/outside"

	"carryover/config"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/formats"
	"carryover/samples"
)

// The two agencies, and the small partners with programs of their own.
const (
	suzhou   = "320500" // rule profile 2016
	shanghai = "310100" // rule profile 2021
	hangzhou = "330100" // exchanges with suzhou, balances are netted
	chengdu  = "510100" // exchanges with suzhou, by workbooks
	shenzhen = "440300" // exchanges with shanghai, one payment for all persons
)

// The calendar of the demo: the first working day, and the last one at which
// the first agency's account at its bank still exists.
const (
	firstDay   = calendar.Date(20260316)
	closingDay = 11 // working day on which an account of shanghai is closed
	maxNights  = 60
)

// world is everything around the agencies, and the calendar that all live by.
type world struct {
	dir   string
	clock *clock
	cal   *calendar.Calendar
	today calendar.Date
	day   int // working days since the first one
	zone  *time.Location

	agencies []*agency // in the order of their passes
	cores    map[string]*outside.Core
	portals  map[string]*outside.Portal
	banks    map[string]*outside.Bank
	partners map[string]*outside.Partner
	clearing *outside.Clearing
	boxes    []*outside.Mailbox
	books    []*outside.BookFile

	people   []*person
	byID     map[string]*person
	mistyped map[string]bool // numbers of records that were mistyped on purpose
	events   []event
	turns    int // so far
	requests int // certificate requests so far
	lodged   int // applications so far
	signed   int // signatures of officers so far
}

// event is something that happens on a day without anybody asking for it.
type event struct {
	day, round int
	do         func(ctx context.Context, w *world) error
}

// clock is the time that everybody in the demo reads. It goes on by a second
// whenever it is read, so that no two things happen at once.
type clock struct {
	unix atomic.Int64
	zone *time.Location
}

func (c *clock) set(t time.Time) { c.unix.Store(t.Unix()) }

func (c *clock) now() time.Time { return time.Unix(c.unix.Add(1), 0).In(c.zone) }

// newWorld builds the systems around the agencies; the people come in by
// settle.
func newWorld(dir string, zone *time.Location, cal *calendar.Calendar) *world {
	return &world{
		dir: dir, clock: &clock{zone: zone}, cal: cal, zone: zone, today: firstDay, clearing: outside.NewClearing(),
		cores: map[string]*outside.Core{}, portals: map[string]*outside.Portal{}, banks: map[string]*outside.Bank{}, partners: map[string]*outside.Partner{},
		byID: map[string]*person{}, mistyped: map[string]bool{},
	}
}

// openBooks opens a book in the world's own folder.
func (w *world) openBooks(name string) (*outside.BookFile, error) {
	dir := filepath.Join(w.dir, "outside")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	b, err := outside.OpenBookFile(filepath.Join(dir, name+".jsonl"))
	if err != nil {
		return nil, err
	}
	w.books = append(w.books, b)
	return b, nil
}

// surround gives an agency its core, portal and bank, each behind its drop.
func (w *world) surround(a *agency) error {
	books, err := w.openBooks(a.code + "-core")
	if err != nil {
		return err
	}
	c := outside.NewCore(outside.NewBooks(a.code, books), w.mailbox(a, a.code+"c", outside.LocalDrop(a.drop("core"))))
	w.cores[a.code] = c

	p := outside.NewPortal(w.mailbox(a, a.code+"p", outside.LocalDrop(a.drop("portal"))))
	p.OnNotice = func(n *formats.Notice) { w.hear(a.code, n) }
	p.OnCertificate = w.certified
	w.portals[a.code] = p

	place := samples.PlaceOf(a.code)
	b, err := w.newBank(a.code+"b", place)
	if err != nil {
		return err
	}
	b.Box = w.mailbox(a, a.code+"b", outside.LocalDrop(a.drop("bank")))
	for _, account := range a.accounts() {
		b.Open(account.AccountNo, account.Holder, true, openingBalance)
	}
	if a.settings.Bank.Carrier == config.CarrierWorkbook {
		b.WorkByHand(a.settings.Accounts.Payer.AccountNo)
	}
	w.banks[a.code] = b
	return nil
}

// openingBalance stands on every account of an agency on the first day.
const openingBalance = 5_000_000_000_00

func (w *world) newBank(name string, place samples.Place) (*outside.Bank, error) {
	books, err := w.openBooks(name)
	if err != nil {
		return nil, err
	}
	return outside.NewBank(name, place.BankName, place.CNAPS, w.clearing, books), nil
}

// join adds a small partner that reaches its host's drop.
func (w *world) join(host *agency, area string, dial func(context.Context) (drop.Drop, error)) (*outside.Partner, error) {
	place := samples.PlaceOf(area)
	books, err := w.openBooks(area + "-core")
	if err != nil {
		return nil, err
	}
	bk, err := w.newBank(area+"b", place)
	if err != nil {
		return nil, err
	}
	box := w.mailbox(host, area, dial)
	if box.Seal, err = host.introduceSmall(area); err != nil {
		return nil, err
	}
	p := outside.NewPartner(place, box, outside.NewBooks(area, books), bk)
	bk.Open(place.AccountNo, place.AccountName, false, openingBalance)
	bk.OnCredit = p.Credit
	w.partners[area] = p
	return p, nil
}

func (w *world) mailbox(a *agency, self string, dial func(context.Context) (drop.Drop, error)) *outside.Mailbox {
	m := outside.NewMailbox(self, a.code, dial)
	m.Profile = a.profile
	w.boxes = append(w.boxes, m)
	return m
}

// settle enters a person where they were and where they are.
func (w *world) settle(p *person) {
	w.people = append(w.people, p)
	w.byID[p.IDNo] = p
	p.application = p.newApplication()
}

func (w *world) booksAt(area string) *outside.Books {
	if c := w.cores[area]; c != nil {
		return c.Books
	}
	return w.partners[area].Books
}

func (w *world) hear(at string, n *formats.Notice) {
	if p := w.byID[n.IDNo]; p != nil && n.Recipient == code.ToPerson {
		p.hear(at, n)
	}
}

func (w *world) certified(c *formats.Certificate) {
	p := w.byID[c.Person.IDNo]
	if p == nil {
		return
	}
	p.certificate = strings.Clone(c.CertificateNo)
	if c.Replaces != "" {
		p.voided = append(p.voided, c.Replaces)
	}
}

// applicationNo is the number of a person's application, given by the portal
// where it is first lodged.
func (w *world) applicationNo(p *person) string {
	if p.application.ApplicationNo != "" {
		return p.application.ApplicationNo
	}
	w.lodged++
	return fmt.Sprintf("%s-A%s%06d", w.portalOf(p), w.today.Compact(), w.lodged)
}

func (w *world) portalOf(p *person) string {
	if p.application.LodgedAt == code.LodgedOld {
		return p.from
	}
	return p.to
}

// turn lets everybody around the agencies do what they do between two passes:
// they take what is in their drops, the people act, and what follows is sent.
func (w *world) turn(ctx context.Context, round int) error {
	w.turns++
	if err := w.receiveAll(ctx, round); err != nil {
		return err
	}
	for _, p := range w.people {
		if err := p.act(w); err != nil {
			return err
		}
	}
	for _, e := range w.events {
		if e.day == w.day && e.round == round {
			if err := e.do(ctx, w); err != nil {
				return err
			}
		}
	}
	return w.sendAll(ctx)
}

func (w *world) receiveAll(ctx context.Context, round int) error {
	for _, a := range w.agencies {
		if err := w.cores[a.code].Receive(ctx, w.clock.now()); err != nil {
			return err
		}
		if err := w.portals[a.code].Receive(ctx, w.clock.now()); err != nil {
			return err
		}
		for _, o := range a.officers {
			n, err := o.Work(ctx)
			if err != nil {
				return err
			}
			w.signed += n
		}
		if round == 0 {
			if err := w.banks[a.code].Morning(ctx, w.clock.now()); err != nil {
				return err
			}
		}
	}
	for _, area := range slices.Sorted(maps.Keys(w.partners)) {
		if err := w.partners[area].Receive(ctx, w.clock.now(), w.day); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) sendAll(ctx context.Context) error {
	for _, a := range w.agencies {
		if err := w.cores[a.code].Send(ctx, w.clock.now()); err != nil {
			return err
		}
		if err := w.portals[a.code].Send(ctx, w.clock.now()); err != nil {
			return err
		}
	}
	for _, area := range slices.Sorted(maps.Keys(w.partners)) {
		if err := w.partners[area].Send(ctx, w.clock.now(), w.day); err != nil {
			return err
		}
	}
	return nil
}

// night lets the banks book.
func (w *world) night() error {
	for _, area := range slices.Sorted(maps.Keys(w.banks)) {
		if err := w.banks[area].Night(w.today); err != nil {
			return err
		}
	}
	for _, area := range slices.Sorted(maps.Keys(w.partners)) {
		if err := w.partners[area].Bank.Night(w.today); err != nil {
			return err
		}
	}
	return w.clearing.Settle(w.today)
}

// moved counts the files that the outside has sent and received.
func (w *world) moved() (n int) {
	n = w.signed
	for _, m := range w.boxes {
		n += m.Moved
	}
	return n
}

// idle reports whether nobody outside has anything left to do.
func (w *world) idle() bool {
	for _, p := range w.people {
		if p.next < len(p.script) {
			return false
		}
	}
	for _, p := range w.partners {
		if !p.Idle() {
			return false
		}
	}
	for _, b := range w.banks {
		if !b.Idle() {
			return false
		}
	}
	return w.clearing.Idle()
}

// close ends all sessions and books.
func (w *world) close() error {
	var faults []error
	for _, m := range w.boxes {
		faults = append(faults, m.Close())
	}
	for _, b := range w.books {
		faults = append(faults, b.Close())
	}
	return errors.Join(faults...)
}
