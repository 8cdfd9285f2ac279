// Package config is the configuration: one strict YAML file, read into one
// struct, with defaults, validation, a JSON Schema for editors and an example
// that explains every key; the built-in holiday calendars, area codes and rule
// profiles; a new agency's folder (Init); and what would fail tonight (Check).
//
// # Contract
//
// Load accepts a file only when every key is known, stands once, and has a
// value that makes sense. Otherwise the error is an *Error that lists every
// fault of the file with its line, not the first only. Secrets never stand in
// the file: it names files or environment variables that hold them. Relative
// paths in it are relative to its own folder. Nothing here reads the clock or
// connects to anything.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"carryover/exchange"
)

// maxSize bounds a configuration file.
const maxSize = 1 << 20

// Config is a configuration that was read and found valid.
type Config struct {
	Path     string // of the file
	Dir      string // its folder, absolute; relative paths start here
	Settings Settings

	profiles map[string]exchange.Profile
	partners map[string]exchange.Partner
	agency   exchange.Agency
	turns    []exchange.Turn
	queryWD  int
	reviewWD int
	review   map[string]exchange.Review
}

// Load reads a configuration file. Its faults come as one *Error.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open configuration: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, src)
}

// ReadSettings reads settings for Init: strict about keys and the shape of
// values, but nothing need be complete. Faults come as one *Error.
func ReadSettings(path string) (Settings, error) {
	var s Settings
	src, err := os.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	fs := newFaults()
	fs.decode(src, &s)
	return s, fs.err(path)
}

// Parse is Load for a file that was read already; path says where it lies.
func Parse(path string, src []byte) (*Config, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("place of the configuration: %w", err)
	}
	c := &Config{Path: path, Dir: filepath.Dir(abs)}
	fs := newFaults()
	if len(src) > maxSize {
		fs.add("", "", "larger than %d bytes: not a configuration file", maxSize)
		return nil, fs.err(path)
	}
	if fs.decode(src, &c.Settings) {
		c.Settings.fill()
		v := &validator{faults: &faults{lines: fs.lines}, c: c}
		v.all()
		fs.list = append(fs.list, fs.quiet(v.list)...)
	}
	if err := fs.err(path); err != nil {
		return nil, err
	}
	return c, nil
}

// quiet leaves out faults on lines whose value could not be read at all.
func (fs *faults) quiet(list []Fault) (rest []Fault) {
	for _, f := range list {
		if !fs.at(f.Line) {
			rest = append(rest, f)
		}
	}
	return rest
}

// decode fills the settings and reports what does not fit; it returns false
// when the text is no YAML mapping at all.
func (fs *faults) decode(src []byte, s *Settings) bool {
	var doc yaml.Node
	if err := yaml.Load(src, &doc, yaml.WithUniqueKeys(false)); err != nil {
		fs.yaml(err)
		return false
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		fs.add("", "begin with the one that init writes", "not a mapping of keys to values")
		return false
	}
	fs.walk(doc.Content[0], reflect.TypeFor[Settings](), "")
	if err := yaml.Load(src, s, yaml.WithKnownFields(), yaml.WithUniqueKeys(false)); err != nil {
		fs.yaml(err)
	}
	return true
}

// yaml adds the faults that the YAML reader found.
func (fs *faults) yaml(err error) {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			fs.yamlOne(e)
		}
	case errors.As(err, &one):
		fs.yamlOne(one)
	default:
		fs.add("", "", "%v", err)
	}
}

func (fs *faults) yamlOne(e *yaml.LoadError) {
	if strings.Contains(e.Message, "not found in type") {
		return // walk has reported it, with the key that was probably meant
	}
	text := e.Message
	if found, want, ok := strings.Cut(strings.TrimPrefix(text, "cannot construct "), " into "); ok && found != text {
		text = fmt.Sprintf("expects %s, found %s", kindWord(want), foundWord(found))
	}
	if text == "not a date" {
		text = "expects a date that exists, like 2026-03-02"
	}
	fs.list = append(fs.list, Fault{Line: e.Mark.Line, Key: fs.keys[[2]int{e.Mark.Line, e.Mark.Column}], Text: text})
}

// kindWord says what a Go type takes.
func kindWord(goType string) string {
	switch {
	case goType == "string":
		return "text"
	case strings.HasPrefix(goType, "int"):
		return "a whole number"
	case goType == "bool":
		return "true or false"
	case goType == "time.Duration":
		return "a length of time like 30s, 5m or 2h"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	}
	return "a group of keys"
}

// foundWord says what stands there in YAML's words.
func foundWord(found string) string {
	tag, value, scalar := strings.Cut(found, " ")
	switch {
	case scalar:
		return value
	case tag == "!!seq":
		return "a list"
	case tag == "!!map":
		return "a group of keys"
	}
	return found
}
