package restore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// list is the text of what lies between, in both languages: whoever signs it reads it, and it is
// worked by telephone.
type list struct {
	*office.Desk
	*around
	now  Mark
	done Done
	from string
	b    strings.Builder
}

// mostLines bounds each part of the list; the figures are of all.
const mostLines = 1000

func (l *list) line(format string, args ...any) { fmt.Fprintf(&l.b, format+"\n", args...) }

// lines prints at most mostLines of a part.
func (l *list) lines(part []string) {
	for _, text := range part[:min(len(part), mostLines)] {
		l.line("  %s", text)
	}
	if more := len(part) - mostLines; more > 0 {
		l.line("  另有 %d 项 and %d more", more, more)
	}
	if len(part) == 0 {
		l.line("  无 none")
	}
}

func (l *list) text() (string, error) {
	from := l.from
	if from == "" {
		from = "现有数据库 the store as it stood"
	}
	l.line("恢复清单 what lies between the store and what is around it\n")
	l.line("机构 agency        %s %s", l.Agency.Code, l.Agency.Name)
	l.line("恢复 restoration   %d", l.done.N)
	l.line("来源 from          %s", from)
	l.line("数据止于 ends      %s（事件 event %d）", l.clock(), l.now.Event)
	l.line("日期 written on    %s %s", l.Date, l.Desk.Now().In(l.Agency.Zone).Format("15:04:05"))
	if m := l.mark; m.Event > 0 {
		l.line("此前已到 had come  %s（事件 event %d）", m.At.In(l.Agency.Zone).Format("2006-01-02 15:04:05"), m.Event)
	}
	l.line("\n签名前：向银行索取自上述时间起本单位全部付款的清单，与第一、二、三项逐笔核对；银行已付而下列没有的，不得签名，先登记。")
	l.line("Before signing: ask the bank for all payments of ours since that time and compare them with parts 1 to 3. What it has paid and is in none of them is to be settled first.")
	if err := l.payments(); err != nil {
		return "", err
	}
	if err := l.files(); err != nil {
		return "", err
	}
	l.numbers()
	l.line("\n须由财务、复核各一人签名，签名前不付款。 One of finance and one of 复核 sign; no payment leaves before.")
	l.line("签名 / to sign: ssh-keygen -Y sign -n carryover-release，或 or carryover release")
	return l.b.String(), nil
}

func (l *list) clock() string {
	if l.done.UpTo.IsZero() {
		return "无数据 empty"
	}
	return l.done.UpTo.In(l.Agency.Zone).Format("2006-01-02 15:04:05")
}

// payments tells what may have been paid.
func (l *list) payments() error {
	var unknown, files []string
	for _, p := range l.done.Unknown {
		unknown = append(unknown, fmt.Sprintf("%s  %s  %s  %s  %s", p.Ref, p.Amount, l.PartyName(p.Partner), p.Payee.No, l.Word(exchange.MoneyTerms(exchange.Out), string(p.Track))))
	}
	l.line("\n一、结果待查的付款（数据止时未付讫） 1. payments of which the bank has to say what became: %d", len(unknown))
	l.lines(unknown)
	for _, f := range l.done.Found {
		files = append(files, fmt.Sprintf("%s  %d 笔 transfers  %s  %s  SHA-256 %s", f.Name, f.Records, f.Total, f.Where, f.SHA256))
	}
	l.line("\n二、数据库不认识的付款文件（按结果待查补登） 2. payment files that the store did not know, taken up as unknown: %d", len(files))
	l.lines(files)
	due, sum, err := l.due()
	if err != nil {
		return err
	}
	l.line("\n三、待付，数据止后可能已付 3. due, and perhaps paid since: %d, %s", len(due), sum)
	l.lines(due)
	return nil
}

// due are the parts and refunds that would be paid next, and those whose payments are in no file.
func (l *list) due() (due []string, sum money.Fen, err error) {
	for _, track := range []exchange.MoneyTrack{exchange.MoneyDue, exchange.MoneyOrdered} {
		err := l.Tx.EachRemittance(exchange.Out, track, func(r exchange.Remittance) (err error) {
			c, err := l.CaseByNo(r.CaseNo)
			if err != nil {
				return err
			}
			due = append(due, fmt.Sprintf("%s-%d  %s  %s  %s", c.LetterNo, r.Part, r.Amount, l.PartyName(c.Partner), c.Person.Name))
			sum, err = sum.Add(r.Amount)
			return err
		})
		refunds, e := l.Tx.RefundsByTrack(track)
		if err = errors.Join(err, e); err != nil {
			return nil, 0, err
		}
		for _, f := range refunds {
			due = append(due, fmt.Sprintf("%s-R%d  %s  %s  %s", f.LetterNo, f.Part, f.Amount, l.PartyName(f.Partner), f.Payee.Holder))
			if sum, err = sum.Add(f.Amount); err != nil {
				return nil, 0, err
			}
		}
	}
	return due, sum, nil
}

// files tells what is taken in again, and what to ask for.
func (l *list) files() error {
	var again []string
	for _, party := range slices.Sorted(maps.Keys(l.around.done)) {
		for _, e := range l.around.done[party] {
			again = append(again, l.PartyName(party)+"  "+e.Name)
		}
	}
	l.line("\n四、重新收取（曾收妥，数据库不认识） 4. taken in again, since the store does not know it: %d", len(again))
	l.lines(again)
	var ask []string
	for _, p := range l.Parties {
		var kinds []string
		for _, k := range office.Kinds {
			n, err := l.Tx.LastSequence(exchange.In, p.Code, k.Name)
			if err != nil {
				return err
			}
			if n > 0 {
				kinds = append(kinds, fmt.Sprintf("%s %d 起 from", k.Name, n+1))
			}
		}
		if len(kinds) > 0 {
			ask = append(ask, l.PartyName(p.Code)+"  "+strings.Join(kinds, "，"))
		}
	}
	l.line("\n五、电话请对方重发（第四项已有的不必） 5. to ask for by telephone, but for what part 4 has: %d", len(ask))
	l.lines(ask)
	l.line("\n六、未能查看的交换目录 6. drops that could not be looked at: %d", len(l.unseen))
	l.lines(l.unseen)
	return nil
}

// numbers tells where numbers go on.
func (l *list) numbers() {
	var lines []string
	for _, s := range l.sequences() {
		lines = append(lines, fmt.Sprintf("%s  %s  %d", s.Receiver, s.Kind, s.Last+1))
	}
	slices.Sort(lines)
	l.line("\n七、编号 7. numbers: 至 %s 各日编号加 %d×100000（批量付款加 %[2]d×1000） numbers of the days up to it go on so much further；批次序号 sequences:", max(l.now.On, l.mark.On, l.Today().Date), l.done.N-l.now.Restored)
	l.lines(lines)
}

// days is how far back core and bank are told of our numbers.
const days = 31

// ofCore lists the postings that the store knows.
func (l *list) ofCore() (string, error) {
	t := &list{Desk: l.Desk, around: l.around, now: l.now, done: l.done}
	t.line("本机构数据库已恢复，止于 %s。下列为本机构已知的记账申请号；此后发出而不在其中的，请告知本机构，勿重复记账。重复的申请号按首次结果答复。", t.clock())
	t.line("Our store was taken back to %[1]s. These are the postings that it knows; tell us of any other that you had from us since, and post nothing twice. A number that comes again gets its first result.\n", t.clock())
	err := t.Tx.EachPostingFrom(t.Agency.Code, t.Date.AddDays(-days), func(p exchange.Posting) error {
		t.line("%s  %s  %s  %s  %s", p.No, p.Row, p.CaseNo, p.Amount, p.State)
		return nil
	})
	return t.b.String(), err
}

// ofBank lists the payments that are not settled.
func (l *list) ofBank() (string, error) {
	t := &list{Desk: l.Desk, around: l.around, now: l.now, done: l.done}
	t.line("本机构数据库已恢复，止于 %s。下列为本机构未付讫的付款；此后收到而不在其中的付款，请告知本机构。", t.clock())
	t.line("Our store was taken back to %[1]s. These are our payments that are not settled; tell us of any other that you had from us since.\n", t.clock())
	for _, track := range exchange.TracksIn(exchange.PlaceBank, exchange.PlaceHere) {
		err := t.Tx.EachPayment(track, func(p exchange.Payment) error {
			t.line("%s  %s  %s  %s", p.Ref, p.Amount, p.Payee.No, p.Track)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return t.b.String(), nil
}
