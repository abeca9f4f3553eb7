package genrt_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
	"github.com/hotbind/hotbind/runtime/genrt/ecma"

	rt "github.com/hotbind/hotbind/runtime"
)

// A server stands for generated code in the tests of this file. It is loose in every
// possible way.
type server struct {
	Host  string
	Port  rt.Optional[int]
	Level int
	Size  []int
	X     map[string]int
	Extra map[string]rt.Optional[bool]
	Sub   rt.Optional[sub]

	kept genrt.Kept
}

type sub struct {
	Name string
	kept genrt.Kept
}

func fieldsOfServer(p any, n int) any {
	v := p.(*server)
	switch n {
	case genrt.KeptField:
		return &v.kept
	case 0:
		return &v.Host
	case 1:
		return &v.Port
	case 2:
		return &v.Level
	case 3:
		return &v.Size
	case 4:
		return &v.X
	case 5:
		return &v.Extra
	case 6:
		return &v.Sub
	}
	return nil
}

func fieldsOfSub(p any, n int) any {
	v := p.(*sub)
	if n == genrt.KeptField {
		return &v.kept
	}
	return &v.Name
}

var (
	serverRules = genrt.Rules{
		{},
		{Not: 2}, // null is not a valid port
		{Kinds: genrt.KindNull},
		{Range: &genrt.Range{Max: "9"}},
	}
	tableServer = genrt.Struct{
		At:       fieldsOfServer,
		Loose:    true,
		Rules:    &serverRules,
		Extra:    6,
		Patterns: []genrt.PatternField{{Pattern: &genrt.Pattern{Source: "^x-(?!y)", Engine: ecma.Engine}, Field: 4}},
		Fields: []genrt.Field{
			{Key: "host", Type: &genrt.String{}, Required: true, Loose: true},
			{Key: "port", Type: &genrt.Optional{As: &genrt.Some[int]{}, Elem: &genrt.Int[int]{}}, Loose: true, Rule: 1},
			{Key: "level", Type: &genrt.Int[int]{}, Default: "3", Loose: true},
			{Key: "size", Type: &genrt.List[[]int, int]{Elem: &genrt.Int[int]{}}, Loose: true},
			{Type: &genrt.Map[map[string]int, int]{Elem: &genrt.Int[int]{}}, Entries: true, Loose: true, Rule: 3},
			{Type: &genrt.Checked{Type: &genrt.Map[map[string]rt.Optional[bool], rt.Optional[bool]]{Elem: &genrt.Optional{As: &genrt.Some[bool]{}, Elem: &genrt.Bool[bool]{}, Nullable: true}}}, Entries: true, Loose: true},
			{Key: "sub", Type: &genrt.Optional{As: &genrt.Some[sub]{}, Elem: &genrt.Struct{
				At: fieldsOfSub, Loose: true, Fields: []genrt.Field{{Key: "name", Type: &genrt.String{}, Required: true}},
			}}},
		},
	}
)

// decode reads text as T and returns errors and warnings separately.
func decode[T any](t *testing.T, table genrt.Type, text string) (v *T, errors, warnings []string) {
	t.Helper()
	doc, findings := document.ParseYAML("t.yaml", []byte(text), document.Limits{})
	if len(findings) > 0 {
		t.Fatalf("%s: %v", text, findings)
	}
	p := genrt.Program{Type: table, New: func() any { return new(T) }}
	snapshot, findings := p.Decode(doc)
	for _, f := range findings.Errors() {
		errors = append(errors, strings.TrimPrefix(f.String(), "t.yaml:"))
	}
	for _, f := range findings.Warnings() {
		warnings = append(warnings, strings.TrimPrefix(f.String(), "t.yaml:"))
	}
	return snapshot.(*T), errors, warnings
}

// TestLooseRoundTrip: a value that a loose type allows but cannot hold is written back as
// it was read, in its place, and is included in comparisons and copies.
func TestLooseRoundTrip(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"host":"a"}`: `{"host":"a","level":3}`,
		`{"host":1.50,"port":"http","level":"high"}`:   "",
		`{"host":"a","level":null,"size":[1,"b"]}`:     "",
		`{"host":"a","level":1,"x-1":1,"x-2":"b"}`:     "",
		`{"host":"a","level":1,"x-y":true,"u":1e2}`:    "",
		`{"host":"a","level":1,"sub":5}`:               "",
		`{"host":"a","level":1,"sub":{"name":"b"}}`:    "",
		`{"host":"a","level":1,"sub":[1.0,{"a":"b"}]}`: "",
		`"text"`: "", `[1.50]`: "", `5`: "", `false`: "", `{}`: "-",
	} {
		v, errors, _ := decode[server](t, &tableServer, text)
		if want == "-" {
			if len(errors) != 1 {
				t.Errorf("%s: %q", text, errors)
			}
			continue
		}
		if len(errors) > 0 {
			t.Errorf("%s: %q", text, errors)
			continue
		}
		if want == "" {
			want = text
		}
		encoded := genrt.Show(&tableServer, v)
		if encoded != want {
			t.Errorf("%s became %s", text, encoded)
		}
		again, _, _ := decode[server](t, &tableServer, encoded)
		c := genrt.Clone(&tableServer, v)
		if !genrt.Equal(&tableServer, v, again) || !genrt.Equal(&tableServer, v, c) || genrt.Show(&tableServer, c) != want {
			t.Errorf("%s: read again or copied it differs", text)
		}
	}
}

// TestLooseFields: a field that cannot hold its value behaves like an absent field
// without a default, and one warning says why.
func TestLooseFields(t *testing.T) {
	t.Parallel()
	v, errors, warnings := decode[server](t, &tableServer, "{host: 1, port: a, level: b, size: [1, c], x-1: d, u: 1}")
	if len(errors) > 0 || v.Host != "" || v.Port.IsSet() || v.Level != 0 || v.Size != nil || v.X != nil || v.Extra != nil {
		t.Errorf("got %+v, %q", v, errors)
	}
	const hint = "the schema allows it, but the Go field cannot hold it"
	want := []string{
		`1:8: host: warning: found the number 1, want a string (` + hint + ")",
		`1:17: port: warning: found the string "a", want a whole number (` + hint + ")",
		`1:27: level: warning: found the string "b", want a whole number (` + hint + ")",
		`1:40: size[1]: warning: found the string "c", want a whole number (` + hint + ")",
		`1:49: x-1: warning: found the string "d", want a whole number (` + hint + ")",
		`1:55: u: warning: found the number 1, want true or false (` + hint + ")",
	}
	if !slices.Equal(warnings, want) {
		t.Errorf("got %s", strings.Join(warnings, "\n"))
	}
	_, errors, warnings = decode[server](t, &tableServer, "[1]")
	want = []string{"1:1: (document): warning: is not an object; the schema names no type and allows it, but the Go field cannot hold it"}
	if len(errors) > 0 || !slices.Equal(warnings, want) {
		t.Errorf("got %q, %q", errors, warnings)
	}
}

// TestLooseRules: a rule applies to every value of a loose field, whether the field holds
// it or not. The same is true for the entries of a map.
func TestLooseRules(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{host: a, port: null}":  "1:17: port: is not allowed here: it must not be null",
		"{host: a, port: b}":     "",
		"{host: a, x-1: 10}":     "1:16: x-1: 10 is more than the maximum 9",
		"{host: a, x-1: 10.5}":   "1:16: x-1: 10.5 is more than the maximum 9",
		"{host: a, x-1: 8.5}":    "",
		"{host: a, sub: {n: 1}}": "1:16: sub.name: is required but missing",
	} {
		if _, errors, _ := decode[server](t, &tableServer, text); strings.Join(errors, "\n") != want {
			t.Errorf("%s: %q", text, errors)
		}
	}
}

// TestLooseDiff: a value that no field holds is compared like any other.
func TestLooseDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, want string }{
		{`{"host":"a","port":"b"}`, `{"host":"a","port":"c"}`, "port"},
		{`{"host":"a","port":"b"}`, `{"host":"a"}`, "port"},
		{`{"host":"a","port":"b"}`, `{"host":"a","port":1}`, "port port"},
		{`{"host":"a","port":1.0}`, `{"host":"a","port":1}`, ""},
		{`{"host":"a","x-1":"b"}`, `{"host":"a","x-1":"c"}`, "x-1"},
		{`{"host":"a","sub":1}`, `{"host":"a","sub":2}`, "sub"},
		{`{"host":"a","sub":1}`, `{"host":"a","sub":{"name":"b"}}`, "sub"},
		{`{"host":"a","sub":1}`, `{"host":"a"}`, "sub"},
		{`1`, `1.0`, ""},
		{`1`, `2`, "."},
	} {
		before, _, _ := decode[server](t, &tableServer, c.before)
		after, _, _ := decode[server](t, &tableServer, c.after)
		var paths []string
		for _, change := range genrt.Diff(&tableServer, before, after).Changes {
			if change.Path == "" {
				change.Path = "."
			}
			paths = append(paths, change.Path)
		}
		if got := strings.Join(paths, " "); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

// A span is a tuple: a name, a count, a float with its own text, and more.
type span struct {
	Name  string
	Times rt.Optional[int]
	More  []string
	Ratio rt.Optional[float64]
	kept  genrt.Kept
}

func fieldsOfSpan(p any, n int) any {
	v := p.(*span)
	switch n {
	case genrt.KeptField:
		return &v.kept
	case 0:
		return &v.Name
	case 1:
		return &v.Times
	case 2:
		return &v.More
	case 3:
		return &v.Ratio
	}
	return nil
}

// tupleSpan has its rest in the middle of the fields, and Ratio in the third position.
// Without a rest, More is a position.
func tupleSpan(change func(*genrt.Tuple)) *genrt.Tuple {
	t := &genrt.Tuple{At: fieldsOfSpan, Rest: 3, Fields: []genrt.Field{
		{Type: &genrt.String{}, Required: true},
		{Type: &genrt.Optional{As: &genrt.Some[int]{}, Elem: &genrt.Int[int]{}}, Loose: true},
		{Type: &genrt.List[[]string, string]{Elem: &genrt.String{}}},
		{Type: &genrt.Optional{As: &genrt.Some[float64]{}, Elem: &genrt.Float[float64]{}}, Scratch: func() any { return new(rt.Optional[float64]) }},
	}}
	change(t)
	return t
}

func withRest(*genrt.Tuple)      {}
func withoutRest(t *genrt.Tuple) { t.Rest, t.Fields = 0, t.Fields[:2] }
func closed(t *genrt.Tuple)      { withoutRest(t); t.Closed = true }

// TestTuple: positions are fields, and the written text equals the text read, with
// missing positions, texts, items after the positions, and values that a position cannot
// hold.
func TestTuple(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*genrt.Tuple)
		text   string
	}{
		{withRest, `["a"]`}, {withRest, `["a",1]`}, {withRest, `["a",1,1.50]`}, {withRest, `["a",1,2,"b","c"]`}, {withRest, `["a","x",2]`},
		{withoutRest, `["a",1,2,{"b":1.0}]`}, {withoutRest, `["a"]`}, {closed, `["a",1]`}, {closed, `["a",{"x":1.0}]`},
	} {
		table := tupleSpan(c.change)
		v, errors, _ := decode[span](t, table, c.text)
		if len(errors) > 0 || genrt.Show(table, v) != c.text {
			t.Errorf("%s became %s, %q", c.text, genrt.Show(table, v), errors)
			continue
		}
		copied := genrt.Clone(table, v)
		if !genrt.Equal(table, v, copied) || genrt.Show(table, copied) != c.text {
			t.Errorf("%s: the copy is %s", c.text, genrt.Show(table, copied))
		}
		other, _, _ := decode[span](t, table, `["b"]`)
		if genrt.Equal(table, v, other) || len(genrt.Diff(table, v, other).Changes) != 1 {
			t.Errorf("%s: nothing differs from another", c.text)
		}
	}
	table := tupleSpan(withRest)
	v, _, _ := decode[span](t, table, `["a",1,2,"b"]`)
	if v.Name != "a" || v.Times.Or(0) != 1 || v.Ratio.Or(0) != 2 || !slices.Equal(v.More, []string{"b"}) {
		t.Errorf("got %+v", v)
	}
	if v.More = nil; genrt.Show(table, v) != `["a",1,2]` {
		t.Errorf("got %s", genrt.Show(table, v))
	}
}

// TestTupleRefused: findings have the index of their item, and a missing item is reported
// once.
func TestTupleRefused(t *testing.T) {
	t.Parallel()
	length := func(c genrt.Count) func(*genrt.Tuple) { return func(t *genrt.Tuple) { t.Length = c } }
	for _, c := range []struct {
		change     func(*genrt.Tuple)
		text, want string
	}{
		{withRest, "{}", "1:1: (document): found an object, want a list"},
		{withRest, "[]", "1:1: [0]: is required but missing"},
		{withRest, "[1]", `1:2: [0]: found the number 1, want a string (write "1", in quotes)`},
		{withRest, "[a, 1, 2, b, 3]", `1:14: [4]: found the number 3, want a string (write "3", in quotes)`},
		{closed, "[a, 1, 2]", "1:1: (document): has 3 items, want at most 2"},
		{length(genrt.Count{Min: 1}), "[]", "1:1: (document): must not be empty"},
		{length(genrt.Count{Max: 2, Capped: true}), "[a, 1, 2]", "1:1: (document): has 3 items, want at most 2"},
		{func(t *genrt.Tuple) { t.Unique = true }, "[a, 1, 1.0]", "1:8: (document): items 1 and 2 are equal; all items must differ"},
	} {
		if _, errors, _ := decode[span](t, tupleSpan(c.change), c.text); strings.Join(errors, "\n") != c.want {
			t.Errorf("%s: %q, want %s", c.text, errors, c.want)
		}
	}
}

// TestTupleDefaults: an absent position gets its default only if all positions before it
// are set, because a list has no holes.
func TestTupleDefaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ first, second, want string }{{"1", "2", `["a",1,2]`}, {"", "2", `["a"]`}, {"1", "", `["a",1]`}} {
		table := tupleSpan(func(t *genrt.Tuple) { t.Fields[1].Default, t.Fields[3].Default = c.first, c.second })
		v, errors, _ := decode[span](t, table, "[a]")
		if got := genrt.Show(table, v); len(errors) > 0 || got != c.want {
			t.Errorf("got %s, %q, want %s", got, errors, c.want)
		}
	}
}

// TestChecked: a checked type behaves like the type inside it. A finding that both make
// is reported once, with the message of the rule.
func TestChecked(t *testing.T) {
	t.Parallel()
	rules := genrt.Rules{
		{},
		{Kinds: genrt.KindObject, Object: &genrt.ObjectRule{
			Properties: []genrt.PropertyRule{{Key: "host", Rule: 2}, {Key: "size", Rule: 3}}, Required: []string{"host"}, Dependent: []genrt.PropertyRule{{Key: "port", Rule: 4}},
		}},
		{Kinds: genrt.KindString},
		{Array: &genrt.ArrayRule{Contains: 5}},
		{Object: &genrt.ObjectRule{Required: []string{"level"}}},
		{Enum: []string{"1"}},
	}
	strict := tableServerStrict()
	table := &genrt.Checked{Type: strict, Rules: &rules, Rule: 1}
	for text, want := range map[string]string{
		"{host: a}":            "",
		"{host: 1}":            `1:8: host: found the number 1, want a string (write "1", in quotes)`,
		"{}":                   "1:1: host: is required but missing",
		"[]":                   "1:1: (document): found a list, want an object",
		"{host: a, size: [2]}": "1:17: size: contains 0 matching items, want at least 1",
		"{port: 1}":            "1:1: host: is required but missing\n1:1: level: is required but missing",
		"{host: 1, port: b}": `1:1: level: is required but missing` + "\n" + `1:8: host: found the number 1, want a string (write "1", in quotes)` +
			"\n" + `1:17: port: found the string "b", want a whole number`,
	} {
		if _, errors, _ := decode[server](t, table, text); strings.Join(errors, "\n") != want {
			t.Errorf("%s:\n got %s\nwant %s", text, strings.Join(errors, "\n"), want)
		}
	}
	v, _, _ := decode[server](t, table, `{"host":"a","u":null}`)
	if table.Kind() != document.Object || len(table.Properties()) != 4 || genrt.Show(table, v) != `{"host":"a","level":3,"u":null}` {
		t.Errorf("got %s", genrt.Show(table, v))
	}
}

// tableServerStrict returns the table of server with nothing loose.
func tableServerStrict() *genrt.Struct {
	fields := slices.Clone(tableServer.Fields[:4])
	for i := range fields {
		fields[i].Loose, fields[i].Rule = false, 0
	}
	return &genrt.Struct{At: fieldsOfServer, Fields: fields}
}

// TestCheckedSecret: the finding of a rule does not show a secret, and the placeholder of
// a secret is refused as such.
func TestCheckedSecret(t *testing.T) {
	t.Parallel()
	rules := genrt.Rules{{}, {Text: &genrt.Text{Length: genrt.Count{Min: 3}, Pattern: &genrt.Pattern{Source: "^x"}}, Not: 2}, {Enum: []string{`"q"`}}}
	table := &genrt.Checked{Type: &genrt.Secret[string]{Elem: &genrt.String{}}, Rules: &rules, Rule: 1}
	_, errors, _ := decode[rt.Secret[string]](t, table, "q")
	if got := strings.Join(errors, "\n"); len(errors) != 3 || strings.Contains(got, `"q"`) || !strings.Contains(got, "the value does not match") {
		t.Errorf("got %s", got)
	}
	if _, errors, _ = decode[rt.Secret[string]](t, table, "'[secret]'"); len(errors) != 1 || !strings.Contains(errors[0], "the placeholder for a hidden secret") {
		t.Errorf("got %q", errors)
	}
}

// TestCheckedBranch: a branch of a union may be checked. If a value matches several
// branches loosely, the branch that can hold it is used.
func TestCheckedBranch(t *testing.T) {
	t.Parallel()
	rules := genrt.Rules{{}, {Range: &genrt.Range{MultipleOf: "2"}}}
	table := &genrt.Union{
		Branches: []genrt.Branch{
			{Name: "Server", Type: &tableServer, Of: (*server)(nil)},
			{Name: "an even number", Type: &genrt.Checked{Type: &genrt.Int[int]{}, Rules: &rules, Rule: 1}, Of: (*int)(nil)},
		},
	}
	v, errors, _ := decode[any](t, table, "4")
	if n, ok := (*v).(int); !ok || n != 4 || len(errors) > 0 {
		t.Errorf("got %v, %q", *v, errors)
	}
	v, errors, _ = decode[any](t, table, "3")
	if _, ok := (*v).(server); !ok || len(errors) > 0 {
		t.Errorf("got %v, %q", *v, errors)
	}
}

// A route stands for the generated code of a section of unions.
type route struct {
	To      any
	Through []any
	Back    rt.Optional[any]
}

// TestNilUnion: a nil interface is a missing value, and its message lists the allowed
// alternatives. It is null only where the schema allows null.
func TestNilUnion(t *testing.T) {
	t.Parallel()
	union := &genrt.Union{Branches: []genrt.Branch{
		{Name: "Name", Type: &genrt.String{}, Of: (*string)(nil)}, {Name: "Port", Type: &genrt.Int[int]{}, Of: (*int)(nil)},
	}}
	table := &genrt.Struct{
		At: func(p any, n int) any {
			v := p.(*route)
			return []any{&v.To, &v.Through, &v.Back, new(genrt.Kept)}[(n+4)%4]
		},
		Fields: []genrt.Field{
			{Key: "to", Type: union, Required: true},
			{Key: "through", Type: &genrt.List[[]any, any]{Elem: union}},
			{Key: "back", Type: &genrt.Optional{As: &genrt.Some[any]{}, Elem: union, Nullable: true}, Required: true},
		},
	}
	p := &genrt.Program{Type: table, New: func() any { return new(route) }}
	err := genrt.Validate(p, &route{Through: []any{"x", nil}})
	const want = "(value): through[1]: is required but missing (allowed: Name, Port)\n(value): to: is required but missing (allowed: Name, Port)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := string(p.Marshal(new(route))); got != `{"back":null}` {
		t.Errorf("it is written as %s", got)
	}
}

// TestTypedVerdicts: the checks of types follow JSON Schema exactly: they count
// characters, not bytes, and compare values, not spellings.
func TestTypedVerdicts(t *testing.T) {
	t.Parallel()
	one := genrt.Count{Min: 1, Max: 1, Capped: true}
	enum := []string{"1", `"a"`, `{"b":[1,2]}`, "null", "0"}
	for _, c := range []struct {
		table   genrt.Type
		new     func() any
		yes, no []string
	}{
		{&genrt.String{Text: genrt.Text{Length: one}}, func() any { return new(string) }, []string{`"é"`, `"😀"`}, []string{`""`, `"éé"`}},
		{&genrt.Int[int]{}, func() any { return new(int) }, []string{"1.0", "1e2", "-0", "-0.0"}, []string{"1.5", "1e-1"}},
		{
			&genrt.Any{Enum: enum}, func() any { return new(any) },
			[]string{"1.0", "10e-1", `"a"`, `{"b":[1,2.0]}`, "-0.0", "null"}, []string{"2", `"1"`, `{"b":[2,1]}`, "false", "[]"},
		},
		{
			&genrt.List[[]any, any]{Elem: &genrt.Any{}, Unique: true}, func() any { return new([]any) },
			[]string{`[1,true,"1",[1],{"a":1}]`, "[0,false]"}, []string{"[1,1.0]", `[{"a":1,"b":2},{"b":2,"a":1.0}]`, "[0,-0]"},
		},
		{&genrt.Float[float64]{Range: genrt.Range{MultipleOf: "0.01"}}, func() any { return new(float64) }, []string{"4.02", "1e300"}, []string{"0.015"}},
		{&genrt.Float[float64]{Range: genrt.Range{Below: "0.3"}}, func() any { return new(float64) }, []string{"0.29999999999999999999"}, []string{"0.30"}},
	} {
		p := genrt.Program{Type: c.table, New: c.new}
		allowed := func(text string) bool {
			doc, findings := document.ParseValue(document.Position{File: "t"}, text, document.Limits{})
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			_, findings = p.Decode(doc)
			return len(findings) == 0
		}
		for _, text := range c.yes {
			if !allowed(text) {
				t.Errorf("%T: %s is refused", c.table, text)
			}
		}
		for _, text := range c.no {
			if allowed(text) {
				t.Errorf("%T: %s is allowed", c.table, text)
			}
		}
	}
}

// TestConst: the empty string stands for the only allowed value of a string, also in
// named types.
func TestConst(t *testing.T) {
	type kind string
	table := &genrt.String{Text: genrt.Text{Enum: []string{`"file"`}}, Const: "file", As: &genrt.Named[kind]{}}
	empty, given, other := kind(""), kind("file"), kind("http")
	if !genrt.Equal(table, &empty, &given) || genrt.Equal(table, &empty, &other) {
		t.Error("the empty string does not stand for the constant, or for everything")
	}
	if got := genrt.Show(table, &empty); got != `"file"` {
		t.Errorf("it is written as %s", got)
	}
	if got := *genrt.Clone(table, &empty).(*kind); got != "file" {
		t.Errorf("the copy is %q", got)
	}
	if c := genrt.Changes(table, &empty, &other); len(c) != 1 || c[0].Old != given {
		t.Errorf("the change is %v", c)
	}
}
