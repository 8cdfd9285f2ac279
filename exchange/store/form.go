package store

import (
	"cmp"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store/shape"
)

var (
	formRows = keep("forms", func(f *exchange.Form) []field {
		return []field{
			at("form_no", &f.No), at("version", &f.Version), at("case_no", &f.CaseNo), at("side", (*string)(&f.Side)), at("nature", &f.Nature), at("letter_no", &f.LetterNo),
			at("track", (*string)(&f.Track)), at("is_current", &f.Current), at("money", &f.Money), at("principal", (*int64)(&f.Principal)),
			at("interest", (*int64)(&f.Interest)), at("amount", (*int64)(&f.Amount)), at("credited", (*int64)(&f.Credited)),
			at("months_credited", &f.MonthsCredited), at("months_overlapping", &f.MonthsOverlapping), at("issued_on", &f.IssuedOn), at("received_on", &f.ReceivedOn),
			at("posted_on", &f.PostedOn), at("told", &f.LastCompletion), at("sent_back", (*int64)(&f.SentBack)), at("early", (*int64)(&f.Early)),
		}
	}, func(f *exchange.Form) []field {
		return []field{
			at("of_form,omitempty", &f.OfForm), at("letter_version", &f.LetterVersion), at("person", &f.Person), at("id_key", &f.Person.IDKey), at("name_key", &f.Person.NameKey),
			at("personal_no,omitempty", &f.PersonalNo), at("scheme,omitempty", &f.Scheme), at("ended_on,omitempty", &f.EndedOn), at("first_month,omitempty", &f.FirstMonth),
			at("paid_to,omitempty", &f.PaidTo), at("account_opened,omitempty", &f.AccountOpened), at("actual", &f.Actual), at("backpaid", &f.Backpaid),
			at("deemed", &f.Deemed), at("gap", &f.Gap), at("arrears,omitempty", &f.Arrears), at("part", &f.Part), at("payment_ref,omitempty", &f.PaymentRef), at("payer", &f.Payer),
			at("remark,omitempty", &f.Remark), at("clerk,omitempty", &f.Clerk), at("checker,omitempty", &f.Checker), at("stays,omitempty", &f.Stays), at("echo,omitempty", &f.Echo),
		}
	}).prove(proof[exchange.Form]{keys: 2, chain: func(f *exchange.Form) string { return f.CaseNo }, by: "case_no"})
	updateForm  = formRows.update("form_no = $1 AND version = $2 AND track = $23 AND is_current = $24")
	formsByNo   = byKey(formRows, "form_no", byVersion, func(f *exchange.Form) any { return f.No }).kept()
	formsByCase = byKey(formRows, "case_no", byVersion, func(f *exchange.Form) any { return f.CaseNo }).kept()
)

func byVersion(a, b *exchange.Form) int {
	return cmp.Or(strings.Compare(a.No, b.No), cmp.Compare(a.Version, b.Version))
}

// InsertForm stores one version of a form. Only one version of a form_no may
// be current: the one before is taken back first.
func (tx *Tx) InsertForm(f exchange.Form) error {
	return formRows.add(tx, "form "+f.No, &f)
}

// UpdateForm changes a version of a form that still has before's track and
// is, or is not, current as before; else ErrStale.
func (tx *Tx) UpdateForm(before, after exchange.Form) error {
	return formRows.change(tx, "form "+after.No, updateForm, &before, &after, string(before.Track), shape.Bit(before.Current))
}

// Form returns one version of a form.
func (tx *Tx) Form(no string, version int) (exchange.Form, error) {
	all, err := formsByNo.of(tx, "form "+no, no)
	return firstOf("form "+no, only(all, func(f *exchange.Form) bool { return f.Version == version }), err)
}

// FormsByCase returns all versions of all forms of a case, by form and version.
func (tx *Tx) FormsByCase(caseNo string) ([]exchange.Form, error) {
	return formsByCase.of(tx, "forms of case "+caseNo, caseNo)
}
