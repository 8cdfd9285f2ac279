package office

import (
	"fmt"
	"io"
	"log/slog"

	"carryover/exchange/identity"
	"carryover/exchange/plain"
)

// NewLogger returns a logger from a level on (info when the text names none), as text
// or, for any other format, as JSON. ID numbers are masked in all of it: logs leave
// the agency's network more easily than its files. Hidden characters are shown (plain.Text).
func NewLogger(w io.Writer, from, format string) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(from)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { return masked(a) }}
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// readable is a text as it may be logged: ID numbers masked, hidden characters shown.
func readable(s string) string { return plain.Text(identity.MaskIn(s)) }

// masked hides ID numbers in whatever text an attribute, or the message, holds.
func masked(a slog.Attr) slog.Attr {
	if kind := a.Value.Kind(); kind != slog.KindString && kind != slog.KindAny {
		return a
	}
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(readable(v))
	case error:
		a.Value = slog.StringValue(readable(v.Error()))
	case *slog.Source: // a file and a line of ours: nothing to mask
	default:
		a.Value = slog.StringValue(readable(fmt.Sprint(v)))
	}
	return a
}
