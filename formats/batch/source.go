package batch

import "carryover/exchange/money"

// source gives the rows of one carrier in the order of a CSV batch, H first
// and T last.
type source interface {
	// next returns the next row, valid until the following call, or io.EOF.
	next() (*row, error)
	// digest is what the trailer should state, once T was given.
	digest() string
	// finish reads to the end and returns the identity: the SHA-256 of the
	// plain CSV batch, whose trailer states rows and total. more reports rows
	// behind T.
	finish(rows int, total money.Fen) (identity string, more bool, err error)
	// draft reports that a header without sequence and a trailer without
	// digest are in order.
	draft() bool
}
