package iso20022

import (
	"io"
	"strings"
)

// Name tells which message a file holds by its root element, reading no
// further: pain.002.001.10, for instance, or another version of it. "" and a
// fault in faults: it is not an ISO 20022 message at all.
func Name(r io.Reader) (name string, faults Faults, err error) {
	x := newScanner(r, Limits{})
	found, err := x.document()
	if err != nil {
		return "", x.faults, ended(err)
	}
	name, ok := strings.CutPrefix(found, namespace)
	if !ok {
		x.fault(WrongKind, "namespace "+quoted(found)+" is not ISO 20022")
		return "", x.faults, nil
	}
	return name, x.faults, nil
}
