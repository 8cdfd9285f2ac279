package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/story"
)

// evidence is what whoever approves the deployment is shown: what this
// program listens to and connects to, where money may go and who approved
// that, whose keys count and until when, who may do what, what is kept, and
// what check found. It is gathered, then laid out on one page.
type evidence struct {
	screen
	c        *config.Config
	now      time.Time // in the agency's time zone
	findings []config.Finding
	stored   storedEvidence
}

// storedEvidence is what the store tells, as far as it could be asked.
type storedEvidence struct {
	state    string // in words
	approved *exchange.MoneySettings
	signed   []exchange.Signature // of the approved money settings
	waiting  *exchange.MoneySettings
	backups  story.Backups
}

// section is a part of the page; fact one of its lines.
type section struct {
	title string
	facts []fact
}

type fact struct{ item, text string }

// someOf bounds how many lines one fact takes: the page stays one.
const someOf = 6

// writeEvidence gathers the evidence and saves its page.
func (a *app) writeEvidence(ctx context.Context, c *config.Config, findings []config.Finding, name string) error {
	e := evidence{
		screen: newScreen(nil, c.Settings.Agency.Language), c: c, now: a.now().In(c.Agency().Zone), findings: findings,
	}
	var err error
	if e.stored, err = e.askStore(ctx); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	if err := e.page().Save(name); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	fmt.Fprintf(a.err, "%s\n", name)
	return nil
}

// askStore reads what the store tells; a store that is not there, or has
// another schema, is said to be so.
func (e evidence) askStore(ctx context.Context) (out storedEvidence, err error) {
	dsn, err := e.c.StoreDSN()
	if err != nil {
		return out, err
	}
	if !strings.Contains(dsn, "://") {
		if _, err := os.Stat(dsn); errors.Is(err, fs.ErrNotExist) {
			out.state = e.say("尚未建立，首次运行时建立", "not there yet; the first run makes it")
			return out, nil
		}
	}
	s, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	have, want, err := s.Version(ctx)
	if err != nil {
		return out, err
	}
	out.state = e.sayf("第 %d 版（本程序用第 %d 版）", "schema %d (this program works with %d)", have, want)
	if have != want {
		return out, nil
	}
	err = s.View(ctx, func(tx *store.Tx) (err error) {
		if out.backups, err = story.LastBackups(tx); err != nil {
			return err
		}
		for state, into := range map[string]**exchange.MoneySettings{exchange.SettingsApproved: &out.approved, exchange.SettingsWaiting: &out.waiting} {
			m, err := tx.MoneySettings(state)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			*into = &m
		}
		if out.approved == nil || out.approved.FileID == 0 {
			return nil
		}
		out.signed, err = tx.Signatures(out.approved.FileID)
		return err
	})
	return out, err
}

// sections are the page's parts, in their order.
func (e evidence) sections() []section {
	return []section{e.versions(), e.ports(), e.accounts(), e.keys(), e.roles(), e.controls(), e.kept(), e.clocks(), e.found()}
}

// versions are those of the program, of what it is built with, and of the store.
func (e evidence) versions() section {
	program, built, modules := "carryover", "", []string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		program += " " + info.Main.Version
		built = info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				program += " " + s.Value
			}
		}
		for _, m := range info.Deps {
			if slices.Contains(namedModules(), m.Path) {
				modules = append(modules, m.Path+" "+m.Version)
			}
		}
	}
	return section{e.say("版本", "Versions"), []fact{
		{e.say("程序", "program"), join(" · ", program, built)},
		{e.say("数据库结构", "store"), e.stored.state},
		{e.say("主要组件", "modules"), strings.Join(modules, "\n")},
	}}
}

// namedModules are those on which safety depends: store, sessions, signatures,
// encryption, workbooks.
func namedModules() []string {
	return []string{
		"modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/pkg/sftp", "golang.org/x/crypto", "github.com/hiddeco/sshsig", "filippo.io/age",
		"github.com/xuri/excelize/v2",
	}
}

// ports are what the program listens to, and whom it connects to.
func (e evidence) ports() section {
	var out, local []string
	for _, d := range e.c.Drops() {
		if s := d.Drop.SFTP; s != nil {
			out = append(out, d.Party+"  sftp://"+s.User+"@"+s.Addr)
		} else if _, staff := exchange.OfficerOf(d.Party); !staff {
			local = append(local, d.Party)
		}
	}
	if dsn := e.c.Settings.Store.DSN; strings.Contains(dsn, "://") {
		out = append(out, dsn)
	}
	listens := e.sayf("%s（仅 serve：/healthz、/metrics）", "%s (serve only: /healthz, /metrics)", e.c.Settings.Serve.Listen)
	return section{e.say("端口与连接", "Ports"), []fact{
		{e.say("监听", "listens to"), listens},
		{e.say("向外连接", "connects to"), e.some(out)},
		{e.say("本机目录", "local folders"), e.some([]string{strings.Join(local, e.say("、", ", "))})},
	}}
}

// accounts are where money comes from and may go, and who approved them.
func (e evidence) accounts() section {
	a := e.c.Agency()
	var own, theirs []string
	for _, x := range a.Accounts {
		own = append(own, e.account(x))
	}
	for _, p := range e.c.Settings.Partners {
		for _, x := range e.c.Partners()[p.Code].Accounts {
			theirs = append(theirs, p.Code+"  "+e.account(x))
		}
	}
	return section{e.say("账户登记", "Accounts"), []fact{
		{e.say("付款账户", "paid from"), e.account(a.Payer)},
		{e.say("本方收款账户", "our own"), e.some(own)},
		{e.say("对方收款账户", "the partners'"), e.some(theirs)},
		{e.say("批准", "approved"), e.approval()},
	}}
}

func (e evidence) account(a exchange.Account) string {
	text := join(" · ", a.Holder, a.No, a.CNAPS, labelled(e.say("自", "from"), a.ValidFrom.String()))
	if a.ValidTo != 0 {
		text += e.sayf(" 至 %s", " to %s", a.ValidTo)
	}
	return text
}

// approval says which money settings count, and by whom they were signed.
func (e evidence) approval() string {
	s := e.stored
	if s.approved == nil {
		return e.say("尚无记录：首次付款前登记", "nothing recorded yet: taken over before the first payment")
	}
	lines := []string{e.sayf("自 %s 起生效的资金配置，SHA-256：", "money settings that count from %s on, SHA-256:", s.approved.Since), s.approved.SHA256}
	if s.approved.FileID == 0 {
		lines = append(lines, e.say("首次登记或无需签名，没有签名", "the first ones, or nobody had to sign: no signatures"))
	}
	for _, x := range s.signed {
		lines = append(lines, join(" · ", e.officer(x.Officer), x.Fingerprint, x.On.String()))
	}
	if s.waiting != nil {
		lines = append(lines, e.sayf("另有变更待签名：%s", "a change waits for signatures: %s", s.waiting.SHA256))
	}
	return strings.Join(lines, "\n")
}

func (e evidence) officer(name string) string {
	if o, ok := e.c.Agency().Officer(name); ok {
		return o.FullName + " " + name
	}
	return name
}

// roles are the officers with theirs, and who is kept apart from what.
func (e evidence) roles() section {
	var people, both []string
	for _, o := range e.c.Agency().Officers {
		people = append(people, o.FullName+" "+o.Name+e.say("：", ": ")+e.roleWords(o.Roles))
		if o.Has(exchange.RoleSystem) && o.Has(exchange.RoleChecker) {
			both = append(both, o.FullName)
		}
	}
	apart := e.say("无人兼任系统与复核", "nobody is both system and checker")
	if len(both) > 0 {
		apart = e.say("兼任系统与复核：", "both system and checker: ") + strings.Join(both, e.say("、", ", "))
	}
	return section{e.say("人员与职责", "Staff"), []fact{
		{e.say("人员与角色", "officers"), e.some(people)},
		{e.say("不相容岗位", "kept apart"), apart + e.say("；在付款文件中作过决定的人不能签放该文件", "; who decided about a transfer in a payment file cannot sign it")},
		{e.say("未经人工复核的业务", "work without review"), e.sayf("由 %s 负责", "%s answers for it", e.c.Agency().Checker)},
	}}
}

func (e evidence) roleWords(roles []exchange.Role) string {
	var words []string
	for _, r := range roles {
		words = append(words, exchange.TermOf(exchange.RoleTerms(), string(r)).Word(e.c.Settings.Agency.Language))
	}
	return strings.Join(words, e.say("、", ", "))
}

// controls are how payments are released, their bounds, and what is not sealed.
func (e evidence) controls() section {
	a := e.c.Agency()
	release := e.say("双人签名，其中一人为复核", "two officers sign, one of them a checker")
	if e.c.AutomaticRelease() {
		release = e.say("自动放行，无人签名（仅限本机目录）", "by itself, nobody signs (only where every drop is on this machine)")
	}
	caps := e.sayf("单笔 %s，单批 %s", "%s a payment, %s a file", e.cap(a.PaymentCap), e.cap(a.FileCap))
	var closed, off []string
	for _, s := range a.FundsClosed {
		closed = append(closed, s.From.String()+" – "+s.To.String())
	}
	for _, p := range e.c.Settings.Partners {
		if p.Seal == exchange.SealOff {
			off = append(off, p.Code+" "+p.Name)
		}
	}
	return section{e.say("资金控制", "Payments"), []fact{
		{e.say("放行", "release"), release},
		{e.say("限额", "caps"), caps},
		{e.say("封账日期", "funds closed"), e.some(closed)},
		{e.say("未启用签名的机构", "seals off"), e.some(off)},
	}}
}

func (e evidence) cap(f money.Fen) string {
	if f == 0 {
		return e.say("不限", "no cap")
	}
	return e.sayf("%s 元", "%s yuan", f)
}

// kept is what is kept and how: retention, permissions, backups.
func (e evidence) kept() section {
	s := e.c.Settings
	return section{e.say("保存与备份", "Kept"), []fact{
		{e.say("保存期限", "retention"), e.say("办件、账簿、日志、收发文件和报表均长期保存，本系统不自动删除", "cases, ledger, journal, transport files and reports stay: nothing is removed by itself")},
		{e.say("访问权限", "permissions"), strings.Join([]string{
			e.mode("config.yaml", e.c.Path), e.mode(e.say("数据库", "store"), e.storePath()), e.mode(e.say("收发文件", "spool"), e.c.Abs(s.Folders.Spool)),
			e.mode(e.say("报表", "reports"), e.c.Abs(s.Folders.Reports)), e.mode(e.say("密钥目录", "keys"), filepath.Dir(e.c.SealKeyFile(calendar.DateOf(e.now)))),
		}, " · ")},
		{e.say("最近备份", "last backup"), e.backup(e.stored.backups.Made)},
		{e.say("最近恢复演练", "last restore test"), e.tested()},
	}}
}

func (e evidence) storePath() string {
	if dsn := e.c.Settings.Store.DSN; !strings.Contains(dsn, "://") {
		return e.c.Abs(dsn)
	}
	return ""
}

// mode is who may read a file or folder, as ls says it.
func (e evidence) mode(word, path string) string {
	if path == "" {
		return word + " PostgreSQL"
	}
	info, err := os.Stat(path)
	if err != nil {
		return word + " " + e.say("尚无", "not there")
	}
	return fmt.Sprintf("%s %04o", word, info.Mode().Perm())
}

// backup is a backup, or that none is recorded.
func (e evidence) backup(b *story.Backup) string {
	if b == nil {
		return e.say("无记录", "none recorded")
	}
	return join(" · ", minute(b.At.In(e.now.Location())), b.File, e.sayf("%d 字节", "%d bytes", b.Bytes), labelled("SHA-256", short(b.SHA256, 17)))
}

// tested is the last restore test, and one that failed since.
func (e evidence) tested() string {
	passed, failed := e.stored.backups.Tested, e.stored.backups.Failed
	text := e.say("无记录", "none recorded")
	if passed != nil {
		text = e.sayf("通过：%s（%d 个事件、%d 个办件）", "passed: %s (%d events, %d cases)", e.backup(passed), passed.Events, passed.Cases)
	}
	if failed != nil && (passed == nil || failed.At.After(passed.At)) {
		text += "\n" + e.sayf("未通过：%s：%s", "failed: %s: %s", e.backup(failed), failed.Why)
	}
	return text
}

// clocks are the calendar and the limits.
func (e evidence) clocks() section {
	text := e.say("无法读取", "cannot be read")
	if cal, err := e.c.Calendar(); err == nil {
		first, last := cal.Coverage()
		text = e.sayf("国务院放假安排 %d–%d 年，本地调整 %d 天", "State Council's notices %d to %d, %d local days", first, last, len(e.c.Settings.Calendar.LocalDays))
	}
	var profiles, limits []string
	for _, p := range e.c.Settings.Partners {
		r := e.c.Profiles()[p.Profile]
		closing := e.sayf("办结 %d", "closing %d", r.CloseWD)
		if r.RelationDone() {
			closing = e.sayf("关系办结 %d、个账到账 %d", "months %d, account %d", r.MonthsWD, r.AccountWD)
		}
		profiles = append(profiles, e.sayf("%s（%s）：发函 %d、答复 %d、%s", "%s (%s): letter %d, answer %d, %s", p.Code, p.Profile, r.LetterWD, r.AnswerWD, closing))
	}
	usual := exchange.Turns()
	for i, t := range e.c.Turns() {
		if t.WD != usual[i].WD || t.Owner != usual[i].Owner {
			limits = append(limits, fmt.Sprintf("%s %d", t.Key, t.WD))
		}
	}
	own := e.sayf("%d 个环节均有责任方和时限，改动的有：%s", "%d positions, each with an owner and a limit; changed: %s", len(usual), e.some([]string{strings.Join(limits, e.say("、", ", "))}))
	return section{e.say("日历与时限（工作日）", "Clocks (working days)"), []fact{
		{e.say("工作日历", "calendar"), text}, {e.say("办理时限", "legal limits"), e.some(profiles)}, {e.say("内部时限", "own limits"), own},
	}}
}

// found is what check found open.
func (e evidence) found() section {
	word := map[config.Level]string{config.LevelFault: e.say("故障", "fault"), config.LevelWarning: e.say("提醒", "warning")}
	var faults, warnings []string
	for _, f := range e.findings {
		line := f.Subject + e.say("：", ": ") + short(f.Text, 110)
		switch f.Level {
		case config.LevelFault:
			faults = append(faults, line)
		case config.LevelWarning:
			warnings = append(warnings, line)
		}
	}
	return section{e.say("检查发现", "Found open"), []fact{
		{fmt.Sprintf("%s %d", word[config.LevelFault], len(faults)), e.some(faults)},
		{fmt.Sprintf("%s %d", word[config.LevelWarning], len(warnings)), e.some(warnings)},
	}}
}

// some is a list as it fits the page: its first lines, and how many more.
func (e evidence) some(lines []string) string {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == "" })
	if len(lines) == 0 {
		return e.say("无", "none")
	}
	if more := len(lines) - someOf; more > 0 {
		lines = append(lines[:someOf:someOf], e.sayf("另有 %d 项，见 carryover check", "and %d more, see carryover check", more))
	}
	return strings.Join(lines, "\n")
}
