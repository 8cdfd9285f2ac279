package config

import (
	"cmp"
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
	eachKey(doc.Content[0], reflect.TypeFor[Settings](), c.read)
	return c, nil
}

func (c comments) read(t reflect.Type, name string, key, value *yaml.Node) {
	if c[name] == "" && t.Kind() == reflect.Struct {
		c[name] = withoutMarks(cmp.Or(key.HeadComment, value.LineComment, key.LineComment))
	}
}

// eachKey visits every key of settings that a type has, with the type that has it
// and its name there: "SFTP.addr".
func eachKey(n *yaml.Node, t reflect.Type, visit func(t reflect.Type, name string, key, value *yaml.Node)) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice {
		for _, item := range n.Content {
			eachKey(item, t.Elem(), visit)
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if elem, known := keyType(t, key.Value); known {
			visit(t, t.Name()+"."+key.Value, key, value)
			eachKey(value, elem, visit)
		}
	}
}

// withoutMarks takes the # away from a comment's lines; of several blocks the last
// one is the key's.
func withoutMarks(comment string) string {
	if i := strings.LastIndex(comment, "\n\n"); i >= 0 {
		comment = comment[i+2:]
	}
	lines := strings.Split(comment, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "#"))
	}
	return strings.Join(lines, "\n")
}
