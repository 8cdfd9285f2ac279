package calendar_test

import (
	"fmt"
	"os"

	"carryover/exchange/calendar"
)

// A letter that arrives before the Spring Festival is to be answered within
// fifteen working days: the days off of the notice do not count, the Saturdays
// worked in exchange do.
func ExampleCalendar_Due() {
	file, err := os.ReadFile("testdata/2026.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	notice, err := calendar.ParseNotice(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	working, err := calendar.New([]calendar.Notice{notice}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	received := calendar.Date(2026_02_10)
	due := working.Due(received, 15, calendar.DueOptions{})
	fmt.Println("due", due.Date, "provisional", due.Provisional)
	fmt.Println("left on 2 March:", working.Left(2026_03_02, due.Date))

	// Nobody knows the days off of 2027 yet.
	late := working.Due(2026_12_25, 15, calendar.DueOptions{})
	fmt.Println("due", late.Date, "provisional", late.Provisional)

	// While the other side is asked, the clock stands still.
	asked := calendar.DueOptions{Stopped: []calendar.Span{{From: 2026_02_25}}}
	stopped := working.Due(received, 15, asked)
	fmt.Println("no day", stopped.Date == 0, "left", stopped.Left)
	// Output:
	// due 2026-03-09 provisional false
	// left on 2 March: 5
	// due 2027-01-15 provisional true
	// no day true left 10
}
