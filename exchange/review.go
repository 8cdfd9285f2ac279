package exchange

import (
	"slices"
	"time"

	"carryover/exchange/calendar"
)

// Review is how many officers look at the batches of a kind before they leave.
type Review string

// The reviews.
const (
	ReviewNone Review = "none" // 经办 is the system, 复核 the responsible officer
	ReviewOne  Review = "one"
	ReviewTwo  Review = "two" // one of them 复核
)

// Reviews lists the reviews.
func Reviews() []string { return []string{string(ReviewNone), string(ReviewOne), string(ReviewTwo)} }

// Reviewable lists the kinds of batches that officers can review: those whose
// papers name 经办 and 复核, and the completion, which binds us as they do.
func Reviewable() []string {
	return []string{"contact-letter", "information-form", "certificate", "completion"}
}

// ReviewRoles are the roles that review.
func ReviewRoles() []Role { return slices.Clone(business) }

// Verdicts of a reviewing officer.
const (
	ReviewApproved = "approved"
	ReviewReturned = "returned"
)

// Reviewed is what an officer said about a batch that waited for review.
type Reviewed struct {
	FileID   int64
	SHA256   string // of the batch as the officer saw it
	Officer  string
	FullName string
	Roles    []Role `show:",role"`
	Verdict  string `show:",review"` // approved | returned
	Reason   string
	On       calendar.Date
	At       time.Time
}

// Approvals are those of what officers said that count: the approvals since
// the batch was last sent back.
func Approvals(said []Reviewed) []Reviewed {
	for i := len(said) - 1; i >= 0; i-- {
		if said[i].Verdict == ReviewReturned {
			return said[i+1:]
		}
	}
	return said
}

// Enough reports whether a batch with these approvals may leave.
func (r Review) Enough(approvals []Reviewed) bool {
	switch r {
	case ReviewOne:
		return len(approvals) >= 1
	case ReviewTwo:
		return len(approvals) >= 2 && slices.ContainsFunc(approvals, Reviewed.checks)
	}
	return true
}

// checks reports whether an approval is by an officer with the role 复核.
func (r Reviewed) checks() bool { return slices.Contains(r.Roles, RoleChecker) }

// Names are 经办 and 复核 of what was approved: of two officers the one with the
// role 复核 checks, the later one if both have it. One officer stands in the place
// of the own role, and in the other place who stands there without review.
func (a Agency) Names(approvals []Reviewed) (clerk, checker string) {
	clerk, checker = a.Clerk, a.Checker
	switch n := len(approvals); {
	case n == 0:
	case n == 1 && approvals[0].checks():
		checker = approvals[0].FullName
	case n == 1:
		clerk = approvals[0].FullName
	case approvals[n-1].checks():
		clerk, checker = approvals[n-2].FullName, approvals[n-1].FullName
	default:
		clerk, checker = approvals[n-1].FullName, approvals[n-2].FullName
	}
	return clerk, checker
}
