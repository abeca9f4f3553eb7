package generator_test

import (
	"bytes"
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/trial"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden generates from each schema under testdata/golden and compares the declared
// types, or the findings, with those in the file. The comment at the head of a file says
// why it exists. Methods, tables and bindings follow from the types, so they are compared
// only for a package without Live; make regenerated compares whole packages.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			golden(t, file)
		})
	}
}

func golden(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(archive.Comment)) == 0 {
		t.Error("the first lines of the file must say why it exists")
	}
	given := goldenInput(archive)
	got := outcome(t, given)
	if *update {
		archive.Files = append(archive.Files[:given.parts], got...)
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := map[string]string{}
	for _, f := range archive.Files[given.parts:] {
		want[f.Name] = string(f.Data)
	}
	have := map[string]string{}
	for _, f := range got {
		have[f.Name] = string(f.Data)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("want (-) got (+); -update rewrites:\n%s", diff)
	}
}

// An input is the schema of a golden file, the files beside it, named files/…, whether
// there is a part no-live, for a package without Live, and the documents, one per line,
// of a part valid.
type input struct {
	name   string
	schema []byte
	files  fstest.MapFS
	noLive bool
	valid  []sample
	parts  int // of the archive
}

func goldenInput(archive *txtar.Archive) input {
	in := input{name: archive.Files[0].Name, schema: archive.Files[0].Data, files: fstest.MapFS{}, parts: 1}
	for _, f := range archive.Files[1:] {
		if name, ok := strings.CutPrefix(f.Name, "files/"); ok {
			in.files[name] = &fstest.MapFile{Data: f.Data}
			in.parts++
		} else if f.Name == "no-live" {
			in.noLive = true
			in.parts++
		} else if f.Name == "valid" {
			in.valid = samples(f.Data)
			in.parts++
		}
	}
	return in
}

func (in input) options() generator.Options {
	return generator.Options{Name: in.name, Schema: in.schema, Files: in.files, NoLive: in.noLive}
}

// TestGoldenCompiles builds and vets the package of every accepted golden schema: text
// that looks right may not compile.
func TestGoldenCompiles(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	m := trial.New(t)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		folder := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".txtar"), "_", "")
		if !strings.HasPrefix(folder, "refused") {
			m.Generate(folder, goldenInput(archive).options())
		}
	}
	m.MustGo("vet", "./...")
}

// TestGoldenWritesBack lets the package of every golden schema read documents, write them
// as JSON and as YAML and read that again: the documents of the file, and the smallest
// values that it accepts.
func TestGoldenWritesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("builds many packages; not with -short")
	}
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	m := trial.New(t)
	var packages []*trial.Package
	var documents []trial.Document
	var must []bool
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := goldenInput(archive)
		pkg, err := m.Add("g"+strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".txtar"), "_", ""), in.options())
		if err != nil {
			continue // refused
		}
		packages = append(packages, pkg)
		for _, s := range in.valid {
			documents = append(documents, trial.Document{Package: pkg, Name: "d.yaml", Text: []byte(s.text)})
			must = append(must, true)
		}
		for _, text := range []string{"{}", "[]", "null", "1", `"x"`, "true", `{"x": {}}`, `{"x": 1.50}`} {
			documents = append(documents, trial.Document{Package: pkg, Name: "d.json", Text: []byte(text)})
			must = append(must, false)
		}
	}
	verdicts := m.Judge(packages, documents)
	for i, d := range documents {
		switch v := verdicts[i]; {
		case d.Package.Broken != "":
			t.Fatalf("%s does not build: %s", d.Package.Name, d.Package.Broken)
		case v.Again != "":
			t.Errorf("%s: %s: %s", d.Package.Name, d.Text, v.Again)
		case v.Error != "" && must[i], strings.HasPrefix(v.Error, "panic: "), strings.HasPrefix(v.Error, "crash: "):
			t.Errorf("%s: %s: %s", d.Package.Name, d.Text, v.Error)
		}
	}
}

// outcome returns what the generator makes of a schema: the types, and the findings.
func outcome(t *testing.T, in input) []txtar.File {
	var report generator.Report
	opts := in.options()
	opts.Report = func(r generator.Report) { report = r }
	files, err := generator.Generate(opts)
	var refused *generator.Error
	if errors.As(err, &refused) {
		return []txtar.File{{Name: "findings", Data: []byte(refused.Error() + "\n")}}
	}
	if err != nil {
		t.Fatal(err)
	}
	out := []txtar.File{{Name: "types.go", Data: declarations(t, files[0].Content)}}
	if in.noLive {
		for _, f := range files[1:] {
			out = append(out, txtar.File{Name: f.Name, Data: f.Content})
		}
	}
	if len(report.Warnings) > 0 {
		out = append(out, txtar.File{Name: "findings", Data: []byte(report.Warnings.String() + "\n")})
	}
	return out
}

// declarations returns the types and constants of a file with their comments.
func declarations(t *testing.T, source []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "types.gen.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok == token.IMPORT {
			continue
		}
		from := d.Pos()
		if d.Doc != nil {
			from = d.Doc.Pos()
		}
		b.Write(source[fset.Position(from).Offset:fset.Position(d.End()).Offset])
		b.WriteString("\n\n")
	}
	return append(bytes.TrimSpace(b.Bytes()), '\n')
}
