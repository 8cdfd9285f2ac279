package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/screen"
	"carryover/jobs/signing"
	"carryover/jobs/story"
)

// evidence is what whoever approves the deployment is shown: what this
// program listens to and connects to, where money may go and who approved
// that, whose keys count and until when, who may do what, what is kept, and
// what check found. It is gathered, then laid out on one page.
type evidence struct {
	config.Evidence
	state   string        // of the store, in words
	backups story.Backups // as the journal has them
}

// writeEvidence gathers the evidence and saves its page as the workbook name,
// over an older one. What check found does not keep it from being written.
func (a *app) writeEvidence(ctx context.Context, c *config.Config, findings []config.Finding, name string) error {
	e := evidence{Evidence: config.Evidence{Config: c, Now: a.now().In(c.Agency().Zone), Findings: findings}}
	if err := e.readStore(ctx); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	if err := e.page().Save(name); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	fmt.Fprintf(a.err, "%s\n", name)
	return nil
}

// readStore reads what the store tells; a store that is not there, or has another
// schema, is no error but said to be so. It is neither made nor migrated: who
// approves must see what is.
func (e *evidence) readStore(ctx context.Context) (err error) {
	dsn, err := storeDSN(e.Config)
	if err != nil {
		return err
	}
	if notMadeYet(dsn) {
		e.state = e.Say("尚未建立，首次运行时建立", "not there yet; the first run makes it")
		return nil
	}
	s, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	have, want, err := s.Version(ctx)
	if err != nil {
		return err
	}
	e.state = e.Sayf("第 %d 版（本程序用第 %d 版）", "schema %d (this program works with %d)", have, want)
	if have != want {
		return nil
	}
	return s.View(ctx, func(tx *store.Tx) (err error) {
		if e.backups, err = story.LastBackups(tx); err != nil {
			return err
		}
		a, err := signing.ReadApproved(&office.Office{Agency: e.Config.Agency(), Now: func() time.Time { return e.Now }}, tx)
		e.Approval = config.Approval{Approved: a.Settings, Signed: a.Signed, Waiting: a.Waiting}
		return err
	})
}

// sections are the page's parts, in their order.
func (e *evidence) sections() []config.Section {
	return []config.Section{e.Versions(e.state), e.Ports(), e.Accounts(), e.keys(), e.Roles(), e.Controls(), e.kept(), e.Clocks(), e.Found()}
}

// kept is what is kept and how: retention, permissions, backups.
func (e *evidence) kept() config.Section {
	return config.Section{Title: e.Say("保存与备份", "Kept"), Facts: []config.Fact{
		{Item: e.Say("保存期限", "retention"), Text: e.Say("办件、账簿、日志、收发文件和报表均长期保存，本系统不自动删除", "cases, ledger, journal, transport files and reports stay: nothing is removed by itself")},
		{Item: e.Say("访问权限", "permissions"), Text: e.Permissions()},
		{Item: e.Say("最近备份", "last backup"), Text: e.backup(e.backups.Made)},
		{Item: e.Say("最近恢复演练", "last restore test"), Text: e.tested()},
	}}
}

// backup is a backup, or that none is recorded.
func (e *evidence) backup(b *story.Backup) string {
	if b == nil {
		return e.Say("无记录", "none recorded")
	}
	return office.Join(" · ", screen.Minute(b.At.In(e.Now.Location())), b.File, e.Sayf("%d 字节", "%d bytes", b.Bytes), screen.Labelled("SHA-256", screen.Short(b.SHA256, 17)))
}

// tested is the last restore test that passed, and one that failed since: a later
// failure means that the older success proves nothing about today's copies.
func (e *evidence) tested() string {
	passed, failed := e.backups.Tested, e.backups.Failed
	text := e.Say("无记录", "none recorded")
	if passed != nil {
		text = e.Sayf("通过：%s（%d 个事件、%d 个办件）", "passed: %s (%d events, %d cases)", e.backup(passed), passed.Events, passed.Cases)
	}
	if failed != nil && (passed == nil || failed.At.After(passed.At)) {
		text += "\n" + e.Sayf("未通过：%s：%s", "failed: %s: %s", e.backup(failed), failed.Why)
	}
	return text
}

// keys are whose keys count, and until when.
func (e *evidence) keys() config.Section {
	return config.Section{Title: e.Say("密钥与有效期", "Keys"), Facts: []config.Fact{
		{Item: e.Say("文件签名密钥", "we sign with"), Text: strings.Join(e.SealKeys(), "\n")},
		{Item: e.Say("人员密钥", "officers'"), Text: e.Some(e.officersKeys())},
		{Item: e.Say("对方签名密钥", "partners'"), Text: e.Some(e.partnersKeys())},
		{Item: e.Say("登录密钥", "we log in with"), Text: e.Some(e.LoginKeys())},
		{Item: e.Say("主机密钥", "hosts pinned"), Text: e.Some(e.HostKeys())},
	}}
}

// officersKeys are the keys of allowed_signers, by who signs with them. What
// cannot be read stands in their place: the page is made all the same.
func (e *evidence) officersKeys() (lines []string) {
	text, err := allowedSigners(e.Config)()
	if err != nil {
		return []string{err.Error()}
	}
	keys, err := seal.ParseSigners([]byte(text))
	if err != nil {
		return []string{err.Error()}
	}
	for _, k := range keys.All() {
		lines = append(lines, office.Join(" · ", strings.Join(k.Principals, " "), k.Fingerprint, e.validity(k)))
	}
	return lines
}

// validity is until when a key signs.
func (e *evidence) validity(k seal.Signer) string {
	switch {
	case k.ValidBefore.IsZero():
		return e.Say("长期有效", "without end")
	case !k.Valid(e.Now):
		return e.Say("今天无效", "not valid today")
	}
	return e.Say("有效至 ", "until ") + k.ValidBefore.In(e.Now.Location()).Format(time.DateOnly)
}

// partnersKeys are those by which partners' files are verified.
func (e *evidence) partnersKeys() (lines []string) {
	for _, p := range e.Config.Settings.Partners {
		if p.Seal == exchange.SealOff {
			continue
		}
		signers, err := signersOf(e.Config)(p.Code)
		if err != nil {
			lines = append(lines, p.Code+" "+e.Say("没有", "none"))
			continue
		}
		for _, k := range signers.For(p.Code).All() {
			lines = append(lines, office.Join(" · ", p.Code, k.Fingerprint, e.validity(k)))
		}
	}
	return lines
}

// page is the evidence on one upright A4 page, with boxes to sign: six columns,
// the first for a section's title beside all of its facts.
func (e *evidence) page() workbook.Book {
	title := e.Say("Carryover 部署审批表", "Carryover: approval of the deployment")
	a := e.Config.Agency()
	paper := &workbook.Paper{Columns: []float64{13, 21, 20, 20, 20, 20}}
	line := func(height float64, boxes ...workbook.Box) {
		paper.Lines = append(paper.Lines, workbook.Line{Height: height, Boxes: boxes})
	}
	line(0, workbook.Box{Text: title, As: workbook.BoxTitle, Cols: 6})
	line(0,
		workbook.Box{Text: a.Name + "（" + a.Code + "）", As: workbook.BoxRemark, Cols: 3},
		workbook.Box{Text: e.Say("生成于 ", "made at ") + screen.Minute(e.Now), As: workbook.BoxAside, Cols: 3})
	for _, s := range e.sections() {
		for i, f := range s.Facts {
			var boxes []workbook.Box
			if i == 0 {
				boxes = append(boxes, workbook.Box{Text: s.Title, As: workbook.BoxLabel, Lines: len(s.Facts)})
			}
			line(0, append(boxes, workbook.Box{Text: f.Item, As: workbook.BoxFact}, workbook.Box{Text: f.Text, As: workbook.BoxFact, Cols: 4})...)
		}
	}
	line(0, workbook.Box{Text: e.Say("审批", "Approval"), As: workbook.BoxLabel, Lines: 2},
		workbook.Box{Text: e.Say("系统管理员", "system"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.Say("安全负责人", "security"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.Say("财务负责人", "finance"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.Say("业务负责人", "business"), As: workbook.BoxMiddle},
		workbook.Box{Text: e.Say("单位负责人", "head of the agency"), As: workbook.BoxMiddle})
	signed := e.Say("签名\n日期", "signature\ndate")
	var sign []workbook.Box
	for range 5 {
		sign = append(sign, workbook.Box{Text: signed, As: workbook.BoxSeal})
	}
	line(58, sign...) // points: room for a signature and a stamp
	return report.Book(e.Config.Agency(), code.Lang(e.Config.Settings.Agency.Language), title, e.Now, workbook.Sheet{Name: e.Say("部署审批表", "Approval"), Title: title, Paper: paper})
}
