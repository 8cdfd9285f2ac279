package droptest

import (
	"io/fs"
	"os"

	"carryover/exchange/drop"
)

func moveTwice(b *bench) {
	e := b.place(drop.In, "a.csv", []byte("abc"))
	b.ok(b.d.Move(b.ctx(), drop.In, e, drop.Done))
	b.hasNames(drop.In)
	b.holds(drop.Done, "a.csv", []byte("abc"))
	b.ok(b.d.Move(b.ctx(), drop.In, e, drop.Done)) // its answer was lost
	b.fails("never there", b.d.Move(b.ctx(), drop.In, e, drop.Bad), fs.ErrNotExist)
	if b.d.Move(b.ctx(), drop.In, e, drop.In) == nil {
		b.Error("moved into the same folder")
	}
}

func moveTaken(b *bench) {
	for _, content := range []string{"one", "two!", "THREE"} {
		b.ok(b.d.Move(b.ctx(), drop.In, b.place(drop.In, "a.csv", []byte(content)), drop.Bad))
	}
	b.hasNames(drop.Bad, "a.csv", "a.csv.2", "a.csv.3")
	b.holds(drop.Bad, "a.csv", []byte("one"))
	b.holds(drop.Bad, "a.csv.2", []byte("two!"))
	b.holds(drop.Bad, "a.csv.3", []byte("THREE"))

	again := b.place(drop.In, "a.csv", []byte("two!"))
	b.ok(b.d.Move(b.ctx(), drop.In, again, drop.Bad))
	b.ok(b.d.Move(b.ctx(), drop.In, again, drop.Bad))
	b.hasNames(drop.In)
	b.hasNames(drop.Bad, "a.csv", "a.csv.2", "a.csv.3")

	b.ok(os.Symlink("nowhere", b.path(drop.Done, "link.csv")))
	b.ok(b.d.Move(b.ctx(), drop.In, b.place(drop.In, "link.csv", []byte("four")), drop.Done))
	b.hasNames(drop.Done, "link.csv", "link.csv.2")
}

func moveChanged(b *bench) {
	e := b.place(drop.In, "a.csv", []byte("abc"))
	b.write(drop.In, "a.csv", []byte("other"))
	b.fails("replaced", b.d.Move(b.ctx(), drop.In, e, drop.Done), drop.ErrChanged)
	b.hasNames(drop.In, "a.csv")
	b.hasNames(drop.Done)
}

func remove(b *bench) {
	e := b.place(drop.In, "a.csv", []byte("abc"))
	b.write(drop.In, "a.csv", []byte("other"))
	b.fails("replaced", b.d.Remove(b.ctx(), drop.In, e), drop.ErrChanged)
	b.hasNames(drop.In, "a.csv")
	e = b.entry(drop.In, "a.csv")
	b.ok(b.d.Remove(b.ctx(), drop.In, e))
	b.ok(b.d.Remove(b.ctx(), drop.In, e))
	b.hasNames(drop.In)
	b.ok(os.Mkdir(b.path(drop.In, "folder.csv"), 0o700))
	b.fails("folder", b.d.Remove(b.ctx(), drop.In, drop.Entry{Name: "folder.csv"}), drop.ErrOdd)
}
