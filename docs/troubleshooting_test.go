package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// troubleshooting explains messages. The code in the first cell of its tables is the
// constant part of a message; … stands for any text within it.
const troubleshooting = "docs/troubleshooting.md"

// An entry is a message that the page explains.
type entry struct {
	text    string
	pattern *regexp.Regexp
}

func entries(t *testing.T) (all []entry) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, troubleshooting))
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("``? ?(.*?) ?``?(?:$|, )")
	for line := range strings.Lines(string(content)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		first, ok := strings.CutPrefix(cells[0], "| ")
		if !ok || len(cells) != 2 {
			continue
		}
		for _, m := range code.FindAllStringSubmatch(first, -1) {
			text := strings.ReplaceAll(m[1], `\|`, "|")
			all = append(all, entry{text, regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), "…", ".*"))})
		}
	}
	if len(all) == 0 {
		t.Fatalf("found no entries in %s", troubleshooting)
	}
	return all
}

// TestMessagesExplained: the page has an entry for each message of the transcripts and of
// the sources.
func TestMessagesExplained(t *testing.T) {
	t.Parallel()
	all := entries(t)
	messages := transcripts(t)
	maps.Copy(messages, sources(t).messages)
	if len(messages) < 500 {
		t.Errorf("found only %d messages", len(messages))
	}
	for _, m := range slices.Sorted(maps.Keys(messages)) {
		if !slices.ContainsFunc(all, func(e entry) bool { return e.pattern.MatchString(m) || strings.Contains(e.text, m) }) {
			t.Errorf("%s does not explain this message (%s): %s", troubleshooting, messages[m], m)
		}
	}
}

// TestMessagesExist: each entry of the page is a message of the sources: no part of it
// has been reworded.
func TestMessagesExist(t *testing.T) {
	t.Parallel()
	texts := strings.Join(sources(t).texts, "\n")
	for _, e := range entries(t) {
		for part := range strings.SplitSeq(e.text, "…") {
			part = strings.Trim(part, ` "`)
			_, rest, _ := strings.Cut(part, " ") // the first word may come from elsewhere
			if strings.Contains(part, " ") && !strings.Contains(texts, part) && !(strings.Contains(rest, " ") && strings.Contains(texts, rest)) {
				t.Errorf("%s explains %q, but no source has %q", troubleshooting, e.text, part)
			}
		}
	}
}

// transcripts returns the findings and errors that tests expect, with their files.
func transcripts(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	place := regexp.MustCompile(`^\S+:\d+:\d+: `)
	for _, pattern := range []string{"keywords", "golden", "script"} {
		files, err := filepath.Glob(filepath.Join(root, "testdata", pattern, "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatalf("found no transcripts: %v", err)
		}
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(file)
			compared := regexp.MustCompile(`(?m)^cmp stderr (\S+)$`).FindAllStringSubmatch(string(archive.Comment), -1)
			for _, m := range regexp.MustCompile(`(?m)^stderr (?:-count=\d+ )?'(.*)'$`).FindAllStringSubmatch(string(archive.Comment), -1) {
				if text := literal(m[1]); strings.Count(text, " ") >= 3 && !strings.Contains(text, "…") {
					found[text] = name
				}
			}
			for _, f := range archive.Files {
				for line := range strings.Lines(string(f.Data)) {
					line = strings.TrimSpace(line)
					_, invalid, ok := strings.Cut(line, " => ")
					switch {
					case f.Name == "invalid" && ok && !strings.HasPrefix(line, "#"):
						found[invalid] = name
					case f.Name == "findings" && line != "",
						slices.ContainsFunc(compared, func(m []string) bool { return m[1] == f.Name }) && place.MatchString(line):
						found[line] = name
					}
				}
			}
		}
	}
	return found
}

// literal returns the text that a regular expression of a script matches; … stands for
// what varies.
func literal(pattern string) string {
	pattern = strings.ReplaceAll(strings.Trim(pattern, "^$"), "''", "'")
	pattern = strings.NewReplacer(`\d+`, "1", ".*", "…", `.+`, "…").Replace(pattern)
	return regexp.MustCompile(`\\(.)`).ReplaceAllString(pattern, "$1")
}

// A vocabulary is what the sources say.
type vocabulary struct {
	messages map[string]string // of errors and findings, with their files
	texts    []string          // all string literals
}

// details are sources whose errors only complete another message, which is explained, and
// those of notifications that need no explanation.
var details = []string{"internal/ecma/", "internal/format/", "internal/pattern/", "runtime/document/edit/", "runtime/internal/journal/",
	"runtime/notify/webhook/signature.go"}

// nobody are folders without errors of their own that a user meets.
var nobody = []string{"disktest", "enginetest", "internal/emit", "internal/metaschema", "internal/oracle", "internal/suites",
	"shapetest", "sourcetest", "testdata", "testkit", "trial"}

// sources reads the string literals of the sources. What varies in a message becomes ….
func sources(t *testing.T) vocabulary {
	t.Helper()
	v := vocabulary{messages: map[string]string{}}
	for _, dir := range []string{"cmd", "generator", "internal", "runtime"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case !d.IsDir():
				return nil
			case slices.ContainsFunc(nobody, func(s string) bool { return strings.HasSuffix(filepath.ToSlash(path), s) }):
				return fs.SkipDir
			}
			return v.readPackage(path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func (v *vocabulary) readPackage(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if files[filepath.ToSlash(name)], err = parser.ParseFile(token.NewFileSet(), path, nil, 0); err != nil {
			return err
		}
	}
	reporters := reportersOf(files)
	for name, file := range files {
		v.read(name, file, reporters)
	}
	return nil
}

func (v *vocabulary) read(name string, file *ast.File, reporters map[string]int) {
	add := func(e ast.Expr) {
		text := template(e)
		if fixed := strings.ReplaceAll(text, "…", ""); strings.Count(strings.TrimSpace(fixed), " ") >= 1 {
			v.messages[text] = name
		}
	}
	if slices.ContainsFunc(details, func(dir string) bool { return strings.HasPrefix(name, dir) }) {
		add = func(ast.Expr) {}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				v.texts = append(v.texts, template(n))
			}
		case *ast.CallExpr:
			if at, ok := message(n, reporters); ok {
				add(n.Args[at])
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Message" {
				add(n.Value)
			}
		case *ast.FuncDecl:
			if at := slices.IndexFunc(names(n.Type.Results), isMessage); at >= 0 {
				returned(n.Body, at, add)
			}
		}
		return true
	})
}

// isMessage reports whether a parameter or result with this name is a message.
func isMessage(name string) bool {
	return slices.Contains([]string{"message", "fault", "refused"}, name)
}

// names returns the names of parameters or results, by their indices.
func names(fields *ast.FieldList) (all []string) {
	if fields == nil {
		return nil
	}
	for _, field := range fields.List {
		for _, name := range field.Names {
			all = append(all, name.Name)
		}
	}
	return all
}

// returned calls add for each result at an index that a function returns.
func returned(body *ast.BlockStmt, at int, add func(ast.Expr)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && at < len(r.Results) {
			add(r.Results[at])
		}
		_, nested := n.(*ast.FuncLit)
		return !nested
	})
}

// reportersOf returns the functions of a package that have a message as a parameter, with
// its index.
func reportersOf(files map[string]*ast.File) map[string]int {
	found := map[string]int{}
	for _, file := range files {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if at := slices.IndexFunc(names(f.Type.Params), isMessage); at >= 0 {
					found[f.Name.Name] = at
				}
			}
		}
	}
	return found
}

// message returns which argument of a call is the message of an error or a finding.
func message(call *ast.CallExpr, reporters map[string]int) (at int, ok bool) {
	called := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		called = f.Name
		if called == "panic" && strings.HasPrefix(template(call.Args[0]), "hotbind: ") {
			return 0, true
		}
	case *ast.SelectorExpr:
		called = f.Sel.Name
		x, _ := f.X.(*ast.Ident)
		switch {
		case x != nil && (x.Name == "errors" && called == "New" || x.Name == "fmt" && called == "Errorf"):
			return 0, true
		case called == "Errorf" || called == "Warnf": // of a schema: place, rule, hint, message
			return 3, len(call.Args) > 3
		}
	}
	at, ok = reporters[called]
	return at, ok && at < len(call.Args)
}

// template returns the text of an expression, with … for what varies.
func template(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return regexp.MustCompile(`%[-+#.0-9]*[a-zA-Z]`).ReplaceAllString(text, "…")
		}
	case *ast.BinaryExpr:
		return template(e.X) + template(e.Y)
	case *ast.ParenExpr:
		return template(e.X)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" && len(e.Args) > 0 {
			return template(e.Args[0])
		}
	}
	return "…"
}
