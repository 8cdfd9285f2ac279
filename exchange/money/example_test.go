package money_test

import (
	"errors"
	"fmt"
	"math"

	"carryover/exchange/money"
)

// The amount of a transfer is read from a file, added up, and written in words
// on a payment voucher.
func Example() {
	principal, err := money.Parse("12345.60")
	if err != nil {
		fmt.Println(err)
		return
	}
	interest, err := money.Parse("78.05")
	if err != nil {
		fmt.Println(err)
		return
	}
	total, err := principal.Add(interest)
	fmt.Println(total, int64(total), err)
	fmt.Println(total.Capitals())

	_, err = money.Parse("1,234.5")
	fmt.Println(errors.Is(err, money.ErrSyntax))
	_, err = money.Fen(math.MaxInt64).Add(1)
	fmt.Println(errors.Is(err, money.ErrOverflow))
	// Output:
	// 12423.65 1242365 <nil>
	// 壹万贰仟肆佰贰拾叁元陆角伍分
	// true
	// true
}
