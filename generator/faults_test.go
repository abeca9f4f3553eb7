package generator_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"maps"
	goruntime "runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/lower"
	"github.com/hotbind/hotbind/generator/internal/trial"
)

// The names of the tests in this file begin with the ids of their faults.

func generate(t *testing.T, schema string) ([]generator.File, string) {
	t.Helper()
	files, err := generator.Generate(generator.Options{Name: "s.json", Schema: []byte(schema)})
	var refused *generator.Error
	if errors.As(err, &refused) {
		return nil, refused.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	return files, ""
}

// property returns a schema with one property called key.
func property(key, schema string) string {
	return `{"properties": {` + strconv.Quote(key) + `: ` + schema + `}}`
}

// TestF009_SchemaDuplicateKeys: a key that occurs twice in a schema would silently drop
// the first one.
func TestF009_SchemaDuplicateKeys(t *testing.T) {
	_, text := generate(t, "{\"properties\": {\n\"a\": {\"type\": \"string\"},\n\"a\": {\"type\": \"integer\"}}}")
	for _, want := range []string{"s.json:3:1: properties.a: ", "line 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("got %q, want it to contain %q", text, want)
		}
	}
}

// TestF059_HostileNames: whatever the name of a property, the package compiles, or the
// finding names the two properties that cannot both be fields.
func TestF059_HostileNames(t *testing.T) {
	keys := []string{"type", "func", "range", "string", "int", "error", "nil", "true", "init", "main", "_", "a-b", "", " ", "1", "2fa",
		"été", "漢字", "ß", "Ⅷ", "ʼn", "c d", "e.f", "g/h", "i\"j", "k\\l", "m`n", "o\np", "\u0000", "\u202e", "*/", "//", "%s", "🙂", "http", "HTTP2",
		strings.Repeat("long", 2560)}
	schema := `{"properties": {`
	for i, key := range keys {
		if i > 0 {
			schema += ","
		}
		text, _ := jsonString(key)
		schema += fmt.Sprintf("%s: {\"type\": \"object\", \"properties\": {%s: {\"enum\": [%s, \"x\"]}}}", text, text, text)
	}
	m := trial.New(t)
	m.Generate("names", generator.Options{Name: "s.json", Schema: []byte(schema + "}}")})
	m.MustGo("vet", "./...")

	// The names are those of the keys, in whatever order they come.
	var first map[string]string
	for _, order := range [][]string{{"a-b", "a_b", "aB"}, {"aB", "a-b", "a_b"}, {"a_b", "aB", "a-b"}} {
		schema := `{"properties": {`
		for i, key := range order {
			if i > 0 {
				schema += ", "
			}
			schema += strconv.Quote(key) + ": {}"
		}
		var report generator.Report
		files, err := generator.Generate(generator.Options{Name: "s.json", Schema: []byte(schema + "}}"), Report: func(r generator.Report) { report = r }})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		for _, f := range report.Warnings {
			for _, key := range order {
				if _, name, ok := strings.Cut(f.Message, strconv.Quote(key)+" shares the field name AB with another property and becomes "); ok && f.Hint != "" {
					names[key] = name
				}
			}
		}
		if len(names) != 3 || first != nil && !maps.Equal(names, first) {
			t.Errorf("%q: got the names %v, want three that are always the same; first: %v", order, names, first)
		}
		for _, name := range names {
			if !bytes.Contains(files[0].Content, []byte("\t"+name+" ")) {
				t.Errorf("%q: the field %s is not there", order, name)
			}
		}
		first = names
	}
}

func jsonString(s string) (string, error) {
	var b bytes.Buffer
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String(), nil
}

// TestF060_NamesOfGeneratedCode: properties, definitions and enum values that
// are called like what is generated beside them.
func TestF060_NamesOfGeneratedCode(t *testing.T) {
	keys := []string{"config", "live", "open", "parse", "load", "schema", "diff", "equal", "clone", "marshal_j_s_o_n", "unmarshalJSON",
		"on_change", "prepare", "get", "key", "on_entry", "current", "manager", "close", "binding", "place", "root", "kept", "program",
		"change_in", "config_binding", "live_binding", "is_valid", "rt", "genrt", "genlive", "context", "time", "fields_of_config", "table_config",
		"new_config", "new_live", "bound", "at", "entries", "entry"}
	keys = append(keys, lower.PackageNames...)
	var properties, definitions []string
	for _, key := range keys {
		properties = append(properties, fmt.Sprintf(`%q: {"type": "object", "properties": {%q: {"enum": [%q, "other"]}, "t": {"format": "date-time"}}}`, key, key, key))
		definitions = append(definitions, fmt.Sprintf(`%q: {"type": "object", "properties": {"on": {"oneOf": [{"$ref": "#/$defs/%s"}, {"type": "string"}]}}}`, key, key))
	}
	m := trial.New(t)
	m.Generate("properties", generator.Options{Name: "s.json", Schema: []byte(`{"properties": {` + strings.Join(properties, ",") + `}}`)})
	m.Generate("definitions", generator.Options{Name: "s.json", Schema: []byte(`{"$defs": {` + strings.Join(definitions, ",") + `}}`)})
	m.Generate("maps", generator.Options{Name: "s.json", Schema: []byte(mapsCalled(keys))})
	m.Generate("runtime", generator.Options{Name: "s.json", Schema: []byte(property("at", `{"format": "go-duration"}`)), Package: "runtime"})
	m.Generate("time", generator.Options{Name: "s.json", Schema: []byte(property("at", `{"format": "go-duration"}`)), Package: "time"})
	m.MustGo("vet", "./...")
}

// mapsCalled is a schema of maps, maps of maps and sections with those names.
func mapsCalled(keys []string) string {
	var properties, inner []string
	for _, key := range keys {
		inner = append(inner, fmt.Sprintf(`%q: {"additionalProperties": {"type": "string"}, "type": "object"}`, key))
	}
	all := strings.Join(inner, ",")
	for _, key := range keys {
		properties = append(properties, fmt.Sprintf(`%q: {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "object", "properties": {%s}}}}`, key, all))
	}
	return `{"properties": {` + strings.Join(properties, ",") + `}}`
}

// TestF061_TextIsNoCode: text of a schema that tries to leave its comment or its
// string stays text: the output has the declarations of a harmless schema and no
// directive.
func TestF061_TextIsNoCode(t *testing.T) {
	texts := []string{"*/ func init() { panic(1) } /*", "//go:linkname a b", "\n//go:embed x\nvar X = 1", "`+evil()+`", "\"+evil()+\"",
		"\r\nfunc Evil() {}", "\u2028func Evil() {}", "/*", "*/", "//go:generate rm -rf .", "a\x00b",
		"```\n*/ func Evil() {}\n//go:embed x\n```", "a\n\n    //line evil.go:1\n\n- //export Evil\n  - //go:embed x", "[//go:embed x]: https://x.org\n\n[a](</\\*>)",
		"<!--\n//line evil.go:1\n--> &#10;//go:embed x&#10;func Evil() {}", "# //go:embed x\n\n+build x\n\n|*/|\n|--|", "> //extern evil\n\n1. */\n\n   //go:build x"}
	for _, text := range texts {
		quoted, _ := jsonString(text)
		files, refused := generate(t, fmt.Sprintf(`{"title": %s, "description": %s, "properties": {"a": {"type": "string", "title": %s, "description": %s, "default": %s, "examples": [%s]},
			"b": {"description": %s, "enum": [%s]}, "c": {"const": %s}, %s: {"type": "object", "additionalProperties": false, "patternProperties": {"^x": {"description": %s}}}}}`,
			quoted, quoted, quoted, quoted, quoted, quoted, quoted, quoted, quoted, quoted, quoted))
		if refused != "" {
			t.Errorf("%q was refused: %s", text, refused)
			continue
		}
		for _, f := range files {
			checkHarmless(t, text, f)
		}
	}
}

func checkHarmless(t *testing.T, text string, f generator.File) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, f.Name, f.Content, parser.ParseComments)
	if err != nil {
		t.Errorf("%q: %v", text, err)
		return
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "// ") && !strings.HasPrefix(c.Text, "//\t") && c.Text != "//" || constraint.IsPlusBuild(c.Text) {
				t.Errorf("%q became the comment %q", text, c.Text)
			}
		}
	}
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && (fn.Name.Name == "init" || fn.Name.Name == "Evil") {
			t.Errorf("%q became the function %s", text, fn.Name.Name)
		}
	}
}

// TestF062_Defaults: a default is checked against the schema it stands in, also
// behind a reference and inside an object; a bound may be one that no Go integer
// holds. Both are warnings and make no difference to what is valid: the default is
// not applied, the number is a float64. With Strict they are errors.
func TestF062_Defaults(t *testing.T) {
	for _, c := range []struct{ why, schema, want, field string }{
		{"a bound", property("a", `{"type": "integer", "maximum": 10, "default": 11}`),
			"#/properties/a/default: %sthe default is invalid and not applied: 11 is more than the maximum 10", "rt.Optional[int]"},
		{"a type", property("a", `{"type": "string", "default": 1}`), "#/properties/a/default: %sthe default is invalid and not applied", "rt.Optional[string]"},
		{"a format of ours", property("a", `{"format": "go-duration", "type": "string", "default": "soon"}`), "%sthe default is invalid and not applied", "rt.Optional[time.Duration]"},
		{"inside an object", property("a", `{"properties": {"x": {"type": "string"}}, "type": "object", "default": {"x": 1}}`),
			"#/properties/a/default: %sthe default at x is invalid and not applied", "rt.Optional[A]"},
		{"through a reference", `{"properties": {"a": {"$ref": "#/$defs/n", "default": -1}}, "$defs": {"n": {"type": "integer", "minimum": 0}}}`,
			"%sthe default is invalid and not applied: -1 is less than the minimum 0", "rt.Optional[int]"},
		{"a bound past int64", property("a", `{"type": "integer", "maximum": 9223372036854775808}`),
			"#/properties/a/maximum: %sthe bound 9223372036854775808 is beyond 64-bit integers", "rt.Optional[float64]"},
		{"a bound past uint64", property("a", `{"type": "integer", "minimum": 0, "maximum": 18446744073709551616}`),
			"#/properties/a/maximum: %sthe bound 18446744073709551616 is beyond 64-bit integers", "rt.Optional[float64]"},
	} {
		var report generator.Report
		opts := generator.Options{Name: "s.json", Schema: []byte(c.schema), Report: func(r generator.Report) { report = r }}
		files, err := generator.Generate(opts)
		if err != nil {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		if got, want := report.Warnings.String(), fmt.Sprintf(c.want, "warning: "); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to contain %q", c.why, got, want)
		}
		if !bytes.Contains(files[0].Content, []byte("\tA "+c.field+" `")) {
			t.Errorf("%s: the field is not a %s", c.why, c.field)
		}
		opts.Strict = true
		if _, err := generator.Generate(opts); err == nil || !strings.Contains(err.Error(), fmt.Sprintf(c.want, "")) {
			t.Errorf("%s, strict: got %v, want an error", c.why, err)
		}
	}
}

// TestF063_NeverSilentlyAny: values that are any in other generators have types here:
// several types, objects of several shapes, properties by pattern. A field of type any
// says why, and is counted.
func TestF063_NeverSilentlyAny(t *testing.T) {
	for _, c := range []struct{ schema, want string }{
		{`{"type": ["string", "integer"]}`, "type A interface {"},
		{`{"type": ["string", "null"]}`, "\tA rt.Optional[string]"},
		{`{"type": ["array", "string"], "items": {"type": "string"}}`, "\tA []string"},
		{`{"oneOf": [{"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}}, {"type": "object", "required": ["y"], "properties": {"y": {"type": "string"}}}]}`, "type A interface {"},
		{`{"anyOf": [{"type": "object", "properties": {"x": {"type": "integer"}}}, {"type": "object", "properties": {"y": {"type": "string"}}}]}`, "\tX rt.Optional[int]"},
		{`{"type": "object", "patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": false}`, "\tA map[string]int"},
		{`{"type": "object", "patternProperties": {"^x": {"type": "integer"}, "^s": {"type": "string"}}, "additionalProperties": false}`, "\tMatchingX map[string]int"},
		{`{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}`, "\tItem1 rt.Optional[int]"},
		{`{"minLength": 3}`, "\tA rt.Optional[string]"},
		{`{"enum": ["a", 1]}`, "type A interface {"},
	} {
		var report generator.Report
		files, err := generator.Generate(generator.Options{Name: "s.json", Schema: []byte(property("a", c.schema)), Report: func(r generator.Report) { report = r }})
		if err != nil {
			t.Errorf("%s: %v", c.schema, err)
			continue
		}
		if !bytes.Contains(files[0].Content, []byte(c.want)) || report.Untyped+report.Holding > 0 {
			t.Errorf("%s: %d fields are any and %d hold it; want %q in\n%s", c.schema, report.Untyped, report.Holding, c.want, files[0].Content)
		}
	}
	for _, schema := range []string{`{}`, `true`, `{"not": {"type": "string"}}`, `{"minLength": 1, "minimum": 1}`} {
		var report generator.Report
		files, err := generator.Generate(generator.Options{Name: "s.json", Schema: []byte(property("a", schema)), Report: func(r generator.Report) { report = r }})
		if err != nil {
			t.Errorf("%s: %v", schema, err)
			continue
		}
		if report.Untyped != 1 || !bytes.Contains(files[0].Content, []byte("ny, because ")) {
			t.Errorf("%s: %d fields are any; want one with a reason in\n%s", schema, report.Untyped, files[0].Content)
		}
	}
}

// TestF051_DeepData: a tree may contain itself, and a limit refuses a document with 9,000
// levels at once.
func TestF051_DeepData(t *testing.T) {
	t.Parallel()
	m := trial.New(t)
	m.Generate("tree", generator.Options{Name: "s.json", Schema: []byte(`{"$ref": "#/$defs/node", "$defs": {"node": {"type": "object",
		"properties": {"in": {"$ref": "#/$defs/node"}, "list": {"type": "array", "items": {"$ref": "#/$defs/node"}}, "any": {"oneOf": [{"type": "string"}, {"$ref": "#/$defs/node"}]}}}}}`)})
	m.Write("main.go", `package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"example.com/app/tree"
)

func main() {
	for _, key := range []string{"in", "any"} {
		nest := func(depth int) []byte {
			return []byte(strings.Repeat("{\"" + key + "\":", depth) + "{}" + strings.Repeat("}", depth))
		}
		start := time.Now()
		_, err := tree.Parse("d.json", nest(9000))
		fmt.Println(err != nil && strings.Contains(err.Error(), "deep"), time.Since(start) < time.Second)
		c, err := tree.Parse("d.json", nest(90))
		text, _ := json.Marshal(c)
		fmt.Println(err, string(text) == string(nest(90)))
		err = json.Unmarshal(nest(9000), c)
		fmt.Println(err != nil, time.Since(start) < 2*time.Second)
	}
}
`)
	want := strings.Repeat("true true\n<nil> true\ntrue true\n", 2)
	if got := m.MustGo("run", "."); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestF064_SameBytes: the same schema yields the same bytes, whatever the scheduler and
// the order of maps.
func TestF064_SameBytes(t *testing.T) {
	schema := bigSchema(20, 10)
	var first []generator.File
	for i := range 100 {
		if i%2 == 0 {
			defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(1 + 7*(i/2%2)))
		}
		files, err := generator.Generate(generator.Options{Name: "s.json", Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = files
		}
		for j := range files {
			if !bytes.Equal(files[j].Content, first[j].Content) {
				t.Fatalf("run %d wrote a different %s", i, files[j].Name)
			}
		}
	}
}

// bigSchema returns a schema with sections of fields of every kind.
func bigSchema(sections, fields int) []byte {
	kinds := []string{
		`{"type": "integer", "minimum": 0, "maximum": 1000, "default": 1}`, `{"type": "string", "minLength": 1, "description": "A text."}`,
		`{"type": "boolean", "default": true}`, `{"type": "number", "minimum": 0.5, "default": 1.5}`, `{"type": "array", "items": {"type": "string"}}`,
	}
	var b bytes.Buffer
	b.WriteString(`{"type": "object", "properties": {`)
	for s := range sections {
		if s > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"section_%d": {"type": "object", "description": "A section.", "properties": {`, s)
		for f := range fields {
			if f > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `"field_%d": %s`, f, kinds[f%len(kinds)])
		}
		b.WriteString("}}")
	}
	b.WriteString("}}")
	return b.Bytes()
}

// TestLargeSchema: 2,000 fields in 200 sections are generated and built in acceptable
// time, and Open costs little more than filling in defaults. The bounds are three times
// the goals on two cores (1 s, 6 s), so that a slow machine does not fail them; the times
// are logged.
func TestLargeSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a large package; not with -short")
	}
	start := time.Now()
	m := trial.New(t)
	m.Generate("big", generator.Options{Name: "big.json", Schema: bigSchema(200, 10)})
	generated := time.Since(start)
	m.Generate("small", generator.Options{Name: "small.json", Schema: bigSchema(2, 10)})
	m.Write("main.go", openCost)
	m.MustGo("build", "./small")
	start = time.Now()
	m.MustGo("build", "./big")
	built := time.Since(start)
	t.Logf("generated in %v, built in %v; %s", generated, built, m.MustGo("run", "."))
	if generated > 3*time.Second || built > 18*time.Second {
		t.Errorf("generated in %v and built in %v, want at most 3 s and 18 s", generated, built)
	}
}

// openCost prints the cost of Open for both packages with the same file.
const openCost = `package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"example.com/app/big"
	"example.com/app/small"
	rt "github.com/hotbind/hotbind/runtime"
)

func main() {
	source := rt.From(rt.Bytes("c.json", []byte(` + "`{\"section_1\": {\"field_0\": 3}}`" + `)))
	quiet := rt.WithLogger(slog.New(slog.DiscardHandler))
	cost := func(open func() error) time.Duration {
		const times = 50
		start := time.Now()
		for range times {
			if err := open(); err != nil {
				panic(err)
			}
		}
		return time.Since(start) / times
	}
	fmt.Println("Open of 20 fields:", cost(func() error {
		live, err := small.Open(context.Background(), source, quiet)
		if err != nil {
			return err
		}
		return live.Close()
	}), "of 2,000 fields:", cost(func() error {
		live, err := big.Open(context.Background(), source, quiet)
		if err != nil {
			return err
		}
		return live.Close()
	}))
}
`

// TestNestedAlternatives: alternatives within alternatives, and values kept as written
// within them, cost no more than the size of the document: 90 levels are read, written,
// copied and compared in negligible time.
func TestNestedAlternatives(t *testing.T) {
	t.Parallel()
	m := trial.New(t)
	m.Generate("many", generator.Options{Name: "s.json", Schema: []byte(`{"properties": {"root": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "object",
		"additionalProperties": false, "properties": {"child": {"oneOf": [{"$ref": "#/$defs/n"}, {"type": "array", "items": {"$ref": "#/$defs/n"}}]}}}}}`)})
	m.Generate("union", generator.Options{Name: "s.json", Schema: []byte(`{"properties": {"root": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"anyOf": [
		{"type": "object", "additionalProperties": false, "properties": {"child": {"$ref": "#/$defs/n"}, "a": {"type": "integer"}}},
		{"type": "object", "additionalProperties": false, "properties": {"child": {"$ref": "#/$defs/n"}, "b": {"type": "integer"}}}]}}}`)})
	m.Write("main.go", `package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"example.com/app/many"
	"example.com/app/union"
)

func main() {
	start := time.Now()
	nest := func(inner string) []byte {
		return []byte("{\"root\":" + strings.Repeat("{\"child\":", 90) + inner + strings.Repeat("}", 90) + "}")
	}
	c, err := many.Parse("d.json", nest("{}"))
	fmt.Println(err)
	text, err := json.Marshal(c)
	fmt.Println(err, string(text) == string(nest("{}")), c.Equal(*c.Clone()))
	u, err := union.Parse("d.json", nest("{\"b\":1}"))
	fmt.Println(err)
	text, err = json.Marshal(u)
	fmt.Println(err, string(text) == string(nest("{\"b\":1}")), u.Equal(*u.Clone()))
	_, err = union.Parse("d.json", nest("{\"b\":1,\"a\":1}"))
	fmt.Println(err != nil, time.Since(start) < 10*time.Second)
}
`)
	if got, want := m.MustGo("run", "."), "<nil>\n<nil> true true\n<nil>\n<nil> true true\ntrue true\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestF204_Initialisms: one rule writes a word in types, fields and constants, however
// the schema spells it. Words that are no initialisms in Go are plain words, even if the
// schema has them in capitals.
func TestF204_Initialisms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ keys, want string }{
		{"GET HEAD PUT DELETE OPTIONS", "Get Head Put Delete Options"},
		{"get head put delete options", "Get Head Put Delete Options"},
		{"ca CA sla SLA gssapi GSSAPI", "CA CA SLA SLA GSSAPI GSSAPI"},
		{"LOG_LEVEL log_level logLevel log-level", "LogLevel LogLevel LogLevel LogLevel"},
		{"API_URL api_url apiUrl apiURL APIUrl", "APIURL APIURL APIURL APIURL APIURL"},
		{"http2 HTTP2 oauth2 OAuth2 utf8 sha256 s3", "HTTP2 HTTP2 OAuth2 OAuth2 UTF8 SHA256 S3"},
		{"urls URLs user_ids userIDs cas", "URLs URLs UserIDs UserIDs CAs"},
		{"FOO foo useFOO", "Foo Foo UseFOO"},
	} {
		want := strings.Fields(c.want)
		for i, key := range strings.Fields(c.keys) {
			files, refused := generate(t, `{"properties": {"method": {"enum": [`+strconv.Quote(key)+`, "-"]}, "in": {"type": "object", "properties": {`+
				strconv.Quote(key)+`: {"type": "object", "properties": {"x": {}}}}}}}`)
			if refused != "" {
				t.Errorf("%s was refused: %s", key, refused)
				continue
			}
			source := string(files[0].Content)
			for _, declared := range []string{"\tMethod" + want[i] + " ", "\ntype " + want[i] + " struct", "\t" + want[i] + " rt.Optional[" + want[i] + "]"} {
				if !strings.Contains(source, declared) {
					t.Errorf("%s: want %q in\n%s", key, declared, source)
				}
			}
		}
	}
}

// TestF203_RulesChangeNoTypes: what the type of a field cannot express is checked
// separately. If a rule changed the type, adding one to a schema would break the code
// that uses it.
func TestF203_RulesChangeNoTypes(t *testing.T) {
	const tls = `"type": "object", "properties": {"cert": {"type": "string", "default": "c"}, "port": {"type": "integer"}}`
	fieldOf := func(schema string) string {
		files, refused := generate(t, property("tls", `{`+schema+`}`))
		if refused != "" {
			t.Fatal(refused)
		}
		for _, f := range files {
			for line := range strings.Lines(string(f.Content)) {
				if words := strings.Fields(line); len(words) > 2 && words[0] == "TLS" {
					return words[1]
				}
			}
		}
		t.Fatalf("%s: no field TLS", schema)
		return ""
	}
	want := fieldOf(tls)
	for _, rule := range []string{
		`"not": {"required": ["key"]}`,
		`"not": {"properties": {"port": {"const": 5}}, "required": ["port"]}`,
		`"if": {"required": ["port"]}, "then": {"required": ["cert"]}`,
		`"dependentRequired": {"port": ["cert"]}`,
		`"dependentSchemas": {"port": {"required": ["cert"]}}`,
		`"maxProperties": 5`,
	} {
		if got := fieldOf(tls + ", " + rule); got != want {
			t.Errorf("%s: the field is a %s, without the rule a %s", rule, got, want)
		}
	}
	// A section for which {} is invalid is not filled in, so its field must be optional.
	if got := fieldOf(tls + `, "required": ["port"]`); !strings.HasPrefix(got, "rt.Optional[") {
		t.Errorf("with a required property the field is a %s", got)
	}
}

// TestF209_GoNameOnce: a property that is reached in two ways can become two types, and
// the name in its schema applies to one of them.
func TestF209_GoNameOnce(t *testing.T) {
	t.Parallel()
	m := trial.New(t)
	for i, schema := range []string{
		`{"properties":{"o":{"allOf":[{"oneOf":[{"$ref":"#/properties/u"},{"properties":{"b":{}}}]},{"oneOf":[{}]}]},"u":{"properties":{"b":{"x-go-name":"Thing","properties":{"y":{}}}}}}}`,
		`{"properties":{"o":{"allOf":[{"$ref":"#/properties/u"},{"properties":{"b":{"properties":{"z":{}}}}}]},"u":{"properties":{"b":{"x-go-name":"Thing","properties":{"y":{}}}}}}}`,
		`{"properties":{"o":{"oneOf":[{"$ref":"#/properties/u"},{"type":"string"}]},"u":{"type":["object","null"],"properties":{"b":{"x-go-name":"Thing","type":["object","string"],"properties":{"y":{}}}}}}}`,
	} {
		files, refused := generate(t, schema)
		if refused != "" {
			t.Errorf("%s: refused: %s", schema, refused)
			continue
		}
		declared := 0
		for _, f := range files {
			declared += bytes.Count(f.Content, []byte("\ntype Thing "))
		}
		if declared != 1 {
			t.Errorf("%s: Thing is declared %d times", schema, declared)
		}
		m.Generate("p"+strconv.Itoa(i), generator.Options{Name: "s.json", Schema: []byte(schema)})
	}
	m.MustGo("build", "./...")
}

// TestEngineOfPatterns: a generated package links the engine for lookaround only if a
// pattern needs it, wherever the pattern is.
func TestEngineOfPatterns(t *testing.T) {
	t.Parallel()
	for schema, needed := range map[string]bool{
		`{"properties": {"a": {"type": "string", "pattern": "^[a-z]+$"}}}`:                                                               false,
		`{"properties": {"a": {"type": "string", "pattern": "^(?=a)"}}}`:                                                                 true,
		`{"patternProperties": {"^x-(?!y)": {"type": "string"}}, "additionalProperties": false}`:                                         true,
		`{"properties": {"a": {"type": "object", "propertyNames": {"pattern": "(a)\\1"}, "additionalProperties": {"type": "integer"}}}}`: true,
		`{"properties": {"a": {"type": "string", "not": {"pattern": "(?<!a)b"}}}}`:                                                       true,
	} {
		files, err := generator.Generate(generator.Options{Name: "s.json", Schema: []byte(schema)})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Name == "tables.gen.go" && strings.Contains(string(f.Content), `hotbind/runtime/genrt/ecma"`) != needed {
				t.Errorf("%s: got\n%s", schema, f.Content)
			}
		}
	}
}
