package drop_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"carryover/exchange/drop"
)

// A partner's folder on this machine: a letter is left in it, listed, fetched
// and put away. The same calls serve an SFTP server, which DialSFTP opens.
func Example() {
	root, err := os.MkdirTemp("", "drop")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	paths := drop.Paths{In: "in", Out: "out", Done: "done", Bad: "bad"}
	if err := drop.MakeLocal(root, paths); err != nil {
		fmt.Println(err)
		return
	}
	d, err := drop.OpenLocal(root, paths, drop.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()

	ctx := context.Background()
	const name, letter = "contact-letter_310100_320500_20260302_000017.csv", "H,contact-letter,1,310100,320500,17\n"
	put := func(content string) error {
		return d.Put(ctx, drop.In, name, strings.NewReader(content), int64(len(content)), drop.PutOptions{})
	}
	fmt.Println(put(letter), put(letter)) // again, as after a lost answer: nothing happens
	fmt.Println("other content:", errors.Is(put("H,other\n"), drop.ErrExists))

	listing, err := d.List(ctx, drop.In)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range listing.Files {
		var content bytes.Buffer
		n, err := d.Get(ctx, drop.In, e, &content)
		fmt.Println(e.Name, n, content.String() == letter, err)
		fmt.Println(d.Move(ctx, drop.In, e, drop.Done))
	}
	listing, err = d.List(ctx, drop.In)
	fmt.Println(len(listing.Files), err)
	// Output:
	// <nil> <nil>
	// other content: true
	// contact-letter_310100_320500_20260302_000017.csv 36 true <nil>
	// <nil>
	// 0 <nil>
}
