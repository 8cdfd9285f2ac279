package jobs_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"
)

var updateFigures = flag.String("update-figures", "", "measure the figures of README.md whose benchmark matches this pattern anew, and write its table; . for all (hours)")

// figure is a row of README's table of figures: what a benchmark compares, and how it is
// told. In told {unit} stands for a metric of the benchmark, {unit max} for the highest of
// several runs instead of their median.
type figure struct {
	what, told string
	pkg, bench string
	env        []string
	times      string // -benchtime; "": 1x
	args       string
	runs       int
}

// figures are told as ratios, and as memory: not as seconds, which are the machine's.
var figures = []figure{
	{
		what: "a whole night of 10,000 letters by OpenSSH, median of five: against the sum of `ssh cat`, SHA-256, plain inserts and updates, StreamWriter and encoding/xml",
		told: "{×limits} times by the clock, {×limits-processors} times by the processors' time; at most {peak-RSS-MiB max} MiB of memory, {silent-s max} s without a line",
		pkg:  "./jobs", bench: "^BenchmarkWholeNight$", env: []string{"CARRYOVER_LETTERS=10000"}, runs: 5,
	},
	{
		what: "the same of 100,000 letters, once",
		told: "{×limits} times by the clock, {×limits-processors} times by the processors' time; at most {peak-RSS-MiB} MiB, {silent-s} s",
		pkg:  "./jobs", bench: "^BenchmarkWholeNight$", env: []string{"CARRYOVER_LETTERS=100000"}, runs: 1,
	},
	{
		what: "the same of 300,000 letters, once",
		told: "{×limits} times by the clock, {×limits-processors} times by the processors' time; at most {peak-RSS-MiB} MiB, {silent-s} s",
		pkg:  "./jobs", bench: "^BenchmarkWholeNight$", env: []string{"CARRYOVER_LETTERS=300000"}, runs: 1,
	},
	{
		what: "a batch of 30,000 contact letters into SQLite: rows per second, against the fastest of three ways of plain prepared inserts of the same rows",
		told: "{ratio} by the clock, {cpu-ratio} by the processors' time; heap {peak-heap-MiB max} MiB",
		pkg:  "./jobs", bench: "^BenchmarkProcess$", runs: 3,
	},
	{
		what: "payments of one night, from due to settled (one file, read back, two signatures, upload, one `camt.054`), against plain inserts and updates of the same rows",
		told: "{ratio} by the processors' time; heap {peak-heap-MiB max} MiB",
		pkg:  "./jobs", bench: "^BenchmarkNight$/each", env: []string{"CARRYOVER_PAYMENTS=10000"}, runs: 3,
	},
	{
		what: "credits told by one `camt.054`, half of them matched, half known to nobody, against plain inserts and updates of the same rows",
		told: "{ratio} by the processors' time; heap {peak-heap-MiB max} MiB, {peak-heap-MiB-of-the-day max} MiB while the `camt.053` proves their day",
		pkg:  "./jobs", bench: "^BenchmarkMatching$", env: []string{"CARRYOVER_CREDITS=10000"}, runs: 3,
	},
	{
		what: "PostgreSQL against SQLite, 500 people through both places: the program's processor; the clock, through a socket; the same with 2 ms before the database against without",
		told: "{pg/sqlite-processor}; {pg/sqlite-clock}; {2ms/pg-clock}",
		pkg:  "./jobs", bench: "^BenchmarkEngines$", runs: 3,
	},
	{
		what: "the workbook of a night with 100,000 open cases, 610,000 rows, against excelize's bare StreamWriter with the same cells",
		told: "{×bare} of its time; heap and stacks {MiB max} MiB",
		pkg:  "./jobs/report", bench: "^BenchmarkNightlyAgainstBare$", runs: 3,
	},
	{
		what: "parsing and validating contact letters, digest and duplicates included, against the fastest of three ways in which `encoding/csv` merely reads the bytes",
		told: "{ratio} of its speed",
		pkg:  "./formats", bench: "^BenchmarkLetters$", times: "20x", runs: 5,
	},
	{
		what: "1,000,000 letters validated: time against 100,000; memory",
		told: "{times-100k} times; {peak-MiB max} MiB",
		pkg:  "./formats", bench: "^BenchmarkMillion$/", runs: 1,
	},
	{
		what: "a payment file of 100,000 transfers, against the fastest of three ways to have `encoding/xml` write the same structs",
		told: "{ratio} times its speed",
		pkg:  "./formats/iso20022", bench: "^BenchmarkPayment$", runs: 5,
	},
	{
		what: "one file of 1 GiB from OpenSSH on loopback, same cipher, against OpenSSH's `sftp`, median of five",
		told: "{ratio} of its speed",
		pkg:  "./exchange/drop", bench: "^BenchmarkLargeFile$", args: "-large 1024", runs: 1,
	},
	{
		what: "5,000 files of 20 KiB against `sftp get -f`, median of five",
		told: "{ratio} times its speed",
		pkg:  "./exchange/drop", bench: "^BenchmarkSmallFiles$", args: "-small 5000", runs: 1,
	},
}

var figuresTable = regexp.MustCompile(`(?s)<!-- generated: figures -->\n.*?<!-- end -->`)

// TestFigures: README has the figures of the benchmarks that are, and no others. With
// -update-figures they are measured, and README is written after each.
func TestFigures(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	told := make([]string, len(figures))
	for i, f := range figures {
		told[i] = f.known(string(text))
	}
	if fresh := withFigures(string(text), told); *updateFigures == "" && fresh != string(text) {
		t.Error("the table of figures in README.md is not that of the benchmarks: go test ./jobs -run TestFigures -update-figures PATTERN -timeout 0")
	}
	for i, f := range figures {
		if *updateFigures == "" || !regexp.MustCompile(*updateFigures).MatchString(f.command()) {
			continue
		}
		told[i] = f.measured(t)
		fresh := measuredOn.ReplaceAllString(withFigures(string(text), told), fmt.Sprintf("Measured on %d cores", runtime.NumCPU()))
		if err := os.WriteFile("README.md", []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withFigures is README with its table told so.
func withFigures(readme string, told []string) string {
	table := "<!-- generated: figures -->\n| what | figure | to repeat |\n|---|---|---|\n"
	for i, f := range figures {
		table += "| " + f.what + " | " + told[i] + " | `" + f.command() + "` |\n"
	}
	return figuresTable.ReplaceAllLiteralString(readme, table+"<!-- end -->")
}

var measuredOn = regexp.MustCompile(`Measured on \d+ cores`)

// command is what measures the figure.
func (f figure) command() string {
	c := strings.Join(append(f.env, "go test "+f.pkg+" -run '^$' -bench '"+f.bench+"' -benchtime "+cmp.Or(f.times, "1x")), " ")
	if f.runs > 1 {
		c += " -count " + strconv.Itoa(f.runs)
	}
	c += " -timeout 0"
	if f.args != "" {
		c += " -args " + f.args
	}
	return c
}

// known is the figure as it stands in README; "not measured" when it does not.
func (f figure) known(readme string) string {
	_, row, _ := strings.Cut(readme, "| "+f.what+" | ")
	told, _, found := strings.Cut(row, " | `"+f.command()+"` |\n")
	if !found || strings.Contains(told, "\n") {
		return "not measured"
	}
	return told
}

var metricIn = regexp.MustCompile(`\{([^} ]+)( max)?\}`)

// measured runs the benchmark and tells its metrics.
func (f figure) measured(tb testing.TB) string {
	tb.Helper()
	args := []string{"test", f.pkg, "-run", "^$", "-bench", f.bench, "-benchtime", cmp.Or(f.times, "1x"), "-count", strconv.Itoa(f.runs), "-timeout", "0"}
	if f.args != "" {
		args = append(append(args, "-args"), strings.Fields(f.args)...)
	}
	cmd := exec.Command(droptest.Require(tb, "go"), args...)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), f.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("%s: %v: %s", f.command(), err, out)
	}
	tb.Logf("%s", out)
	values := metrics(string(out))
	return metricIn.ReplaceAllStringFunc(f.told, func(m string) string {
		unit := metricIn.FindStringSubmatch(m)
		all := slices.Sorted(slices.Values(values[unit[1]]))
		if len(all) == 0 {
			tb.Fatalf("%s told no %q", f.command(), unit[1])
		}
		v := all[len(all)/2]
		if unit[2] != "" {
			v = all[len(all)-1]
		}
		if v >= 10 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'f', 2, 64)
	})
}

// metrics are the values of what benchmarks printed, by unit.
func metrics(out string) map[string][]float64 {
	values := map[string][]float64{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
				values[fields[i+1]] = append(values[fields[i+1]], v)
			}
		}
	}
	return values
}

// TestMetrics: each run's value counts, whatever stands around it.
func TestMetrics(t *testing.T) {
	got := metrics("goos: linux\nBenchmarkX/each_booked-2   \t 1\t  15355 ns/op\t 0.25 ratio\t 24.6 peak-heap-MiB\nBenchmarkX-2 1 20000 ns/op 0.75 ratio\nBenchmarkX\nPASS\n")
	if fmt.Sprint(got) != "map[ns/op:[15355 20000] peak-heap-MiB:[24.6] ratio:[0.25 0.75]]" {
		t.Error(got)
	}
}
