package validate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/validate"
)

// doubling returns a schema of definitions, each of which is twice the next.
func doubling(levels int, both string) string {
	var b strings.Builder
	b.WriteString(`{"$ref": "#/definitions/d0", "definitions": {`)
	for i := range levels {
		ref := fmt.Sprintf(`{"$ref": "#/definitions/d%d"}`, i+1)
		fmt.Fprintf(&b, `"d%d": {%s}, `, i, strings.ReplaceAll(both, "NEXT", ref))
	}
	fmt.Fprintf(&b, `"d%d": {"type": "integer"}}}`, levels)
	return b.String()
}

// TestNotRefused: a schema that only looks large, and recursion that consumes a value on
// every turn, are accepted.
func TestNotRefused(t *testing.T) {
	t.Parallel()
	chain := `"allOf": [NEXT]`
	for why, schema := range map[string]string{
		"the largest count":                    `{"maxLength": 2147483647}`,
		"properties called like keywords":      `{"properties": {"maxLength": {"const": {"maxLength": 1e30}}, "multipleOf": {"default": {"multipleOf": 1e-400}}}}`,
		"a tree":                               `{"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}, "list": {"items": {"$ref": "#"}}}, "additionalProperties": {"$ref": "#"}}`,
		"doubling through properties":          doubling(30, `"properties": {"a": NEXT, "b": NEXT}`),
		"a chain through properties":           doubling(2_000, `"properties": {"a": NEXT}`),
		"a chain of some length":               doubling(450, chain),
		"doubling within bounds":               doubling(10, `"allOf": [NEXT, NEXT]`),
		"many alternatives":                    `{"oneOf": [` + strings.Repeat(`{"type": "object", "required": ["x"]},`, 5000) + `{"type": "null"}]}`,
		"doubling beside a reference, ignored": strings.Replace(doubling(20, `"$ref": "#/definitions/d20", "allOf": [NEXT, NEXT]`), "{", `{"$schema": "http://json-schema.org/draft-07/schema#", `, 1),
	} {
		begin := time.Now()
		if s, findings := validate.Load("s.json", []byte(schema), nil); s == nil {
			t.Errorf("%s: refused: %v", why, findings)
		}
		if took := time.Since(begin); took > time.Minute { // without a bound it would take hours
			t.Errorf("%s: took %v", why, took)
		}
	}
}
