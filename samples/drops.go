package samples

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"carryover/exchange/atomicfile"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

// Of the leavers one in so many asks for a certificate of participation.
const oneInAsksForCertificate = 10

// drops is what lies in an agency's drops on one night: half of the people
// leave it, half come to it from three other places.
type drops struct {
	dir      string
	agency   string
	partners []string
	leavers  []*scene // to each partner
	comers   []*scene // from each partner
	people   int
	watch    func(io.Writer) io.Writer
	files    []string
}

// GeneratePeople writes what an agency finds in its drops when n people move:
// its core's registry extract, the portal's applications and certificate
// requests, and contact letters of three partners, each file under its
// canonical name in <dir>/core/in, <dir>/portal/in, <dir>/<partner>/in. All of
// them tell of the same people. It returns the names of the files. Files
// appear whole or not at all; one that exists is not written over. watch, if
// given, stands between each file and what is written to it, to show progress
// or to end the work by an error.
func GeneratePeople(dir string, n int, seed int64, agency string, watch func(io.Writer) io.Writer) ([]string, error) {
	if n < 0 {
		return nil, fmt.Errorf("%d people: cannot be fewer than none", n)
	}
	if agency == "" {
		agency = OldPlace
	}
	if watch == nil {
		watch = func(w io.Writer) io.Writer { return w }
	}
	d := &drops{dir: dir, agency: agency, people: n, watch: watch}
	for _, p := range places {
		if p.area != agency && len(d.partners) < 3 {
			d.partners = append(d.partners, p.area)
			d.leavers = append(d.leavers, newScene(seed, agency, p.area, Created()))
			d.comers = append(d.comers, newScene(seed, p.area, agency, Created()))
		}
	}
	err := d.core()
	if err == nil {
		err = d.portal()
	}
	for i := range d.partners {
		if err == nil {
			err = d.partner(i)
		}
	}
	return d.files, err
}

// leaves reports whether a person leaves the agency rather than come to it.
func leaves(i int) bool { return i%2 == 0 }

// elsewhere is the index of the partner that a person goes to or comes from.
func (d *drops) elsewhere(i int) int { return i / 2 % len(d.partners) }

func (d *drops) leaving(i int) *scene  { return d.leavers[d.elsewhere(i)] }
func (d *drops) arriving(i int) *scene { return d.comers[d.elsewhere(i)] }

func (d *drops) core() error {
	return d.write("core", formats.KindRegistry, d.agency+"c", func(i int) any {
		if leaves(i) {
			return d.leaving(i).registry(i, d.people)
		}
		return d.arriving(i).newcomer(i)
	})
}

func (d *drops) portal() error {
	err := d.write("portal", formats.KindApplication, d.agency+"p", func(i int) any {
		if leaves(i) {
			return nil
		}
		return d.arriving(i).application(i, d.people)
	})
	if err != nil {
		return err
	}
	return d.write("portal", formats.KindCertificateRequest, d.agency+"p", func(i int) any {
		if !leaves(i) || i/2%oneInAsksForCertificate != 0 {
			return nil
		}
		return d.leaving(i).certificateRequest(i, d.people)
	})
}

func (d *drops) partner(j int) error {
	return d.write(d.partners[j], formats.KindLetter, d.partners[j], func(i int) any {
		if !leaves(i) || d.elsewhere(i) != j {
			return nil
		}
		return d.leaving(i).letter(i, d.people)
	})
}

// newcomer is what the core of the new place knows of a person: enrolled,
// with the months since.
func (s *scene) newcomer(i int) *formats.RegistryRecord {
	p := s.leaving.At(i)
	from, to := s.enrolledFrom(&p), s.today.Month()
	p.PersonalNo = s.newArea + pad(i+1, 9)
	p.Stays = []Stay{{Area: s.newArea, Scheme: code.SchemeEmployee, From: from, To: to, Kind: code.StayActual}}
	p.AccountOpened, p.Principal, p.Interest = from, money.Fen(to.Sub(from)+1)*21_350, 0
	return s.registryOf(&p, true)
}

// write makes one batch of what record returns for each person; nil is no
// record. A kind that nobody has anything to say in makes no file.
func (d *drops) write(folder, kind, sender string, record func(i int) any) error {
	o := Options{Sender: sender, Receiver: d.agency}
	h, err := Header(kind, o)
	if err != nil {
		return err
	}
	dir := filepath.Join(d.dir, folder, "in")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, h.FileName(batch.CSV))
	written := 0
	err = atomicfile.Create(name, func(w *os.File) error {
		out, err := batch.NewWriter(d.watch(w), batch.Find(formats.Kinds(), kind), h, batch.UTF8)
		if err != nil {
			return err
		}
		for i := range d.people {
			rec := record(i)
			if rec == nil {
				continue
			}
			written++
			if err := out.Write(rec); err != nil {
				return fmt.Errorf("%s of person %d: %w", kind, i+1, err)
			}
		}
		if _, err = out.Close(); err == nil && written == 0 {
			err = errNothing
		}
		return err
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	if err == nil {
		d.files = append(d.files, name)
	}
	return err
}

var errNothing = errors.New("nobody has anything to say")
