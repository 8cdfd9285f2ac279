package jobs_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
)

func newSealKey(tb testing.TB) *seal.Key {
	tb.Helper()
	_, raw, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(raw, "test")
	if err != nil {
		tb.Fatal(err)
	}
	key, err := seal.ParseKey(pem.EncodeToMemory(block), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// sealedOffice is an office that signs with one partner.
type sealedOffice struct {
	*testOffice
	ours, theirs *seal.Key
	allowed      string // who may sign for the partner
}

func newSealedOffice(tb testing.TB, change ...func(*jobs.Env)) *sealedOffice {
	tb.Helper()
	s := &sealedOffice{ours: newSealKey(tb), theirs: newSealKey(tb)}
	s.allowed = config.SealLine(them, s.theirs.Public()) + "\n"
	change = append(change, withPartner(them, func(p *exchange.Partner) { p.Seal = exchange.SealSigned }))
	s.testOffice = newOffice(tb, change...)
	s.queryKey = s.theirs
	s.env.SealKey = func(calendar.Date) (*seal.Key, error) { return s.ours, nil }
	s.env.PartnerSigners = func(string) (*seal.Signers, error) { return seal.ParseSigners([]byte(s.allowed)) }
	s.put(core, formats.KindRegistry, s.insured(leaver(us, 0)))
	return s
}

func (s *sealedOffice) sign(key *seal.Key, namespace string, content []byte) []byte {
	s.tb.Helper()
	sig, err := key.Sign(bytes.NewReader(content), namespace)
	if err != nil {
		s.tb.Fatal(err)
	}
	return sig
}

// requireRejected makes sure that a file was refused whole for its seal: the
// receipt says so, it was not received, and the next pass moves it to bad with
// its signature.
func (s *sealedOffice) requireRejected(name string, want code.Fault, signed bool) {
	s.tb.Helper()
	s.requireReceipt(them, name, "rejected "+string(want))
	r := s.receipts(them)[len(s.receipts(them))-1].records[0].(*formats.Receipt)
	if r.ReceivedOn != 0 || r.Records.Given {
		s.tb.Errorf("%s was received: %+v", name, *r)
	}
	s.pass()
	if !s.hasFile(them, "in/bad", name) || s.hasFile(them, "in/bad", name+seal.Suffix) != signed || s.hasFile(them, "in/done", name+seal.Suffix) {
		s.tb.Errorf("%s does not lie in in/bad, with its signature: %v", name, signed)
	}
	if n := len(s.casesBy(exchange.Out, leaver(us, 0))); n != 0 {
		s.tb.Errorf("%d cases of a file that was refused", n)
	}
}

// A file that is refused for its seal comes again under the same number with
// a right one, and is worked.
func TestSealOfAnIncomingFile(t *testing.T) {
	stranger := newSealKey(t)
	for name, c := range map[string]struct {
		want code.Fault
		sign func(s *sealedOffice, content []byte) []byte
	}{
		"missing":         {code.SignatureMissing, func(*sealedOffice, []byte) []byte { return nil }},
		"other bytes":     {code.SignatureWrong, func(s *sealedOffice, c []byte) []byte { return s.sign(s.theirs, "carryover", c[1:]) }},
		"other purpose":   {code.SignatureWrong, func(s *sealedOffice, c []byte) []byte { return s.sign(s.theirs, "carryover-release", c) }},
		"not a signature": {code.SignatureWrong, func(*sealedOffice, []byte) []byte { return []byte("hello\n") }},
		"far too large":   {code.SignatureWrong, func(*sealedOffice, []byte) []byte { return bytes.Repeat([]byte("-"), 1<<20) }},
		"empty":           {code.SignatureWrong, func(*sealedOffice, []byte) []byte { return []byte{} }},
		"stranger":        {code.UnknownSigner, func(s *sealedOffice, c []byte) []byte { return s.sign(stranger, "carryover", c) }},
		"ourselves":       {code.UnknownSigner, func(s *sealedOffice, c []byte) []byte { return s.sign(s.ours, "carryover", c) }},
		"key not valid yet": {code.UnknownSigner, func(s *sealedOffice, c []byte) []byte {
			s.allowed = strings.Replace(s.allowed, " ", ` valid-after="20270101Z",`, 1)
			return s.sign(s.theirs, "carryover", c)
		}},
		"key of another partner": {code.UnknownSigner, func(s *sealedOffice, c []byte) []byte {
			s.allowed = strings.Replace(s.allowed, them, others, 1)
			return s.sign(s.theirs, "carryover", c)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSealedOffice(t)
			allowed := s.allowed
			file, content := s.batch(them, formats.KindLetter, 1, "", s.letter(them, 1, leaver(us, 0)))
			if sig := c.sign(s, content); sig != nil {
				s.leaveFile(them, file+seal.Suffix, sig)
			}
			s.leaveFile(them, file, content)
			s.pass()
			s.requireRejected(file, c.want, name != "missing")
			s.allowed = allowed
			s.leaveFile(them, file+seal.Suffix, s.sign(s.theirs, "carryover", content))
			s.leaveFile(them, file, content)
			s.pass()
			if all := s.receipts(them); all[len(all)-1].records[0].(*formats.Receipt).Verdict != code.FileAccepted {
				t.Errorf("the right one is not accepted: %+v", all[len(all)-1].records[0])
			}
			if !s.hasFile(them, "in/done", file) || !s.hasFile(them, "in/done", file+seal.Suffix) {
				t.Error("file and signature do not lie in in/done")
			}
			s.requireSignedBy(file, s.theirs)
		})
	}
}

// requireSignedBy makes sure that the latest file of a name is stored and
// journaled with the key that signed it.
func (s *sealedOffice) requireSignedBy(name string, key *seal.Key) {
	s.tb.Helper()
	s.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Party: them})
		if err != nil {
			return err
		}
		last := exchange.File{}
		for _, f := range files {
			if f.Name == name {
				last = f
			}
		}
		if last.Signer != key.Fingerprint() || last.Signature == "" {
			s.tb.Errorf("%s is signed by %q, want %q", name, last.Signer, key.Fingerprint())
		}
		return nil
	})
	s.view(func(tx *store.Tx) error {
		events, err := tx.JournalOf("agency")
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(events, func(e exchange.JournalEvent) bool {
			return e.What == "file_signed" && e.Why == code.Say("signed-by", key.Fingerprint())
		}) {
			s.tb.Error("who signed is not in the journal")
		}
		return nil
	})
}

// A file replayed under another name, its signature renamed with it, is not
// the one its header names. An altered byte shows in the signature first.
func TestSealedFileReplayedOrAltered(t *testing.T) {
	s := newSealedOffice(t)
	file, content := s.batch(them, formats.KindLetter, 1, "", s.letter(them, 1, leaver(us, 0)))
	sig := s.sign(s.theirs, "carryover", content)
	replayed := strings.Replace(file, "_000001", "_000002", 1)
	s.leaveFile(them, replayed+seal.Suffix, sig)
	s.leaveFile(them, replayed, content)
	s.pass()
	s.requireRejected(replayed, code.WrongEnvelope, true)
	altered := bytes.Replace(content, []byte("310"), []byte("320"), 1)
	s.leaveFile(them, file+seal.Suffix, sig)
	s.leaveFile(them, file, altered)
	s.pass()
	s.requireRejected(file, code.SignatureWrong, true)
}

// What was accepted comes again without its signature: nothing new is
// believed, the first receipt is sent again.
func TestAcceptedFileAgainUnsigned(t *testing.T) {
	s := newSealedOffice(t)
	file, content := s.batch(them, formats.KindLetter, 1, "", s.letter(them, 1, leaver(us, 0)))
	s.leaveFile(them, file+seal.Suffix, s.sign(s.theirs, "carryover", content))
	s.leaveFile(them, file, content)
	s.pass()
	s.leaveFile(them, file, content)
	s.pass()
	all := s.receipts(them)
	if len(all) != 2 || !bytes.Equal(all[0].content, all[1].content) {
		t.Errorf("%d receipts, or another one the second time", len(all))
	}
}

// A signature may come after its file while the file settles; afterwards the
// file is judged as it is. An orphan signature is left where it
// lies.
func TestSignatureIsWaitedFor(t *testing.T) {
	hour := withParty(them, func(p *office.Party) { p.Settle = 2 * time.Hour })
	s := newSealedOffice(t, hour)
	file, content := s.batch(them, formats.KindLetter, 1, "", s.letter(them, 1, leaver(us, 0)))
	s.leaveFile(them, file, content)
	s.pass()
	if len(s.receipts(them)) != 0 || !s.hasFile(them, "in", file) {
		t.Fatal("a file whose signature may still come was taken")
	}
	sig := s.sign(s.theirs, "carryover", content)
	s.leaveFile(them, file+seal.Suffix, sig[:40]) // still being written
	s.pass()
	if !s.hasFile(them, "in", file) {
		t.Fatal("a file whose signature is still being written was taken")
	}
	s.leaveFile(them, file+seal.Suffix, sig)
	s.pass()
	s.requireReceipt(them, file, "accepted", letterNo(them, 1)+" accepted")

	s.leaveFile(them, "contact-letter_310100_320500_20260302_000009.csv"+seal.Suffix, sig)
	s.passes(4)
	if !s.hasFile(them, "in", "contact-letter_310100_320500_20260302_000009.csv"+seal.Suffix) {
		t.Error("the signature without a file was taken away")
	}
}

// A signature that comes after its file was refused for the lack of it: the
// file is judged afresh by itself, once, whatever is done in the drop with
// what was taken in. A signature of other bytes waits for their file.
func TestSignatureComesLate(t *testing.T) {
	for _, after := range []string{office.AfterMove, office.AfterDelete, office.AfterLeave} {
		for _, settle := range []time.Duration{0, time.Hour} {
			t.Run(fmt.Sprint(after, " ", settle), func(t *testing.T) { requireJudgedAfresh(t, after, settle) })
		}
	}
}

// requireJudgedAfresh leaves the signature after its file was refused, in a drop
// used as told, and requires that the file is accepted then.
func requireJudgedAfresh(t *testing.T, after string, settle time.Duration) {
	s := newSealedOffice(t, withParty(them, func(p *office.Party) { p.After, p.Settle = after, settle }))
	file, content := s.batch(them, formats.KindLetter, 1, "", s.letter(them, 1, leaver(us, 0)))
	s.leaveFile(them, file, content)
	for start := s.now; len(s.receipts(them)) == 0; s.pass() {
		if s.now.Sub(start) > 2*settle+time.Hour {
			t.Fatal("the file was never judged")
		}
	}
	s.requireReceipt(them, file, "rejected "+string(code.SignatureMissing))
	if after != office.AfterLeave { // there it signs the file beside it
		s.leaveFile(them, file+seal.Suffix, s.sign(s.theirs, "carryover", content[1:]))
		s.pass()
		if !s.hasFile(them, "in", file+seal.Suffix) || len(s.receipts(them)) != 1 {
			t.Error("a signature of another file was taken for one of this")
		}
	}
	s.leaveFile(them, file+seal.Suffix, s.sign(s.theirs, "carryover", content))
	s.pass()
	s.pass()
	all := s.receipts(them)
	if len(all) != 2 || all[len(all)-1].records[0].(*formats.Receipt).Verdict != code.FileAccepted {
		t.Fatalf("%d receipts, the last %+v", len(all), all[len(all)-1].records[0])
	}
	s.requireSignedBy(file, s.theirs)
	in, done := after == office.AfterLeave, after == office.AfterMove
	for _, name := range []string{file, file + seal.Suffix} {
		if s.hasFile(them, "in", name) != in || s.hasFile(them, "in/done", name) != done || s.hasFile(them, "in/bad", name) {
			t.Errorf("%s does not lie where what is accepted lies", name)
		}
	}
}

// What we send is signed, the signature put down first; where the batch could
// not be put down, the next pass leaves the same signature and the batch. No
// pass leaves a batch without its signature.
func TestSealOfAnOutgoingFile(t *testing.T) {
	s := newSealedOffice(t)
	p := leaver(them, 0)
	s.put(core, formats.KindRegistry, s.newcomer(p))
	s.pass()
	fail := ""
	for i := range s.env.Parties {
		if q := &s.env.Parties[i]; q.Code == them {
			root := filepath.Join(s.root, them)
			q.Open = func(context.Context) (drop.Drop, error) {
				return drop.OpenLocal(root, drop.Paths{}, drop.Options{Step: func(call, path string) error {
					if fail != "" && strings.HasPrefix(call, "rename:before") && strings.HasSuffix(path, fail) {
						return errors.New("cut")
					}
					return nil
				}})
			}
		}
	}
	s.put(portal, formats.KindApplication, s.application(p))
	out := func() (names []string) { return plainFiles(t, s.dropPath(them, "out", "")) }
	fail = seal.Suffix
	if err := s.tryPass(); err == nil || len(out()) != 0 {
		t.Fatalf("%v: %v", out(), err)
	}
	fail = ".csv"
	if err := s.tryPass(); err == nil || len(out()) != 1 || !strings.HasSuffix(out()[0], ".csv"+seal.Suffix) {
		t.Fatalf("%v: %v", out(), err)
	}
	name := strings.TrimSuffix(out()[0], seal.Suffix)
	first, err := os.ReadFile(s.dropPath(them, "out", name+seal.Suffix))
	if err != nil {
		t.Fatal(err)
	}
	fail = ""
	s.pass()
	s.requireSealSent(name, first)
	s.requireSignedBy(name, s.ours)
}

// requireSealSent finds the batch of a name among what was left, and holds the
// signature beside it against it.
func (s *sealedOffice) requireSealSent(name string, sig []byte) {
	s.tb.Helper()
	signers, err := seal.ParseSigners([]byte(config.SealLine(us, s.ours.Public())))
	if err != nil {
		s.tb.Fatal(err)
	}
	for _, f := range s.files {
		if f.name == name {
			if _, err := signers.Verify(bytes.NewReader(f.content), sig, seal.NamespaceBatch, s.now); err != nil {
				s.tb.Error(err)
			}
			return
		}
	}
	s.tb.Errorf("%s was not left", name)
}
