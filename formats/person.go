package formats

import (
	"errors"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/formats/batch"
)

// Person is the block of columns that names a person.
type Person struct {
	IDType    code.IDType
	IDNo      string
	Name      string
	Sex       code.Sex
	BirthDate calendar.Date
	Phone     string
}

// checkPerson checks an ID number and what else is stated against it.
func checkPerson(f *batch.Findings, p *Person) {
	if !f.OK("id_type", "id_no") || !checkID(f, "id_no", p.IDType, p.IDNo) {
		return
	}
	facts := identity.Read(string(p.IDType), p.IDNo)
	if f.OK("sex") && !facts.AgreesSex(string(p.IDType), p.Sex[0]) {
		f.Add("sex", code.ContradictsID, "性别与证件号码不符 / the ID number says otherwise")
	}
	if f.OK("birth_date") && !facts.AgreesBirth(int(p.BirthDate)) {
		f.Add("birth_date", code.ContradictsID, "出生日期与证件号码不符 / the ID number says otherwise")
	}
}

// checkID checks an ID number alone and reports whether it is right.
func checkID(f *batch.Findings, field string, idType code.IDType, idNo string) bool {
	switch err := identity.CheckID(string(idType), idNo); {
	case err == nil:
		return true
	case errors.Is(err, identity.ErrCheckDigit):
		f.Add(field, code.CheckDigit, "证件号码校验位不符 / the check character of the ID number is wrong")
	case errors.Is(err, identity.ErrDate):
		f.Add(field, code.ImpossibleDate, "证件号码中的出生日期不存在 / the birth date in the ID number does not exist")
	default:
		f.Add(field, code.Malformed, "不是该类证件的号码 / not a number of such a document")
	}
	return false
}

func personColumns[R any](at func(*R) *Person) []batch.Column[R] {
	return batch.Include("", "", at, []batch.Column[Person]{
		batch.List("id_type", "证件类型", code.IDTypes(), batch.Required, func(p *Person) *string { return (*string)(&p.IDType) }),
		batch.Number("id_no", "证件号码", 18, batch.Required, func(p *Person) *string { return &p.IDNo }).Hinted(hintID),
		batch.Text("name", "姓名", 60, batch.Required, func(p *Person) *string { return &p.Name }).Hinted(hintName),
		batch.List("sex", "性别", code.Sexes(), batch.Required, func(p *Person) *string { return (*string)(&p.Sex) }).Hinted(hintSex),
		batch.Date("birth_date", "出生日期", batch.Required, func(p *Person) *calendar.Date { return &p.BirthDate }).Hinted(hintBirth),
		batch.Text("phone", "联系电话", 25, batch.Optional, func(p *Person) *string { return &p.Phone }),
	})
}
