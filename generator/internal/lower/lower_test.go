package lower_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/generator/internal/lower"
	"github.com/hotbind/hotbind/internal/shape"
	"github.com/hotbind/hotbind/internal/shape/shapetest"
)

// dump writes the decisions about a package: names, types, constants, bindings and, with
// docs, comments. Each field has its name, its method if the name differs, and its
// binding.
func dump(p *ir.Package, docs bool) string {
	var b strings.Builder
	name := func(d *shape.Decl) string { return p.Decl(d).Name }
	doc := func(indent string, lines []string) {
		for _, line := range lines {
			if docs {
				fmt.Fprintf(&b, "%s\n", strings.TrimRight(indent+"// "+line, " "))
			}
		}
	}
	for _, d := range p.Decls {
		doc("", d.Doc)
		first, _, _ := strings.Cut(shapetest.Decl(d.Decl, name), "\n")
		fmt.Fprintf(&b, "%s: %s\n", d.Name, first)
		for _, f := range d.Fields {
			doc("  ", f.Doc)
			fmt.Fprintf(&b, "  %s", f.Name)
			if f.Method != f.Name {
				fmt.Fprintf(&b, " (%s)", f.Method)
			}
			fmt.Fprintf(&b, " %s", shapetest.Field(f.Field, name))
			if f.Binding != nil {
				fmt.Fprintf(&b, " binding %s", f.Binding.Name)
			}
			b.WriteString("\n")
		}
		if d.Union != nil {
			for _, branch := range d.Union.Branches {
				fmt.Fprintf(&b, "  %s: %s\n", branch.Label, name(branch.Decl))
			}
		}
		for _, c := range d.Consts {
			doc("  ", c.Doc)
			fmt.Fprintf(&b, "  const %s = %s\n", c.Name, shapetest.Value(c.Value))
		}
	}
	for _, e := range p.Entries {
		fmt.Fprintf(&b, "%sBinding: %s of %s\n", e.Name, shapetest.Type(e.Type, name), shapetest.Type(e.Entry, name))
	}
	if p.RootEntries != nil {
		fmt.Fprintf(&b, "the root binds %s\n", shapetest.Type(p.RootEntries.Entry, name))
	}
	return b.String()
}

// A lowerCase is a schema, why it is tested, and the resulting package or findings.
type lowerCase struct{ why, schema, want string }

func checkLower(t *testing.T, docs bool, cases []lowerCase) {
	t.Helper()
	for _, c := range cases {
		got := "\n"
		doc, report := shapetest.Build(c.schema)
		if doc != nil {
			if p := lower.Lower(doc, "config", "Config", report); p != nil {
				got += dump(p, docs)
			}
		}
		for _, f := range report.Findings() {
			got += f.String() + "\n"
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", c.why, c.schema, diff)
		}
	}
}

// TestFieldNames: a field and its method are named after the key, and no two are the
// same.
func TestFieldNames(t *testing.T) {
	t.Parallel()
	checkLower(t, false, []lowerCase{
		{"keys become words, and initialisms are written as Go does", `{properties: {pool_size: {type: integer}, apiURL: {type: string}, http2: {type: string}, tls-cert: {type: string}, cpu: {type: number}, userIds: {type: array, items: {type: string}}}}`, `
Config: struct keeps loose
  PoolSize pool_size: ? int
  APIURL apiURL: ? string
  HTTP2 http2: ? string
  TLSCert tls-cert: ? string
  CPU cpu: ? float64
  UserIDs userIds: []string
`},
		{"keys that no identifier can be are spelled", `{properties: {'2fa': {type: string}, '': {type: string}, 'a b': {type: string}, '*': {type: string}, 'été': {type: string}}}`, `
Config: struct keeps loose
  X2fa 2fa: ? string
  Empty : ? string
  AB a b: ? string
  Star *: ? string
  Été été: ? string
`},
		{"keys that would be one field are spelled out, whatever their order", `{properties: {a-b: {type: string}, a_b: {type: string}, aB: {type: string}}}`, `
Config: struct keeps loose
  LowerADashB a-b: ? string
  LowerAUnderscoreB a_b: ? string
  LowerAB aB: ? string
s.yaml:1:15: #/properties/a-b: warning: "a-b" shares the field name AB with another property and becomes LowerADashB (set x-go-name to choose a name)
s.yaml:1:36: #/properties/a_b: warning: "a_b" shares the field name AB with another property and becomes LowerAUnderscoreB (set x-go-name to choose a name)
s.yaml:1:57: #/properties/aB: warning: "aB" shares the field name AB with another property and becomes LowerAB (set x-go-name to choose a name)
`},
		{"x-go-name wins", `{properties: {a: {type: string, x-go-name: Alpha}, alpha: {type: integer}}}`, `
Config: struct keeps loose
  Alpha a: ? string
  LowerAlpha alpha: ? int
s.yaml:1:52: #/properties/alpha: warning: "alpha" shares the field name Alpha with another property and becomes LowerAlpha (set x-go-name to choose a name)
`},
		{"x-go-name twice is refused with both places", `{properties: {a: {type: string, x-go-name: Same}, b: {type: string, x-go-name: Same}}}`, `
s.yaml:1:51: #/properties/b: "b" and "a" (line 1) both get the field name Same (change the x-go-name of one of them)
`},
		{"an x-go-name that is not an exported name is refused", `{properties: {a: {type: string, x-go-name: small}}}`, `
s.yaml:1:33: #/properties/a/x-go-name: "small" is not an exported Go name (use letters, digits and underscores, a capital letter first)
`},
		{"a name that bindings reserve gets a suffix, only there", `{properties: {on_change: {type: string}, s: {type: object, properties: {get: {type: string}, key: {type: string}, prepare: {type: string}}}, current: {type: string}, manager: {type: string}, close: {type: string}, follow: {type: string}, on_rollback: {type: string}}}`, `
Config: struct keeps loose
  OnChange (OnChangeField) on_change: ? string
  S s: ? S
  Current (CurrentField) current: ? string
  Manager (ManagerField) manager: ? string
  Close (CloseField) close: ? string
  Follow (FollowField) follow: ? string
  OnRollback (OnRollbackField) on_rollback: ? string
S: struct keeps
  Get (GetField) get: ? string
  Key (KeyField) key: ? string
  Prepare (PrepareField) prepare: ? string
`},
		{"a field that has the suffix keeps its name", `{properties: {current: {type: string}, current_field: {type: string}}}`, `
Config: struct keeps loose
  Current (CurrentFieldField) current: ? string
  CurrentField current_field: ? string
`},
		{"maps of other properties", `{type: object, properties: {extra: {type: string}}, patternProperties: {'^x-': {type: integer}, '^y-': {type: integer}}, additionalProperties: {type: boolean}}`, `
Config: struct
  Extra extra: ? string
  MatchingX /^x-/: map int binding MatchingX
  MatchingY /^y-/: map int binding MatchingY
  ExtraEntries *: map bool binding ExtraEntries
ExtraEntriesBinding: map bool of bool
MatchingXBinding: map int of int
MatchingYBinding: map int of int
`},
		{"positions of tuples", `{properties: {t: {type: array, prefixItems: [{title: Host name, type: string}, {type: integer}, {x-go-name: Third, type: integer}], items: {type: string}}}}`, `
Config: struct keeps loose
  T t: ? T
T: tuple
  HostName : ? string
  Item2 : ? int
  Third : ? int
  Rest : []string
`},
	})
}

// TestTypeNames: types are named after their place, and conflicts are resolved by the
// rules at claim. The order in which types are visited makes no difference.
func TestTypeNames(t *testing.T) {
	t.Parallel()
	checkLower(t, false, []lowerCase{
		{"sections are called as their fields", `{properties: {database: {type: object, properties: {pool: {type: object, properties: {size: {type: integer}}}}}}}`, `
Config: struct keeps loose
  Database database: ? Database
Database: struct keeps
  Pool pool: ? Pool
Pool: struct keeps
  Size size: ? int
`},
		{"of two sections of one name both take a longer one", `{properties: {limits: {type: object, properties: {a: {type: string}}}, db: {type: object, properties: {limits: {type: object, properties: {b: {type: string}}}}}}}`, `
Config: struct keeps loose
  Limits limits: ? ConfigLimits
  DB db: ? DB
ConfigLimits: struct keeps
  A a: ? string
DB: struct keeps
  Limits limits: ? DBLimits
DBLimits: struct keeps
  B b: ? string
`},
		{"and so do two at the same depth", `{properties: {a: {type: object, properties: {limits: {type: object, properties: {x: {type: string}}}}}, b: {type: object, properties: {limits: {type: object, properties: {y: {type: string}}}}}}}`, `
Config: struct keeps loose
  A a: ? A
  B b: ? B
A: struct keeps
  Limits limits: ? ALimits
ALimits: struct keeps
  X x: ? string
B: struct keeps
  Limits limits: ? BLimits
BLimits: struct keeps
  Y y: ? string
`},
		{"whatever the order of the properties", `{properties: {b: {type: object, properties: {limits: {type: object, properties: {y: {type: string}}}}}, a: {type: object, properties: {limits: {type: object, properties: {x: {type: string}}}}}}}`, `
Config: struct keeps loose
  B b: ? B
  A a: ? A
B: struct keeps
  Limits limits: ? BLimits
BLimits: struct keeps
  Y y: ? string
A: struct keeps
  Limits limits: ? ALimits
ALimits: struct keeps
  X x: ? string
`},
		{"definitions go before sections, and the root before all", `{properties: {server: {type: object, properties: {a: {type: string}}}, s: {$ref: '#/$defs/server'}, c: {$ref: '#/$defs/config'}}, $defs: {server: {type: object, properties: {b: {type: string}}}, config: {type: object, properties: {c: {type: string}}}}}`, `
Config: struct keeps loose
  Server server: ? ConfigServer
  S s: ? Server
  C c: ? ConfigDef
ConfigServer: struct keeps
  A a: ? string
Server: struct keeps
  B b: ? string
ConfigDef: struct keeps
  C c: ? string
`},
		{"the package's own names take precedence", `{properties: {live: {type: object, properties: {a: {type: string}}}, open: {enum: [a, b]}, diff: {type: object, properties: {a: {type: string}}}}}`, `
Config: struct keeps loose
  Live live: ? ConfigLive
  Open open: ? ConfigOpen
  DiffField diff: ? DiffField
ConfigLive: struct keeps
  A a: ? string
ConfigOpen: enum of string "a" "b"
  const ConfigOpenA = "a"
  const ConfigOpenB = "b"
DiffField: struct keeps
  A a: ? string
`},
		{"and so do the names of bindings and makers of other types", `{properties: {tenant: {type: object, properties: {a: {type: string}}}, tenant_binding: {type: object, properties: {a: {type: string}}}, new_tenant: {type: object, properties: {a: {type: string}}}}}`, `
Config: struct keeps loose
  Tenant tenant: ? Tenant
  TenantBinding tenant_binding: ? ConfigTenantBinding
  NewTenant new_tenant: ? ConfigNewTenant
Tenant: struct keeps
  A a: ? string
ConfigTenantBinding: struct keeps
  A a: ? string
ConfigNewTenant: struct keeps
  A a: ? string
`},
		{"x-go-name on a type", `{properties: {a: {type: object, x-go-name: Alpha, properties: {x: {type: string}}}}}`, `
Config: struct keeps loose
  Alpha a: ? Alpha
Alpha: struct keeps
  X x: ? string
`},
		{"x-go-name that the package declares is refused", `{properties: {a: {$ref: '#/$defs/d'}}, $defs: {d: {type: object, x-go-name: Live, properties: {x: {type: string}}}}}`, `
s.yaml:1:51: #/$defs/d: the name Live is reserved in generated packages (choose another x-go-name)
`},
		{"items and entries are called in the singular", `{properties: {servers: {type: array, items: {type: object, properties: {a: {type: string}}}}, entries: {type: object, additionalProperties: {type: object, properties: {b: {type: string}}}}, data: {type: array, items: {type: object, properties: {c: {type: string}}}}}}`, `
Config: struct keeps loose
  Servers servers: []Server
  Entries entries: map Entry binding Entries
  Data data: []DataItem
Server: struct keeps
  A a: ? string
Entry: struct keeps
  B b: ? string
DataItem: struct keeps
  C c: ? string
EntriesBinding: map Entry of Entry
`},
		{"the name of a branch is where it differs from the others", `{properties: {sink: {oneOf: [{type: object, required: [kind], properties: {kind: {const: file}}}, {type: object, required: [kind], properties: {kind: {const: http}}}]}, u: {type: [string, integer]}, o: {oneOf: [{title: Big One, type: object, required: [a], properties: {a: {type: string}}}, {type: object, required: [b], properties: {b: {type: string}}}]}}}`, `
Config: struct keeps loose
  Sink sink: Sink
  U u: U
  O o: O
Sink: union one by kind
  file: SinkFile
  http: SinkHTTP
SinkFile: struct keeps
  Kind kind: string in "file" required
  const SinkFileKind = "file"
SinkHTTP: struct keeps
  Kind kind: string in "http" required
  const SinkHTTPKind = "http"
U: union
  a string: UString
  a whole number: UInteger
UString: string
UInteger: int
O: union one
  Big One: OBigOne
  b: OB
OBigOne: struct keeps
  A a: string required
OB: struct keeps
  B b: string required
`},
		{"x-one-of-name calls a union", `{properties: {s: {x-one-of-name: Target, oneOf: [{type: string}, {type: integer}]}}}`, `
Config: struct keeps loose
  S s: Target
Target: union
  a string: TargetString
  a whole number: TargetInteger
TargetString: string
TargetInteger: int
`},
		{"definitions keep their initialisms", `{properties: {a: {$ref: '#/$defs/http_api'}, b: {$ref: '#/$defs/a~1b c'}}, $defs: {http_api: {type: object, properties: {x: {type: string}}}, 'a/b c': {type: object, properties: {y: {type: string}}}}}`, `
Config: struct keeps loose
  A a: ? HTTPAPI
  B b: ? ABC
HTTPAPI: struct keeps
  X x: ? string
ABC: struct keeps
  Y y: ? string
`},
	})
}

// TestConstants: constants are named after their type or struct and their value.
func TestConstants(t *testing.T) {
	t.Parallel()
	checkLower(t, false, []lowerCase{
		{"values of an enum, called by type and value", `{properties: {level: {enum: [debug, info, not set]}, size: {enum: [1, 2.5, -3]}, empty: {enum: ['', ' ']}}}`, `
Config: struct keeps loose
  Level level: ? Level
  Size size: ? Size
  Empty empty: ? Empty
Level: enum of string "debug" "info" "not set"
  const LevelDebug = "debug"
  const LevelInfo = "info"
  const LevelNotSet = "not set"
Size: enum of float64 1 2.5 -3
  const Size1 = 1
  const Size2Dot5 = 2.5
  const SizeMinus3 = -3
Empty: enum of string "" " "
  const EmptyEmpty = ""
  const EmptySpace = " "
`},
		{"values that would be called the same are spelled out", `{properties: {level: {enum: [a-b, a_b, aB]}}}`, `
Config: struct keeps loose
  Level level: ? Level
Level: enum of string "a-b" "a_b" "aB"
  const LevelLowerADashB = "a-b"
  const LevelLowerAUnderscoreB = "a_b"
  const LevelLowerAB = "aB"
`},
		{"constants of fields are called by struct and field", `{properties: {version: {const: 2}, s: {type: object, properties: {kind: {const: x}}}}}`, `
Config: struct keeps loose
  Version version: ? int in 2
  S s: ? S
  const ConfigVersion = 2
S: struct keeps
  Kind kind: ? string in "x"
  const SKind = "x"
`},
		{"initialisms are one rule for all", `{properties: {method: {enum: [GET, head, http]}}}`, `
Config: struct keeps loose
  Method method: ? Method
Method: enum of string "GET" "head" "http"
  const MethodGet = "GET"
  const MethodHead = "head"
  const MethodHTTP = "http"
`},
	})
}

// TestBindings: bindings of maps and keyed lists have names; the names of types take
// precedence.
func TestBindings(t *testing.T) {
	t.Parallel()
	checkLower(t, false, []lowerCase{
		{"a map and a keyed list have a binding, a list does not", `{properties: {m: {type: object, additionalProperties: {type: string}}, k: {type: array, x-key: n, items: {type: object, required: [n], properties: {n: {type: string}}}}, l: {type: array, items: {type: string}}}}`, `
Config: struct keeps loose
  M m: map string binding M
  K k: []KItem by n binding K
  L l: []string
KItem: struct keeps
  N n: string required
KBinding: []KItem by n of KItem
MBinding: map string of string
`},
		{"fields of one name and type share a binding", `{properties: {a: {type: object, properties: {labels: {type: object, additionalProperties: {type: string}}}}, b: {type: object, properties: {labels: {type: object, additionalProperties: {type: string}}}}}}`, `
Config: struct keeps loose
  A a: ? A
  B b: ? B
A: struct keeps
  Labels labels: map string binding Labels
B: struct keeps
  Labels labels: map string binding Labels
LabelsBinding: map string of string
`},
		{"of one name and other types each has its own", `{properties: {a: {type: object, properties: {labels: {type: object, additionalProperties: {type: string}}}}, b: {type: object, properties: {labels: {type: object, additionalProperties: {type: integer}}}}}}`, `
Config: struct keeps loose
  A a: ? A
  B b: ? B
A: struct keeps
  Labels labels: map string binding ALabels
B: struct keeps
  Labels labels: map int binding BLabels
ALabelsBinding: map string of string
BLabelsBinding: map int of int
`},
		{"names of types go before those of bindings", `{properties: {tenants: {type: object, additionalProperties: {type: string}}, t: {$ref: '#/$defs/tenants'}}, $defs: {tenants: {type: object, properties: {a: {type: string}}}}}`, `
Config: struct keeps loose
  Tenants tenants: map string binding ConfigTenants
  T t: ? Tenants
Tenants: struct keeps
  A a: ? string
ConfigTenantsBinding: map string of string
`},
		{"a map of maps", `{properties: {m: {type: object, additionalProperties: {type: object, additionalProperties: {type: integer}}}}}`, `
Config: struct keeps loose
  M m: map map int binding M
MBinding: map map int of map int
MEntryBinding: map int of int
`},
		{"a root that is a map", `{type: object, additionalProperties: {type: object, properties: {a: {type: string}}}}`, `
Config: map ConfigValue
ConfigValue: struct keeps
  A a: ? string
the root binds ConfigValue
`},
	})
}

// TestDocs: comments begin with the schema's description and end with its rules.
func TestDocs(t *testing.T) {
	t.Parallel()
	checkLower(t, true, []lowerCase{
		{"the root, its title and its description", `{title: Mail relay, description: Where mail goes., properties: {a: {type: string}}}`, `
// Config defines where mail goes.
Config: struct keeps loose
  A a: ? string
`},
		{"the description of a field, its rules, and its default", `{properties: {port: {description: Where to listen., type: integer, minimum: 1, maximum: 65535, default: 80}, host: {title: Host, type: string, minLength: 1, pattern: '^a'}, n: {type: array, items: {type: string}, minItems: 1, maxItems: 3, uniqueItems: true}}, required: [host]}`, `
// Config holds the configuration.
Config: struct keeps loose
  // Where to listen.
  //
  // 1 to 65535; default 80.
  Port port: int >=1 <=65535 default 80
  // Required; at least 1 character; matches ^a.
  Host host: string length pattern required
  // 1 to 3 items; unique items.
  N n: []string unique counted
`},
		{"no rule without effect, and no repeated name", `{description: Configuration of the shop., properties: {m: {type: string, minimum: 3, format: durration}, l: {type: integer, minimum: 5, maximum: 1}, j: {type: object, description: Enables things, properties: {a: {title: A, type: string}}}, tls: {type: object, description: 'TLS, if any.', properties: {a: {type: string}}}, o: {type: object, description: Once., properties: {a: {type: string}}}, '': {type: string}}}`, `
// Config holds the configuration of the shop.
Config: struct keeps loose
  M m: ? string
  // At least 5; at most 1.
  L l: ? int >=5 <=1
  // Enables things
  J j: ? J
  // TLS, if any.
  TLS tls: ? TLS
  // Once.
  O o: ? O
  // The property "".
  Empty : ? string
// J enables things.
//
// It holds the properties of j.
J: struct keeps
  A a: ? string
// TLS (tls), if any.
TLS: struct keeps
  A a: ? string
// O (o): Once.
O: struct keeps
  A a: ? string
s.yaml:1:86: #/properties/m/format: warning: unknown format "durration"; every value is allowed (did you mean duration?)
s.yaml:1:137: #/properties/l/maximum: warning: no number is valid: minimum is 5 and maximum is 1
`},
		{"a description of one thing, and of several", `{properties: {a: {description: The address of the proxy., properties: {x: {type: string}}}, w: {description: The workers that run jobs., properties: {x: {type: string}}}}}`, `
// Config holds the configuration.
Config: struct keeps loose
  // The address of the proxy.
  A a: ? A
  // The workers that run jobs.
  W w: ? W
// A is the address of the proxy.
//
// It holds the properties of a.
A: struct keeps loose
  X x: ? string
// W describes the workers that run jobs.
//
// It holds the properties of w.
W: struct keeps loose
  X x: ? string
`},
		{"deprecation, marks, examples", `{properties: {a: {type: string, deprecated: true, examples: [x, y]}, b: {type: integer, x-reload: restart}, k: {type: array, x-merge: key, x-key: n, items: {type: object, required: [n], properties: {n: {type: string}}}}}}`, `
// Config holds the configuration.
Config: struct keeps loose
  // For example "x", "y".
  //
  // Deprecated: the schema names no replacement.
  A a: ? string deprecated
  // A change takes effect at the next start.
  B b: ? int restart
  // Layers merge items by n.
  K k: []KItem key by n binding K
// KItem holds the properties of k[].
KItem: struct keeps
  // Required.
  N n: string required
KBinding: []KItem key by n of KItem
`},
		{"any is never silent", `{properties: {a: {}, l: {type: array, items: {}}}}`, `
// Config holds the configuration.
Config: struct keeps loose
  // Any, because the schema allows any value.
  A a: ?null any
  // Holds any, because the schema does not describe the items.
  L l: []any
`},
		{"values that a field does not hold", `{properties: {k: {type: string}, x: {minimum: 1}}, if: {properties: {k: {const: a}}}, then: {properties: {y: {type: integer, default: 3}}}}`, `
// Config holds the configuration.
Config: struct keeps loose + rule
  K k: ? string
  // At least 1; unset if the value has another type.
  X x: ? float64 >=1 loose rule
  // Declared by some alternatives only, so its default is not applied.
  Y y: ? int loose conditional
`},
		{"sections, definitions, items, unions and enums have their place", `{properties: {s: {type: object, description: A section., properties: {a: {type: string}}}, l: {type: array, items: {type: object, properties: {a: {type: string}}}}, u: {type: [string, integer]}, e: {enum: [a, b]}, d: {$ref: '#/$defs/thing'}}, $defs: {thing: {type: object, title: A thing, properties: {a: {type: string}}}}}`, `
// Config holds the configuration.
Config: struct keeps loose
  // A section.
  S s: ? S
  L l: []LItem
  U u: U
  E e: ? E
  // A thing
  D d: ? Thing
// S is a section.
//
// It holds the properties of s.
S: struct keeps
  A a: ? string
// LItem holds the properties of l[].
LItem: struct keeps
  A a: ? string
// U is the type of u: [UString] or [UInteger].
U: union
  a string: UString
  a whole number: UInteger
// UString is an alternative of u.
UString: string
// UInteger is an alternative of u.
UInteger: int
// E is the type of e: one of the constants below.
E: enum of string "a" "b"
  const EA = "a"
  const EB = "b"
// Thing holds the properties of $defs/thing.
Thing: struct keeps
  A a: ? string
`},
		{"an alternative with a description of its constant", `{properties: {e: {oneOf: [{const: a, description: The first.}, {const: b, title: Second}]}}}`, `
// Config holds the configuration.
Config: struct keeps loose
  E e: ? E
// E is the type of e: one of the constants below.
E: enum of string "a" "b"
  // The first.
  const EA = "a"
  // Second
  const EB = "b"
`},
		{"text is wrapped, and cannot leave its comment", `{properties: {a: {type: string, description: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen\n\n*/ func init() {}\u2028//go:embed x"}}}`, `
// Config holds the configuration.
Config: struct keeps loose
  // one two three four five six seven eight nine ten eleven twelve thirteen
  // fourteen fifteen
  //
  // */ func init() {} //go:embed x
  A a: ? string
`},
	})
}

// TestTypeNameClash: if x-go-name gives one name to two types, that is refused, whichever
// of them is first or deeper.
func TestTypeNameClash(t *testing.T) {
	t.Parallel()
	checkLower(t, false, []lowerCase{
		{"the deeper one first", `{properties: {a: {oneOf: [{x-go-name: Thing, type: object, properties: {y: {}}}]}, b: {x-go-name: Thing, properties: {y: {}}}}}`, `
s.yaml:1:87: #/properties/b: this and #/properties/a/oneOf/0 (line 1) both get the type name Thing (set x-go-name on one of them)
`},
		{"the deeper one last", `{properties: {a: {x-go-name: Thing, properties: {y: {}}}, b: {oneOf: [{x-go-name: Thing, type: object, properties: {y: {}}}]}}}`, `
s.yaml:1:71: #/properties/b/oneOf/0: this and #/properties/a (line 1) both get the type name Thing (set x-go-name on one of them)
`},
		{"one that the package has", `{properties: {a: {x-go-name: Live, properties: {y: {}}}}}`, `
s.yaml:1:18: #/properties/a: the name Live is reserved in generated packages (choose another x-go-name)
`},
	})
}

// TestRootThatContainsItself: if the root has one alternative, it takes that alternative
// over, and types inside it are named after the root.
func TestRootThatContainsItself(t *testing.T) {
	t.Parallel()
	checkLower(t, false, []lowerCase{
		{"an inline type inside", `{anyOf: [{type: object, properties: {c: {$ref: '#'}, n: {type: object, properties: {x: {type: string}}}}}]}`, `
Config: struct keeps recursive
  C c: ? Config
  N n: ? N
ConfigDef: alias of Config
N: struct keeps
  X x: ? string
`},
	})
}
