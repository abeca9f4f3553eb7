package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hotbind/hotbind/"

// TestImportDirections checks that packages import only in the directions of the
// architecture, so that each can be understood alone and applications link little. Each
// row lists packages that must not be reachable.
func TestImportDirections(t *testing.T) {
	for _, rule := range []struct {
		why, from string
		never     []string
	}{
		{"the runtime knows nothing of how packages are generated", "./runtime/...",
			[]string{module + "generator", module + "cmd", module + "examples", "github.com/dave/jennifer", "golang.org/x/tools", "github.com/spf13/cobra"}},
		{"no application links the reference validator", "./runtime/...", []string{"github.com/santhosh-tekuri", module + "internal/oracle", module + "internal/metaschema"}},
		{"a generated package links the runtime and no second validator", "./testdata/compile/service",
			[]string{module + "generator", module + "runtime/validate", module + "runtime/untyped", module + "internal/schema", module + "internal/shape", "github.com/santhosh-tekuri", "github.com/dave/jennifer", "github.com/spf13/cobra"}},
		{"an application links only what it uses", "./runtime/genrt/live",
			[]string{
				"net/http", "crypto/tls", "compress", "net/mail", "text/template", "encoding/gob", "github.com/pelletier/go-toml", "github.com/dlclark/regexp2", "github.com/gofrs/flock",
				module + "runtime/history", module + "runtime/audit", module + "runtime/settings", module + "runtime/internal/settings", module + "runtime/notify", module + "runtime/migrate",
				module + "runtime/internal/disk", module + "runtime/document/toml", module + "runtime/document/edit", module + "internal/ecma",
			}},
		{"only a web channel links the web", "./runtime/notify", []string{"net/http", "crypto/tls", "compress"}},
		{"a package without Live links code that reads and none that follows", "./testdata/compile/once",
			[]string{module + "runtime/internal/engine", module + "runtime/internal/watch", module + "runtime/genrt/live", module + "runtime/untyped", module + "runtime/history", "github.com/fsnotify/fsnotify"}},
		{"the runtime may use generated packages itself", "./runtime/genrt", []string{module + "runtime/internal/engine", module + "runtime/internal/watch"}},
		{"the document is a leaf", "./runtime/document", []string{module + "generator", module + "cmd", module + "runtime/genrt", module + "runtime/internal"}},
		{"editing knows documents alone", "./runtime/document/edit", []string{module + "generator", module + "cmd", module + "runtime/genrt", module + "runtime/internal", module + "runtime/validate"}},
		{"migrations are applied by others than the engine too", "./runtime/migrate", []string{module + "runtime/genrt", module + "runtime/internal/engine", module + "runtime/validate"}},
		{"a store is read by tools too", "./runtime/history", []string{module + "runtime/genrt", module + "runtime/internal/engine", module + "runtime/validate"}},
		{"tools need no generated code but that of the runtime's own settings", "./runtime/untyped", []string{module + "runtime/genrt/live", module + "generator"}},
		{"settings are read before anything is followed", "./runtime/internal/settings",
			[]string{module + "runtime/internal/engine", module + "runtime/internal/watch", module + "runtime/genrt/live", module + "runtime/untyped", module + "runtime/validate"}},
		{"generating opens no configuration", "./generator", []string{module + "runtime/untyped"}},
		{"packages that applications import do not know the engine", "./runtime", []string{module + "runtime/genrt", module + "runtime/internal/engine", module + "runtime/internal/watch", module + "runtime/internal/dispatch", module + "runtime/internal/dynamic", module + "internal/schema"}},
		{"sources read once are read like followed ones", "./runtime/internal/load", []string{module + "runtime/internal/engine", module + "runtime/internal/journal", module + "runtime/internal/dispatch", module + "runtime/genrt"}},
		{"code of the application is called in one way, whatever it is called for", "./runtime/internal/call",
			[]string{module + "runtime/internal/dispatch", module + "runtime/internal/journal", module + "runtime/internal/engine", module + "runtime/internal/outbox"}},
		{"the journal reports and decides nothing", "./runtime/internal/journal",
			[]string{module + "runtime/internal/dispatch", module + "runtime/internal/observe", module + "runtime/internal/engine", module + "runtime/internal/load"}},
		{"observe notifies subscribers and calls nothing of the engine", "./runtime/internal/observe",
			[]string{module + "runtime/internal/engine", module + "runtime/internal/load", module + "runtime/internal/watch", module + "runtime/internal/outbox"}},
		{"the watcher knows nothing of configurations", "./runtime/internal/watch", []string{module + "runtime/document", module + "runtime/internal/engine"}},
		{"reading a schema knows no Go", "./internal/schema", []string{module + "generator/internal/ir", module + "generator/internal/lower", "github.com/dave/jennifer"}},
		{"what generator, runtime and command share imports only documents", "./internal/...", []string{module + "generator", module + "cmd", module + "runtime/genrt", module + "runtime/validate", module + "runtime/internal", module + "runtime/untyped"}},
		{"the ir is data", "./generator/internal/ir", []string{module + "generator/internal/lower", "github.com/dave/jennifer"}},
		{"lowering writes no text of Go", "./generator/internal/lower", []string{"github.com/dave/jennifer", module + "generator/internal/emit"}},
		{"emission takes no decisions about schemas", "./generator/internal/emit", []string{module + "generator/internal/lower"}},
	} {
		for _, dep := range dependencies(t, rule.from) {
			for _, never := range rule.never {
				if dep == never || strings.HasPrefix(dep, never+"/") {
					t.Errorf("%s reaches %s, but %s", rule.from, dep, rule.why)
				}
			}
		}
	}
}

// TestOneImporter: a heavy or central dependency is imported by one or two packages, so
// that replacing it is a change in one place.
func TestOneImporter(t *testing.T) {
	only := map[string][]string{
		"github.com/dave/jennifer/jen":             {"generator/internal/emit"},
		"github.com/santhosh-tekuri/jsonschema/v5": {"internal/metaschema", "internal/oracle"},
		"github.com/yuin/goldmark":                 {"generator/internal/lower"},
		module + "internal/oracle":                 {}, /* tests alone */
		module + "internal/testkit":                {}, // tests alone
		"github.com/fsnotify/fsnotify":             {"runtime/internal/watch"},
		"gopkg.in/yaml.v3":                         {"runtime/document"},
		"github.com/dlclark/regexp2":               {"internal/ecma"},
		"github.com/pelletier/go-toml/v2":          {"runtime/document/toml"},
		"github.com/pelletier/go-toml/v2/unstable": {"runtime/document/toml"},
		"github.com/joho/godotenv":                 {"runtime"},
		"github.com/spf13/pflag":                   {"runtime/pflags"},
		"github.com/spf13/cobra":                   {"cmd/hotbind/internal/command"},
		"github.com/gofrs/flock":                   {"runtime/internal/disk"},
		"github.com/invopop/jsonschema":            {}, // tests alone
		module + "runtime/internal/engine":         {"runtime/genrt/live", "runtime/untyped"},
		module + "runtime/untyped":                 {"cmd/hotbind/internal/command", "runtime/sourcetest"},
		module + "generator/internal/emit":         {"generator"},
	}
	out := list(t, "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./cmd/...", "./generator/...", "./internal/...", "./runtime/...")
	for _, line := range strings.Split(out, "\n") {
		names := strings.Fields(line)
		for _, imported := range names[min(1, len(names)):] {
			owners := only[imported]
			if owners != nil && !slices.Contains(owners, strings.TrimPrefix(names[0], module)) {
				t.Errorf("%s imports %s, which is for %s alone", names[0], imported, strings.Join(owners, " and "))
			}
		}
	}
}

// TestRuntimeNames: the package has the name of one of Go's own, and goimports chooses
// Go's if that has every name used. So ours must use other names.
func TestRuntimeNames(t *testing.T) {
	exported := func(pkg string) map[string]bool {
		out, err := exec.Command("go", "doc", "-short", pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, line := range strings.Split(string(out), "\n") {
			words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" ([=", r) })
			if len(words) > 1 {
				names[words[1]] = true
			}
		}
		return names
	}
	ours, theirs := exported(module+"runtime"), exported("runtime")
	if len(ours) < 20 || len(theirs) < 20 {
		t.Fatalf("read only %d and %d names", len(ours), len(theirs))
	}
	for name := range ours {
		if theirs[name] {
			t.Errorf("both runtimes export %s", name)
		}
	}
}

func dependencies(t *testing.T, pattern string) []string {
	return strings.Fields(list(t, "-deps", "-f", "{{.ImportPath}}", pattern))
}

func list(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = "../.."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	return string(out)
}
