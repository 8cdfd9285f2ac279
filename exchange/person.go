package exchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"carryover/exchange/calendar"
	"carryover/exchange/identity"
	"carryover/exchange/money"
)

// Person is who a case is about. Names and numbers are kept as given; IDKey
// and NameKey are their forms for comparison, which jobs computes.
type Person struct {
	IDType  string        `json:"id_type"`
	IDNo    string        `json:"id_no"`
	Name    string        `json:"name"`
	Sex     string        `json:"sex,omitempty"`
	Birth   calendar.Date `json:"birth_date,omitempty"`
	Phone   string        `json:"phone,omitempty"`
	IDKey   string        `json:"-"`
	NameKey string        `json:"-"`
}

// Same reports whether two records name the same person: same number, same name.
func (p Person) Same(q Person) bool { return p.IDKey == q.IDKey && p.SameName(q) }

// SameName reports whether two records give the same name. Keys in stores of before have less in common
// than those of now.
func (p Person) SameName(q Person) bool {
	return p.NameKey == q.NameKey || identity.NameKey(p.NameKey) == identity.NameKey(q.NameKey)
}

// Stay is a span of months in one place, scheme and kind.
type Stay struct {
	Area   string         `json:"area"`
	Scheme string         `json:"scheme"`
	From   calendar.Month `json:"from"`
	To     calendar.Month `json:"to"`
	Kind   string         `json:"kind"` // actual | backpaid | deemed
}

// Kinds of a stay.
const (
	StayActual   = "actual"
	StayBackpaid = "backpaid"
	StayDeemed   = "deemed"
)

// Months is the number of months of the stay.
func (s Stay) Months() int { return s.To.Sub(s.From) + 1 }

// RegistryPerson is what the core's registry says about one person.
type RegistryPerson struct {
	PersonalNo    string
	AsOf          calendar.Date
	Person        Person
	Household     string
	Scheme        string
	FirstMonth    calendar.Month
	PaidTo        calendar.Month
	Status        string `show:",registry-status"` // active | stopped | ended | retired | deceased | in_hospital | frozen
	StoppedOn     calendar.Date
	ArrearsMonths int
	Arrears       money.Fen
	AccountOpened calendar.Month
	Principal     money.Fen
	Interest      money.Fen
	Stays         []Stay
	FileID        int64         // the registry file it came in
	FileDate      calendar.Date // business date of that file
}

// Registry status values.
const (
	StatusActive     = "active"
	StatusStopped    = "stopped"
	StatusEnded      = "ended"
	StatusRetired    = "retired"
	StatusDeceased   = "deceased"
	StatusInHospital = "in_hospital"
	StatusFrozen     = "frozen"
)

// Balance is principal and interest together.
func (r RegistryPerson) Balance() (money.Fen, error) { return r.Principal.Add(r.Interest) }

// RegistryDigest stands for what the registry says of somebody: equal when
// nothing has changed but the days and files of the extracts, and the order of
// records and stays. Shape: 32 hex digits.
func RegistryDigest(of []RegistryPerson) string {
	says := make([]RegistryPerson, 0, len(of))
	for _, p := range of {
		p.AsOf, p.FileID, p.FileDate = 0, 0, 0
		p.Stays = slices.SortedFunc(slices.Values(p.Stays), func(a, b Stay) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Scheme, b.Scheme))
		})
		says = append(says, p)
	}
	slices.SortFunc(says, func(a, b RegistryPerson) int { return cmp.Compare(a.PersonalNo, b.PersonalNo) })
	text, err := json.Marshal(says)
	if err != nil {
		panic(err) // plain strings and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
