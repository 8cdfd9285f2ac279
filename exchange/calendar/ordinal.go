package calendar

// An ordinal counts days from Monday 1 January of the year 1 of the Gregorian
// calendar, which is 0; its rest by 7 is therefore the day of the week.

// daysBefore is the number of days of a common year before each month.
var daysBefore = [13]int{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}

func ordinal(d Date) int {
	y, m := d.Year()-1, d.MonthOfYear()
	o := 365*y + y/4 - y/100 + y/400 + daysBefore[m] + d.Day() - 1
	if m > 2 && DaysIn(y+1, 2) == 29 {
		o++
	}
	return o
}

// dateAt is the date of an ordinal.
func dateAt(o int) Date {
	// Count from 1 March of the year 0, so that a leap day ends its year.
	const cycle, century, four = 146097, 36524, 1461
	days := o + 306
	era, rest := days/cycle, days%cycle
	y := (rest - rest/(four-1) + rest/century - rest/(cycle-1)) / 365
	day := rest - (365*y + y/4 - y/100)
	m := (5*day + 2) / 153 // 0 is March
	d := day - (153*m+2)/5 + 1
	year := era*400 + y
	if m += 3; m > 12 {
		m -= 12
		year++
	}
	return Date(year*10000 + m*100 + d)
}

// weekdayOf reports whether an ordinal is a Monday to Friday.
func weekdayOf(o int) bool { return o%7 < 5 }

// weekdaysUntil is the number of Mondays to Fridays with an ordinal below o.
func weekdaysUntil(o int) int { return o/7*5 + min(o%7, 5) }
