//go:build unix

package docs_test

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imports are the packages that fragments use without importing them, by the names that
// they use. Generated packages of the page's folder come on top.
var imports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "http": "net/http", "json": "encoding/json", "log": "log", "netip": "net/netip",
	"os": "os", "slog": "log/slog", "strings": "strings", "sync": "sync", "testing": "testing", "time": "time",
	"pflag": "github.com/spf13/pflag", "pflags": hotbind + "runtime/pflags", "yaml": "gopkg.in/yaml.v3",
	"rt": hotbind + "runtime", "audit": hotbind + "runtime/audit", "document": hotbind + "runtime/document", "history": hotbind + "runtime/history",
	"migrate": hotbind + "runtime/migrate", "notify": hotbind + "runtime/notify", "settings": hotbind + "runtime/settings",
	"source": hotbind + "runtime/source", "sourcetest": hotbind + "runtime/sourcetest", "toml": hotbind + "runtime/document/toml",
	"untyped": hotbind + "runtime/untyped", "promhotbind": hotbind + "metrics/promhotbind", "otelhotbind": hotbind + "metrics/otelhotbind",
	"prometheus": "github.com/prometheus/client_golang/prometheus", "sdkmetric": "go.opentelemetry.io/otel/sdk/metric", "validate": hotbind + "runtime/validate", "webhook": hotbind + "runtime/notify/webhook",
}

const hotbind = "github.com/hotbind/hotbind/"

// TestImports: the book names the import path of each package of hotbind that its samples
// use.
func TestImports(t *testing.T) {
	t.Parallel()
	_, table, _ := strings.Cut(string(read(t, contents).text), "\n## Imports\n")
	listed := map[string]string{}
	for line := range strings.Lines(table) {
		if cells := code.FindAllStringSubmatch(line, -1); strings.HasPrefix(line, "| `") && len(cells) == 2 {
			listed[cells[0][1]] = hotbind + cells[1][1]
		}
	}
	for name, path := range imports {
		if strings.HasPrefix(path, hotbind) && listed[name] != path {
			t.Errorf("%s lists %q for %s, want %s", contents, listed[name], name, path)
		}
	}
}

// given is what every fragment may use.
const given = `
var (
	ctx  context.Context
	live *config.Live
)
`

// givenAdapter is what fragments with an adapter may use: they have no generated package.
const givenAdapter = `
var (
	ctx     context.Context
	manager rt.Manager
)
`

// fragment writes a go block as a file of a package of its own, which is compiled when
// the page has been run.
func (r *runner) fragment(p part) {
	folder := fmt.Sprintf("fragments/line%d", p.line)
	module, adapter := p.find("module")
	if adapter {
		folder = fmt.Sprintf("adapters/line%d", p.line)
		defer r.adapter(folder, module)
	}
	// The compiler's messages name the lines of the page.
	at := fmt.Sprintf("//line %s:%d\n", filepath.Join(root, r.page.path), p.line)
	if _, err := parser.ParseFile(token.NewFileSet(), "", p.text, parser.PackageClauseOnly); err == nil {
		r.write(folder+"/main.go", at+p.text)
		return
	}
	body := at + p.text
	if _, err := parser.ParseFile(token.NewFileSet(), "", "package fragment\n"+p.text, 0); err != nil {
		body = "func fragment() error {\n" + at + p.text + used(p.text) + "return nil\n}\n"
	}
	code := "\n" + given + strings.Join(r.given, "\n") + "\n" + body
	if adapter {
		code = "\n" + givenAdapter + body
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package fragment\n"+code, 0)
	if err != nil {
		r.Errorf("%s:%d: %v", r.page.path, p.line, err)
		return
	}
	name := "fragment.go"
	var needed []string
	for _, unresolved := range file.Unresolved {
		path, ok := imports[unresolved.Name]
		if entries, err := os.ReadDir(filepath.Join(r.folder, unresolved.Name)); err == nil && len(entries) > 0 {
			path, ok = "example.com/shop/"+unresolved.Name, true
		}
		if ok && !slices.Contains(needed, unresolved.Name) {
			needed = append(needed, unresolved.Name)
			if path == "testing" {
				name = "fragment_test.go"
			}
			code = fmt.Sprintf("import %s %q\n", unresolved.Name, path) + code
		}
	}
	r.write(folder+"/"+name, "package fragment\n"+code)
	if formatted, err := format.Source([]byte(p.text)); err == nil && string(formatted) != p.text {
		r.Errorf("%s:%d: gofmt would write\n%s", r.page.path, p.line, formatted)
	}
}

// adapter makes a folder with a fragment a module that uses one of the adapters, which are
// modules of their own, and compiles it.
func (r *runner) adapter(folder, module string) {
	gomod := strings.Replace(r.repository(module+"/go.mod"), "module "+hotbind+module, "module example.com/shop", 1)
	gomod = strings.Replace(gomod, "=> ../..", "=> "+root, 1)
	r.write(folder+"/go.mod", fmt.Sprintf("%s\nrequire %s%s v0.0.0\nreplace %[2]s%[3]s => %s/%[3]s\n", gomod, hotbind, module, root))
	r.write(folder+"/go.sum", r.repository(module+"/go.sum"))
	r.download(module)
	if out, err := r.command("cd " + folder + " && go vet -mod=mod ."); err != nil {
		r.Errorf("%s", out)
	}
}

// used returns statements that use the variables which statements declare, so that a
// fragment may end before it does.
func used(statements string) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+statements+"\n}", 0)
	if err != nil {
		return "" // reported with the whole
	}
	var names []string
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" && !slices.Contains(names, id.Name) {
			names = append(names, id.Name)
		}
	}
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				for _, e := range s.Lhs {
					add(e)
				}
			}
		case *ast.DeclStmt:
			for _, spec := range s.Decl.(*ast.GenDecl).Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, n := range v.Names {
						add(n)
					}
				}
			}
		}
	}
	var b strings.Builder
	for _, n := range names {
		b.WriteString("_ = " + n + "\n")
	}
	return b.String()
}
