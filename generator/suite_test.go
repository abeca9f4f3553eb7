package generator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/buildtest"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// suiteFiles are the keywords of the public test suite that are compiled into
// tables, each in its own file.
var suiteFiles = []string{"additionalProperties", "const", "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum", "items", "maxItems",
	"maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "oneOf", "pattern",
	"patternProperties", "properties", "propertyNames", "ref", "required", "type", "uniqueItems"}

type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// TestSuite has generated packages judge the public JSON Schema test suite and
// compares them with the reference validator. Schemas are put under a property
// with the type that the suite leaves open named, because a generated field has
// one: only instances of that type are judged.
func TestSuite(t *testing.T) {
	suite := filepath.Join(buildtest.Root(t), "..", "shared", "data", "json-schema-test-suite", "tests", "draft2020-12")
	if _, err := os.Stat(suite); err != nil {
		t.Skip("needs the JSON Schema test suite beside the repository, which is not there")
	}
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	m := buildtest.New(t)
	var imports, calls strings.Builder
	var expected []bool
	var names []string
	packages := 0
	for _, file := range suiteFiles {
		text, err := os.ReadFile(filepath.Join(suite, file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var groups []suiteGroup
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			kind := suiteKind(g)
			schema := []byte(fmt.Sprintf(`{"type": "object", "required": ["v"], "properties": {"v": %s}}`, typed(g.Schema, kind)))
			files, err := generator.Generate(generator.Options{Name: "s.json", Schema: schema, Package: "p"})
			if err != nil {
				continue // a keyword that is not supported, or a reference to the root, which is elsewhere now
			}
			doc, _ := document.ParseJSON("s.json", schema, document.Limits{})
			reference, findings := validate.Compile(doc)
			if reference == nil {
				t.Fatalf("%s: %v", g.Description, findings)
			}
			name := fmt.Sprintf("p%d", packages)
			packages++
			for _, f := range files {
				m.Write(name+"/"+f.Name, string(f.Content))
			}
			fmt.Fprintf(&imports, "\t%s \"example.com/app/%s\"\n", name, name)
			for _, test := range g.Tests {
				instance := fmt.Sprintf(`{"v": %s}`, test.Data)
				node, findings := document.ParseJSON("d.json", []byte(instance), document.Limits{})
				if node == nil {
					t.Fatalf("%s: %v", test.Description, findings)
				}
				expected = append(expected, len(reference.Validate(node)) == 0)
				names = append(names, fmt.Sprintf("%s: %s: %s: %s in %s", file, g.Description, test.Description, instance, schema))
				fmt.Fprintf(&calls, "\tjudge(%s.Parse, %q)\n", name, instance)
			}
		}
	}
	m.Write("main.go", strings.NewReplacer("IMPORTS", imports.String(), "CALLS", calls.String()).Replace(suiteJudge))
	verdicts := strings.Fields(m.MustGo("run", "."))
	if len(verdicts) != len(expected) {
		t.Fatalf("%d verdicts of %d tests", len(verdicts), len(expected))
	}
	for i, v := range verdicts {
		if (v == "valid") != expected[i] {
			t.Errorf("the generated package says %s, the reference validator %v: %s", v, expected[i], names[i])
		}
	}
	t.Logf("%d instances of %d schemas", len(expected), packages)
}

// suiteKind is the type of the values that a group is about.
func suiteKind(g suiteGroup) string {
	count := map[byte]int{}
	for _, test := range g.Tests {
		c := test.Data[0]
		if c == '-' || c >= '0' && c <= '9' {
			c = '0'
		}
		count[c]++
	}
	best := byte('{')
	for c, n := range count {
		if n > count[best] || n == count[best] && c < best {
			best = c
		}
	}
	return map[byte]string{'{': "object", '[': "array", '"': "string", '0': "number", 't': "boolean", 'f': "boolean", 'n': "null"}[best]
}

// typed names the type in a schema that leaves it open.
func typed(schema json.RawMessage, kind string) string {
	var object map[string]json.RawMessage
	if json.Unmarshal(schema, &object) != nil {
		return string(schema)
	}
	for _, says := range []string{"type", "enum", "const", "$ref", "oneOf", "anyOf"} {
		if _, ok := object[says]; ok {
			return string(schema)
		}
	}
	return fmt.Sprintf(`{"type": %q, %s`, kind, strings.TrimSpace(string(schema))[1:])
}

const suiteJudge = `package main

import (
	"fmt"

IMPORTS)

func main() {
CALLS}

func judge[T any](parse func(string, []byte) (*T, error), text string) {
	if _, err := parse("d.json", []byte(text)); err != nil {
		fmt.Println("invalid")
	} else {
		fmt.Println("valid")
	}
}
`
