package transfer

import (
	"fmt"
	"strconv"
	"strings"
)

// PaymentRef is the EndToEndId of an attempt at a part (FILES.md), unique as long
// as no attempt is counted twice: letter number, part and attempt, both from 1.
func PaymentRef(letterNo string, part, attempt int) string {
	return fmt.Sprintf("%s-%d-%d", letterNo, part, attempt)
}

// SplitRef takes an EndToEndId apart: letter_no, part, attempt. False for
// whatever PaymentRef cannot have made, such as a lump sum's or a refund's.
func SplitRef(ref string) (letterNo string, part, attempt int, ok bool) {
	fields := strings.Split(ref, "-")
	if len(fields) != 3 || len(fields[0]) != 20 {
		return "", 0, 0, false
	}
	part, err1 := strconv.Atoi(fields[1])
	attempt, err2 := strconv.Atoi(fields[2])
	return fields[0], part, attempt, err1 == nil && err2 == nil && part > 0 && attempt > 0
}
