package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// Evidence tells whoever approves the deployment what stands in the
// configuration: whom it connects to, where money may go and who approved
// that, who may do what, which limits count. Texts are in the agency's
// language; a fact takes few lines, so that all of them fit one page.
type Evidence struct {
	Config   *Config
	Now      time.Time // in the agency's time zone
	Approval Approval
	Findings []Finding // of Check and of whoever else looked
}

// Approval is what is recorded of the money settings.
type Approval struct {
	Approved *exchange.MoneySettings // nil: none yet
	Signed   []exchange.Signature    // of the approved ones
	Waiting  *exchange.MoneySettings // a change that waits for signatures; nil: none
}

// Section is a part of the page.
type Section struct {
	Title string
	Facts []Fact
}

// Fact is a line of the page: what it is about, and what is the case.
type Fact struct{ Item, Text string }

// factLines bounds how many lines one fact takes: the page stays one.
const factLines = 6

// Say chooses the text of the agency's language.
func (e Evidence) Say(chinese, english string) string {
	if e.Config.Settings.Agency.Language == "en" {
		return english
	}
	return chinese
}

// Sayf is Say with arguments.
func (e Evidence) Sayf(chinese, english string, args ...any) string {
	return fmt.Sprintf(e.Say(chinese, english), args...)
}

// Ports are what the program listens to, and whom it connects to.
func (e Evidence) Ports() Section {
	var out, local []string
	for _, d := range e.Config.Drops() {
		if s := d.Drop.SFTP; s != nil {
			out = append(out, d.Party+"  sftp://"+s.User+"@"+s.Addr)
		} else if _, staff := exchange.OfficerOf(d.Party); !staff {
			local = append(local, d.Party)
		}
	}
	if dsn := e.Config.Settings.Store.DSN; strings.Contains(dsn, "://") {
		out = append(out, dsn)
	}
	listens := e.Sayf("%s（仅 serve：/healthz、/metrics）", "%s (serve only: /healthz, /metrics)", e.Config.Settings.Serve.Listen)
	return Section{e.Say("端口与连接", "Ports"), []Fact{
		{e.Say("监听", "listens to"), listens},
		{e.Say("向外连接", "connects to"), e.Some(out)},
		{e.Say("本机目录", "local folders"), e.Some([]string{strings.Join(local, e.Say("、", ", "))})},
	}}
}

// Accounts are where money comes from and may go, and who approved them.
func (e Evidence) Accounts() Section {
	a := e.Config.Agency()
	var own, theirs []string
	for _, x := range a.Accounts {
		own = append(own, e.account(x))
	}
	for _, p := range e.Config.Settings.Partners {
		for _, x := range e.Config.Partners()[p.Code].Accounts {
			theirs = append(theirs, p.Code+"  "+e.account(x))
		}
	}
	return Section{e.Say("账户登记", "Accounts"), []Fact{
		{e.Say("付款账户", "paid from"), e.account(a.Payer)},
		{e.Say("本方收款账户", "our own"), e.Some(own)},
		{e.Say("对方收款账户", "the partners'"), e.Some(theirs)},
		{e.Say("批准", "approved"), e.approval()},
	}}
}

func (e Evidence) account(a exchange.Account) string {
	text := joined(a.Holder, a.No, a.CNAPS, e.from(a.ValidFrom))
	if a.ValidTo != 0 {
		text += e.Sayf(" 至 %s", " to %s", a.ValidTo)
	}
	return text
}

// approval says which money settings count, and by whom they were signed.
func (e Evidence) approval() string {
	s := e.Approval
	if s.Approved == nil {
		return e.Say("尚无记录：首次付款前登记", "nothing recorded yet: taken over before the first payment")
	}
	lines := []string{e.Sayf("自 %s 起生效的资金设置，SHA-256：", "money settings that count from %s on, SHA-256:", s.Approved.Since), s.Approved.SHA256}
	if s.Approved.FileID == 0 {
		lines = append(lines, e.Say("首次登记或无需签名，没有签名", "the first ones, or nobody had to sign: no signatures"))
	}
	for _, x := range s.Signed {
		lines = append(lines, joined(e.officer(x.Officer), x.Fingerprint, x.On.String()))
	}
	if s.Waiting != nil {
		lines = append(lines, e.Sayf("另有变更待签名：%s", "a change waits for signatures: %s", s.Waiting.SHA256))
	}
	return strings.Join(lines, "\n")
}

func (e Evidence) officer(name string) string {
	if o, ok := e.Config.Agency().Officer(name); ok {
		return o.FullName + " " + name
	}
	return name
}

// Roles are the officers with theirs, and who is kept apart from what.
func (e Evidence) Roles() Section {
	var people, both []string
	for _, o := range e.Config.Agency().Officers {
		people = append(people, o.FullName+" "+o.Name+e.Say("：", ": ")+e.roleWords(o.Roles))
		if o.Has(exchange.RoleSystem) && o.Has(exchange.RoleChecker) {
			both = append(both, o.FullName)
		}
	}
	apart := e.Say("无人兼任系统与复核", "nobody is both system and checker")
	if len(both) > 0 {
		apart = e.Say("兼任系统与复核：", "both system and checker: ") + strings.Join(both, e.Say("、", ", "))
	}
	return Section{e.Say("人员与职责", "Staff"), []Fact{
		{e.Say("人员与角色", "officers"), e.Some(people)},
		{e.Say("不相容岗位", "kept apart"), apart + e.Say("；在付款文件中作过决定的人不能签放该文件", "; who decided about a transfer in a payment file cannot sign it")},
		{e.Say("未经人工复核的业务", "work without review"), e.Sayf("由 %s 负责", "%s answers for it", e.Config.Agency().Checker)},
	}}
}

func (e Evidence) roleWords(roles []exchange.Role) string {
	var words []string
	for _, r := range roles {
		words = append(words, exchange.TermOf(exchange.RoleTerms(), string(r)).Word(e.Config.Settings.Agency.Language))
	}
	return strings.Join(words, e.Say("、", ", "))
}

// Controls are how payments are released, their bounds, and what is not sealed.
func (e Evidence) Controls() Section {
	a := e.Config.Agency()
	release := e.Say("双人签名，其中一人为复核", "two officers sign, one of them a checker")
	if e.Config.AutomaticRelease() {
		release = e.Say("自动放行，无人签名（仅限本机目录）", "by itself, nobody signs (only where every drop is on this machine)")
	}
	caps := e.Sayf("单笔 %s，单批 %s，每人 %s", "%s a payment, %s a file, %s a person", e.cap(a.PaymentCap), e.cap(a.FileCap), e.cap(a.CapOfRecord()))
	days := e.Sayf("每个对方机构 %s，每个新账户 %s", "%s a partner, %s a new account", e.cap(a.PartnerDayCap), e.cap(a.NewAccountDayCap))
	var closed, off []string
	for _, s := range a.FundsClosed {
		closed = append(closed, s.From.String()+" – "+s.To.String())
	}
	for _, p := range e.Config.Settings.Partners {
		if p.Seal == exchange.SealOff {
			off = append(off, p.Code+" "+p.Name)
		}
	}
	return Section{e.Say("资金控制", "Payments"), []Fact{
		{e.Say("放行", "release"), release},
		{e.Say("限额", "caps"), caps},
		{e.Say("单日限额", "daily caps"), days},
		{e.Say("封账日期", "funds closed"), e.Some(closed)},
		{e.Say("未启用签名的机构", "seals off"), e.Some(off)},
	}}
}

func (e Evidence) cap(f money.Fen) string {
	if f == 0 {
		return e.Say("不限", "no cap")
	}
	return e.Sayf("%s 元", "%s yuan", f)
}

// Clocks are the calendar and the limits.
func (e Evidence) Clocks() Section {
	text := e.Say("无法读取", "cannot be read")
	if cal, err := e.Config.Calendar(); err == nil {
		first, last := cal.Coverage()
		text = e.Sayf("国务院放假安排 %d–%d 年，本地调整 %d 天", "State Council's notices %d to %d, %d local days", first, last, len(e.Config.Settings.Calendar.LocalDays))
	}
	var profiles, limits []string
	for _, p := range e.Config.Settings.Partners {
		r := e.Config.Profiles()[p.Profile]
		closing := e.Sayf("办结 %d", "closing %d", r.CloseWD)
		if r.RelationDone() {
			closing = e.Sayf("关系办结 %d、个账到账 %d", "months %d, account %d", r.MonthsWD, r.AccountWD)
		}
		profiles = append(profiles, e.Sayf("%s（%s）：发函 %d、答复 %d、%s", "%s (%s): letter %d, answer %d, %s", p.Code, p.Profile, r.LetterWD, r.AnswerWD, closing))
	}
	usual := exchange.Turns()
	for i, t := range e.Config.Turns() {
		if t.WD != usual[i].WD || t.Owner != usual[i].Owner {
			limits = append(limits, fmt.Sprintf("%s %d", t.Key, t.WD))
		}
	}
	own := e.Sayf("%d 个环节均有责任方和时限，改动的有：%s", "%d positions, each with an owner and a limit; changed: %s", len(usual), e.Some([]string{strings.Join(limits, e.Say("、", ", "))}))
	return Section{e.Say("日历与时限（工作日）", "Clocks (working days)"), []Fact{
		{e.Say("工作日历", "calendar"), text}, {e.Say("办理时限", "legal limits"), e.Some(profiles)}, {e.Say("内部时限", "own limits"), own},
	}}
}

// Found is what check found open.
func (e Evidence) Found() Section {
	word := map[Level]string{LevelFault: e.Say("故障", "fault"), LevelWarning: e.Say("提醒", "warning")}
	var faults, warnings []string
	for _, f := range e.Findings {
		line := f.Subject + e.Say("：", ": ") + clip(f.Text, 110)
		switch f.Level {
		case LevelFault:
			faults = append(faults, line)
		case LevelWarning:
			warnings = append(warnings, line)
		}
	}
	return Section{e.Say("检查发现", "Found open"), []Fact{
		{fmt.Sprintf("%s %d", word[LevelFault], len(faults)), e.Some(faults)},
		{fmt.Sprintf("%s %d", word[LevelWarning], len(warnings)), e.Some(warnings)},
	}}
}

// Some is a list as it fits the page: its first lines, and how many more.
func (e Evidence) Some(lines []string) string {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == "" })
	if len(lines) == 0 {
		return e.Say("无", "none")
	}
	if more := len(lines) - factLines; more > 0 {
		lines = append(lines[:factLines:factLines], e.Sayf("另有 %d 项，见 carryover check", "and %d more, see carryover check", more))
	}
	return strings.Join(lines, "\n")
}

// Permissions are who may read what is kept, as ls says it.
func (e Evidence) Permissions() string {
	c, s := e.Config, e.Config.Settings
	database := ""
	if !strings.Contains(s.Store.DSN, "://") {
		database = c.Abs(s.Store.DSN)
	}
	return strings.Join([]string{
		e.mode("config.yaml", c.Path), e.mode(e.Say("数据库", "store"), database), e.mode(e.Say("收发文件", "spool"), c.Abs(s.Folders.Spool)),
		e.mode(e.Say("报表", "reports"), c.Abs(s.Folders.Reports)), e.mode(e.Say("密钥目录", "keys"), filepath.Dir(c.SealKeyFile(calendar.DateOf(e.Now)))),
	}, " · ")
}

// mode is who may read a file or folder, as ls says it.
func (e Evidence) mode(word, path string) string {
	if path == "" {
		return word + " PostgreSQL"
	}
	info, err := os.Stat(path)
	if err != nil {
		return word + " " + e.Say("尚无", "not there")
	}
	return fmt.Sprintf("%s %04o", word, info.Mode().Perm())
}

// joined joins what is not empty.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

// from is since when something counts; nothing when that is not said.
func (e Evidence) from(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return e.Say("自", "from") + " " + d.String()
}

// clip cuts a text to so many characters.
func clip(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}
