package payment

import (
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// unusual are the reasons, in the agency's language, why the signers should look at a
// payment first: its account, earlier attempts, its amount, the partner, who decided about
// it. None: it is as any other.
func (l *signersList) unusual(p exchange.Payment) (why []string, err error) {
	for _, look := range []func(exchange.Payment) ([]string, error){l.newAccount, l.changedAccount, l.confirmedAccount, l.attempts, l.amount, l.allowedDay, l.decisions} {
		texts, err := look(p)
		if err != nil {
			return nil, err
		}
		why = append(why, texts...)
	}
	return why, nil
}

// settled is the account and the value date of a settled payment.
type settled struct {
	account string
	on      calendar.Date // 0: there is none
}

// settledFirst is the first settled payment to a partner or an account.
func (l *signersList) settledFirst(to store.PaymentsBy, key string) (settled, error) {
	known := string(to) + " " + key
	if x, ok := l.first[known]; ok {
		return x, nil
	}
	p, err := l.Tx.FirstSettled(to, key)
	if err = office.IgnoreNotFound(err); err == nil {
		l.first[known] = settled{p.Payee.No, p.ValueOn}
	}
	return l.first[known], err
}

// newAccount says that nothing was settled to the account 30 days ago, and that nothing
// ever was to the partner.
func (l *signersList) newAccount(p exchange.Payment) ([]string, error) {
	account, err := l.settledFirst(store.ByAccount, p.Payee.No)
	if err != nil {
		return nil, err
	}
	partner, err := l.settledFirst(store.ByPartner, p.Partner)
	if err != nil {
		return nil, err
	}
	person, err := l.toPerson(p)
	switch {
	case err != nil:
		return nil, err
	case person && account.on == 0:
		return []string{l.Say("付给个人（本人或继承人），收款账户尚无付讫记录", "to a person, and the first payment to this account")}, nil
	case partner.on == 0:
		return []string{l.Sayf("首次向%s付款，收款账户尚无付讫记录", "first payment to %s, and to this account", l.PartyName(p.Partner))}, nil
	case account.on == 0:
		return []string{l.Sayf("新账户：此前从未有款项付讫到该账户；付给%s的首笔款项付至 %s", "new account: nothing was ever settled to it; the first payment to %s went to %s", l.PartyName(p.Partner), partner.account)}, nil
	case exchange.NewAccount(account.on, l.Date):
		return []string{l.Sayf("新账户：首笔付款为 %s，未满 %d 天", "new account: the first payment to it was on %s, less than %d days ago", account.on, exchange.NewAccountDays)}, nil
	}
	return nil, nil
}

// toPerson reports whether a payment goes to the person or the heirs.
func (l *signersList) toPerson(p exchange.Payment) (bool, error) {
	if len(p.Items) == 0 {
		return false, nil
	}
	_, r, err := l.PartOf(p.Items[0].CaseNo, p.Items[0].Part)
	return r.To == exchange.ToPerson, err
}

// changedAccount says that an earlier version of the letter, or an earlier payment of the
// same part, named another account.
func (l *signersList) changedAccount(p exchange.Payment) (why []string, err error) {
	for _, it := range p.Items {
		c, r, err := l.PartOf(it.CaseNo, it.Part)
		if err != nil {
			return nil, err
		}
		if r.To != exchange.ToPartner {
			continue
		}
		letters, err := l.Tx.Letters(c.LetterNo)
		if err != nil {
			return nil, err
		}
		before := ""
		for _, x := range letters {
			if x.Version < c.LetterVersion && x.Account.No != p.Payee.No {
				before = l.Sayf("收款账户已变更：联系函 %s 第 %d 版为 %s %s，第 %d 版改为现账户",
					"account changed: version %[2]d of letter %[1]s had %[3]s %[4]s, version %[5]d has this one", x.No, x.Version, x.Account.No, x.Account.Holder, c.LetterVersion)
			}
		}
		if before != "" {
			why = append(why, before)
		}
	}
	return why, nil
}

// confirmedAccount says who confirmed the account outside the drop, and why.
func (l *signersList) confirmedAccount(p exchange.Payment) (why []string, err error) {
	return l.decided(p, func(action string) bool { return action == exchange.ActConfirmAccount })
}

// decisions says who else decided about the payment, and why.
func (l *signersList) decisions(p exchange.Payment) (why []string, err error) {
	return l.decided(p, func(action string) bool { return action != exchange.ActConfirmAccount })
}

// decided are the decisions about a payment whose actions are meant, each once. Of an
// officer who stands in the journal for another reason only that is said.
func (l *signersList) decided(p exchange.Payment, meant func(action string) bool) (why []string, err error) {
	said := map[string]bool{}
	for _, x := range l.deciders[p.Ref] {
		action, ok := strings.CutPrefix(x.What, "decided_")
		if !ok || !meant(action) {
			continue
		}
		said[x.Officer] = true
		list, err := l.Tx.DecisionsAbout(x.About, action)
		if err != nil {
			return nil, err
		}
		for _, y := range list {
			if y.Officer != x.Officer {
				continue
			}
			why = append(why, l.Sayf("%s于 %s 决定“%s”，理由：%s", "%s decided on %s: %s, because %s",
				l.officer(y.Officer), y.On, actionWord(y.Action, l.Language()), y.Reason))
		}
	}
	for _, x := range l.deciders[p.Ref] {
		if !said[x.Officer] && meant("") && !l.decidedAny(p.Ref, x.Officer) {
			said[x.Officer] = true
			why = append(why, l.Sayf("%s 经办过办件 %s", "%s worked case %s", l.officer(x.Officer), x.About))
		}
	}
	return why, nil
}

// allowedDay says by whose decisions the payment is above a daily cap.
func (l *signersList) allowedDay(p exchange.Payment) (why []string, err error) {
	for _, x := range l.deciders[p.Ref] {
		if x.What != allowedDayCap {
			continue
		}
		for _, key := range []string{p.Partner, p.Payee.No} {
			list, err := l.Tx.DecisionsAbout(exchange.DaySubject(key, p.ValueOn), exchange.ActAllowCap)
			if err != nil {
				return nil, err
			}
			for _, y := range list {
				text := l.Sayf("超过单日限额，由%s放行：%s，%s 以内，理由：%s", "above a daily cap, allowed by %s: %s up to %s, because %s",
					l.officer(y.Officer), y.Subject, y.Args["amount"], y.Reason)
				if y.Officer == x.Officer && !slices.Contains(why, text) {
					why = append(why, text)
				}
			}
		}
	}
	return why, nil
}

// decidedAny reports whether an officer took a decision about a payment, and does not only
// stand in the journal.
func (l *signersList) decidedAny(ref, officer string) bool {
	for _, x := range l.deciders[ref] {
		if x.Officer == officer && (x.What == allowedDayCap || strings.HasPrefix(x.What, "decided_")) {
			return true
		}
	}
	return false
}

func actionWord(action, lang string) string {
	if r, ok := exchange.FindRule(action); ok {
		return r.Word(lang)
	}
	return action
}

// attempts says what became of the payments of the same part that had left before, and by
// what evidence.
func (l *signersList) attempts(p exchange.Payment) (why []string, err error) {
	for _, it := range p.Items {
		_, r, err := l.PartOf(it.CaseNo, it.Part)
		if err != nil {
			return nil, err
		}
		if r.Attempts < 2 {
			continue
		}
		all, err := l.Tx.PaymentsByCase(it.CaseNo)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			if x.Ref == p.Ref || !carries(x, it) || x.Track.Place() == exchange.PlaceHere || x.Track == exchange.MoneyNotDue {
				continue
			}
			why = append(why, l.Sayf("再次付款：前次 %s，%s，%s%s", "a further attempt: %s, %s, %s%s",
				x.Ref, x.Amount, l.Word(exchange.MoneyTerms(exchange.Out), string(x.Track)), l.evidence(x)))
			if x.Payee.No != p.Payee.No {
				why = append(why, l.Sayf("收款账户已变更：前次付至 %s %s", "account changed: the earlier attempt went to %s %s", x.Payee.No, x.Payee.Holder))
			}
		}
	}
	return why, nil
}

func carries(p exchange.Payment, item exchange.PaymentItem) bool {
	for _, it := range p.Items {
		if it.CaseNo == item.CaseNo && it.Part == item.Part {
			return true
		}
	}
	return false
}

// evidence is by what it is known what became of a payment.
func (l *signersList) evidence(p exchange.Payment) string {
	var b strings.Builder
	say := func(chinese, english, value string) {
		if value != "" {
			b.WriteString(l.Say("；", "; ") + l.Say(chinese, english) + value)
		}
	}
	say("扣款流水 ", "debit ", l.bankEntry(p.BankRef))
	say("退回流水 ", "returned by ", l.bankEntry(p.ReturnRef))
	say("银行流水表 ", "bank's sheet ", p.RefusedAs)
	if !p.Reason.IsZero() {
		say("原因：", "reason: ", l.Words(p.Reason))
	}
	return b.String()
}

// bankEntry names a bank entry as the bank's statement does, by day and number; one that
// has none by our key.
func (l *signersList) bankEntry(key string) string {
	e, err := l.Tx.BankEntry(key)
	if err != nil || e.Ref == "" {
		return key
	}
	return e.BookedOn.String() + " " + e.Ref
}

// amount says that the payment, or what it has for one person, is above the cap from which
// signers are told.
func (l *signersList) amount(p exchange.Payment) ([]string, error) {
	most := p.Amount
	if p.Lump && p.Purpose != string(code.PurposeRefund) {
		most = 0
		for _, it := range p.Items {
			most = max(most, it.Amount)
		}
	}
	if limit := l.Agency.NoticeCap; limit > 0 && most > limit {
		return []string{l.Sayf("金额 %s，超过提示金额 %s", "%s is above %s", most, limit)}, nil
	}
	return nil, nil
}
