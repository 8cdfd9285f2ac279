// Package plain makes the text of others fit to be read by people. A name, a remark or a
// file's name may hold characters that nobody sees: controls that move a terminal's cursor,
// marks that turn the reading direction around, spaces of no width. What a person reads
// shows them as [U+202E]; a payment is written without them. The store keeps what was
// given, and batches carry it: this is for the edges where text meets an eye.
package plain

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Hidden reports whether nobody sees a character: controls, line and paragraph separators,
// format characters (bidirectional, zero width, tags), fillers, and what is no character.
// Marks that belong to the character before, as in rare names, are none.
func Hidden(r rune) bool {
	if r < 0x7f {
		return r < 0x20
	}
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u2028', '\u2029', '\u3164', '\uffa0':
		return true
	}
	return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r&0xfffe == 0xfffe
}

// Text is a text as people may read it: hidden characters shown by their code points, but
// for tabs and line ends; what is not UTF-8 as U+FFFD.
func Text(s string) string {
	return replaced(s, func(b *strings.Builder, r rune) { fmt.Fprintf(b, "[U+%04X]", r) })
}

// Without is a text without its hidden characters, for whom a machine compares it; one of
// nothing else as Text shows it.
func Without(s string) string {
	if bare := replaced(s, func(*strings.Builder, rune) {}); bare != "" {
		return bare
	}
	return Text(s)
}

// JSON is a JSON document with the hidden characters in its strings escaped: read by a
// program it says the same.
func JSON(doc string) string {
	return replaced(doc, func(b *strings.Builder, r rune) {
		if r > 0xffff {
			r -= 0x10000
			fmt.Fprintf(b, `\u%04x`, 0xd800+r>>10)
			r = 0xdc00 + r&0x3ff
		}
		fmt.Fprintf(b, `\u%04x`, r)
	})
}

// replaced writes hidden characters, but for tabs and line ends, as put does.
func replaced(s string, put func(*strings.Builder, rune)) string {
	clean := 0
	for clean < len(s) && s[clean] >= 0x20 && s[clean] < 0x7f {
		clean++
	}
	if clean == len(s) {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:clean])
	for i := clean; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if Hidden(r) && r != '\t' && r != '\n' && (r != '\r' || !strings.HasPrefix(s[i:], "\r\n")) {
			put(&b, r)
		} else {
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// Writer writes texts on as Text has them, whatever the pieces they come in; a byte order
// mark at the very beginning stays. Several goroutines may write.
type Writer struct {
	To    io.Writer
	mu    sync.Mutex
	begun bool
	rest  string // of the last piece: the beginning of a character, or a CR
}

// Write implements io.Writer. The last bytes are kept back where the next ones tell what
// they are.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.rest + string(p)
	if !w.begun && strings.HasPrefix(s, "\ufeff") {
		if _, err := io.WriteString(w.To, "\ufeff"); err != nil {
			return 0, err
		}
		s, w.begun = s[len("\ufeff"):], true
	}
	end := len(s) - open(s)
	w.rest = s[end:]
	if end == 0 {
		return len(p), nil
	}
	w.begun = true
	if _, err := io.WriteString(w.To, Text(s[:end])); err != nil {
		return 0, err
	}
	return len(p), nil
}

// open is how many bytes at the end of a text begin something: a character, or a line end.
func open(s string) int {
	if strings.HasSuffix(s, "\r") {
		return 1
	}
	for n := 1; n < utf8.UTFMax && n <= len(s); n++ {
		if tail := s[len(s)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRuneInString(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
