package exchange

import (
	"cmp"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// File is one file that came in from or goes out to a party.
type File struct {
	ID        int64
	Dir       Side   `show:",dir"`       // In: for us, Out: from us
	Party     string `show:",party"`     // the other party: area code, or ours with c, p, b
	Kind      string `show:",file-kind"` // kind of batch, or pain.001, pain.002, camt.054
	Name      string
	Carrier   string // csv | xlsx | xml
	SHA256    string // of the plain batch, lower-case hex
	StoredSHA string `show:"-"` // of the bytes as stored and sent (differs for xlsx)
	Size      int64
	Sequence  int64
	State     FileState        `show:",file-state"`
	Verdict   code.FileVerdict `show:",file-verdict"` // of the receipt, ours (in) or theirs (out)
	Code      string           // why rejected or quarantined
	Text      string           `show:",both"`
	Seen      calendar.Date    `show:"received_on"` // in: first seen complete; day 0 of every limit
	At        time.Time        // in: fetched; out: when it came into its state, until it was sent
	SentAt    time.Time        // out: last put into the drop
	Resent    int
	Records   int
	Accepted  int
	Held      int
	Refused   int
	Rows      int       // out: rows between H and T
	Total     money.Fen // out: trailer total
	Worked    int       // in: records worked and committed so far
	Spool     string    `show:"-"`          // name in the spool folder
	Receipt   int64     `show:"receipt_id"` // in: id of the outgoing receipt file; out: of the receipt that came
	DupOf     int64     // in: the file whose content it repeats
	Signature string    `show:"-"` // name in the spool folder of its seal; "": none
	Signer    string    // fingerprint of the key that made the seal, once it was verified (in) or made (out)
}

// FileState is where a file stands.
type FileState string

// States of files: in fetched → worked (or rejected, duplicate, quarantined);
// out queued → sent → receipted (or refused); a payment file prepared → queued →
// sending → sent, or void (with automatic release it begins queued); a text of
// the money settings prepared → approved, or void; a batch of a kind that
// officers review in review → queued, or returned → in review again.
const (
	FileFetched     FileState = "fetched"
	FileWorked      FileState = "worked"
	FileRejected    FileState = "rejected"
	FileDuplicate   FileState = "duplicate"
	FileQuarantined FileState = "quarantined"
	FilePrepared    FileState = "prepared" // waits for officers' signatures
	FileApproved    FileState = "approved" // money settings that officers signed
	FileReview      FileState = "review"   // a batch that waits for officers' review
	FileReturned    FileState = "returned" // a batch that an officer sent back: it holds nothing until it is made anew
	FileQueued      FileState = "queued"
	FileSent        FileState = "sent"
	FileReceipted   FileState = "receipted"
	FileRefused     FileState = "refused"
	FileSending     FileState = "sending" // a payment file on its way: what became of it is not known
	FileVoid        FileState = "void"    // withdrawn: a payment file that never left, settings never approved, or an officer's copy of them
)

// FileStates lists the states that a file of a direction can be in.
func FileStates(dir Side) []FileState {
	if dir == In {
		return []FileState{FileFetched, FileWorked, FileRejected, FileDuplicate, FileQuarantined}
	}
	return []FileState{FilePrepared, FileApproved, FileReview, FileReturned, FileQueued, FileSending, FileSent, FileReceipted, FileRefused, FileVoid}
}

// Look is what was seen of a name in a drop: for settling, and for files
// that are left in place.
type Look struct {
	Party     string `show:",party"`
	Name      string
	Size      int64
	ModTime   time.Time
	FirstSeen calendar.Date // of this size and time
	SeenAt    time.Time     // first look at this size and time; of a move that failed, the last try
	FileID    int64         // taken as this file; 0: not yet
	After     string        // what remains to be done in the drop: "" | move | delete | bad; bad without a file: see Failed
	Tries     int           // to move a rejected file to bad, which failed
}

// Failed reports whether the last try to take the file in failed: at SeenAt. It is tried
// again, behind the others.
func (l Look) Failed() bool { return l.FileID == 0 && l.After != "" }

// Judgement is the verdict on one record of a file.
type Judgement struct {
	FileID   int64
	Ordinal  int // of the record in the file, from 1
	Line     int
	Row      string // row type of the faulty row
	RecordNo string
	Verdict  code.Verdict `show:",verdict"`
	Code     code.Fault
	Field    string
	Text     string `show:",both"`
	Echo     string `show:"-"`
	Raw      []byte `show:"-"` // held records: their rows, to be worked again
	Nights   int    // held records: nights waited
	Reported bool   // the verdict stands in a queued receipt
}

// Outgoing is a record that waits to be put into a batch for a party.
type Outgoing struct {
	ID       int64
	Party    string
	Kind     string
	RecordNo string
	CaseNo   string
	Rows     []byte // encoded CSV rows, UTF-8
	RowCount int
	Amount   money.Fen // what it adds to the trailer's total
	FileID   int64     // the batch it went into; 0: waiting
}

// Run is one execution of jobs.
type Run struct {
	ID       int64
	Job      string `show:"jobs"` // pull process remit report push, joined with + for a pass
	Date     calendar.Date
	Window   string // as scheduled ("02:00") or m<n> for a manual one
	State    string `show:",run-state"` // running | done | failed | missed
	Started  time.Time
	Ended    time.Time
	Step     string // the step under way
	Notes    []string
	Counts   map[string]int
	Attempts int
	// Backdated: begun by hand for a day that was over. No payment is made, released or
	// sent in it. One that is resumed after midnight, or caught up, is none.
	Backdated bool
}

// States of a run.
const (
	RunRunning = "running"
	RunDone    = "done"
	RunFailed  = "failed"
	RunMissed  = "missed"
)

// AgencyChain is the chain of the journal for what is about no case: runs, files,
// signatures, settings, backups.
const AgencyChain = "agency"

// JournalEvent is one entry of the journal.
type JournalEvent struct {
	ID      int64  `show:"-"`
	Chain   string `show:"-"` // case_no, AgencyChain, or a kind of rows and what they have in common: "payments 2026-03-02"
	N       int    // position in the chain, from 1
	At      time.Time
	On      calendar.Date // business date
	Actor   string        `show:",actor"` // core, portal, bank, partner's code, job, officer
	What    string        `show:",event"` // event name
	Why     code.Phrase
	Prose   bool   `show:"-"` // an event of schema 1: Why is its prose, a text
	Stored  string `show:"-"` // why as it is stored; "" of an event that is not
	FileID  int64  // the file that brought or carried it
	Payload []byte `show:"-"` // JSON facts
	Salt    []byte `show:"-"`
	Digest  []byte `show:"-"` // SHA-256 of salt and payload
	Proves  string `show:"-"` // the rows written with it, a line each: table, key and digest (see journal.Rows)
	Prev    []byte `show:"-"`
	Hash    []byte `show:"-"`
}

// WhyText is why the event happened as it is stored and hashed.
func (e *JournalEvent) WhyText() string { return cmp.Or(e.Stored, e.Why.String()) }

// Count adds the verdict on one record to the file's figures.
func (f *File) Count(v code.Verdict) {
	switch v {
	case code.Accepted:
		f.Accepted++
	case code.Held:
		f.Held++
	default:
		f.Refused++
	}
}
