package jobs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
	"carryover/exchange/seal"
	"carryover/jobs/office"
	"carryover/samples"
)

// opensshWorld is two agencies as `carryover init` makes them, worked by the
// program itself, with every drop behind an OpenSSH server. Cores, portals
// and banks reach theirs with OpenSSH's own sftp; what they know and do is
// that of the crash tests, on a mirror of the drops. Two officers of each agency
// release its payments, with keys and signatures of plain ssh-keygen.
type opensshWorld struct {
	testing.TB
	profile string // of both for the other
	program string // carryover
	sftp    string
	keygen  string
	officer string // folder of the officers' keys
	server  *droptest.SSHD
	drops   string // on the server
	dir     string // of the agencies
	mirror  string // of the outside's ends of the drops

	signatures int
}

// TestOpenSSH carries one case over and declines one in each direction. It
// needs sshd, sftp and ssh-keygen.
func TestOpenSSH(t *testing.T) {
	t.Parallel()
	w := newOpenSSHWorld(t, "2016")
	for _, agency := range []string{oldCode, newCode} {
		w.checkConnect(agency)
	}
	newOutside(t, w.mirror, oldCode, newCode).save()
	for _, exit := range []int{3, 0} { // the first settings are signed before anything is paid
		for _, agency := range []string{oldCode, newCode} {
			w.carryover(agency, exit, "run", "--date", firstDay.AddDays(-3).String())
		}
		w.sign()
	}
	w.signatures = 0

	day := firstDay
	cal := publishedDays(t)
	for round, idle := 1, 0; idle < 2; round++ {
		if round > maxMoments {
			t.Fatalf("the exchange has not ended after %d days", maxMoments)
		}
		w.fetch()
		o := readOutside(t, w.mirror)
		o.turn(day.Time(time.Local).Add(9 * time.Hour))
		w.leave()
		signed := w.sign()
		for _, agency := range []string{oldCode, newCode} {
			w.carryover(agency, 0, "run", "--date", day.String())
		}
		idle++
		if !o.idle() || signed > 0 {
			idle = 0
		}
		day = cal.Next(day)
	}
	if w.signatures != 4 {
		t.Errorf("%d signatures were made instead of 4", w.signatures)
	}
	for _, agency := range []string{oldCode, newCode} {
		requireAgencyEnd(t, filepath.Join(w.dir, agency), "in completed", "in declined", "out confirmed", "out declined")
	}
	requireOutsideEnd(t, readOutside(t, w.mirror))
}

// newOpenSSHWorld builds the program and settles two agencies that know each other, with the
// rules of a profile.
func newOpenSSHWorld(tb testing.TB, profile string) *opensshWorld {
	tb.Helper()
	w := &opensshWorld{
		TB: tb, profile: profile, sftp: droptest.Require(tb, "sftp"), keygen: droptest.Require(tb, "ssh-keygen"), officer: tb.TempDir(), server: droptest.OpenSSH(tb),
		program: filepath.Join(tb.TempDir(), "carryover"), drops: tb.TempDir(), dir: tb.TempDir(), mirror: tb.TempDir(),
	}
	if out, err := exec.Command(droptest.Require(tb, "go"), "build", "-o", w.program, "carryover/cmd/carryover").CombinedOutput(); err != nil {
		tb.Fatalf("build: %v: %s", err, out)
	}
	w.settle(oldCode, newCode, drop.Paths{In: "in", Out: "out", Done: "in/done", Bad: "in/bad"})
	w.settle(newCode, oldCode, otherEnd)
	introduce(tb, w.dir, oldCode, newCode)
	introduce(tb, w.dir, newCode, oldCode)
	return w
}

// settings is what an agency tells init: every drop on the server.
var settings = template.Must(template.New("settings").Parse(`
agency: {name: "{{.Here.Name}}", checker: 王敏}
rehearsal: true # its days are those of a simulated calendar
logs: {level: debug}
accounts:
  own: [{{template "account" .Here}}]
  payer: {{template "account" .Here}}
  release: dual
staff:
  settle: 0s
  recovery_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFNWHkMbQsMWyW/wlFmfy3xw5vkyeh9TGJMR1kERIvXk]
  officers:
    - {name: wang.min, full_name: 王敏, roles: [checker]}
    - {name: li.qiang, full_name: 李强, roles: [finance]}
core: {drop: {{"{"}}{{template "sftp" .}}/core"}, settle: 0s}}
portal: {drop: {{"{"}}{{template "sftp" .}}/portal"}, settle: 0s}}
bank: {drop: {{"{"}}{{template "sftp" .}}/bank"}, settle: 0s}}
partners:
  - code: "{{.There.Area}}"
    name: "{{.There.Name}}"
    profile: "{{.Profile}}"
    accounts: [{{template "account" .There}}]
    drop:
      sftp: {addr: "{{.Addr}}", user: "{{.User}}", root: "{{.Shared}}", key: keys/sftp_ed25519, known_hosts: known_hosts}
      paths: {in: {{.Paths.In}}, out: {{.Paths.Out}}, done: {{.Paths.Done}}, bad: {{.Paths.Bad}}}
      settle: 0s
{{define "account"}}{holder: "{{.AccountName}}", bank: "{{.BankName}}", account_no: "{{.AccountNo}}", cnaps: "{{.CNAPS}}", valid_from: 2020-01-01}{{end -}}
{{define "sftp"}}sftp: {addr: "{{.Addr}}", user: "{{.User}}", key: keys/sftp_ed25519, known_hosts: known_hosts, root: "{{.Drops}}/{{.Here.Area}}{{end -}}
`))

// settle makes an agency's folder with init, its drops on the server, and
// lets its key in.
func (w *opensshWorld) settle(code, partner string, paths drop.Paths) {
	w.Helper()
	var text bytes.Buffer
	err := settings.Execute(&text, map[string]any{
		"Here": samples.PlaceOf(code), "There": samples.PlaceOf(partner), "Paths": paths,
		"Profile": w.profile, "Addr": w.server.Addr, "User": w.server.User, "Drops": w.drops, "Shared": w.drops + "/" + oldCode + "/" + newCode,
	})
	if err != nil {
		w.Fatal(err)
	}
	from := filepath.Join(w.TempDir(), "settings.yaml")
	if err := os.WriteFile(from, text.Bytes(), 0o600); err != nil {
		w.Fatal(err)
	}
	dir := filepath.Join(w.dir, code)
	w.call(0, "init", "--from", from, "--known-hosts", w.server.HostFile, dir)
	for _, name := range []string{"core", "portal", "bank", newCode} {
		for _, root := range []string{filepath.Join(w.drops, code, name), filepath.Join(w.mirror, code, "drops", name)} {
			for _, p := range []drop.Paths{{}, otherEnd} {
				if err := drop.MakeLocal(root, p); err != nil {
					w.Fatal(err)
				}
			}
		}
	}
	w.admitOfficers(code)
	public, err := os.ReadFile(filepath.Join(dir, "keys", "sftp_ed25519.pub"))
	if err != nil {
		w.Fatal(err)
	}
	keys, err := os.OpenFile(filepath.Join(filepath.Dir(w.server.KeyFile), "authorized_keys"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.Fatal(err)
	}
	defer keys.Close()
	if _, err := keys.Write(public); err != nil {
		w.Fatal(err)
	}
}

// staffOf are the officers of both agencies, with the role that each signs in.
var staffOf = map[string]exchange.Role{"wang.min": exchange.RoleChecker, "li.qiang": exchange.RoleFinance}

// admitOfficers gives each officer of an agency a key, and makes it known.
func (w *opensshWorld) admitOfficers(code string) {
	w.Helper()
	path := filepath.Join(w.dir, code, config.AllowedSigners)
	known, err := os.ReadFile(path)
	if err != nil {
		w.Fatal(err)
	}
	for name, role := range staffOf {
		key := filepath.Join(w.officer, code+name)
		if out, err := exec.Command(w.keygen, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key).CombinedOutput(); err != nil {
			w.Fatalf("ssh-keygen: %v: %s", err, out)
		}
		public, err := os.ReadFile(key + ".pub")
		if err != nil {
			w.Fatal(err)
		}
		known = fmt.Appendf(known, "%s %s", exchange.Officer{Name: name}.Principal(role), public)
	}
	if err := os.WriteFile(path, known, 0o600); err != nil {
		w.Fatal(err)
	}
}

// sign lets every officer sign the payment files that lie in the own folder,
// by plain ssh-keygen; it returns how many signatures that were.
func (w *opensshWorld) sign() (n int) {
	w.Helper()
	for _, agency := range []string{oldCode, newCode} {
		for name := range staffOf {
			root := filepath.Join(w.dir, agency, "drops", "staff", name)
			for _, file := range plainFiles(w, filepath.Join(root, "out")) {
				payment := strings.HasPrefix(file, office.KindPayment+"_") && !strings.HasSuffix(file, ".txt")
				if !payment && (!strings.HasPrefix(file, "settings-") || strings.Count(file, ".") > 1) {
					continue
				}
				mine := filepath.Join(w.officer, agency+name+file) // the key never comes near the agency's machine
				if _, err := os.Stat(mine); err == nil {
					continue
				}
				content, err := os.ReadFile(filepath.Join(root, "out", file))
				if err == nil {
					err = os.WriteFile(mine, content, 0o600)
				}
				if err != nil {
					w.Fatal(err)
				}
				if out, err := exec.Command(w.keygen, "-Y", "sign", "-n", seal.NamespaceRelease, "-f", filepath.Join(w.officer, agency+name), mine).CombinedOutput(); err != nil {
					w.Fatalf("ssh-keygen: %v: %s", err, out)
				}
				sig, err := os.ReadFile(mine + seal.Suffix)
				if err == nil {
					err = os.WriteFile(filepath.Join(root, "in", file+"."+name+seal.Suffix), sig, 0o600)
				}
				if err != nil {
					w.Fatal(err)
				}
				n++
			}
		}
	}
	w.signatures += n
	return n
}

// call runs the program and returns what it printed.
func (w *opensshWorld) call(exit int, args ...string) (out string) {
	w.Helper()
	cmd := exec.Command(w.program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exit {
		w.Fatalf("carryover %s: %v, want exit code %d\n%s%s", strings.Join(args, " "), err, exit, &stdout, &stderr)
	}
	return stdout.String()
}

// carryover runs the program for an agency.
func (w *opensshWorld) carryover(agency string, exit int, args ...string) string {
	w.Helper()
	return w.call(exit, append([]string{"-c", filepath.Join(w.dir, agency, "config.yaml")}, args...)...)
}

// checkConnect tries every drop out; what today's date makes doubtful (next
// year's calendar) is no matter here.
func (w *opensshWorld) checkConnect(agency string) {
	w.Helper()
	cmd := exec.Command(w.program, "-c", filepath.Join(w.dir, agency, "config.yaml"), "--json", "check", "--connect")
	out, err := cmd.Output()
	var result struct {
		Findings []struct{ Level, Subject, Text string } `json:"findings"`
	}
	if jerr := json.Unmarshal(out, &result); jerr != nil {
		w.Fatalf("check --connect: %v: %v: %s", err, jerr, out)
	}
	connected := 0
	for _, f := range result.Findings {
		switch {
		case f.Level == "fault" && f.Subject != "staff.officers": // two officers release what neither decided about
			w.Errorf("%s: %s: %s", agency, f.Subject, f.Text)
		case f.Level == "ok" && strings.HasPrefix(f.Subject, "connect "):
			connected++
		}
	}
	if connected != 6 { // core, portal, bank, the partner, two officers
		w.Fatalf("%s: %d of 6 drops answer: %s", agency, connected, out)
	}
}

// commands runs a batch of commands of OpenSSH's sftp.
func (w *opensshWorld) commands(list []string) {
	w.Helper()
	if len(list) == 0 {
		return
	}
	host, port, err := net.SplitHostPort(w.server.Addr)
	if err != nil {
		w.Fatal(err)
	}
	cmd := exec.Command(w.sftp, "-q", "-b", "-", "-F", "none", "-P", port, "-i", w.server.KeyFile,
		"-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile="+w.server.HostFile, w.server.User+"@"+host)
	cmd.Stdin = strings.NewReader(strings.Join(list, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		w.Fatalf("sftp: %v: %s", err, out)
	}
}

// ends calls fn for every drop of a core, portal or bank: its root on the
// server and its mirror.
func (w *opensshWorld) ends(fn func(remote, local string)) {
	for _, agency := range []string{oldCode, newCode} {
		for _, role := range []string{"core", "portal", "bank"} {
			fn(w.drops+"/"+agency+"/"+role, filepath.Join(w.mirror, agency, "drops", role))
		}
	}
}

// fetch gets what the agencies left for their parties, and moves it aside.
func (w *opensshWorld) fetch() {
	w.Helper()
	var get, move []string
	w.ends(func(remote, local string) {
		get = append(get, fmt.Sprintf("-get %s/out/*.* %s/out/", remote, local)) // the dash: there may be none
	})
	w.commands(get)
	w.ends(func(remote, local string) {
		for _, name := range plainFiles(w, filepath.Join(local, "out")) {
			move = append(move, fmt.Sprintf("rename %s/out/%s %s/out/done/%s", remote, name, remote, name))
		}
	})
	w.commands(move)
}

// leave puts what the parties have for the agencies, under a name that says
// that it is not whole, and renames it.
func (w *opensshWorld) leave() {
	w.Helper()
	var put []string
	w.ends(func(remote, local string) {
		for _, name := range plainFiles(w, filepath.Join(local, "in")) {
			path := filepath.Join(local, "in", name)
			put = append(put, fmt.Sprintf("put %s %s/in/%s.part", path, remote, name), fmt.Sprintf("rename %s/in/%s.part %s/in/%s", remote, name, remote, name))
		}
	})
	w.commands(put)
	w.ends(func(_, local string) {
		for _, name := range plainFiles(w, filepath.Join(local, "in")) {
			if err := os.Remove(filepath.Join(local, "in", name)); err != nil {
				w.Fatal(err)
			}
		}
	})
}

func plainFiles(tb testing.TB, dir string) (names []string) {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names
}
