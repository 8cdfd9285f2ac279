package formats

import (
	"io"

	"carryover/formats/batch"
)

// Answer answers a workbook, be it a batch or a sheet that is none.
func Answer(to io.Writer, src io.ReadSeeker, a batch.Answer) error {
	enveloped, err := batch.Enveloped(src)
	if err != nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if enveloped {
		return a.Write(to, src, Kinds())
	}
	list, err := PaymentTable().Named(src)
	if err != nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if list {
		return PaymentTable().Answer(to, src, a)
	}
	return StatementTable().Answer(to, src, a)
}
