package jobs

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats"
)

// notify queues a notice for everybody whom the case concerns: the person,
// and for an application also the employer or proxy who lodged it. more is
// the reason or what to do, behind the milestone's own words.
func (c *casework) notify(m code.Milestone, more string, due calendar.Date) error {
	return c.notifyText(m, noticeText(m, c.partnerName(), more), due)
}

// notifyText is notify with words of its own in place of the milestone's.
func (c *casework) notifyText(m code.Milestone, text string, due calendar.Date) error {
	n := formats.Notice{
		Recipient: code.ToPerson, IDNo: c.Person.IDNo, Name: c.Person.Name, Phone: c.Person.Phone,
		ApplicationNo: c.ApplicationNo, CaseNo: c.No, Milestone: m, Date: c.Date, Due: due,
	}
	n.Text = text
	if c.ApplicationNo == "" {
		return c.send(c.Agency.Portal(), c.No, &n)
	}
	a, err := c.lodgement()
	if err != nil {
		return err
	}
	n.Echo = a.Echo
	if err := c.send(c.Agency.Portal(), c.No, &n); err != nil {
		return err
	}
	if a.Applicant == string(code.ByEmployer) {
		n.Recipient, n.EmployerCode, n.EmployerName = code.ToEmployer, a.EmployerCode, a.EmployerName
		if err := c.send(c.Agency.Portal(), c.No, &n); err != nil {
			return err
		}
	}
	if a.ProxyName != "" {
		n.Recipient, n.Phone = code.ToProxy, a.ProxyPhone
		return c.send(c.Agency.Portal(), c.No, &n)
	}
	return nil
}

func (c *casework) partnerName() string {
	if p, ok := c.Partners[c.Partner]; ok && p.Name != "" {
		return p.Name
	}
	return c.Partner
}

// noticeText is what the person reads: what happened, and what to do next.
func noticeText(m code.Milestone, partner, more string) string {
	words := map[code.Milestone]string{
		code.MilestoneArrears:       "您在原参保地尚有欠费，请先行补缴。",
		code.MilestoneAccepted:      "您的医保关系转移申请已受理，我们将向" + partner + "发出联系函，您无需到场。",
		code.MilestoneReturned:      "您的医保关系转移申请需要补正，请按下述要求补齐后重新提交。",
		code.MilestoneRefused:       "您的医保关系转移申请不予受理，原因如下。如有疑问，请携带身份证件到经办窗口咨询。",
		code.MilestoneLetterSent:    "联系函已发往" + partner + "，请等待对方办理，办理进度可随时查询。",
		code.MilestoneDelayed:       "您的医保关系转移业务未能在规定时限内办结，我们正在催办，请耐心等待。",
		code.MilestoneDeclined:      partner + "暂不能办理转出，原因如下。处理完毕后请重新提交申请。",
		code.MilestoneFormReceived:  "已收到" + partner + "的信息表，正在为您核对缴费年限和个人账户金额，您无需操作。",
		code.MilestoneRelationDone:  "您的医保关系已接续，缴费年限已合并计算；个人账户资金到账后另行通知。",
		code.MilestoneMoneyWaiting:  "您的信息表已到，个人账户资金尚未到账，我们正在与" + partner + "核对，您无需操作。",
		code.MilestoneMoneyReceived: "您的个人账户转移资金已到账，正在办理入账，您无需操作。",
		code.MilestonePaidToPerson:  "您的个人账户余额将直接支付给本人（或继承人），请提供收款银行账户。",
		code.MilestoneCompleted:     "您的医保关系转移接续已全部办结，可在本地正常享受医保待遇。",
		code.MilestoneCancelled:     "您的医保关系转移申请已撤销。如需继续办理，请重新申请。",
	}
	text := words[m]
	if more != "" {
		text += more
	}
	if r := []rune(text); len(r) > 500 {
		text = string(r[:499]) + "…"
	}
	return text
}

// personOf turns a file's person into the domain's, with the keys for comparison.
func personOf(p formats.Person) exchange.Person {
	return exchange.Person{
		IDType: string(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: string(p.Sex), Birth: p.BirthDate, Phone: p.Phone,
		IDKey: identity.Key(p.IDNo), NameKey: identity.NameKey(p.Name),
	}
}

// personTo is the way back.
func personTo(p exchange.Person) formats.Person {
	return formats.Person{
		IDType: code.IDType(p.IDType), IDNo: p.IDNo, Name: p.Name, Sex: code.Sex(p.Sex), BirthDate: p.Birth, Phone: p.Phone,
	}
}

func staysOf(in []formats.Stay) []exchange.Stay {
	out := make([]exchange.Stay, len(in))
	for i, s := range in {
		out[i] = exchange.Stay{Area: s.Area, Scheme: string(s.Scheme), From: s.From, To: s.To, Kind: string(s.Kind)}
	}
	return out
}

func staysTo(in []exchange.Stay) []formats.Stay {
	out := make([]formats.Stay, len(in))
	for i, s := range in {
		out[i] = formats.Stay{Area: s.Area, Scheme: code.Scheme(s.Scheme), From: s.From, To: s.To, Months: s.Months(), Kind: code.StayKind(s.Kind)}
	}
	return out
}

func (e *Env) agencyBlock() formats.AgencyBlock {
	a := e.Agency
	return formats.AgencyBlock{Code: a.Code, Name: a.Name, Address: a.Address, PostCode: a.PostCode, Contact: a.Contact, ContactPhone: a.Phone}
}

func months(n int) string { return fmt.Sprintf("%d 个月", n) }
