package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// Decision is what an officer decides about a case, a credit, a month's
// netting or a difference, and why. It counts once its text is signed.
type Decision struct {
	Action  string
	Subject string            // number of a case, key of a bank entry, month, number of a difference
	Args    map[string]string // what the action needs to know, by the names of Arguments
	Reason  string
	Officer string
	On      calendar.Date
}

// Subject is what a decision is about.
type Subject string

// What is decided about.
const (
	AboutCase       Subject = "case"
	AboutEntry      Subject = "entry"
	AboutMonth      Subject = "month"
	AboutDifference Subject = "difference"
)

// The actions that an officer can take.
const (
	ActRefund           = "refund"
	ActMatch            = "match"
	ActSplit            = "split"
	ActConfirmAccount   = "confirm-account"
	ActAllowCap         = "allow-cap"
	ActPayAgain         = "pay-again"
	ActPaidToPerson     = "paid-to-person"
	ActTieNetting       = "tie-netting"
	ActAcceptProposal   = "accept-proposal"
	ActRejectProposal   = "reject-proposal"
	ActReleaseHold      = "release-hold"
	ActAcceptDifference = "accept-difference"
)

// Ruling is a row of the table of decisions: who may take an action about
// what, what it must be told, and what follows. Every decision is signed.
type Ruling struct {
	Action           string
	Chinese, English string
	About            []Subject
	Side             Side        // of a case; empty: both
	Holds            []code.Hold // the case is held for one of them; nil: however it stands
	Roles            []Role
	Needs            []string // arguments that must be given
	May              []string // arguments that may be given
	Follows          string
}

var rulings = []Ruling{
	{
		ActRefund, "退款", "pay back",
		[]Subject{AboutCase, AboutEntry},
		In, nil,
		[]Role{RoleFinance, RoleChecker},
		nil,
		[]string{"part"},
		"what came too much, or for a case that takes no money, is paid back to the account that it came from, by a payment of its own",
	},
	{
		ActMatch, "认领到账", "match",
		[]Subject{AboutEntry},
		"", nil,
		[]Role{RoleFinance, RoleChecker},
		[]string{"case"},
		[]string{"part"},
		"the credit belongs to that part of the case",
	},
	{
		ActSplit, "拆分认领", "split",
		[]Subject{AboutEntry},
		"", nil,
		[]Role{RoleFinance, RoleChecker},
		[]string{"to"},
		nil,
		"the credit belongs to several parts, which add up to it",
	},
	{
		ActConfirmAccount, "确认账户", "confirm an account",
		[]Subject{AboutCase, AboutEntry},
		"", nil,
		[]Role{RoleFinance, RoleChecker},
		[]string{"account", "cnaps"},
		[]string{"holder", "bank"},
		"money about this case or credit may be paid to the account, which was confirmed outside the drop",
	},
	{
		ActAllowCap, "超限放行", "allow above a cap",
		[]Subject{AboutCase, AboutEntry},
		"", nil,
		[]Role{RoleChecker},
		[]string{"amount"},
		nil,
		"payments of the case up to the amount are made although they are above a cap",
	},
	{
		ActPayAgain, "重新付款", "pay again",
		[]Subject{AboutCase, AboutEntry},
		"", nil,
		[]Role{RoleFinance, RoleChecker},
		nil, nil,
		"what came back is due again",
	},
	{
		ActPaidToPerson, "改付本人", "pay to the person",
		[]Subject{AboutCase},
		Out, nil,
		[]Role{RoleFinance, RoleChecker},
		nil, nil,
		"the form's next version says PAID_TO_PERSON, and the payee is paid",
	},
	{
		ActTieNetting, "轧差结算", "tie a month's netting",
		[]Subject{AboutMonth},
		"", nil,
		[]Role{RoleFinance, RoleChecker},
		[]string{"partner"},
		[]string{"entry", "voucher"},
		"the month's net sum is settled by a bank entry or a voucher",
	},
	{
		ActAcceptProposal, "同意不予转出", "accept the proposal",
		[]Subject{AboutCase},
		Out,
		[]code.Hold{code.HoldAwaitingRegistry},
		[]Role{RoleClerk, RoleChecker},
		nil, nil, "the letter is declined: nobody of that name is registered here",
	},
	{
		ActRejectProposal, "不同意不予转出", "reject the proposal",
		[]Subject{AboutCase},
		Out,
		[]code.Hold{code.HoldAwaitingRegistry},
		[]Role{RoleClerk, RoleChecker},
		nil, nil, "the case waits on for the registry, and is not proposed again",
	},
	{
		ActReleaseHold, "解除暂缓", "release the hold",
		[]Subject{AboutCase},
		"", Releasable(),
		[]Role{RoleClerk, RoleFinance, RoleChecker},
		nil, nil,
		"the case goes on from the state that it left",
	},
	{
		ActAcceptDifference, "核销差异", "accept the difference",
		[]Subject{AboutDifference},
		"", nil,
		[]Role{RoleFinance, RoleChecker},
		nil, nil,
		"the difference is explained and closed; it moves no money",
	},
}

// Releasable are the reasons of a hold that an officer may end: the others
// end when what they wait for is here.
func Releasable() []code.Hold {
	return []code.Hold{
		code.HoldOfficersDecision, code.HoldAmountDiffers, code.HoldRefusedByCore, code.HoldRefusedByPartner, code.HoldQueryOpen, code.HoldPaymentReturned,
	}
}

// Rulings is the table of decisions.
func Rulings() []Ruling { return slices.Clone(rulings) }

// Arguments lists what an action can be told, in the order of a decision's text.
func Arguments() []Term {
	return []Term{
		{"partner", "对方机构", "the partner's area code"},
		{"case", "办件", "number of the case, or of its letter"},
		{"part", "第几笔", "part of the remittance"},
		{"to", "拆分", "letter:part=amount, several with commas"},
		{"amount", "金额", "yuan"},
		{"entry", "银行流水", "key of a bank entry"},
		{"voucher", "凭证号", "number of a voucher"},
		{"account", "账号", "account number"},
		{"holder", "户名", "account holder"},
		{"bank", "开户行", "name of the bank"},
		{"cnaps", "行号", "bank's CNAPS"},
	}
}

// Word is the action's word in a language ("zh" or "en").
func (r Ruling) Word(lang string) string { return Term{r.Action, r.Chinese, r.English}.Word(lang) }

// FindRuling finds the ruling on an action.
func FindRuling(action string) (Ruling, bool) {
	for _, r := range rulings {
		if r.Action == action {
			return r, true
		}
	}
	return Ruling{}, false
}

// ErrDecision is a decision that cannot be taken; its text says why and what
// to do.
var ErrDecision = errors.New("决定无效 / not a decision that can be taken")

// Check says whether a decision says all that its ruling needs, and nothing else.
func (d Decision) Check(r Ruling) error {
	if d.Subject == "" || strings.TrimSpace(d.Reason) == "" || d.Officer == "" || d.On == 0 {
		return fmt.Errorf("%w: 须写明事项、理由和决定人 / what it is about, why, and who decides", ErrDecision)
	}
	for _, name := range r.Needs {
		if d.Args[name] == "" {
			return fmt.Errorf("%w: %s 须给出 %s / %s is needed", ErrDecision, r.Chinese, name, name)
		}
	}
	for name, value := range d.Args {
		if value != "" && !slices.Contains(r.Needs, name) && !slices.Contains(r.May, name) {
			return fmt.Errorf("%w: %s 不用 %s / %s says nothing here", ErrDecision, r.Chinese, name, name)
		}
	}
	for _, text := range append([]string{d.Subject, d.Reason, d.Officer}, values(d.Args)...) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("%w: %q 含有控制字符 / holds a control character", ErrDecision, text)
		}
	}
	return nil
}

func values(args map[string]string) (list []string) {
	for _, v := range args {
		list = append(list, v)
	}
	return list
}

// Given is the decision as it was given, which makes it the same decision
// when it comes again.
func (d Decision) Given(agency string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "carryover decision 1\nagency: %s\naction: %s\nsubject: %s\n", agency, d.Action, d.Subject)
	for _, a := range Arguments() {
		if v := d.Args[a.Code]; v != "" {
			fmt.Fprintf(&b, "%s: %s\n", a.Code, v)
		}
	}
	fmt.Fprintf(&b, "reason: %s\nofficer: %s\ndate: %s\n", d.Reason, d.Officer, d.On)
	return b.String()
}

// Text is what the officer signs: the decision as given, and what it comes to
// (amounts, accounts, persons masked), a line each.
func (d Decision) Text(agency string, comesTo []string) string {
	var b strings.Builder
	b.WriteString(d.Given(agency))
	for _, line := range comesTo {
		fmt.Fprintf(&b, "comes to: %s\n", line)
	}
	return b.String()
}

// Ruled is a decision that was taken, as it is kept.
type Ruled struct {
	ID int64
	Decision
	Digest      string // SHA-256 of Given: the same decision again is this one
	CaseNo      string
	Role        Role // the officer's, by which it counts
	Fingerprint string
	Text        string
	Signature   string
}
