package exchange

import "slices"

// Role is what an officer may do.
type Role string

// The roles of officers (SPEC 8).
const (
	RoleClerk    Role = "clerk"    // 经办
	RoleChecker  Role = "checker"  // 复核
	RoleFinance  Role = "finance"  // 财务
	RoleSystem   Role = "system"   // 系统
	RoleSecurity Role = "security" // 安全
	RoleAudit    Role = "audit"    // 审计
)

// RoleTerms lists the roles with the words that staff see.
func RoleTerms() []Term {
	return []Term{
		{"clerk", "经办", "clerk"},
		{"checker", "复核", "checker"},
		{"finance", "财务", "finance"},
		{"system", "系统", "system"},
		{"security", "安全", "security"},
		{"audit", "审计", "audit"},
	}
}

// Releasing are the roles with which payments are released and changes of the
// money settings signed: those who run the machine, guard it or audit do not.
func Releasing() []Role { return []Role{RoleClerk, RoleChecker, RoleFinance} }

// Auditing are the roles that countersign checkpoints of the store.
func Auditing() []Role { return []Role{RoleAudit} }

// Accepting are the roles of which each has to sign that a finding about the store is accepted.
func Accepting() []Role { return []Role{RoleChecker, RoleAudit} }

// Resuming are the roles of which each has to sign what lies between a store that was taken back
// and what is around it.
func Resuming() []Role { return []Role{RoleFinance, RoleChecker} }

// Evidencing are the roles that may say what became of a payment file.
func Evidencing() []Role { return []Role{RoleChecker, RoleFinance} }

// Officer is a member of staff who decides or signs.
type Officer struct {
	Name     string // of the folder, and in signatures: wang.min
	FullName string // 王敏
	Roles    []Role
}

// OfficerParty is the party code of an officer's folder, and the actor of what
// the officer does in the journal.
func OfficerParty(name string) string { return officerPrefix + name }

// OfficerOf returns the officer of a party code; ok is false for other parties.
func OfficerOf(party string) (name string, ok bool) {
	if len(party) > len(officerPrefix) && party[:len(officerPrefix)] == officerPrefix {
		return party[len(officerPrefix):], true
	}
	return "", false
}

const officerPrefix = "officer:"

// Has reports whether the officer has one of the roles.
func (o Officer) Has(roles ...Role) bool {
	return slices.ContainsFunc(o.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// Principal is the officer with a role as an allowed_signers file names them.
func (o Officer) Principal(r Role) string { return o.Name + "@" + string(r) }

// Officer finds an officer by name.
func (a Agency) Officer(name string) (Officer, bool) {
	for _, o := range a.Officers {
		if o.Name == name {
			return o, true
		}
	}
	return Officer{}, false
}

// CanRelease reports whether officers can release a payment: two who sign, one of them 复核.
func CanRelease(list []Officer) bool {
	signers := 0
	for _, o := range list {
		if o.Has(Releasing()...) {
			signers++
		}
	}
	return signers >= 2 && slices.ContainsFunc(list, func(o Officer) bool { return o.Has(RoleChecker) })
}

// SmallestStaffing is how many officers who sign it takes, and how many of them 复核, so
// that whatever one of them decided about a payment two others can release it.
const (
	SmallestStaffing = 3
	CheckersOfThem   = 2
)

// Unreleasable are the signed decisions about a payment that keep it from being released for ever:
// whoever of the officers takes one, the others cannot release (SPEC 4).
func Unreleasable(list []Officer) (stuck []Rule) {
	for _, r := range rules {
		if r.Action == ActTakeBack || !r.Signed || !slices.Contains(r.About, AboutCase) {
			continue
		}
		released := func(by Officer) bool {
			others := slices.DeleteFunc(slices.Clone(list), func(o Officer) bool { return o.Name == by.Name })
			return by.Has(r.Roles...) && CanRelease(others)
		}
		if !slices.ContainsFunc(list, released) {
			stuck = append(stuck, r)
		}
	}
	return stuck
}
