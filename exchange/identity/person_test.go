package identity

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// Every day from 1799 to 2101 that the calendar has, and no other, may stand
// in a number: birth dates begin with 1800.
func TestBirthDatesAreThoseOfTheCalendar(t *testing.T) {
	for year := 1799; year <= 2101; year++ {
		for month := range 14 {
			for day := range 33 {
				real := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
				want := year >= 1800 && real.Month() == time.Month(month) && real.Day() == day
				if got := dateExists(year*10000 + month*100 + day); got != want {
					t.Fatalf("%04d-%02d-%02d exists: %v, want %v", year, month, day, got, want)
				}
			}
		}
	}
}

func TestDatesInsideNumbers(t *testing.T) {
	for date, want := range map[string]error{
		"18000101": nil, "17991231": ErrDate,
		"20000229": nil, "19000229": ErrDate, "19960229": nil, "19950229": ErrDate,
		"19950430": nil, "19950431": ErrDate, "19950100": ErrDate, "19951231": nil,
	} {
		first := "320508" + date + "001"
		if err := CheckID("01", first+string(IDCheckDigit(first))); !errors.Is(err, want) {
			t.Errorf("a birth on %s: %v, want %v", date, err, want)
		}
	}
}

// What stands at the edges of each document's alphabet and length.
func TestDocumentsOfEachForm(t *testing.T) {
	for _, c := range []struct {
		name, idType, idNo string
		want               error
	}{
		{"old card of the last letters", "07", "ZAZ110080010155", nil},
		{"old card of the first letters", "07", "AAA110080010155", nil},
		{"old card that begins with digits", "07", "110105491231002", ErrShape},
		{"old card with a small letter", "07", "fRA110080010155", ErrShape},
		{"old card with a letter among the digits", "07", "FRA11008001015A", ErrShape},
		{"old resident ID that begins with 0", "01", "010105491231002", ErrShape},
		{"old resident ID with a letter", "01", "11010549123100X", ErrShape},
		{"passport of nines", "08", "E99999999", nil},
		{"passport of noughts", "08", "A00000000", nil},
		{"passport with Z", "08", "Z12345678", nil},
		{"passport with a hyphen", "08", "E-1234567", nil},
		{"passport with a dot", "08", "E.1234567", ErrShape},
		{"18 characters", "08", "E12345678901234567", nil},
		{"19 characters", "08", "E123456789012345678", ErrShape},
		{"card of Hong Kong", "17", "810000199408230022", ErrCheckDigit},
		{"card of Macao", "17", "820000199408230022", ErrCheckDigit},
		{"card of Taiwan", "16", "830000199408230022", ErrCheckDigit},
		{"below the cards of the three places", "17", "800000199408230022", nil},
		{"above the cards of the three places", "17", "840000199408230022", nil},
		{"resident ID as a permit", "17", "110105194912310021", nil},
		{"resident card of another type", "08", "810000199408230022", nil},
		{"permit of 17 digits", "17", "81000019940823002", nil},
	} {
		if got := CheckID(c.idType, c.idNo); !errors.Is(got, c.want) {
			t.Errorf("%s: CheckID(%s, %s) = %v, want %v", c.name, c.idType, c.idNo, got, c.want)
		}
	}
}

// GB 11643: X stands for ten, and only as the last character.
func TestEveryCheckCharacterOfIDs(t *testing.T) {
	seen := map[byte]bool{}
	for order := range 1000 {
		first := fmt.Sprintf("32050819851103%03d", order)
		c := IDCheckDigit(first)
		seen[c] = true
		if err := CheckID("01", first+string(c)); err != nil {
			t.Fatalf("%s%c: %v", first, c, err)
		}
	}
	if len(seen) != 11 || !seen['X'] {
		t.Errorf("check characters %v, want 0 to 9 and X", seen)
	}
	for _, bad := range []string{"", "3205081985110300", "320508198511030011", "3205081985110300X"} {
		if c := IDCheckDigit(bad); c != 0 {
			t.Errorf("IDCheckDigit(%q) = %c", bad, c)
		}
	}
}

func TestSexBesideANumber(t *testing.T) {
	man, woman, silent := Facts{Sex: '1'}, Facts{Sex: '2'}, Facts{}
	for _, c := range []struct {
		facts  Facts
		idType string
		sex    byte
		want   bool
	}{
		{man, "01", '1', true},
		{man, "01", '2', false},
		{woman, "17", '1', false},
		{woman, "17", '2', true},
		{woman, "01", '0', false},
		{woman, "01", '9', false},
		{woman, "17", '0', true},
		{woman, "17", '9', true},
		{silent, "08", '1', true},
		{silent, "08", '2', true},
		{silent, "08", '0', true},
	} {
		if got := c.facts.AgreesSex(c.idType, c.sex); got != c.want {
			t.Errorf("%c beside type %s that says %q: %v, want %v", c.sex, c.idType, c.facts.Sex, got, c.want)
		}
	}
	for digit := byte('0'); digit <= '9'; digit++ {
		want := byte('2')
		if (digit-'0')%2 == 1 {
			want = '1'
		}
		first := "3205081985110300" + string(digit)
		if got := Read("01", first+string(IDCheckDigit(first))).Sex; got != want {
			t.Errorf("order number ending with %c: sex %c, want %c", digit, got, want)
		}
		if got := Read("01", "32050885110300"+string(digit)).Sex; got != want {
			t.Errorf("old number ending with %c: sex %c, want %c", digit, got, want)
		}
	}
	if !(Facts{}).AgreesBirth(19850101) || (Facts{Birth: 19850101}).AgreesBirth(19850102) {
		t.Error("birth")
	}
}
