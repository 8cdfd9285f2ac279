package courier

import (
	"context"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/plain"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/sheet"
	"carryover/jobs/office"
)

// maxMessage bounds a message of the bank, in bytes: a statement of a hundred thousand
// entries has less.
const maxMessage = 256 << 20

// maxName is the longest name, in bytes, that leaves room for its signature's.
const maxName = drop.MaxName - len(seal.Suffix)

// aside is why a file in a drop is not fetched at all.
type aside struct {
	subject code.Phrase
	words   string
}

var (
	tooLarge = aside{code.Say("files-too-large"), "not fetched: too large"}
	tooLong  = aside{code.Say("names-too-long"), "not fetched: the name leaves no room for a signature's"}
	alike    = aside{code.Say("names-alike"), "not fetched: the name looks like that of another file"}
)

// whyAside says why a file is not fetched, by its name and size alone; nil: it is.
func whyAside(o *office.Office, p office.Party, e drop.Entry) *aside {
	switch most := mostBytes(o, e.Name); {
	case len(e.Name) > maxName:
		return &tooLong
	case most > 0 && e.Size > most, p.FloodBytes > 0 && e.Size > p.FloodBytes:
		return &tooLarge
	}
	return nil
}

// mostBytes bounds a file by what carries it; 0: any size.
func mostBytes(o *office.Office, name string) int64 {
	switch office.CarrierOf(name) {
	case "sig":
		return seal.MaxSignature
	case "xlsx":
		return sheet.MaxWorkbook
	case "xml":
		return maxMessage
	}
	return o.Rules.LargestFile
}

// setAside passes over the files that are not to be fetched: they are moved to bad, where
// the party's files are moved, and else left; staff read of each kind once, in a
// difference, and the log at every pass.
func (v *visit) setAside(ctx context.Context, files []arrival) (rest []arrival, err error) {
	found := map[*aside][]arrival{}
	seen := map[string]bool{} // names, as they look
	for _, a := range files {
		seen[a.Name] = true
	}
	for _, a := range files {
		why := whyAside(v.Office, v.party, a.Entry)
		if why == nil {
			if why, err = v.whyAlike(ctx, a.Name, seen); err != nil {
				return nil, err
			}
		}
		if why != nil {
			found[why] = append(found[why], a)
			continue
		}
		rest = append(rest, a)
	}
	for _, why := range []*aside{&tooLarge, &tooLong, &alike} {
		if err := v.sayAside(ctx, why, found[why]); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// whyAlike says that a name differs only by hidden characters from one that was seen, in this drop
// now or of a file that came before: nobody could tell the two apart. nil: it does not.
func (v *visit) whyAlike(ctx context.Context, name string, seen map[string]bool) (*aside, error) {
	looks := plain.Without(name)
	if looks == name {
		return nil, nil
	}
	known := seen[looks]
	if seen[looks] = true; !known {
		var err error
		if known, err = v.came(ctx, looks); err != nil {
			return nil, err
		}
	}
	if !known {
		return nil, nil
	}
	return &alike, nil
}

// came reports whether a file of that name came from the party before.
func (v *visit) came(ctx context.Context, name string) (known bool, err error) {
	err = v.Store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.FileByName(exchange.In, v.party.Code, name)
		known = err == nil
		return office.IgnoreNotFound(err)
	})
	return known, err
}

// sayAside names files that are not fetched and moves them away.
func (v *visit) sayAside(ctx context.Context, why *aside, files []arrival) error {
	if len(files) == 0 {
		return nil
	}
	var names, fresh []string
	for _, a := range files {
		names = append(names, office.Clip(a.Name, 60))
		if last := v.looks[a.Name]; !last.Failed() || !seenSo(last, a.Entry) {
			fresh = append(fresh, office.Clip(a.Name, 60))
		}
	}
	v.Log.Warn(why.words, "party", v.party.Code, "files", len(files), "names", office.FirstNames(names))
	if len(fresh) > 0 {
		err := v.Do(ctx, office.By{Actor: "pull"}, func(d *office.Desk) error {
			return d.RecordDifference("file", v.party.Code, "", why.subject, code.Phrase{}, code.Say("files-named", len(fresh), office.FirstNames(fresh)))
		})
		if err != nil {
			return err
		}
	}
	for _, a := range files[:min(len(files), mostFailures)] {
		if v.moveAside(ctx, a) {
			continue
		}
		if _, _, err := noteLook(ctx, v.Office, v.party, a.Entry, v.looks[a.Name]); err != nil {
			return err
		}
		if err := noteFailure(ctx, v.Office, v.party.Code, a.Name); err != nil {
			return err
		}
	}
	return nil
}

// moveAside moves a file to bad, its signature first; false where it stays.
func (v *visit) moveAside(ctx context.Context, a arrival) bool {
	if v.party.After != office.AfterMove {
		return false
	}
	if a.sig.Name != "" && v.drop.Move(ctx, drop.In, a.sig, drop.Bad) != nil {
		return false
	}
	if err := v.drop.Move(ctx, drop.In, a.Entry, drop.Bad); err != nil {
		v.Log.Warn("left where it is", "party", v.party.Code, "file", a.Name, "err", err)
		return false
	}
	if v.looks[a.Name].Name == "" {
		return true
	}
	err := v.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteLook(v.party.Code, a.Name) })
	return err == nil
}
