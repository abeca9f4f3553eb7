package validate_test

import (
	"slices"
	"testing"
)

// TestF205_GoTypes: a value that only a Go type of the application could refuse is valid
// and reported as unchecked, with its path, at any depth.
func TestF205_GoTypes(t *testing.T) {
	t.Parallel()
	const level = `{type: string, x-go-type: log/slog.Level}`
	for why, c := range map[string]struct {
		schema, doc string
		want        []string
	}{
		"a property":             {`{properties: {a: ` + level + `, b: {type: string}}}`, `{a: no level, b: x}`, []string{"a"}},
		"one that is absent":     {`{properties: {a: ` + level + `}}`, `{}`, nil},
		"one with a default":     {`{properties: {a: {type: string, x-go-type: log/slog.Level, default: INFO}}}`, `{a: x}`, []string{"a"}},
		"null":                   {`{properties: {a: {type: [string, 'null'], x-go-type: log/slog.Level}}}`, `{a: null}`, nil},
		"below a section":        {`{properties: {s: {type: object, properties: {a: ` + level + `}}}}`, `{s: {a: x}}`, []string{"s.a"}},
		"entries of a map":       {`{properties: {m: {type: object, additionalProperties: ` + level + `}}}`, `{m: {x: 1a, a.b: 2b}}`, []string{"m.x", `m["a.b"]`}},
		"items of a list":        {`{properties: {l: {type: array, items: ` + level + `}}}`, `{l: [x, y]}`, []string{"l[0]", "l[1]"}},
		"through a reference":    {`{properties: {a: {$ref: '#/$defs/l'}}, $defs: {l: ` + level + `}}`, `{a: x}`, []string{"a"}},
		"in an alternative":      {`{properties: {u: {oneOf: [{type: object, properties: {k: {const: a}, a: ` + level + `}, required: [k]}, {type: object, properties: {k: {const: b}}, required: [k]}]}}}`, `{u: {k: a, a: x}}`, []string{"u.a"}},
		"in another alternative": {`{properties: {u: {oneOf: [{type: object, properties: {k: {const: a}, a: ` + level + `}, required: [k]}, {type: object, properties: {k: {const: b}}, required: [k]}]}}}`, `{u: {k: b, a: x}}`, nil},
	} {
		schema := compile(t, c.schema)
		if found := schema.Validate(parse(t, "d.yaml", c.doc)); len(found) > 0 {
			t.Errorf("%s: %v", why, found)
		}
		if got := schema.Unchecked(parse(t, "d.yaml", c.doc)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", why, got, c.want)
		}
	}
}
