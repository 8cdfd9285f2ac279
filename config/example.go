package config

import (
	_ "embed"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed example.yaml
var example []byte

// Example is the commented example: it loads, and every key stands in it.
func Example() []byte { return []byte(string(example)) }

// switchedOff finds the keys of the example that stand there switched off.
var switchedOff = regexp.MustCompile(`(?m)^( *)#([a-z_]+:)`)

// comments are the example's explanations of every key, by Go type and key:
// "SFTP.addr". The first explanation of a key wins.
type comments map[string]string

// readComments reads them from the example, keys switched off included.
func readComments() (comments, error) {
	whole := switchedOff.ReplaceAll(example, []byte("$1$2"))
	var doc yaml.Node
	if err := yaml.Load(whole, &doc); err != nil {
		return nil, fmt.Errorf("example: %w", err)
	}
	c := comments{}
	c.walk(doc.Content[0], reflect.TypeFor[Settings]())
	return c, nil
}

func (c comments) walk(n *yaml.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice {
		for _, item := range n.Content {
			c.walk(item, t.Elem())
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		elem, known := keyType(t, key.Value)
		if !known {
			continue
		}
		name := t.Name() + "." + key.Value
		if c[name] == "" && t.Kind() == reflect.Struct {
			c[name] = plain(firstOf(key.HeadComment, value.LineComment, key.LineComment))
		}
		c.walk(value, elem)
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// plain takes the # away from a comment's lines; of several blocks the last
// one is the key's.
func plain(comment string) string {
	if i := strings.LastIndex(comment, "\n\n"); i >= 0 {
		comment = comment[i+2:]
	}
	lines := strings.Split(comment, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "#"))
	}
	return strings.Join(lines, "\n")
}
