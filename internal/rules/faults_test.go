package rules_test

import (
	"strings"
	"testing"
)

// The tests of this file have the ids of their faults. The files of testdata/keywords
// with these ids check that generated code and the schema alone give the same messages.

// A sentence is the finding of a schema in a text, and why it is tested.
type sentence struct{ why, schema, text, want string }

func checkSentences(t *testing.T, list []sentence) {
	t.Helper()
	for _, s := range list {
		if got := strings.Join(check(t, s.schema, s.text), "\n"); got != s.want {
			t.Errorf("%s:\n%s\n%s:\n got %s\nwant %s", s.why, s.schema, s.text, got, s.want)
		}
	}
}

// TestF174_OneOfRequired: alternatives that only name a property are reported as
// properties of which at least one, or exactly one, is required.
func TestF174_OneOfRequired(t *testing.T) {
	t.Parallel()
	const one, some = "{oneOf: [{required: [a]}, {required: [b]}]}", "{anyOf: [{required: [a]}, {required: [b]}, {required: [c]}]}"
	checkSentences(t, []sentence{
		{"none", one, "{d: 1}", "1:1: (document): one of a, b is required"},
		{"none in nothing", one, "{}", "1:1: (document): one of a, b is required"},
		{"one", one, "{b: 1}", ""},
		{"both", one, "{a: 1, b: 1}", "1:1: (document): only one of a and b is allowed"},
		{"none of three", some, "{}", "1:1: (document): one of a, b, c is required"},
		{"two of three, which anyOf allows", some, "{a: 1, c: 1}", ""},
		{"only those that are there exclude each other", "{oneOf: [{required: [a]}, {required: [b]}, {required: [c]}]}", "{a: 1, c: 1}", "1:1: (document): only one of a and c is allowed"},
		{"through references", "{oneOf: [{$ref: '#/$defs/a'}, {required: [b]}], $defs: {a: {required: [a]}}}", "{a: 1, b: 1}", "1:1: (document): only one of a and b is allowed"},
		{"the kind is checked as well", "{oneOf: [{type: object, required: [a]}, {type: object, required: [b]}]}", "{}", "1:1: (document): one of a, b is required"},
		{"another kind has no properties", one, "text", "1:1: (document): matches 2 alternatives, want exactly one"},
		{"another kind, which only objects may be", "{type: object, oneOf: [{required: [a]}, {required: [b]}]}", "text", `1:1: (document): found the string "text", want an object`},
		{"two properties in one alternative", "{oneOf: [{required: [a, b]}, {required: [c]}]}", "{a: 1}", "1:1: b: is required but missing (checked as the nearest of 2 alternatives)"},
		{"more than properties is required", "{oneOf: [{required: [a]}, {required: [b], minProperties: 2}]}", "{c: 1}", "1:1: a: is required but missing (checked as the nearest of 2 alternatives)"},
	})
}

// TestF174_AnyOfInline: the finding comes from the alternative that has the right kind or
// names most of the members, and mentions that there are others.
func TestF174_AnyOfInline(t *testing.T) {
	t.Parallel()
	const objects = "{anyOf: [{title: Socket, type: object, properties: {host: {type: string}}, required: [host]}, {title: File, type: object, properties: {path: {type: string}}, required: [path]}]}"
	checkSentences(t, []sentence{
		{"the kind of none", objects, "[1]", "1:1: (document): found a list, want an object"},
		{"no property of any", objects, "{}", "1:1: host: is required but missing (matches none of Socket, File; nearest: Socket)"},
		{"most of its properties", objects, "{path: 1}", `1:8: path: found the number 1, want a string (write "1", in quotes)`},
		{"scalars of two kinds", "{anyOf: [{type: string, minLength: 3}, {type: integer, minimum: 10}]}", "9", "1:1: (document): 9 is less than the minimum 10"},
		{"scalars of one kind", "{anyOf: [{type: string, minLength: 3}, {type: string, pattern: '^x'}]}", "a",
			"1:1: (document): is 1 character long, want at least 3 (checked as the nearest of 2 alternatives)"},
		{"an enum or a number", "{anyOf: [{enum: [auto, 'off']}, {type: integer}]}", "atuo", `1:1: (document): "atuo" is not one of auto, off (did you mean auto?)`},
		{"an enum or a number, and neither kind", "{anyOf: [{enum: [auto, 'off']}, {type: integer}]}", "[]", "1:1: (document): found a list, want a whole number or a string"},
		{"a fraction is nearest to numbers", "{anyOf: [{enum: [1, 2]}, {type: string}]}", "1.5", "1:1: (document): 1.5 is not one of 1, 2"},
	})
}

// TestF190_EnumOfTwoKinds: values of different kinds that look alike are distinguished.
func TestF190_EnumOfTwoKinds(t *testing.T) {
	t.Parallel()
	checkSentences(t, []sentence{
		{"a number and its text", "{enum: [1, '1', x]}", "2", `1:1: (document): 2 is not one of 1, "1", x`},
		{"a boolean and its text", "{enum: [true, 'true']}", "x", `1:1: (document): "x" is not one of true, "true"`},
		{"null and its text", "{enum: [null, 'null']}", "x", `1:1: (document): "x" is not one of null, "null"`},
		{"each is allowed", "{enum: [1, '1', x]}", "'1'", ""},
	})
}

// TestF199_Unevaluated: a bad value of a declared property has only its own finding, and
// a misspelled name gets a suggestion.
func TestF199_Unevaluated(t *testing.T) {
	t.Parallel()
	const plain = "{properties: {port: {type: integer}}, unevaluatedProperties: false}"
	const bad = `: port: found the string "x", want a whole number`
	checkSentences(t, []sentence{
		{"a bad value", plain, "{port: x}", "1:8" + bad},
		{"a typo", plain, "{prt: 1}", `1:2: prt: unknown property "prt" (did you mean port?)`},
		{"both", plain, "{port: x, prt: 1}", "1:8" + bad + "\n" + `1:11: prt: unknown property "prt" (did you mean port?)`},
		{"declared in a part", "{allOf: [{properties: {port: {type: integer}}}], unevaluatedProperties: false}", "{port: x}", "1:8" + bad},
		{"declared through a reference", "{$ref: '#/$defs/a', unevaluatedProperties: false, $defs: {a: {properties: {port: {type: integer}}}}}", "{port: x}", "1:8" + bad},
		{"declared on a condition", "{if: {required: [port]}, then: {properties: {port: {type: integer}}}, unevaluatedProperties: false}", "{port: x}", "1:8" + bad},
		{"by a pattern", "{patternProperties: {'^p': {type: integer}}, unevaluatedProperties: false}", "{port: x}", "1:8" + bad},
		{"an item", "{prefixItems: [{type: integer}], unevaluatedItems: false}", "[x]", `1:2: [0]: found the string "x", want a whole number`},
	})
}

// TestF200_KindFirst: a value of the wrong kind violates many rules, and only its kind is
// reported.
func TestF200_KindFirst(t *testing.T) {
	t.Parallel()
	const null = "1:1: (document): found null, want an object (write {} for an empty one)"
	const number = `1:1: (document): found the number 1, want a string (write "1", in quotes)`
	checkSentences(t, []sentence{
		{"a not", "{type: object, not: {required: [a]}}", "null", null},
		{"a not that excludes it", "{type: object, not: {type: 'null'}}", "null", null},
		{"an if", "{type: object, if: {type: object}, then: {required: [b]}, else: {required: [c]}}", "null", null},
		{"all at once", "{type: object, not: {required: [a]}, if: {type: object}, then: {required: [b]}, minProperties: 1, dependentRequired: {a: [b]}}", "null", null},
		{"a kind required elsewhere", "{$ref: '#/$defs/a', minLength: 3, enum: [abc], $defs: {a: {type: string}}}", "1", number},
		{"a kind required in a part", "{allOf: [{type: string}, {pattern: '^a'}], const: abc, not: {const: 1}}", "1", number},
		{"a number that is not whole", "{type: integer, multipleOf: 2, minimum: 9, not: {const: 1.5}}", "1.5", "1:1: (document): found the number 1.5, want a whole number"},
		{"a list", "{type: array, minItems: 1, contains: {type: string}, not: {maxItems: 0}}", "{}", "1:1: (document): found an object, want a list"},
		{"the right kind breaks its rules", "{type: object, not: {required: [a]}, minProperties: 2}", "{a: 1}",
			"1:1: (document): the property a is not allowed here\n1:1: (document): has 1 property, want at least 2"},
	})
}

// TestF201_BranchByMembers: the finding comes from the alternative that names most of the
// members, whatever else is wrong in it.
func TestF201_BranchByMembers(t *testing.T) {
	t.Parallel()
	const small = "{title: Map, type: object, maxProperties: 1, additionalProperties: {type: string}}"
	const full = "{title: Full, properties: {a: {type: integer}, b: {type: integer}, c: {type: integer}}}"
	const three = `1:5: a: found the string "x", want a whole number (matches none of Full, Map; nearest: Full)` + "\n" +
		`1:11: b: found the string "x", want a whole number` + "\n" + `1:17: c: found the string "x", want a whole number`
	checkSentences(t, []sentence{
		{"three mistakes", "{oneOf: [" + small + ", " + full + "]}", "{a: x, b: x, c: x}", three},
		{"in another order", "{oneOf: [" + full + ", " + small + "]}", "{a: x, b: x, c: x}", three},
		{"of any", "{anyOf: [" + small + ", " + full + "]}", "{a: x, b: x, c: x}", three},
		{"the kind before all", "{oneOf: [{title: Text, type: string, maxLength: 1}, {title: Full, type: object, properties: {a: {type: integer}, b: {type: integer}}, required: [a]}]}",
			"{a: x, b: x}", `1:5: a: found the string "x", want a whole number` + "\n" + `1:11: b: found the string "x", want a whole number`},
	})
}
