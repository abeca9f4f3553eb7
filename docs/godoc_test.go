package docs_test

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A doc link to a name that was moved or renamed is shown with its brackets. Nothing else
// reports it.
func TestDocLinks(t *testing.T) {
	link := regexp.MustCompile(`\[\*?(\w+\.)?[A-Z]\w*(\.\w+)?\]`)
	for _, dir := range packageDirs(t) {
		fset := token.NewFileSet()
		p := packageDoc(t, fset, dir)
		if p == nil {
			continue
		}
		for _, text := range docComments(p) {
			for _, plain := range unlinkedText(p.Parser().Parse(text)) {
				for _, dead := range link.FindAllString(plain, -1) {
					t.Errorf("%s: %s links to nothing", dir, dead)
				}
			}
		}
	}
}

func packageDirs(t *testing.T) (dirs []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			if d.Name() == "testdata" || d.Name() == ".git" {
				return fs.SkipDir
			}
			dirs = append(dirs, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// packageDoc returns the documentation of the package in dir, unexported names too; nil
// if there is none.
func packageDoc(t *testing.T, fset *token.FileSet, dir string) *doc.Package {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil
	}
	p, err := doc.NewFromFiles(fset, files, dir, doc.AllDecls|doc.AllMethods)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func docComments(p *doc.Package) []string {
	texts := []string{p.Doc}
	funcs := func(list []*doc.Func) {
		for _, f := range list {
			texts = append(texts, f.Doc)
		}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			texts = append(texts, v.Doc)
		}
	}
	funcs(p.Funcs)
	values(p.Consts)
	values(p.Vars)
	for _, typ := range p.Types {
		texts = append(texts, typ.Doc)
		funcs(typ.Funcs)
		funcs(typ.Methods)
		values(typ.Consts)
		values(typ.Vars)
	}
	return texts
}

// unlinkedText returns the text of d outside its links and code blocks.
func unlinkedText(d *comment.Doc) (texts []string) {
	var block func(b comment.Block)
	line := func(text []comment.Text) {
		for _, t := range text {
			if plain, ok := t.(comment.Plain); ok {
				texts = append(texts, string(plain))
			}
		}
	}
	block = func(b comment.Block) {
		switch b := b.(type) {
		case *comment.Paragraph:
			line(b.Text)
		case *comment.Heading:
			line(b.Text)
		case *comment.List:
			for _, item := range b.Items {
				for _, inner := range item.Content {
					block(inner)
				}
			}
		}
	}
	for _, b := range d.Content {
		block(b)
	}
	return texts
}
