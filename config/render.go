package config

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Render writes settings as a configuration file in which every key is
// explained where it stands first. Keys without a value are left out unless
// they are required. Parse reads the same settings back.
func Render(s Settings) ([]byte, error) {
	words, err := readComments()
	if err != nil {
		return nil, err
	}
	text, err := yaml.Dump(&s)
	if err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	words.explain(doc.Content[0])
	text, err = yaml.Dump(doc.Content[0], yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	return append([]byte(renderHead), space(text)...), nil
}

const renderHead = `# yaml-language-server: $schema=config.schema.json
#
# Carryover 配置 / configuration
#
# 改动后请运行 carryover -c config.yaml check；写错的键和值会带行号一次报全。
# After a change run: carryover -c config.yaml check. Wrong keys and values are all reported with their lines.
# 机密只写文件名或环境变量名。相对路径从本文件所在目录算起。没有写出的键取默认值。
# Secrets are named, never written here. Relative paths start at this folder. Keys left out have their defaults.
`

// explain puts the comment of every key above it, the first time it comes up.
func (c comments) explain(n *yaml.Node) {
	said := map[string]bool{}
	eachKey(n, reflect.TypeFor[Settings](), func(_ reflect.Type, name string, key, _ *yaml.Node) {
		if text := c[name]; text != "" && !said[name] {
			said[name] = true
			key.HeadComment = "# " + strings.ReplaceAll(text, "\n", "\n# ")
		}
	})
}

// space puts an empty line before every section, so that it can be found.
func space(text []byte) []byte {
	var b strings.Builder
	indented := true
	for line := range strings.Lines(string(text)) {
		top := line[0] != ' ' && line[0] != '-'
		if top && indented {
			b.WriteByte('\n')
		}
		indented = !top || !strings.HasPrefix(line, "#")
		b.WriteString(line)
	}
	return []byte(b.String())
}
