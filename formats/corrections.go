package formats

import (
	"io"

	"carryover/formats/sheet"
)

// WriteCorrections writes the corrections of a workbook, be it a batch or a sheet
// that is none.
func WriteCorrections(to io.Writer, src io.ReadSeeker, c sheet.Corrections) error {
	enveloped, err := sheet.Enveloped(src)
	if err != nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if enveloped {
		return c.Write(to, src, Kinds())
	}
	list, err := PaymentTable().Named(src)
	if err != nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if list {
		return PaymentTable().Correct(to, src, c)
	}
	return StatementTable().Correct(to, src, c)
}
