// Package buildtest builds and runs generated packages in tests. All packages
// of one test share a module, so that the toolchain is started once.
package buildtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/generator"
)

// A Module is a temporary Go module that uses this checkout of hotbind.
type Module struct {
	t      *testing.T
	Folder string
}

// New makes a module. It is removed when the test ends.
func New(t *testing.T) *Module {
	t.Helper()
	root := Root(t)
	m := &Module{t, t.TempDir()}
	gomod := read(t, filepath.Join(root, "go.mod"))
	m.Write("go.mod", strings.Replace(gomod, "module github.com/hotbind/hotbind", "module example.com/app", 1)+
		"\nrequire github.com/hotbind/hotbind v0.0.0\nreplace github.com/hotbind/hotbind => "+root+"\n")
	m.Write("go.sum", read(t, filepath.Join(root, "go.sum")))
	return m
}

// Root is the folder of this checkout.
func Root(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("go env GOMOD: %v", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// Write puts a file into the module.
func (m *Module) Write(name, content string) {
	m.t.Helper()
	path := filepath.Join(m.Folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// Generate generates a package into folder; a schema that is refused fails the
// test.
func (m *Module) Generate(folder string, opts generator.Options) {
	m.t.Helper()
	if opts.Package == "" {
		opts.Package = generator.PackageName(folder)
	}
	files, err := generator.Generate(opts)
	if err != nil {
		m.t.Fatalf("generating %s from %s: %v", folder, opts.Name, err)
	}
	for _, f := range files {
		m.Write(folder+"/"+f.Name, string(f.Content))
	}
}

// Go runs the go command in the module and returns what it printed.
func (m *Module) Go(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = m.Folder
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// MustGo is Go for a command that has to succeed.
func (m *Module) MustGo(args ...string) string {
	m.t.Helper()
	out, err := m.Go(args...)
	if err != nil {
		m.t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
