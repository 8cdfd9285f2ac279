package formats

import (
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// AgencyBlock is the block of columns that names an agency and whom to call
// there.
type AgencyBlock struct {
	Code         string // 6-digit area code
	Name         string
	Address      string
	PostCode     string
	Contact      string
	ContactPhone string
}

// checkSender: the agency that a record names as its maker sent the batch.
func checkSender(f *batch.Findings, field, area string) {
	if sender, _, ok := f.Parties(); ok && f.OK(field) && area != sender {
		f.Add(field, code.WrongAgency, "与发方不符 / not the sender of the batch")
	}
}

// agencyColumns names the columns prefix+code and so on, and puts who the
// agency is in front of the Chinese titles.
func agencyColumns[R any](prefix, who string, at func(*R) *AgencyBlock) []batch.Column[R] {
	return batch.Include(prefix, who, at, []batch.Column[AgencyBlock]{
		batch.Area("code", "区划代码", batch.Required, func(a *AgencyBlock) *string { return &a.Code }),
		batch.Text("name", "机构名称", 100, batch.Required, func(a *AgencyBlock) *string { return &a.Name }),
		batch.Text("address", "地址", 100, batch.Optional, func(a *AgencyBlock) *string { return &a.Address }),
		batch.Number("post_code", "邮政编码", 6, batch.Optional, func(a *AgencyBlock) *string { return &a.PostCode }),
		batch.Text("contact", "联系人", 20, batch.Optional, func(a *AgencyBlock) *string { return &a.Contact }),
		batch.Text("contact_phone", "联系人电话", 25, batch.Optional, func(a *AgencyBlock) *string { return &a.ContactPhone }),
	})
}
