package iso20022

import "fmt"

// Code names a kind of fault. The values are codes of the closed lists for
// files and records, so that receipts, reports and validate need no
// translation.
type Code string

// The kinds of faults that a message can have.
const (
	Unreadable   Code = "unreadable"      // not well-formed, not UTF-8, a directive
	WrongKind    Code = "kind-unknown"    // another message, or no ISO 20022 at all
	WrongVersion Code = "version-unknown" // the message, in another version
	TooLarge     Code = "too-large"       // past one of the Limits
	Count        Code = "count"           // number of records differs from the head's
	Total        Code = "total"           // sum or closing balance differs
	Missing      Code = "missing"
	Malformed    Code = "malformed"
	TooLong      Code = "too-long"
	UnknownCode  Code = "unknown-code"
	BadDate      Code = "impossible-date"
	BadAmount    Code = "amount"
	Duplicate    Code = "duplicate-in-file"
)

// Fault is one thing that is wrong with a message.
type Fault struct {
	Line, Column int    // where, both from 1, in bytes
	Record       int    // ordinal of the record it belongs to; 0: the head
	Field        string // path of elements, /-separated, without Document
	Code         Code
	Text         string // what exactly, in plain English
}

func (f Fault) String() string {
	return fmt.Sprintf("%d:%d: %s: %s: %s", f.Line, f.Column, f.Field, f.Code, f.Text)
}

// keptFaults bounds the list; the rest is counted.
const keptFaults = 1000

// Faults are all faults of a message, the first thousand in full. What a bank told and a reader
// passed over, for it makes no sum untrue, is noted: Notes are the first hundred of Noted, and no faults.
type Faults struct {
	List  []Fault
	Total int
	Notes []Fault
	Noted int
}

// keptNotes bounds the notes: more of the kind says nothing new.
const keptNotes = 100

func (f *Faults) note(one Fault) {
	if f.Noted++; len(f.Notes) < keptNotes {
		f.Notes = append(f.Notes, one)
	}
}

func (f *Faults) add(one Fault) {
	f.Total++
	if len(f.List) < keptFaults {
		f.List = append(f.List, one)
	}
}

// Limits bound what a reader takes from a stranger. A zero field stands for
// its default.
type Limits struct {
	Bytes   int64 // of the whole message; 1 GiB
	Token   int   // bytes of one tag or one text; 64 KiB
	Depth   int   // nested elements; 32
	Records int   // transfers, statuses or entries; 1,000,000
}

func (l Limits) orDefault() Limits {
	if l.Bytes == 0 {
		l.Bytes = 1 << 30
	}
	if l.Token == 0 {
		l.Token = 64 << 10
	}
	if l.Depth == 0 {
		l.Depth = 32
	}
	if l.Records == 0 {
		l.Records = 1_000_000
	}
	return l
}
