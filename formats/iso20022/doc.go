// Package iso20022 writes and reads the four bank messages that Carryover
// exchanges:
//
//	pain.001.001.09  payment order        us → bank   PaymentWriter, ReadPayment
//	pain.002.001.10  what became of it    bank → us   StatusWriter, ReadStatus
//	camt.054.001.08  debits and credits   bank → us   NewNotificationWriter, ReadNotification
//	camt.053.001.08  the day's statement  bank → us   NewStatementWriter, ReadStatement
//
// Writers stream: what they are given is on its way to the io.Writer before
// the next record comes, and the bytes depend on nothing but the arguments.
// They refuse what would not be valid against the message's schema. After an
// error a writer stays failed, and what it has written is worth nothing.
//
// Readers stream too: they call a function for every record and return the
// facts of the message's head. They are strict about what Carryover relies
// on and pass over every other element of the schema. What is wrong with
// the content becomes a Fault with line and column; a record with a fault is
// not given to the function. Because a control sum is proven only at the
// end, a caller books nothing before the reader returned without faults, or
// does so in a transaction. The error is for what is not the content's
// fault: the io.Reader failed, or the function did.
//
// No entity, document type or other directive is accepted; depth, length of
// a token, number of records and size are bounded by Limits. Nothing but
// UTF-8 is read or written, with or without a byte order mark.
//
// Amounts are in CNY; any other currency is a fault.
package iso20022

// The namespaces of the message versions that are spoken here; no other
// version is accepted.
const (
	namespace = "urn:iso:std:iso:20022:tech:xsd:"

	PaymentName      = "pain.001.001.09"
	StatusName       = "pain.002.001.10"
	StatementName    = "camt.053.001.08"
	NotificationName = "camt.054.001.08"
)

const (
	currency = "CNY"
	// clearingSystem is the ISO external code of China's payment system,
	// whose member numbers are the 12-digit 行号.
	clearingSystem = "CNAPS"
)

// Lengths in characters, from the schemas.
const (
	maxID      = 35
	maxAccount = 34
	maxName    = 140
	maxText    = 140
	maxReason  = 105
	maxCode    = 4
)

// Account is a bank account and whose it is, as far as a message tells.
type Account struct {
	Name   string // the holder; at most 140 characters
	Number string // at most 34 characters
	Bank   string // the bank's name; at most 140 characters
	CNAPS  string // the bank's 12-digit number in CNAPS
}
