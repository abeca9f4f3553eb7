package enginetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the folder of the repository.
var root = filepath.Join("..", "..", "..")

// partPackages holds the packages that the page refers to, by the name it uses.
var partPackages = map[string]string{
	"rt": "runtime", "notify": "runtime/notify", "webhook": "runtime/notify/webhook", "audit": "runtime/audit", "history": "runtime/history", "settings": "runtime/settings", "migrate": "runtime/migrate", "genrt": "runtime/genrt", "source": "runtime/source", "pflags": "runtime/pflags", "config": "testdata/compile/service",
	"promhotbind": "metrics/promhotbind", "otelhotbind": "metrics/otelhotbind",
}

// docs/parts.md has each test of a part once, under the name of its part, and every name
// and file in it exists.
func TestPartsPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "parts.md"))
	must(t, err)
	tests, declared, rows := partTests(t), partNames(t), 0
	for line := range strings.Lines(string(text)) {
		switch cells := strings.Split(strings.Trim(strings.TrimSpace(line), "| "), " | "); {
		case len(cells) == 4 && strings.Contains(cells[3], "`"):
			rows++
			part := strings.ReplaceAll(cells[0], "`", "")
			checkPart(t, part, coded(cells[1]), coded(cells[2]), declared)
			for _, name := range coded(cells[3]) {
				if comment, ok := tests[name]; !ok || !strings.HasPrefix(comment, `"`+part+`": `) {
					t.Errorf("%s: no test %s begins its comment with that: %.100s", part, name, comment)
				}
				delete(tests, name)
			}
		case len(cells) == 2:
			for _, name := range coded(cells[1]) {
				gives(t, name+" is declared", len(declared[name]) > 0, true)
			}
		}
	}
	gives(t, "tests that are not on the page", slices.Collect(maps.Keys(tests)), nil)
	gives(t, "rows", rows, 25)
}

// documentedMethods holds the methods of the two documents.
const documentedMethods = `enable disable is_enabled reload_now rollback get_status add_watch_path remove_watch_path
get_watch_paths add_validator hot_reload get get_with_reload watch_value watch_pattern unwatch refresh on_config_change
on_config_reload on_reload_error on_rollback subscribe unsubscribe unsubscribe_all create_version get_current_version
get_version get_version_history diff_versions prune_old_versions notify_change notify_batch set_notification_timeout
set_error_handler start_monitoring manual_reload get_pending_changes get_current_config add_notification_callback
get_config_backups get_queue_handler get_notification add_subscriber add_async_subscriber handle_notification
handle_notification_async get_filter send_notification`

// Each method of the documents has one row that says what it is here. TestPartsPage
// compares the names in the row with the code.
func TestPartsPageNamesMethods(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "parts.md"))
	must(t, err)
	_, table, found := strings.Cut(string(text), "| method | here |")
	table, _, ended := strings.Cut(table, "\n\n")
	gives(t, "there is a table of methods", found && ended, true)
	rows := map[string]int{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "| "), " | ")
		for _, name := range regexp.MustCompile(`[a-z_]+(\([a-z, ]*\))?`).FindAllString(cells[0], -1) {
			name, _, _ = strings.Cut(name, "(")
			rows[name]++
		}
	}
	for _, name := range strings.Fields(documentedMethods) {
		gives(t, "rows of "+name, rows[name], 1)
	}
}

// checkPart requires the files of a row to exist and to declare the names in the row. The
// generated package may be any.
func checkPart(t *testing.T, part string, names, files []string, declared map[string][]string) {
	t.Helper()
	for _, path := range files {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(path))); err != nil {
			t.Errorf("%s: %v", part, err)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(declared[name], func(file string) bool {
			return slices.Contains(files, file) || strings.HasPrefix(file, partPackages["config"])
		}) {
			t.Errorf("%s: %s is declared in %q", part, name, declared[name])
		}
	}
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// coded is what a cell has in backquotes.
func coded(cell string) (list []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		list = append(list, m[1])
	}
	return list
}

// partTests are the tests of the parts with their comments, each on one line.
func partTests(t *testing.T) map[string]string {
	tests := map[string]string{}
	files, err := filepath.Glob("parts_*_test.go")
	must(t, err)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		must(t, err)
		for _, d := range parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "TestPart_") {
				tests[fn.Name.Name] = strings.Join(strings.Fields(fn.Doc.Text()), " ")
			}
		}
	}
	return tests
}

// partNames are the exported names of the packages, such as rt.Steps and Manager.Reload,
// with the files that declare them.
func partNames(t *testing.T) map[string][]string {
	names := map[string][]string{}
	for short, dir := range partPackages {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
		must(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			must(t, err)
			at := dir + "/" + filepath.Base(file)
			for _, d := range parsed.Decls {
				for _, name := range declaredBy(d, short) {
					names[name] = append(names[name], at)
				}
			}
		}
	}
	return names
}

// declaredBy are the names that a declaration makes.
func declaredBy(d ast.Decl, short string) (names []string) {
	if fn, ok := d.(*ast.FuncDecl); ok {
		if fn.Recv == nil {
			return []string{short + "." + fn.Name.Name}
		}
		receiver := fn.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		if generic, ok := receiver.(*ast.IndexExpr); ok {
			receiver = generic.X
		}
		if of, ok := receiver.(*ast.Ident); ok {
			names = append(names, of.Name+"."+fn.Name.Name)
		}
		return names
	}
	for _, spec := range d.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				names = append(names, short+"."+name.Name)
			}
		case *ast.TypeSpec:
			names = append(names, short+"."+spec.Name.Name)
			var members *ast.FieldList
			switch of := spec.Type.(type) {
			case *ast.StructType:
				members = of.Fields
			case *ast.InterfaceType:
				members = of.Methods
			default:
				continue
			}
			for _, member := range members.List {
				for _, name := range member.Names {
					names = append(names, spec.Name.Name+"."+name.Name)
				}
			}
		}
	}
	return names
}
