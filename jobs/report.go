package jobs

import "context"

// Report writes the nightly workbook.
func (e *Env) Report(ctx context.Context) (Counts, error) {
	return Counts{}, ctx.Err()
}
