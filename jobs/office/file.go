package office

import (
	"fmt"
	"path"
	"strings"

	"carryover/exchange"
	"carryover/exchange/seal"
)

// MaxStem bounds the stem of a name that is made of another file's, in bytes: file systems
// take 255, and an ending, that of a signature and what the spool puts in front come to it.
const MaxStem = 180

// FreeName is a name for a file in an officer's folder that no outgoing file of
// that party has had: stem and ext, or with a number from 2 between them. A name
// is never used twice, so that an officer cannot take an old text for a new one. A long
// stem is cut.
func (d *Desk) FreeName(party, stem, ext string) (string, error) {
	stem = CutBytes(stem, MaxStem)
	name := stem + ext
	for n := 2; ; n++ {
		_, err := d.Tx.FileByName(exchange.Out, party, name)
		if IsNotFound(err) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		name = fmt.Sprintf("%s.%d%s", stem, n, ext)
	}
}

// CarrierOf is what carries a file by the ending of its name: xlsx, xml, sig or
// txt; csv for every other.
func CarrierOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx", ".xlsm", ".xls", ".et": // of the old kinds their reader says what to do
		return "xlsx"
	case ".xml":
		return "xml"
	case seal.Suffix:
		return "sig"
	case ".txt":
		return "txt"
	}
	return "csv"
}
