package formats

import _ "embed"

//go:embed README.md
var manual string

// Manual is the partner's manual, as Markdown.
func Manual() string { return manual }
