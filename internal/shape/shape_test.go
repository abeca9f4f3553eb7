package shape_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/internal/shape/shapetest"
)

// A shapeCase is a schema, why it is tested, and its result: its shapes as shapetest.Dump
// writes them, and the findings.
type shapeCase struct{ why, schema, want string }

// checkShapes builds each schema. Together the cases are the rows of the table in the
// design that says which Go types a schema becomes.
func checkShapes(t *testing.T, cases []shapeCase) {
	t.Helper()
	for _, c := range cases {
		got := "\n"
		doc, report := shapetest.Build(c.schema)
		if doc != nil {
			got += shapetest.Dump(doc)
		}
		for _, f := range report.Findings() {
			got += f.String() + "\n"
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", c.why, c.schema, diff)
		}
	}
}

// TestObjects: objects are structs, maps, or both. The type alone says what can be
// absent, if it can.
func TestObjects(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"properties are fields in their order, optional scalars may be absent", `{properties: {b: {type: string}, a: {type: integer}, c: {type: boolean}}}`, `
#: struct keeps loose
  b: ? string
  a: ? int
  c: ? bool
`},
		{"required and defaults make a field plain", `{type: object, required: [a, c], properties: {a: {type: string}, b: {type: integer, default: 5}, c: {type: integer, default: 6}}}`, `
#: struct keeps
  a: string required
  b: int default 5
  c: int required default 6
`},
		{"an absent list or map is nil, which needs no optional", `{properties: {l: {type: array, items: {type: string}}, m: {type: object, additionalProperties: {type: integer}}}}`, `
#: struct keeps loose
  l: []string
  m: map int
`},
		{"a section that defaults can fill is always there", `{properties: {s: {type: object, properties: {a: {type: integer, default: 1}}}}}`, `
#: struct keeps loose
  s: #/properties/s filled
#/properties/s: struct keeps
  a: int default 1
`},
		{"a section with something required may be absent", `{properties: {s: {type: object, required: [a], properties: {a: {type: integer}, b: {type: integer, default: 1}}}}}`, `
#: struct keeps loose
  s: ? #/properties/s
#/properties/s: struct keeps
  a: int required
  b: int default 1
`},
		{"a section without defaults may be absent", `{properties: {s: {type: object, properties: {a: {type: integer}}}}}`, `
#: struct keeps loose
  s: ? #/properties/s
#/properties/s: struct keeps
  a: ? int
`},
		{"a default of the section itself fills it, with those inside", `{properties: {s: {type: object, default: {b: 2}, properties: {a: {type: integer, default: 1}, b: {type: integer}}}}}`, `
#: struct keeps loose
  s: #/properties/s default {"b":2}
#/properties/s: struct keeps
  a: int default 1
  b: ? int
`},
		{"nothing else is allowed", `{type: object, additionalProperties: false, properties: {a: {type: string}}}`, `
#: struct closed
  a: ? string
`},
		{"undeclared properties of one type are a map beside the fields", `{type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}`, `
#: struct
  a: ? string
  *: map int
`},
		{"properties by pattern are maps beside the fields", `{type: object, properties: {a: {type: string}}, patternProperties: {'^x-': {type: integer}, '^y-': {type: string}}, additionalProperties: false}`, `
#: struct closed
  a: ? string
  /^x-/: map int
  /^y-/: map string
`},
		{"an object without properties is a map", `{type: object, additionalProperties: {type: integer}, minProperties: 1, propertyNames: {maxLength: 3}}`, `
#: map int keys checked counted
`},
		{"one pattern and nothing else is a map whose keys match", `{type: object, patternProperties: {'^x': {type: integer}}, additionalProperties: false}`, `
#: map int matching
`},
		{"an object without other keywords is a map of any", `{properties: {o: {type: object}}}`, `
#: struct keeps loose
  o: map any
`},
		{"a property that is required and not declared", `{type: object, required: [b], properties: {a: {type: string}}}`, `
#: struct keeps
  a: ? string
  b: any required
`},
		{"a property that nothing may be", `{type: object, properties: {a: false}}`, `
#: struct keeps
  a: ? any never
`},
	})
}

// TestScalars: types and formats select the Go type and determine which keywords it can
// check.
func TestScalars(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"each type", `{properties: {s: {type: string}, i: {type: integer}, n: {type: number}, b: {type: boolean}, z: {type: 'null'}}}`, `
#: struct keeps loose
  s: ? string
  i: ? int
  n: ? float64
  b: ? bool
  z: ?null any in null
`},
		{"bounds are the type's, and rules need none", `{properties: {i: {type: integer, minimum: 1, exclusiveMaximum: 9, multipleOf: 2}, s: {type: string, minLength: 1, maxLength: 9, pattern: '^a'}}}`, `
#: struct keeps loose
  i: ? int >=1 <9 %2
  s: ? string length pattern
`},
		{"bounds choose the Go type", `{properties: {a: {type: integer, maximum: 18446744073709551615, minimum: 0}, b: {type: integer, minimum: -5, maximum: 5}, c: {type: integer, maximum: 9223372036854775808, minimum: 0}}}`, `
#: struct keeps loose
  a: ? uint64 >=0 <=18446744073709551615
  b: ? int >=-5 <=5
  c: ? uint64 >=0 <=9223372036854775808
`},
		{"formats of numbers choose the Go type", `{properties: {a: {type: integer, format: int8}, b: {type: integer, format: uint16}, c: {type: number, format: int32}, d: {type: number, format: float}, e: {type: integer, format: int64}, f: {type: integer, format: uint64}}}`, `
#: struct keeps loose
  a: ? int8
  b: ? uint16
  c: ? int32
  d: ? float64 >=-3.4028234663852886e38 <=3.4028234663852886e38
  e: ? int64
  f: ? uint64
`},
		{"formats with a Go type hold its values", `{properties: {a: {type: string, format: date-time}, b: {format: date}, c: {type: string, format: go-duration}, d: {type: string, format: duration}, e: {type: string, format: ipv4}, f: {type: string, format: cidr}, g: {type: string, format: uri}, h: {type: string, format: byte-size}}}`, `
#: struct keeps loose
  a: ? date-time
  b: ? date loose rule
  c: ? go-duration
  d: ? duration
  e: ? ipv4
  f: ? cidr
  g: ? uri
  h: ? byte-size
`},
		{"formats without one check text", `{properties: {a: {type: string, format: uuid}, b: {type: string, format: email}, c: {type: string, format: regex}, d: {type: string, format: unheard-of}}}`, `
#: struct keeps loose
  a: ? string uuid
  b: ? string email
  c: ? string regex
  d: ? string
s.yaml:1:134: #/properties/d/format: warning: unknown format "unheard-of"; every value is allowed
`},
		{"null beside a type is a third state", `{properties: {s: {type: [string, 'null']}, o: {type: [object, 'null'], properties: {a: {type: integer}}}, l: {type: [array, 'null'], items: {type: integer}}, r: {type: [integer, 'null'], default: 3}}, required: [s]}`, `
#: struct keeps loose
  s: ?null string required
  o: ?null #/properties/o
  l: ?null []int
  r: ?null int default 3
#/properties/o: struct keeps
  a: ? int
`},
		{"a type from the application", `{properties: {a: {type: string, x-go-type: net/netip.AddrPort}}}`, `
#: struct keeps loose
  a: ? net/netip.AddrPort
`},
		{"a whole number that no integer of Go holds is a float64 with a rule", `{properties: {a: {type: integer, minimum: 0, maximum: 18446744073709551616}}}`, `
#: struct keeps loose
  a: ? +float64 >=0 <=18446744073709551616
s.yaml:1:46: #/properties/a/maximum: warning: the bound 18446744073709551616 is beyond 64-bit integers, so the Go type is float64 (keep the bounds within 64 bits, or use the type number or string)
`},
		{"and one with a sign that an int64 does not hold", `{properties: {a: {type: integer, minimum: -1, maximum: 18446744073709551615}}}`, `
#: struct keeps loose
  a: ? +float64 >=-1 <=18446744073709551615
s.yaml:1:47: #/properties/a/maximum: warning: the bound 18446744073709551615 is beyond 64-bit integers, so the Go type is float64 (keep the bounds within 64 bits, or use the type number or string)
`},
	})
}

// TestEnums: values of a fixed set have a type with constants where Go has one.
func TestEnums(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"strings, numbers, and both", `{properties: {s: {enum: [a, b]}, i: {enum: [1, 2]}, n: {enum: [0.5, 1]}, m: {enum: [a, 1, true]}}}`, `
#: struct keeps loose
  s: ? #/properties/s
  i: ? #/properties/i
  n: ? #/properties/n
  m: #/properties/m
#/properties/s: enum of string "a" "b"
#/properties/i: enum of int 1 2
#/properties/n: enum of float64 0.5 1
#/properties/m: union
  a string: #/properties/m(2)
  a whole number: #/properties/m(3)
  true or false: #/properties/m(4) + rule
#/properties/m(2): string in "a"
#/properties/m(3): int in 1
#/properties/m(4): bool in true
`},
		{"null among the values is not a value of the type", `{properties: {s: {enum: [a, b, null]}}}`, `
#: struct keeps loose
  s: ?null #/properties/s
#/properties/s: enum of string "a" "b"
`},
		{"booleans and objects keep their type, with the values as a check or a rule", `{properties: {b: {enum: [true]}, o: {enum: [{a: 1}]}}}`, `
#: struct keeps loose
  b: ? bool in true
  o: +map any
`},
		{"values that the type does not allow are none", `{properties: {s: {type: string, enum: [a, 1, b]}}}`, `
#: struct keeps loose
  s: ? #/properties/s
#/properties/s: enum of string "a" "b"
`},
		{"a constant is a checked scalar", `{properties: {s: {const: a}, n: {const: 2}, b: {const: true}, o: {const: {a: 1}}}}`, `
#: struct keeps loose
  s: ? string in "a"
  n: ? int in 2
  b: ? bool in true
  o: +map any
`},
		{"alternatives that are constants are an enum", `{properties: {s: {oneOf: [{const: a, title: First}, {const: b}]}}}`, `
#: struct keeps loose
  s: ? #/properties/s
#/properties/s: enum of string "a" "b"
`},
	})
}

// TestLists: lists of one type, and lists whose positions have a meaning.
func TestLists(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"items, bounds, and one for many", `{properties: {l: {type: array, items: {type: integer}, minItems: 1, uniqueItems: true}, o: {oneOf: [{type: string}, {type: array, items: {type: string}}]}, a: {type: array}, b: {type: array, items: false}}}`, `
#: struct keeps loose
  l: []int unique counted
  o: []string or one
  a: []any
  b: []any never
`},
		{"positions are fields without defaults, closed or with a rest", `{properties: {t: {type: array, prefixItems: [{type: string}, {type: integer, default: 1}], items: false}, r: {type: array, prefixItems: [{type: string}], items: {type: boolean}}, k: {type: array, prefixItems: [{type: string}], minItems: 1}}}`, `
#: struct keeps loose
  t: ? #/properties/t
  r: ? #/properties/r
  k: ? #/properties/k
#/properties/t: tuple closed
  : ? string
  : ? int
#/properties/r: tuple
  : ? string
  : []bool
#/properties/k: tuple keeps
  : string required
`},
		{"items in a definition", `{properties: {l: {type: array, items: {$ref: '#/$defs/i'}}}, $defs: {i: {type: object, properties: {a: {type: string}}}}}`, `
#: struct keeps loose
  l: []#/$defs/i
#/$defs/i: struct keeps
  a: ? string
`},
	})
}

// TestAlternatives: alternatives that can be distinguished are a union; the others are
// the narrowest type that holds all.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"a constant distinguishes the branches", `{properties: {u: {oneOf: [{type: object, required: [k], properties: {k: {const: a}, x: {type: string}}}, {type: object, required: [k], properties: {k: {const: b}}}]}}}`, `
#: struct keeps loose
  u: #/properties/u
#/properties/u: union one by k
  a: #/properties/u/oneOf/0 a
  b: #/properties/u/oneOf/1 b
#/properties/u/oneOf/0: struct keeps
  k: string in "a" required
  x: ? string
#/properties/u/oneOf/1: struct keeps
  k: string in "b" required
`},
		{"a type distinguishes the branches", `{properties: {u: {anyOf: [{type: string}, {type: integer}, {type: object, properties: {a: {type: string}}}]}}}`, `
#: struct keeps loose
  u: #/properties/u
#/properties/u: union
  a string: #/properties/u/anyOf/0
  a whole number: #/properties/u/anyOf/1
  an object with a: #/properties/u/anyOf/2
#/properties/u/anyOf/0: string
#/properties/u/anyOf/1: int
#/properties/u/anyOf/2: struct keeps
  a: ? string
`},
		{"required properties distinguish the branches", `{properties: {u: {oneOf: [{type: object, required: [a], properties: {a: {type: string}}}, {type: object, required: [b], properties: {b: {type: string}}}]}}}`, `
#: struct keeps loose
  u: #/properties/u
#/properties/u: union one
  a: #/properties/u/oneOf/0
  b: #/properties/u/oneOf/1
#/properties/u/oneOf/0: struct keeps
  a: string required
#/properties/u/oneOf/1: struct keeps
  b: string required
`},
		{"branches in definitions have their names", `{properties: {u: {oneOf: [{$ref: '#/$defs/a'}, {$ref: '#/$defs/b'}]}}, $defs: {a: {type: object, required: [x], properties: {x: {type: string}}}, b: {type: object, required: [y], properties: {y: {type: string}}}}}`, `
#: struct keeps loose
  u: #/properties/u
#/properties/u: union one
  a: #/$defs/a
  b: #/$defs/b
#/$defs/a: struct keeps
  x: string required
#/$defs/b: struct keeps
  y: string required
`},
		{"indistinguishable alternatives are one type with a rule", `{properties: {u: {anyOf: [{type: string, minLength: 3}, {type: string, pattern: '^x'}]}}}`, `
#: struct keeps loose
  u: ? +string
`},
		{"indistinguishable objects are merged", `{properties: {u: {anyOf: [{properties: {a: {type: string}}}, {properties: {b: {type: integer}}}]}}}`, `
#: struct keeps loose
  u: ? #/properties/u
#/properties/u: struct keeps loose + rule
  a: ? string loose conditional
  b: ? int loose conditional
`},
		{"alternatives beside properties are rules", `{type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}`, `
#: struct keeps + rule
  a: ? string
  b: ? string
`},
		{"null beside one type is an optional", `{properties: {u: {oneOf: [{type: string}, {type: 'null'}]}}}`, `
#: struct keeps loose
  u: ?null string
`},
		{"types are distinguished like alternatives", `{properties: {u: {type: [string, integer]}}}`, `
#: struct keeps loose
  u: #/properties/u
#/properties/u: union
  a string: #/properties/u(2)
  a whole number: #/properties/u(3)
#/properties/u(2): string
#/properties/u(3): int
`},
	})
}

// TestConditions: a rule checks conditional schemas, and their properties can be read.
func TestConditions(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"properties of every branch are fields", `{properties: {k: {type: string}}, if: {properties: {k: {const: a}}}, then: {properties: {x: {type: integer}}, required: [x]}, else: {properties: {y: {type: string}}}}`, `
#: struct keeps loose + rule
  k: ? string
  x: ? int loose conditional
  y: ? string loose conditional
`},
		{"one that several branches have with other types is loose", `{properties: {k: {type: string}}, if: {properties: {k: {const: a}}}, then: {properties: {x: {type: integer}}}, else: {properties: {x: {type: string}}}}`, `
#: struct keeps loose + rule
  k: ? string
  x: #/then/properties/x loose conditional
#/then/properties/x: union
  a whole number: #/then/properties/x(2)
  a string: #/else/properties/x
#/then/properties/x(2): int
#/else/properties/x: string
`},
		{"dependencies are needs and rules", `{properties: {a: {type: string}}, dependentRequired: {a: [b]}, dependentSchemas: {a: {properties: {c: {type: integer}}}}}`, `
#: struct keeps loose + rule
  a: ? string
  c: ? int loose conditional
`},
	})
}

// TestParts: the parts of allOf are one type, which each of them narrows.
func TestParts(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"parts of allOf are one type", `{properties: {a: {allOf: [{type: integer, minimum: 1}, {maximum: 9}]}, o: {allOf: [{properties: {x: {type: string}}}, {properties: {y: {type: integer}}, required: [y]}]}}}`, `
#: struct keeps loose
  a: ? int >=1 <=9
  o: ? #/properties/o
#/properties/o: struct keeps loose
  x: ? string
  y: int required
`},
		{"the schemas of one property in several parts are combined", `{allOf: [{properties: {x: {type: [string, integer]}}}, {properties: {x: {type: integer, maximum: 5}}}]}`, `
#: struct keeps loose
  x: ? int <=5
`},
		{"parts that contradict each other allow nothing", `{properties: {a: {allOf: [{type: string}, {type: integer}]}}}`, `
#: struct keeps loose
  a: ? any never
s.yaml:1:18: #/properties/a: warning: no value is valid: no type is allowed by all parts of the schema
`},
	})
}

// TestReferences: definitions are types of their own, and recursion ends.
func TestReferences(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"a definition is one type for all references", `{properties: {a: {$ref: '#/$defs/d'}, b: {$ref: '#/$defs/d'}, l: {type: array, items: {$ref: '#/$defs/d'}}}, $defs: {d: {type: object, properties: {x: {type: string}}}}}`, `
#: struct keeps loose
  a: ? #/$defs/d
  b: ? #/$defs/d
  l: []#/$defs/d
#/$defs/d: struct keeps
  x: ? string
`},
		{"a definition of a scalar is another name", `{properties: {a: {$ref: '#/$defs/d'}}, $defs: {d: {type: string, minLength: 2}}}`, `
#: struct keeps loose
  a: ? string length
#/$defs/d: alias of string length
`},
		{"alternatives of lists of each other end", `{$ref: '#/$defs/b', $defs: {a: {oneOf: [{type: array, items: {$ref: '#/$defs/a'}}]}, b: {anyOf: [{oneOf: [{type: array, items: {$ref: '#/$defs/a'}}]}, {type: array, items: {$ref: '#/$defs/b'}}]}}}`, `
#/$defs/b: []+[]#/$defs/a/oneOf/0/items + rule
#/$defs/a/oneOf/0/items: []#/$defs/a/oneOf/0/items + rule recursive
#/$defs/a: []#/$defs/a recursive
`},
		{"anchors", `{properties: {a: {$ref: '#here'}}, $defs: {d: {$anchor: here, type: object, properties: {x: {type: string}}}}}`, `
#: struct keeps loose
  a: ? #/$defs/d
#/$defs/d: struct keeps
  x: ? string
`},
		{"recursion goes through optional values", `{$ref: '#/$defs/n', $defs: {n: {type: object, properties: {v: {type: integer}, next: {$ref: '#/$defs/n'}, all: {type: array, items: {$ref: '#/$defs/n'}}, by: {type: object, additionalProperties: {$ref: '#/$defs/n'}}}}}}`, `
#/$defs/n: struct keeps recursive
  v: ? int
  next: ? #/$defs/n
  all: []#/$defs/n
  by: map #/$defs/n
`},
		{"a list of itself", `{properties: {t: {$ref: '#/$defs/t'}}, $defs: {t: {type: array, items: {$ref: '#/$defs/t'}}}}`, `
#: struct keeps loose
  t: #/$defs/t
#/$defs/t: []#/$defs/t recursive
`},
		{"dynamic references lead to the outermost anchor", `{$id: 'https://a.example/s', $dynamicAnchor: node, type: object, properties: {v: {type: integer}, next: {$dynamicRef: '#node'}}}`, `
#: struct keeps recursive
  v: ? int
  next: ? #
`},
		{"keywords beside a reference narrow it", `{properties: {a: {$ref: '#/$defs/d', maximum: 5}}, $defs: {d: {type: integer, minimum: 1}}}`, `
#: struct keeps loose
  a: ? int >=1 <=5
#/$defs/d: alias of int >=1
`},
	})
}

// TestNoType: if no type is named, the other keywords determine one; any is the last
// resort.
func TestNoType(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"keywords imply a type", `{properties: {s: {minLength: 1}, n: {minimum: 1}, o: {properties: {a: {type: string}}}, l: {items: {type: string}}}}`, `
#: struct keeps loose
  s: ? string length loose rule
  n: ? float64 >=1 loose rule
  o: ? #/properties/o
  l: []string loose rule
#/properties/o: struct keeps loose
  a: ? string
`},
		{"a default implies no type", `{properties: {s: {default: x}, i: {default: 1}, b: {default: true}, l: {default: [1]}}}`, `
#: struct keeps loose
  s: any default "x"
  i: any default 1
  b: any default true
  l: any default [1]
`},
		{"no keyword implies any", `{properties: {a: {}, b: true, c: {title: Nothing}}}`, `
#: struct keeps loose
  a: ?null any
  b: ?null any
  c: ?null any
`},
		{"an excluded schema implies nothing", `{properties: {a: {not: {type: string}}}}`, `
#: struct keeps loose
  a: ?null +any
`},
	})
}

// TestMarks: the effect of our own keywords and of writeOnly.
func TestMarks(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"secrets", `{properties: {a: {type: string, writeOnly: true}, b: {type: string, format: password}, c: {type: integer, x-secret: true}, d: {type: object, writeOnly: true, properties: {k: {type: string}}}, e: {type: string, writeOnly: true, default: x}}}`, `
#: struct keeps loose
  a: ? secret string
  b: ? secret string
  c: ? secret int
  d: ? secret #/properties/d
  e: secret string default "x"
#/properties/d: struct keeps
  k: ? string
s.yaml:1:228: #/properties/e/default: warning: the default of a secret is visible in the schema and in the generated code (remove it and set the value in a file or an environment variable)
`},
		{"layers and keys of lists", `{properties: {a: {type: array, items: {type: string}, x-merge: append}, k: {type: array, x-merge: key, x-key: n, items: {type: object, required: [n], properties: {n: {type: string}}}}, t: {type: array, x-key: n, items: {type: object, required: [n], properties: {n: {type: string}}}}}}`, `
#: struct keeps loose
  a: []string append
  k: []#/properties/k/items key by n
  t: []#/properties/t/items by n
#/properties/k/items: struct keeps
  n: string required
#/properties/t/items: struct keeps
  n: string required
`},
		{"variables, restarts, deprecation", `{properties: {a: {type: string, x-env: A_B}, b: {type: integer, default: 1, x-reload: restart}, c: {type: string, deprecated: true}}}`, `
#: struct keeps loose
  a: ? string env A_B
  b: int default 1 restart
  c: ? string deprecated
`},
		{"a restart inside a list is one of its items", `{properties: {l: {type: array, items: {type: object, properties: {a: {type: integer, x-reload: restart}}}}}}`, `
#: struct keeps loose
  l: []#/properties/l/items
#/properties/l/items: struct keeps
  a: ? int restart
`},
	})
}

// TestDefaults: which defaults apply.
func TestDefaults(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"one that its schema refuses is dropped", `{properties: {a: {type: integer, default: x}, b: {type: integer, maximum: 3, default: 4}}}`, `
#: struct keeps loose
  a: ? int
  b: ? int <=3
s.yaml:1:43: #/properties/a/default: warning: the default is invalid and not applied: found the string "x", want a whole number
s.yaml:1:87: #/properties/b/default: warning: the default is invalid and not applied: 4 is more than the maximum 3
`},
		{"one of a reference holds where it is not overruled", `{properties: {a: {$ref: '#/$defs/d'}, b: {$ref: '#/$defs/d', default: 2}}, $defs: {d: {type: integer, default: 1}}}`, `
#: struct keeps loose
  a: int default 1
  b: int default 2
#/$defs/d: alias of int
`},
		{"one that has no end is dropped", `{$ref: '#/$defs/n', $defs: {n: {type: object, properties: {next: {$ref: '#/$defs/n', default: {}}}}}}`, `
#/$defs/n: struct keeps recursive
  next: ? #/$defs/n
s.yaml:1:60: #/$defs/n/properties/next: warning: the default contains itself without end; it is not applied (leave it out)
`},
	})
}

// TestRoots: a configuration is not always an object.
func TestRoots(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"a map", `{type: object, additionalProperties: {type: integer}}`, `
#: map int
`},
		{"a list", `{type: array, items: {type: integer}}`, `
#: []int
`},
		{"a scalar", `{type: string, minLength: 1}`, `
#: string length
`},
		{"null or an object", `{type: [object, 'null'], properties: {a: {type: integer}}}`, `
null or
#: struct keeps loose + rule
  a: ? int
`},
		{"anything", `true`, `
#: any
`},
		{"alternatives", `{oneOf: [{type: object, required: [k], properties: {k: {const: a}}}, {type: object, required: [k], properties: {k: {const: b}}}]}`, `
#: union one by k
  a: #/oneOf/0 a
  b: #/oneOf/1 b
#/oneOf/0: struct keeps
  k: string in "a" required
#/oneOf/1: struct keeps
  k: string in "b" required
`},
	})
}

// TestRefused: marks without a meaning at their place are refused.
func TestRefused(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"a key of items that need none", `{properties: {l: {type: array, x-key: n, items: {type: object, properties: {n: {type: string}}}}}}`, `
s.yaml:1:32: #/properties/l/x-key: the key "n" must be required
`},
		{"merging by a key that is not given", `{properties: {l: {type: array, x-merge: key, items: {type: string}}}}`, `
s.yaml:1:32: #/properties/l/x-merge: x-merge: key requires x-key, the property that identifies an item
`},
		{"a mark of lists on something else", `{properties: {s: {type: string, x-merge: append}}}`, `
s.yaml:1:33: #/properties/s/x-merge: x-merge is allowed only on a list
`},
	})
}
