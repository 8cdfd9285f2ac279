package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
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

func personColumns[R any](at func(*R) *Person) []batch.Column[R] {
	return batch.Include("", "", at, []batch.Column[Person]{
		batch.List("id_type", "证件类型", code.IDTypes(), batch.Required, func(p *Person) *code.IDType { return &p.IDType }),
		batch.Number("id_no", "证件号码", 18, batch.Required, func(p *Person) *string { return &p.IDNo }),
		batch.Text("name", "姓名", 60, batch.Required, func(p *Person) *string { return &p.Name }),
		batch.List("sex", "性别", code.Sexes(), batch.Required, func(p *Person) *code.Sex { return &p.Sex }),
		batch.Date("birth_date", "出生日期", batch.Required, func(p *Person) *calendar.Date { return &p.BirthDate }),
		batch.Text("phone", "联系电话", 25, batch.Optional, func(p *Person) *string { return &p.Phone }),
	})
}
