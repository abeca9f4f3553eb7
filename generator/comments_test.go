package generator_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator"
)

// TestComments: everything that a generated package exports has a comment that begins
// with its name and adds something to the name.
func TestComments(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	check := func(name string, opts generator.Options) {
		written, err := generator.Generate(opts)
		if err != nil {
			return // refused
		}
		for _, f := range written {
			for _, complaint := range poorComments(t, f.Content) {
				t.Errorf("%s, %s: %s", name, f.Name, complaint)
			}
			checked++
		}
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		check(file, goldenInput(archive).options())
	}
	for _, c := range readKeywordCases(t) {
		check(c.file, generator.Options{Name: "schema.yaml", Schema: c.schema, Files: c.folder()})
	}
	if checked < 500 {
		t.Errorf("looked at %d files only", checked)
	}
}

// TestPoorComments: the check of the test above can fail.
func TestPoorComments(t *testing.T) {
	for source, want := range map[string]string{
		"type T int":                           "T has no comment",
		"// t is one.\ntype T int":             "T begins with",
		"// T is a value of t.\ntype T int":    "T repeats its name",
		"// T is the t.\ntype T int":           "T repeats its name",
		"// T holds something.\ntype T int":    "",
		"type t int\n\nfunc (t) M() {}":        "M has no comment",
		"// M is one\nfunc M() {}":             "M ends without",
		"const (\n\tA = 1\n)":                  "A has no comment",
		"// All of them.\nconst (\n\tA = 1\n)": "",
		"func m() {}\n\nvar v int":             "",
	} {
		got := strings.Join(poorComments(t, []byte("// Package p is one.\npackage p\n\n"+source+"\n")), "; ")
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", source, got, want)
		}
	}
}

var tautology = regexp.MustCompile(`(?i)^(\w+) (is|holds|returns) (a value of |the value of |a |an |the |)(\w+)\.`)

// poorComments returns the exported declarations of a file whose comments golint and its
// successors would report, or that only repeat the name.
func poorComments(t *testing.T, source []byte) (complaints []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, doc *ast.CommentGroup, named bool) {
		first, _, _ := strings.Cut(doc.Text(), "\n\n")
		first = strings.TrimSpace(strings.ReplaceAll(first, "\n", " "))
		parts := tautology.FindStringSubmatch(first)
		switch {
		case !ast.IsExported(name):
		case first == "":
			complaints = append(complaints, name+" has no comment")
		case !named:
		case !strings.HasPrefix(first, name+" "):
			complaints = append(complaints, fmt.Sprintf("%s begins with %q", name, first))
		case parts != nil && strings.EqualFold(parts[1], parts[4]):
			complaints = append(complaints, fmt.Sprintf("%s repeats its name: %q", name, first))
		case !strings.ContainsAny(first[len(first)-1:], ".:?!)"):
			complaints = append(complaints, fmt.Sprintf("%s ends without a full stop: %q", name, first))
		}
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			check(d.Name.Name, d.Doc, true)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					check(s.Name.Name, d.Doc, true)
				case *ast.ValueSpec:
					check(s.Names[0].Name, d.Doc, !d.Lparen.IsValid())
				}
			}
		}
	}
	return complaints
}
