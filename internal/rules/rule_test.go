package rules_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
)

// compiled returns the rule of a schema in YAML's flow style or JSON.
func compiled(t testing.TB, text string) (rules.Rules, int) {
	t.Helper()
	var report schema.Reporter
	doc := schema.Parse("schema.yaml", []byte(text), schema.Files{}, &report)
	if report.Failed() {
		t.Fatalf("%s: %v", text, report.Findings())
	}
	c := compile.New(doc)
	rule := c.Rule(doc.Root)
	return c.Rules(), rule
}

// check returns what the schema finds in a text.
func check(t *testing.T, schema, text string) []string {
	t.Helper()
	all, rule := compiled(t, schema)
	return checkRules(t, all, rule, text)
}

func checkRules(t *testing.T, all rules.Rules, rule int, text string) []string {
	t.Helper()
	doc, findings := document.ParseYAML("t.yaml", []byte(text), document.Limits{})
	if len(findings) > 0 {
		t.Fatalf("%s: %v", text, findings)
	}
	var p rules.Report
	p.Check(all, rule, doc)
	var lines []string
	for _, f := range p.Finish(doc, false) {
		lines = append(lines, strings.TrimPrefix(f.String(), "t.yaml:"))
	}
	return lines
}

// TestRuleMessages: every keyword reports a fault with the same message as the typed
// decoders, at the position of the fault.
func TestRuleMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, text, want string }{
		{"false", "1", "1:1: (document): no value is allowed here"},
		{"{type: [string, integer]}", "[]", "1:1: (document): found a list, want a whole number or a string"},
		{"{type: integer}", "1.5", "1:1: (document): found the number 1.5, want a whole number"},
		{"{enum: [auto, 1, {a: 1}]}", "autp", `1:1: (document): "autp" is not one of auto, 1, {"a":1} (did you mean auto?)`},
		{"{const: 2}", "3", "1:1: (document): 3 is not 2, the only value allowed"},
		{"{minimum: 1}", "0", "1:1: (document): 0 is less than the minimum 1"},
		{"{exclusiveMinimum: 1}", "1.0", "1:1: (document): 1.0 must be more than 1"},
		{"{maximum: 1}", "1.1", "1:1: (document): 1.1 is more than the maximum 1"},
		{"{exclusiveMaximum: 1}", "1", "1:1: (document): 1 must be less than 1"},
		{"{multipleOf: 0.1}", "0.25", "1:1: (document): 0.25 is not a multiple of 0.1"},
		{"{minLength: 2}", "é", "1:1: (document): is 1 character long, want at least 2"},
		{"{maxLength: 1}", "éé", "1:1: (document): is 2 characters long, want at most 1"},
		{"{pattern: '^(?=.*[0-9])'}", "a", `1:1: (document): "a" does not match the pattern ^(?=.*[0-9])`},
		{"{format: ipv4}", "a", `1:1: (document): "a" is not a valid ipv4: want an IPv4 address such as 192.0.2.1`},
		{"{format: unheard-of}", "a", ""},
		{"{properties: {a: {properties: {b: {type: string}}}}}", "{a: {b: 1}}", `1:9: a.b: found the number 1, want a string (write "1", in quotes)`},
		{"{patternProperties: {'^x': {type: string}}}", "{x1: 1}", `1:6: x1: found the number 1, want a string (write "1", in quotes)`},
		{"{properties: {port: true}, additionalProperties: false}", "{prt: 1}", `1:2: prt: unknown property "prt" (did you mean port?)`},
		{"{properties: {port: true}, required: [port], additionalProperties: false}", "{prt: 1}", `1:2: prt: unknown property "prt" (did you mean port?)`},
		{"{additionalProperties: {type: string}}", "{a: 1}", `1:5: a: found the number 1, want a string (write "1", in quotes)`},
		{"{propertyNames: {maxLength: 1}}", "{ab: 1}", "1:2: ab: is 2 characters long, want at most 1"},
		{"{required: [a, b]}", "{a: 1}", "1:1: b: is required but missing"},
		{"{minProperties: 2}", "{a: 1}", "1:1: (document): has 1 property, want at least 2"},
		{"{maxProperties: 0}", "{a: 1}", "1:1: (document): has 1 property, want at most 0"},
		{"{dependentRequired: {a: [b]}}", "{a: 1}", "1:1: b: is required but missing (because a is set)"},
		{"{dependentSchemas: {a: {required: [b]}}}", "{a: 1}", "1:1: b: is required but missing"},
		{"{items: {type: string}}", "[a, 1]", `1:5: [1]: found the number 1, want a string (write "1", in quotes)`},
		{"{prefixItems: [{type: string}], items: false}", "[a, 1, 2]", "1:1: (document): has 3 items, want at most 1"},
		{"{prefixItems: [true, {type: string}]}", "[1, 1]", `1:5: [1]: found the number 1, want a string (write "1", in quotes)`},
		{"{minItems: 1}", "[]", "1:1: (document): must not be empty"},
		{"{maxItems: 1}", "[1, 2]", "1:1: (document): has 2 items, want at most 1"},
		{"{uniqueItems: true}", "[1, a, 1.0]", "1:8: (document): items 0 and 2 are equal; all items must differ"},
		{"{contains: {title: a port, type: integer}}", "[a]", "1:1: (document): contains 0 matching items (a port), want at least 1"},
		{"{contains: {type: integer}, maxContains: 1}", "[1, 2]", "1:1: (document): contains 2 matching items (a whole number), want at most 1"},
		{"{contains: {type: integer}, minContains: 0}", "[]", ""},
		{"{allOf: [{minimum: 2}, {maximum: 0}]}", "1", "1:1: (document): 1 is less than the minimum 2\n1:1: (document): 1 is more than the maximum 0"},
		{"{allOf: [{minimum: 2}, {minimum: 2}]}", "1", "1:1: (document): 1 is less than the minimum 2"},
		{"{anyOf: [{type: string}, {type: object}]}", "1", "1:1: (document): found the number 1, want a string or an object"},
		{"{anyOf: [{title: Small, type: integer, maximum: 9}, {title: Name, type: string}]}", "10", "1:1: (document): 10 is more than the maximum 9"},
		{"{oneOf: [{title: Small, maximum: 9}, {title: Even, multipleOf: 2}]}", "11", "1:1: (document): 11 is more than the maximum 9 (matches none of Small, Even; nearest: Small)"},
		{"{oneOf: [{title: Small, maximum: 9}, {title: Even, multipleOf: 2}]}", "2", "1:1: (document): matches Small and Even, want exactly one"},
		{"{oneOf: [{maximum: 9}, {multipleOf: 2}]}", "2", "1:1: (document): matches 2 alternatives, want exactly one"},
		{
			"{oneOf: [{properties: {kind: {const: file}, path: {type: string}}, required: [kind, path]}, {properties: {kind: {const: http}, url: {type: string}}, required: [kind, url]}]}",
			"{kind: http, path: a, more: 1}", "1:1: url: is required but missing",
		},
		{
			"{oneOf: [{properties: {kind: {const: file}}}, {properties: {kind: {const: http}}}]}",
			"{kind: htp}", `1:8: kind: "htp" is not one of file, http (did you mean http?)`,
		},
		{"{not: {type: string}}", "a", "1:1: (document): is not allowed here: it must not be a string"},
		{"{not: {title: a drop, required: [a]}}", "{a: 1}", "1:1: (document): is not allowed here: it must not be a drop"},
		{"{not: {required: [a, b]}}", "{a: 1, b: 1}", "1:1: (document): the properties a and b are not allowed together"},
		{"{not: {required: [a]}}", "{a: 1, b: 1}", "1:1: (document): the property a is not allowed here"},
		{"{not: {enum: [a, b]}}", "a", `1:1: (document): is not allowed here: it must not be "a" or "b"`},
		{"{not: {minimum: 1}}", "1", "1:1: (document): is not allowed here: the schema excludes it"},
		{"{if: {properties: {a: {const: 1}}}, then: {required: [b]}, else: {required: [c]}}", "{a: 1}", "1:1: b: is required but missing"},
		{"{if: {properties: {a: {const: 1}}}, then: {required: [b]}, else: {required: [c]}}", "{a: 2}", "1:1: c: is required but missing"},
		{
			"{allOf: [{properties: {port: true}}], properties: {host: true}, unevaluatedProperties: false}",
			"{prt: 1, host: a}", `1:2: prt: unknown property "prt" (did you mean port?)`,
		},
		// A branch that does not match evaluates nothing, and a fault in it is not followed by
		// one for everything that it would have evaluated.
		{
			"{anyOf: [{properties: {a: {type: string}}, required: [a]}], unevaluatedProperties: false}",
			"{a: 1}", `1:5: a: found the number 1, want a string (write "1", in quotes)`,
		},
		{"{prefixItems: [true], unevaluatedItems: false}", "[1, 2]", "1:5: [1]: no value is allowed here"},
		{"{unevaluatedItems: {type: string}, contains: {const: 1}}", "[1, 2]", `1:5: [1]: found the number 2, want a string (write "2", in quotes)`},
	} {
		if got := strings.Join(check(t, c.schema, c.text), "\n"); got != c.want {
			t.Errorf("%s\n%s:\n got %s\nwant %s", c.schema, c.text, got, c.want)
		}
	}
}

// TestRuleSecrets: no rule shows what another one marks as secret: neither the value, nor
// its content, nor how it was tried.
func TestRuleSecrets(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{
		"{properties: {p: {writeOnly: true, minLength: 99}}}",
		"{allOf: [{properties: {p: {maxLength: 1}}}, {properties: {p: {writeOnly: true}}}]}",
		"{properties: {p: {enum: [other]}}, anyOf: [false, {patternProperties: {'^p$': {writeOnly: true}}}]}",
		"{oneOf: [{properties: {p: {title: A, const: hunter}}}, {properties: {p: {title: B, const: hunter3, writeOnly: true}}}]}",
		"{properties: {p: {not: {type: string}, writeOnly: true}}}",
		"{properties: {p: {pattern: '^x'}}, unevaluatedProperties: {writeOnly: true}}",
	} {
		lines := check(t, schema, "{p: hunter22}")
		if len(lines) == 0 || strings.Contains(strings.Join(lines, ""), "hunter22") {
			t.Errorf("%s: %q", schema, lines)
		}
	}
	inside := check(t, "{properties: {s: {writeOnly: true, required: [key], properties: {hunter22: {type: integer}}, additionalProperties: false}}}",
		"{s: {hunter22: a, hunter23: b}}")
	want := []string{"1:5: s: a required property is missing", "1:16: s: a value in it: found the string [secret], want a whole number", `1:19: s: unknown property "[secret]"`}
	if !slices.Equal(inside, want) {
		t.Errorf("got %q", inside)
	}
}

// TestDynamic: the outermost resource that has the anchor decides, so that one rule has
// different meanings on different paths. Without an anchor it is Rule.
func TestDynamic(t *testing.T) {
	t.Parallel()
	all := rules.Rules{
		{},
		{Resource: 1, All: []int{2}}, // provides 4
		{Resource: 2, Array: &rules.ArrayRule{Items: 3}}, // provides 5
		{Dynamic: &rules.Dynamic{Targets: []rules.DynamicTarget{{Resource: 1, Rule: 4}, {Resource: 2, Rule: 5}}, Rule: 6}},
		{Kinds: rules.KindString},
		{Kinds: rules.KindInteger},
		{Kinds: rules.KindBool},
		{All: []int{1}, Any: []int{2, 1}},
		{One: []int{1, 2}},
	}
	for _, c := range []struct {
		rule  int
		text  string
		valid bool
	}{
		{1, "[a]", true}, {1, "[1]", false}, {2, "[1]", true}, {2, "[a]", false}, {3, "true", true}, {3, "1", false},
		// The two paths from 7 and 8 meet at one rule and one value.
		{7, "[a]", true}, {7, "[1]", false}, {8, "[a]", true}, {8, "[1]", true}, {8, "[null]", false}, {8, "[]", false},
	} {
		if lines := checkRules(t, all, c.rule, c.text); (len(lines) == 0) != c.valid {
			t.Errorf("rule %d, %s: %q", c.rule, c.text, lines)
		}
	}
}

// TestContainsEvaluates: before 2020-12 contains evaluates nothing.
func TestContainsEvaluates(t *testing.T) {
	t.Parallel()
	for _, evaluates := range []bool{false, true} {
		all := rules.Rules{{}, {Array: &rules.ArrayRule{Contains: 2, Unevaluated: 3, ContainsEvaluates: evaluates}}, {Enum: []string{"1"}}, {Never: true}}
		if lines := checkRules(t, all, 1, "[1]"); (len(lines) == 0) != evaluates {
			t.Errorf("%v: %q", evaluates, lines)
		}
	}
}

// TestRulesBounded: alternatives within alternatives are not tried again and again: not
// on one value, not on nested ones, and not for messages.
func TestRulesBounded(t *testing.T) {
	t.Parallel()
	var chain rules.Rules
	for i := range 60 {
		chain = append(chain, rules.Rule{Any: []int{i + 1, i + 1}, All: []int{i + 1}})
	}
	chain = append(chain, rules.Rule{Enum: []string{"1"}})
	chain[0] = rules.Rule{}
	var references rules.Rules
	for i := range 60 {
		references = append(references, rules.Rule{All: []int{i + 1, i + 1}})
	}
	references = append(references, rules.Rule{Enum: []string{"1"}})
	references[0] = rules.Rule{}
	nested := rules.Rules{
		{},
		{Any: []int{2, 3, 4}, Kinds: rules.KindObject},
		{Object: &rules.ObjectRule{Properties: []rules.PropertyRule{{Key: "x", Rule: 1}}, Unevaluated: 5}},
		{Object: &rules.ObjectRule{Properties: []rules.PropertyRule{{Key: "x", Rule: 1}}, Required: []string{"y"}}},
		{One: []int{2, 3}},
		{Never: true},
	}
	for name, c := range map[string]struct {
		rules rules.Rules
		text  string
		valid bool
	}{
		"chain, allowed": {chain, "1", true},
		"chain, refused": {chain, "2", false},
		"references":     {references, "1", true},
		"refused twice":  {references, "2", false},
		"nested":         {nested, strings.Repeat("{x: ", 90) + "1" + strings.Repeat("}", 90), false},
	} {
		begun := time.Now()
		lines := checkRules(t, c.rules, 1, c.text)
		if took := time.Since(begun); (len(lines) == 0) != c.valid || took > 5*time.Second {
			t.Errorf("%s: %q after %v", name, lines, took)
		}
	}
}

// TestSlowPattern: a pattern that takes too long refuses the document, even where a match
// is allowed or only tried.
func TestSlowPattern(t *testing.T) {
	t.Parallel()
	text := "{a: " + strings.Repeat("a", 5000) + "!}"
	want := []string{"1:5: (document): the pattern ^(?=(a+)+$) took too long to match"}
	if lines := check(t, "{anyOf: [{properties: {a: {pattern: '^(?=(a+)+$)'}}}, {type: object}]}", text); !slices.Equal(lines, want) {
		t.Errorf("got %q", lines)
	}
}

// The cost of rules: 20,000 valid objects, plain and with evaluated members recorded.
func BenchmarkRules(b *testing.B) {
	for name, schema := range map[string]string{
		"plain":       `{"additionalProperties":{"type":"object","properties":{"quota":{"type":"integer","minimum":1},"name":{"minLength":1}},"required":["quota"]}}`,
		"unevaluated": `{"additionalProperties":{"allOf":[{"properties":{"quota":{"type":"integer"}}}],"properties":{"name":true},"unevaluatedProperties":false}}`,
		"one of":      `{"additionalProperties":{"oneOf":[{"properties":{"quota":{"const":1}}},{"properties":{"quota":{"const":5}},"required":["name"]}]}}`,
	} {
		b.Run(name, func(b *testing.B) {
			var text strings.Builder
			text.WriteString(`{"t":{"quota":5,"name":"n"}`)
			for i := range 20_000 {
				text.WriteString(`,"t` + strconv.Itoa(i) + `":{"quota":5,"name":"n"}`)
			}
			doc, _ := document.ParseValue(document.Position{File: "t.json"}, text.String()+"}", document.Limits{})
			all, rule := compiled(b, schema)
			b.ReportAllocs()
			for b.Loop() {
				if !all.Allows(rule, doc) {
					b.Fatal("refused")
				}
			}
		})
	}
}
