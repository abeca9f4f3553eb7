package generator_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/generator/internal/lower"
	"github.com/hotbind/hotbind/generator/internal/trial"
)

// TestReadme builds the program of the README on the package of its schema: what
// a newcomer copies must compile.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	schema, program := block(t, string(text), "yaml", "type: object"), block(t, string(text), "go", "package main")
	m := trial.New(t)
	m.Generate("config", generator.Options{Name: "config.schema.yaml", Schema: []byte(schema)})
	m.Write("main.go", strings.ReplaceAll(program, "example.com/shop/", "example.com/app/"))
	m.MustGo("vet", "./...")
}

// TestReadmeNames: the README lists every name that a package keeps for itself.
func TestReadmeNames(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "The package\nkeeps ")
	list, _, _ = strings.Cut(list, "for itself")
	for _, name := range lower.PackageNames {
		if !strings.Contains(list, "`"+name+"`") {
			t.Errorf("the README does not say that %s is kept", name)
		}
	}
}

// block is the code of the README in a language that begins with a text. Blocks
// in lists are indented by three spaces.
func block(t *testing.T, text, language, begin string) string {
	t.Helper()
	for _, part := range strings.Split(text, "```"+language+"\n")[1:] {
		code, _, _ := strings.Cut(part, "```")
		lines := strings.Split(code, "\n")
		for i, line := range lines {
			lines[i] = strings.TrimPrefix(line, "   ")
		}
		if code = strings.Join(lines, "\n"); strings.HasPrefix(code, begin) {
			return code
		}
	}
	t.Fatalf("the README has no %s that begins with %q", language, begin)
	return ""
}
