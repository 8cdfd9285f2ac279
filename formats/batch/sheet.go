package batch

import (
	"io"

	"carryover/exchange/code"
)

// newSheetSource opens a workbook.
func newSheetSource(io.Reader, []*Kind, *Options) (source, error) {
	return nil, &fileFault{code.Unreadable, "工作簿 / workbook"}
}
