package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/invopop/jsonschema"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// Schema is the JSON Schema of the configuration, for editors; its
// descriptions are the example's comments.
func Schema() ([]byte, error) {
	words, err := readComments()
	if err != nil {
		return nil, err
	}
	r := &jsonschema.Reflector{
		Anonymous:    true,
		FieldNameTag: "yaml",
		Mapper:       scalarSchema,
		LookupComment: func(t reflect.Type, field string) string {
			if t.Kind() != reflect.Struct || field == "" {
				return ""
			}
			f, _ := t.FieldByName(field)
			return words[t.Name()+"."+keyOf(f)]
		},
	}
	s := r.Reflect(&Settings{})
	s.Title = "Carryover"
	limits, ok := s.Definitions["Settings"].Properties.Get("limits")
	if ok {
		limits.PropertyNames = &jsonschema.Schema{Enum: turnKeys()}
	}
	review, ok := s.Definitions["Settings"].Properties.Get("review")
	if ok {
		review.PropertyNames = &jsonschema.Schema{Enum: anys(exchange.Reviewable())}
		review.AdditionalProperties = &jsonschema.Schema{Type: "string", Enum: anys(exchange.Reviews())}
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write schema: %w", err)
	}
	return append(b, '\n'), nil
}

func turnKeys() []any {
	keys := []any{LimitQuery, LimitReview}
	for _, t := range exchange.Turns() {
		keys = append(keys, t.Key)
	}
	return keys
}

func anys(words []string) (list []any) {
	for _, w := range words {
		list = append(list, w)
	}
	return list
}

// scalarSchema describes values that YAML writes as one word but Go does not.
func scalarSchema(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return durationSchema()
	case reflect.TypeFor[calendar.Date]():
		return &jsonschema.Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[Size]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: `^[0-9]+([KMG]iB)?$`}, {Type: "integer", Minimum: "0"}}}
	case reflect.TypeFor[Yuan]():
		return &jsonschema.Schema{Type: "number", Minimum: "0"}
	}
	return nil
}

// durationSchema is 30s, 5m, 1h30m, or a plain 0.
func durationSchema() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`},
		{Const: 0},
	}}
}
