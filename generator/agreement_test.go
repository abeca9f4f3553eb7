package generator_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// The tests of this file compare generated code with the schema alone (packages validate
// and untyped, and so the command). Both must give the same verdict, the same messages at
// the same positions, the same values with their defaults and secrets, and the same x-
// marks (FAULTS F187).

// An agreement is a schema with documents on which both must agree.
type agreement struct {
	name      string
	schema    []byte
	file      string // the name of the schema
	folder    fs.FS
	documents []trial.Document

	pkg *trial.Package
}

// TestF187_Named has the differences that were found before both used one reading of a
// schema.
func TestF187_Named(t *testing.T) {
	if testing.Short() {
		t.Skip("builds packages; not with -short")
	}
	chain := `{"$ref": "#/$defs/d0", "$defs": {`
	for i := range 150 {
		chain += fmt.Sprintf(`"d%d": {"$ref": "#/$defs/d%d"}, `, i, i+1)
	}
	chain += `"d150": {"type": "object"}}}`
	agree(t, []*agreement{
		{name: "a map or an object with a default", file: "s.json", schema: []byte(`{"properties": {"v": {"oneOf": [
			{"type": "object", "additionalProperties": {"type": "string"}},
			{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer", "default": 5}}, "required": ["a"]}]}}}`),
			documents: named(`{"v": {"a": 1}}`, `{"v": {"a": "x"}}`, `{"v": {"a": 1.5}}`, `{"v": {}}`, `{"v": 3}`)},
		{name: "a chain of 150 references", file: "s.json", schema: []byte(chain), documents: named(`{}`, `3`)},
		{name: "sentences", file: "s.json", schema: []byte(`{"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
			"name": {"type": "string", "minLength": 2, "pattern": "^[a-z]+$"}, "port": {"type": "integer", "minimum": 1, "maximum": 65535, "multipleOf": 5},
			"level": {"enum": ["debug", "info"]}, "mode": {"const": "fast"}, "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true},
			"time": {"type": "string", "format": "date-time"}, "only": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
			"limits": {"type": "object", "maxProperties": 1, "propertyNames": {"maxLength": 3}, "additionalProperties": {"type": "integer"}},
			"not": {"type": "string", "not": {"enum": ["root"]}}, "if": {"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}},
			"tuple": {"type": "array", "prefixItems": [{"type": "integer"}], "items": false}, "has": {"type": "array", "contains": {"type": "integer"}},
			"secret": {"type": "string", "writeOnly": true, "minLength": 3}}}`),
			documents: named(`{"name": "x"}`, `{"name": "aB"}`, `{"nmae": "ab"}`, `{"name": "ab", "port": 0}`, `{"name": "ab", "port": 70000}`, `{"name": "ab", "port": 7}`,
				`{"name": "ab", "level": "inof"}`, `{"name": "ab", "mode": "slow"}`, `{"name": "ab", "tags": []}`, `{"name": "ab", "tags": ["a", "a"]}`,
				`{"name": "ab", "time": "soon"}`, `{"name": "ab", "only": true}`, `{"name": "ab", "limits": {"a": 1, "b": 2}}`, `{"name": "ab", "limits": {"abcd": 1}}`,
				`{"name": "ab", "not": "root"}`, `{"name": "ab", "if": {"a": 1}}`, `{"name": "ab", "tuple": [1, 2]}`, `{"name": "ab", "has": ["x"]}`,
				`{"name": "ab", "secret": "x"}`, `{"name": "ab", "port": 99999999999999999999}`, `{"name": "ab", "port": "8080"}`)},
	})
}

// TestF187_Keywords compares every document of testdata/keywords.
func TestF187_Keywords(t *testing.T) {
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	var list []*agreement
	for _, c := range readKeywordCases(t) {
		if bytes.Contains(c.schema, []byte("x-go-type")) {
			continue // a schema alone does not know what a Go type refuses: F205
		}
		a := &agreement{name: c.packageName(), schema: c.schema, file: "schema.yaml", folder: c.folder()}
		for _, s := range slices.Concat(c.valid, c.invalid) {
			a.documents = append(a.documents, trial.Document{Name: s.name(), Text: []byte(s.text)})
		}
		list = append(list, a)
	}
	agree(t, list)
}

// TestF187_Golden generates valid and invalid documents for every golden schema.
func TestF187_Golden(t *testing.T) {
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	var list []*agreement
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := goldenInput(archive)
		if bytes.Contains(in.schema, []byte("x-go-type")) {
			continue
		}
		a := &agreement{name: "g" + strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".txtar"), "_", ""), schema: in.schema, file: in.name, folder: in.files}
		a.invent(12)
		list = append(list, a)
	}
	agree(t, list)
}

// TestF187_Corpus uses schemas written by people, with their fixtures and with generated
// documents: 25 schemas, or all 100 with HOTBIND_FULL=1.
func TestF187_Corpus(t *testing.T) {
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	store := filepath.Join(suites.SchemaStore.Need(t), "src")
	most := 25
	if os.Getenv("HOTBIND_FULL") == "1" {
		most = 100
	}
	agree(t, corpusAgreements(t, store, most))
}

// corpusAgreements returns schemas with fixtures, spread over the corpus. The largest are
// left to make corpus.
func corpusAgreements(t *testing.T, store string, most int) (list []*agreement) {
	t.Helper()
	schemas := filepath.Join(store, "schemas", "json")
	files, err := filepath.Glob(filepath.Join(schemas, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	const largest = 60 << 10
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if i%5 != 0 || len(text) > largest || len(list) >= most {
			continue
		}
		name := filepath.Base(file)
		a := &agreement{name: fmt.Sprintf("c%d", i), schema: text, file: name, folder: os.DirFS(schemas)}
		for _, kind := range []string{"test", "negative_test"} {
			fixtures, _ := filepath.Glob(filepath.Join(store, kind, strings.TrimSuffix(name, ".json"), "*"))
			for _, fixture := range fixtures[:min(len(fixtures), 10)] {
				if ext := filepath.Ext(fixture); ext == ".json" || ext == ".yaml" || ext == ".yml" {
					text, _ := os.ReadFile(fixture)
					a.documents = append(a.documents, trial.Document{Name: "d" + ext, Text: text})
				}
			}
		}
		a.invent(6)
		list = append(list, a)
	}
	return list
}

func named(texts ...string) (list []trial.Document) {
	for _, text := range texts {
		list = append(list, trial.Document{Name: "d.json", Text: []byte(text)})
	}
	return list
}

// invent adds documents that match the schema more or less.
func (a *agreement) invent(count int) {
	s, _ := validate.Load(a.file, a.schema, a.folder)
	if s == nil {
		return
	}
	for seed := range uint64(count) {
		in := inventor{rand.New(rand.NewPCG(seed, 7))}
		a.documents = append(a.documents, trial.Document{Name: "d.json", Text: in.value(s.Shape(), 5).AppendJSON(nil)})
	}
}

// An inventor generates documents for a shape.
type inventor struct{ *rand.Rand }

// simple holds values as JSON.
var simple = []string{
	"null", "true", "0", "-1.5", "99999999999999999999", `""`, `"x"`, `"http://a.example/b"`, `"10s"`, `"` + document.Redacted + `"`, "[]", "{}",
}

func (in inventor) value(shape document.Shape, depth int) *document.Node {
	if shape == nil || depth == 0 || in.IntN(12) == 0 {
		n, _ := document.ParseValue(document.Position{File: "d.json"}, simple[in.IntN(len(simple))], document.Limits{})
		return n
	}
	kind := shape.Kind()
	if kind == 0 {
		kind = document.Kind(1 + in.IntN(int(document.Object)))
	}
	switch kind {
	case document.Object:
		return in.object(shape, depth)
	case document.List:
		var items []*document.Node
		for range in.IntN(3) {
			items = append(items, in.value(shape.Item(), depth-1))
		}
		return document.NewList(items, document.Position{})
	}
	for {
		n, _ := document.ParseValue(document.Position{File: "d.json"}, simple[in.IntN(len(simple))], document.Limits{})
		if n.Kind() == kind {
			return n
		}
	}
}

func (in inventor) object(shape document.Shape, depth int) *document.Node {
	n := document.NewObject(nil, document.Position{})
	share := 1 + in.IntN(4)
	for _, p := range shape.Properties() {
		if in.IntN(share) > 0 {
			continue
		}
		v := in.value(p.Shape, depth-1)
		if p.Default != "" && in.IntN(2) == 0 {
			v, _ = document.ParseValue(document.Position{File: "default"}, p.Default, document.Limits{})
		}
		n.Set(p.Key, v)
	}
	if below, allowed := shape.Member("other"); allowed && in.IntN(3) == 0 || in.IntN(8) == 0 {
		n.Set("other", in.value(below, depth-1))
	}
	return n
}

// agree lets both judge the documents of all schemas.
func agree(t *testing.T, list []*agreement) {
	t.Helper()
	m := trial.New(t)
	var packages []*trial.Package
	var documents []trial.Document
	for i, a := range list {
		var err error
		folder := a.name // so that a package of several tests is built once
		if !token.IsIdentifier(folder) {
			folder = fmt.Sprintf("a%d", i)
		}
		a.pkg, err = m.Add(folder, generator.Options{Name: a.file, Schema: a.schema, Files: a.folder})
		s, findings := validate.Load(a.file, a.schema, a.folder)
		var refused *generator.Error
		switch {
		case err == nil && s == nil:
			t.Errorf("%s: the generator accepts the schema, and validate refuses it: %s", a.name, findings)
		case err != nil && s != nil:
			t.Errorf("%s: validate accepts the schema, and the generator refuses it: %v", a.name, err)
		case errors.As(err, &refused) && refused.Findings.String() != findings.Errors().String():
			t.Errorf("%s: the generator returns\n%v\nand validate\n%s", a.name, err, findings.Errors())
		}
		if err != nil {
			continue
		}
		packages = append(packages, a.pkg)
		documents = append(documents, trial.Document{Package: a.pkg, Name: trial.ShapeName})
		for _, d := range a.documents {
			d.Package = a.pkg
			documents = append(documents, d)
		}
	}
	verdicts := m.Judge(packages, documents)
	for _, a := range list {
		if a.pkg == nil {
			continue
		}
		if a.pkg.Broken != "" {
			t.Errorf("%s does not build:\n%s", a.name, a.pkg.Broken)
		}
		if s, _ := validate.Load(a.file, a.schema, a.folder); s != nil {
			a.compare(t, s, verdicts[:1+len(a.documents)])
		}
		verdicts = verdicts[1+len(a.documents):]
	}
	t.Logf("%d schemas, %d documents", len(packages), len(documents)-len(packages))
}

func (a *agreement) compare(t *testing.T, s *validate.Schema, verdicts []trial.Verdict) {
	t.Helper()
	if diff := cmp.Diff(verdicts[0].Written, trial.Describe(s.Shape(), trial.ShapeDepth)); diff != "" {
		t.Errorf("%s: the shape in generated code (-) and by the schema alone (+):\n%s", a.name, diff)
	}
	for i, d := range a.documents {
		want, got := verdicts[1+i], untypedVerdict(t, s, d)
		switch {
		case want.Error != got.Error:
			t.Errorf("%s: %s: generated code returns\n%s\nand the schema alone\n%s", a.name, d.Text, or(want.Error, "valid"), or(got.Error, "valid"))
		case want.Written != got.Written:
			t.Errorf("%s: %s: generated code has\n%s\nand the schema alone\n%s", a.name, d.Text, want.Written, got.Written)
		}
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// untypedVerdict returns the verdict of the schema alone on a document.
func untypedVerdict(t *testing.T, s *validate.Schema, d trial.Document) trial.Verdict {
	t.Helper()
	c, err := untyped.Load(t.Context(), s, rt.From(rt.Bytes(d.Name, d.Text)), rt.WithLogger(nil))
	if err != nil {
		return trial.Verdict{Error: err.Error()}
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return trial.Verdict{Written: string(text)}
}
