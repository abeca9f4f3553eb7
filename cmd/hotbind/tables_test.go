package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/schema"
)

// A second list of keywords or formats silently becomes outdated. This many different
// names in one place count as a list.
const (
	keywordsOfList = 6
	formatsOfList  = 4
)

// tables holds the files with the tables themselves.
var tables = []string{"internal/schema/keywords.go", "internal/format/formats.go"}

// lists holds the files, and the folders with a trailing /, that still have their own
// lists, and what will remove these.
var lists = map[string]string{}

// TestOneTable fails for a list of keywords or formats outside the tables: a composite
// literal, the cases of a switch, or the arguments of a call.
func TestOneTable(t *testing.T) {
	keywords, formats := map[string]bool{}, map[string]bool{}
	for _, k := range schema.Keywords() {
		keywords[k.Name] = true
	}
	for _, f := range format.All() {
		formats[f.Name] = true
	}
	found := map[string]bool{}
	for _, name := range goFiles(t) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "../../"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			words := listed(n)
			if count(words, keywords) < keywordsOfList && count(words, formats) < formatsOfList {
				return true
			}
			exempt := exemption(name)
			found[exempt] = true
			if exempt == "" {
				t.Errorf("%s:%d lists keywords or formats; derive it from the table in internal/schema or internal/format", name, fset.Position(n.Pos()).Line)
			}
			return false
		})
	}
	for name := range lists {
		if !found[name] {
			t.Errorf("%s has no list any more; take it off the exemptions", name)
		}
	}
}

// exemption returns the key in lists for a file, or "".
func exemption(name string) string {
	for _, key := range []string{name, path.Dir(name) + "/"} {
		if lists[key] != "" {
			return key
		}
	}
	return ""
}

// goFiles returns the Go files of the repository without tests, generated code and the
// tables.
func goFiles(t *testing.T) (names []string) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && name != "." || entry.Name() == "testdata"):
			return fs.SkipDir
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".gen.go"):
			return nil
		}
		if !slices.Contains(tables, name) {
			names = append(names, name)
		}
		return nil
	})
	if err != nil || len(names) < 100 {
		t.Fatalf("found %d files: %v", len(names), err)
	}
	return names
}

// listed returns the strings in n, if n is one of the forms of a list. It omits those in
// functions inside n.
func listed(n ast.Node) map[string]bool {
	words := map[string]bool{}
	switch n := n.(type) {
	case *ast.CompositeLit:
		collect(n, words)
	case *ast.CallExpr:
		for _, arg := range n.Args {
			collect(arg, words)
		}
	case *ast.SwitchStmt:
		for _, clause := range n.Body.List {
			for _, value := range clause.(*ast.CaseClause).List {
				collect(value, words)
			}
		}
	}
	return words
}

func collect(n ast.Node, words map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				words[text] = true
			}
		}
		return true
	})
}

func count(words, names map[string]bool) (n int) {
	for word := range words {
		if names[word] {
			n++
		}
	}
	return n
}
