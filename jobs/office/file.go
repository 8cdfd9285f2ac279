package office

import (
	"fmt"
	"path"
	"strings"

	"carryover/exchange"
	"carryover/exchange/seal"
)

// FreeName is a name for a file in an officer's folder that no outgoing file of
// that party has had: stem and ext, or with a number from 2 between them. A name
// is never used twice, so that an officer cannot take an old text for a new one.
func (d *Desk) FreeName(party, stem, ext string) (string, error) {
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
	case ".xlsx", ".xlsm":
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
