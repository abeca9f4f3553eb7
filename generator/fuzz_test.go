package generator_test

import (
	"errors"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/hotbind/hotbind/generator"
)

// FuzzGenerate feeds mutated schemas to the whole generator: it must answer with
// findings, each with a place and a text, or with Go that parses. It never
// panics: Generate turns a panic into another kind of error, which fails here.
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
