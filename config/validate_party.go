package config

import (
	"fmt"
	"io/fs"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
)

// What each kind of party may leave for us, and so be expected to.
func kindsOf(party string) []string {
	switch party {
	case "core":
		return []string{"application", "registry", "certificate-request", "posting-result", "payee"}
	case "portal":
		return []string{"application", "certificate-request", "cancellation", "payee"}
	case "bank":
		return []string{"pain.002", "camt.054", "camt.053", "bank-statement"}
	}
	return []string{
		"application", "contact-letter", "information-form", "remittance-advice", "completion",
		"cancellation", "query", "reconciliation", "netting", "receipt",
	}
}

func (v *validator) parties() {
	s := &v.c.Settings
	for _, p := range []struct {
		key   string
		party *Party
	}{{"core", &s.Core}, {"portal", &s.Portal}, {"bank", &s.Bank}} {
		v.drop(p.key+".drop", p.party.Drop)
		v.expected(p.key+".expected", p.party.Expected, kindsOf(p.key))
		v.between(p.key+".files_per_night", p.party.FilesPerNight, 1, 1_000_000)
		v.perNight(p.key, p.party.BytesPerNight)
		if p.key != "bank" && p.party.Carrier != "" {
			v.add(p.key+".carrier", "leave it out", "only the bank has a choice of carrier")
		}
		if p.key != "bank" && len(p.party.ReturnWords) > 0 {
			v.add(p.key+".return_words", "leave it out", "only the bank returns payments")
		}
	}
	v.bank(s.Bank)
	if s.Audit.Drop != nil {
		v.audit(*s.Audit.Drop)
	}
}

// audit checks the drop in which checkpoints are kept: on this machine who can rewrite the store can
// rewrite it as well, so that it counts only where all the rest is on this machine, too.
func (v *validator) audit(d Drop) {
	v.drop("audit.drop", d)
	others := slices.DeleteFunc(v.elsewhere(), func(p PartyDrop) bool { return p.Key == "audit.drop" })
	if d.Host() == "" && len(others) > 0 && !v.c.Settings.Rehearsal {
		v.add("audit.drop", "name a server of somebody else: sftp, on another host", "is on this machine: who can rewrite the store can rewrite it as well")
	}
}

// bank checks how we speak with our bank, and that what is expected of it can
// come that way.
func (v *validator) bank(b Party) {
	v.oneOf("bank.carrier", b.Carrier, CarrierISO, CarrierWorkbook)
	v.c.agency.BankByWorkbook, v.c.agency.ReturnWords = b.Carrier == CarrierWorkbook, b.ReturnWords
	for i, word := range b.ReturnWords {
		v.text(fmt.Sprintf("bank.return_words[%d]", i), strings.TrimSpace(word), 1, 20) // "" begins every text
	}
	for i, x := range b.Expected {
		if sheet := x.Kind == "bank-statement"; sheet != v.c.agency.BankByWorkbook {
			v.add(fmt.Sprintf("bank.expected[%d].kind", i), "", "%s does not come by carrier %s", x.Kind, b.Carrier)
		}
	}
}

func (v *validator) partners() {
	v.c.partners = map[string]exchange.Partner{}
	for i, p := range v.c.Settings.Partners {
		key := fmt.Sprintf("partners[%d]", i)
		v.areaCode(key+".code", p.Code)
		if _, twice := v.c.partners[p.Code]; twice {
			v.add(key+".code", "keep one of them", "partner %s stands twice", p.Code)
		}
		if p.Code != "" && p.Code == v.c.Settings.Agency.Code {
			v.add(key+".code", "", "is our own code")
		}
		v.partner(key, p)
	}
	v.sharedFolders()
}

func (v *validator) partner(key string, p PartnerSetting) {
	v.text(key+".name", p.Name, 1, 100)
	if _, ok := v.c.profiles[p.Profile]; !ok {
		var names []string
		for name := range v.c.profiles {
			names = append(names, name)
		}
		v.add(key+".profile", nearest(p.Profile, names), "unknown profile %q", p.Profile)
	}
	v.oneOf(key+".encoding", p.Encoding, "utf-8", "gb18030")
	v.oneOf(key+".carrier", p.Carrier, "csv", "xlsx")
	v.oneOf(key+".settlement", p.Settlement, exchange.SettleRemitted, exchange.SettleNetted, exchange.SettleNotMoved)
	v.oneOf(key+".seal", p.Seal, exchange.SealSigned, exchange.SealOff)
	v.drop(key+".drop", p.Drop)
	v.expected(key+".expected", p.Expected, kindsOf("partner"))
	v.between(key+".files_per_night", p.FilesPerNight, 1, 1_000_000)
	v.perNight(key, p.BytesPerNight)
	v.c.partners[p.Code] = exchange.Partner{
		Code: p.Code, Name: p.Name, Profile: p.Profile, Encoding: p.Encoding, Carrier: p.Carrier,
		Settlement: p.Settlement, LumpSum: p.LumpSum, Post: p.Post, Seal: p.Seal, Accounts: v.accountList(key+".accounts", p.Accounts),
	}
}

// sharedFolders refuses two drops in one local folder.
func (v *validator) sharedFolders() {
	seen := map[string]string{}
	for _, d := range v.c.Drops() {
		if _, staff := exchange.OfficerOf(d.Party); d.Drop.Local == "" || staff {
			continue // officers' folders have the officers' names
		}
		dir := v.c.Abs(d.Drop.Local)
		if first, twice := seen[dir]; twice {
			v.add(d.Key+".local", "give each party its own", "the same folder as %s", first)
		}
		seen[dir] = d.Key
	}
}

func (v *validator) expected(key string, list []Expected, kinds []string) {
	for i, e := range list {
		k := fmt.Sprintf("%s[%d]", key, i)
		v.oneOf(k+".kind", e.Kind, kinds...)
		if _, err := time.Parse("15:04", e.By); err != nil || len(e.By) != 5 {
			v.add(k+".by", `write it as "03:00"`, "%q is not a time of day", e.By)
		}
	}
}

func (v *validator) drop(key string, d Drop) {
	switch {
	case d.Local == "" && d.SFTP == nil:
		v.add(key, "give local: or sftp:", "no folder")
	case d.Local != "" && d.SFTP != nil:
		v.add(key, "keep one of local and sftp", "two folders")
	case d.SFTP != nil:
		v.sftp(key+".sftp", *d.SFTP)
	}
	v.paths(key+".paths", d.Paths)
	v.length(key+".settle", *d.Settle, 0, time.Hour)
	v.oneOf(key+".after", d.After, AfterMove, AfterDelete, AfterLeave)
	if _, given := v.lines[key+".parallel"]; given { // else it is that of workers
		v.between(key+".parallel", d.Parallel, 1, 64)
	}
}

func (v *validator) paths(key string, p Paths) {
	seen := map[string]string{}
	for _, f := range []struct{ name, path string }{{"in", p.In}, {"out", p.Out}, {"done", p.Done}, {"bad", p.Bad}, {"out_done", p.OutDone}} {
		if f.name == "out_done" && f.path == "" {
			continue
		}
		if !fs.ValidPath(f.path) || f.path == "." {
			v.add(key+"."+f.name, "write it like in/done", "%q is not a path below the drop", f.path)
		}
		if first, twice := seen[f.path]; twice {
			v.add(key+"."+f.name, "give each its own", "the same folder as %s", first)
		}
		seen[f.path] = f.name
	}
}

func (v *validator) sftp(key string, s SFTP) {
	v.hostPort(key+".addr", s.Addr)
	v.text(key+".user", s.User, 1, 64)
	ways := 0
	for _, given := range []bool{s.Key != "", s.Agent, s.PasswordFile != "", s.PasswordEnv != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		v.add(key, "give one of key, agent, password_file, password_env", "%d ways to prove who we are", ways)
	}
	v.length(key+".connect_timeout", s.ConnectTimeout, time.Second, 10*time.Minute)
	v.length(key+".step_timeout", s.StepTimeout, time.Second, time.Hour)
	known := legacyAlgorithms()
	for i, name := range s.Legacy {
		if !slices.Contains(known, name) {
			v.add(fmt.Sprintf("%s.legacy[%d]", key, i), nearest(name, known), "%q is not a legacy algorithm", name)
		}
	}
}

// legacyAlgorithms are those that SSH has but no longer offers by itself.
func legacyAlgorithms() []string {
	old := ssh.InsecureAlgorithms()
	return slices.Concat(old.KeyExchanges, old.Ciphers, old.MACs, old.HostKeys, old.PublicKeyAuths)
}

// perNight checks how much is taken in from a party in a pass: at least one file.
func (v *validator) perNight(key string, s Size) {
	v.size(key+".bytes_per_night", s, max(v.c.Settings.Intake.LargestFile, 256<<20), 1<<40)
}

func (v *validator) size(key string, s, least, most Size) {
	if s < least || s > most {
		v.add(key, "", "%s is not between %s and %s", s, least, most)
	}
}

func (v *validator) length(key string, d, least, most time.Duration) {
	if d < least || d > most {
		v.add(key, "", "%s is not between %s and %s", d, least, most)
	}
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9._:%-]+$`)

func (v *validator) hostPort(key, addr string) {
	host, port, err := net.SplitHostPort(addr)
	n, err2 := strconv.Atoi(port)
	if err != nil || err2 != nil || n < 0 || n > 65535 || !hostName.MatchString(host) {
		v.add(key, "write it as host:port", "%q is not an address", addr)
	}
}
