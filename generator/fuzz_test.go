package generator_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
)

// FuzzGenerate passes mutated schemas to the whole generator. The result must be
// findings, each with a position and a text, or Go that parses. It never panics: Generate
// turns a panic into another kind of error, which fails here.
func FuzzGenerate(f *testing.F) {
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(archive.Files[0].Data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		files, err := generator.Generate(generator.Options{Name: "s.yaml", Schema: []byte(text)})
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		var refused *generator.Error
		switch {
		case errors.As(err, &refused):
			for _, finding := range refused.Findings {
				if finding.Message == "" || finding.Pos.Line == 0 {
					t.Errorf("a finding without a text or a place: %+v", finding)
				}
			}
		case err != nil:
			t.Fatal(err)
		default:
			for _, file := range files {
				if _, err := parser.ParseFile(token.NewFileSet(), file.Name, file.Content, parser.AllErrors); err != nil {
					t.Errorf("%s: %v", file.Name, err)
				}
			}
		}
	})
}

// FuzzMutants changes the structure of schemas (those of the golden files, of the keyword
// cases and, if it is there, of the public test suite). The results are schemas that
// nobody would write, mostly valid ones. Generate must end soon, with findings or with
// files that the Go compiler accepts.
func FuzzMutants(f *testing.F) {
	seeds := mutantSeeds(f)
	for i := range seeds {
		f.Add(uint(i), uint64(i))
	}
	check := newMutantCheck(f)
	f.Fuzz(func(t *testing.T, i uint, seed uint64) {
		m := mutator{rand.New(rand.NewPCG(seed, 0)), seeds}
		schema := m.mutant(seeds[i%uint(len(seeds))])
		if problem := check(schema); problem != "" {
			schema = shrink(schema, func(n *document.Node) bool { return kindOfProblem(check(n)) == kindOfProblem(problem) })
			t.Errorf("%s\n%s", check(schema), schema.AppendJSON(nil))
		}
	})
}

// mutantSeeds returns the schemas that mutants are made of.
func mutantSeeds(f *testing.F) (seeds []*document.Node) {
	add := func(name string, text []byte) {
		if n, _ := schema.ParseText(name, text); n != nil && n.Kind() == document.Object {
			seeds = append(seeds, n)
		}
	}
	for _, pattern := range []string{"../testdata/golden/*.txtar", "../testdata/keywords/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no schemas: %v", err)
		}
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			add("schema.yaml", archive.Files[0].Data)
		}
	}
	folder, err := suites.JSONSchema.Folder()
	if folder == "" && err == nil {
		return seeds
	}
	if err != nil {
		f.Fatal(err)
	}
	groups := readSuite(f, folder, func(_, file string) bool { return section(file) == requiredSection })
	for _, group := range groups {
		add("schema.json", group.schema)
	}
	return seeds
}

// newMutantCheck returns a function that returns the problem of the package of a schema,
// or "". The packages that generated code imports are loaded once.
func newMutantCheck(f *testing.F) func(schema *document.Node) string {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", "github.com/hotbind/hotbind/runtime/genrt/live", "github.com/hotbind/hotbind/runtime/genrt/ecma")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		f.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		exports[name] = file
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(name string) (io.ReadCloser, error) {
		if exports[name] == "" {
			return nil, fmt.Errorf("%s is not imported by the runtime", name)
		}
		return os.Open(exports[name])
	})
	return func(schema *document.Node) string {
		start := time.Now()
		files, err := generator.Generate(generator.Options{Name: "s.json", Schema: schema.AppendJSON(nil)})
		if took := time.Since(start); took > 10*time.Second {
			return fmt.Sprintf("slow: took %v", took)
		}
		var refused *generator.Error
		switch {
		case errors.As(err, &refused):
			for _, finding := range refused.Findings {
				if finding.Message == "" || finding.Pos.Line == 0 {
					return fmt.Sprintf("finding: without a text or a place: %+v", finding)
				}
			}
			return ""
		case err != nil:
			return "fails: " + err.Error()
		}
		var parsed []*ast.File
		for _, file := range files {
			tree, err := parser.ParseFile(fset, file.Name, file.Content, parser.SkipObjectResolution)
			if err != nil {
				return "does not parse: " + err.Error()
			}
			parsed = append(parsed, tree)
		}
		if _, err := (&types.Config{Importer: imports}).Check("config", fset, parsed, nil); err != nil {
			return "does not compile: " + err.Error()
		}
		return ""
	}
}

// kindOfProblem returns a problem without the parts that are specific to one schema.
func kindOfProblem(problem string) string {
	kind, rest, _ := strings.Cut(problem, ": ")
	if i := strings.LastIndex(rest, ": "); i >= 0 && kind != "fails" {
		rest = rest[i:]
	}
	if kind == "slow" {
		return kind
	}
	return kind + strings.Join(regexp.MustCompile(`\b[a-z]+\b`).FindAllString(rest, 4), " ")
}

// shrink removes parts of the schema while it still fails, for at most half a minute.
func shrink(schema *document.Node, fails func(*document.Node) bool) *document.Node {
	start := time.Now()
	for smaller := true; smaller; {
		smaller = false
		for i := 0; time.Since(start) < 30*time.Second; i++ {
			n, more := without(document.Clone(schema), i)
			if !more {
				break
			}
			if fails(n) {
				schema, smaller = n, true
				i--
			}
		}
	}
	return schema
}

// without returns n without its member or item number i, and whether there is one.
func without(n *document.Node, i int) (*document.Node, bool) {
	var walk func(n *document.Node) bool
	walk = func(n *document.Node) bool {
		for j := range n.Members() {
			if i--; i < 0 {
				n.SetMembers(slices.Delete(n.Members(), j, j+1))
				return true
			}
			if walk(n.Members()[j].Value()) {
				return true
			}
		}
		for j := range n.Items() {
			if i--; i < 0 {
				n.SetItems(slices.Delete(n.Items(), j, j+1))
				return true
			}
			if walk(n.Items()[j]) {
				return true
			}
		}
		return false
	}
	return n, walk(n)
}

// A mutator mutates schemas.
type mutator struct {
	*rand.Rand
	pool []*document.Node
}

func (m mutator) mutant(of *document.Node) *document.Node {
	root := document.Clone(of)
	for range 1 + m.IntN(6) {
		if places := schemaPlaces(root, func(n *document.Node) { root = n }); len(places) < 200 {
			m.change(places)
		}
	}
	return root
}

// A place is a schema in a schema, a function that replaces it, and its pointer.
type place struct {
	node    *document.Node
	put     func(*document.Node)
	pointer string
}

// change makes one change to one of the schemas at places.
func (m mutator) change(places []place) {
	p, other := places[m.IntN(len(places))], places[m.IntN(len(places))]
	n := p.node
	switch m.IntN(12) {
	case 0: // swap two, or copy one over another
		a, b := document.Clone(p.node), document.Clone(other.node)
		p.put(b)
		if m.IntN(2) == 0 && !strings.HasPrefix(p.pointer, other.pointer) {
			other.put(a)
		}
	case 1, 2: // a foreign schema
		p.put(m.foreign())
	case 3: // remove a keyword
		if len(n.Members()) > 0 {
			i := m.IntN(len(n.Members()))
			n.SetMembers(slices.Delete(n.Members(), i, i+1))
		}
	case 4, 5: // add foreign keywords
		for _, member := range m.foreign().Members() {
			if n.Get(member.Key()) == nil && n.Kind() == document.Object && member.Key() != "$schema" && member.Key() != "$id" {
				n.SetMembers(append(n.Members(), member))
			}
		}
	case 6: // foreign values
		for i := range n.Members() {
			if v := m.foreign().Get(n.Members()[i].Key()); v != nil {
				n.SetMember(i, n.Members()[i].With(v))
			}
		}
	case 7, 8: // one of several schemas
		list := []*document.Node{n, m.foreign()}
		if m.IntN(2) == 0 {
			list[1] = document.Clone(other.node)
		}
		m.Shuffle(2, func(i, j int) { list[i], list[j] = list[j], list[i] })
		p.put(object([]string{"allOf", "anyOf", "oneOf"}[m.IntN(3)], document.NewList(list[:1+m.IntN(2)], document.Position{})))
	case 9: // negation, condition, list, map and others
		p.put(object([]string{"not", "if", "items", "additionalProperties", "contains", "propertyNames"}[m.IntN(6)], n))
	case 10: // a reference
		p.put(object("$ref", document.NewScalar(document.String, "#"+other.pointer, document.Position{})))
	case 11: // everything or nothing is valid
		p.put(document.NewScalar(document.Bool, []string{"true", "false"}[m.IntN(2)], document.Position{}))
	}
}

// foreign returns a copy of some schema of the pool.
func (m mutator) foreign() *document.Node {
	places := schemaPlaces(document.Clone(m.pool[m.IntN(len(m.pool))]), func(*document.Node) {})
	return places[m.IntN(len(places))].node
}

// schemaPlaces returns the schemas in root, including root; put replaces root.
func schemaPlaces(root *document.Node, put func(*document.Node)) (places []place) {
	var visit func(p place)
	visit = func(p place) {
		places = append(places, p)
		for i, m := range p.node.Members() {
			value, inner := m.Value(), p.pointer+"/"+m.Key()
			switch m.Key() {
			case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
				for j, member := range value.Members() {
					visit(memberPlace(value, j, inner+"/"+url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(member.Key()))))
				}
			case "allOf", "anyOf", "oneOf", "prefixItems", "items":
				for j, item := range value.Items() {
					visit(place{item, func(n *document.Node) { value.SetItem(j, n) }, fmt.Sprint(inner, "/", j)})
				}
				if value.Kind() == document.Object {
					visit(memberPlace(p.node, i, inner))
				}
			case "additionalProperties", "unevaluatedProperties", "additionalItems", "unevaluatedItems", "propertyNames", "contains", "not", "if", "then", "else":
				visit(memberPlace(p.node, i, inner))
			}
		}
	}
	visit(place{root, put, ""})
	return places
}

// memberPlace returns the value of member i of an object.
func memberPlace(object *document.Node, i int, pointer string) place {
	return place{object.Members()[i].Value(), func(n *document.Node) { object.SetMember(i, object.Members()[i].With(n)) }, pointer}
}

func object(key string, value *document.Node) *document.Node {
	return document.NewObject([]document.Member{document.NewMember(key, value, document.Position{})}, document.Position{})
}
