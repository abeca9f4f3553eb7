// Package docs_test holds the pages to what they show: links lead somewhere, programs
// compile, commands print what the page says they print.
//
// HTML comments right above a code block say what the test does with it:
//
//	<!-- file: NAME -->     the block is the content of a file in the page's folder
//	<!-- status: N -->      the last command of the block exits with N, not 0
//	<!-- terminal: NAME --> the command goes on running; later blocks with the same name
//	                        show what it prints next, and ^C ends it
//	<!-- valid: SCHEMA -->  the block is a document that this schema allows: a file in the
//	                        page's folder, or one of schemas/
//	<!-- module: FOLDER --> the fragment uses an adapter, a module of its own, and has
//	                        the variable manager in the place of live
//	<!-- schema -->         the block is a schema that can be generated from
//
// and a comment by itself:
//
//	<!-- folder: empty -->  the page begins in an empty folder
//	<!-- file: NAME
//	CONTENT -->             a file that the page does not show
//	<!-- run: COMMAND -->   a command that the page does not show
//	<!-- given:
//	DECLARATIONS -->        Go declarations that the fragments of the page use
//
// Every page is run in a folder of its own, from top to bottom. Unless the page begins in
// an empty folder, it is a module with the schema, the configuration and the package
// config of the tutorial. A go block is a complete file, declarations, or statements,
// which are put into a function; imports are added. In the output of a console block,
// a line "..." stands for any number of lines and "…" for any text within a line.
package docs_test

import (
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the folder of the repository.
var root = func() string {
	dir, err := filepath.Abs("..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// TestMain looks at the sources of all that the pages run, because go test does not run a
// test again when only files that it has not looked at are new.
func TestMain(m *testing.M) {
	for _, dir := range []string{"cmd", "examples", "generator", "internal", "runtime", "schemas"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

var update = flag.Bool("update", false, "write into the pages what the commands print")

// contents is the table of contents.
const contents = "docs/README.md"

// pages returns all pages of the book.
func pages(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found the pages %q: %v", paths, err)
	}
	for i, p := range paths {
		paths[i] = "docs/" + p
	}
	return paths
}

// TestLinks: every link within the repository leads to a file, and to a heading of it.
func TestLinks(t *testing.T) {
	t.Parallel()
	all := map[string]*page{}
	load := func(p string) *page {
		if all[p] == nil {
			all[p] = read(t, p)
		}
		return all[p]
	}
	for _, from := range append(pages(t), "README.md", "CONTRIBUTING.md", "CHANGELOG.md") {
		for _, link := range load(from).links {
			if strings.Contains(link, "://") {
				continue
			}
			target, anchor, _ := strings.Cut(link, "#")
			if target = path.Join(path.Dir(from), target); strings.HasPrefix(link, "#") {
				target = from
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s links to %s, which does not exist", from, link)
				continue
			}
			if anchor != "" && !slices.Contains(load(target).anchors, anchor) {
				t.Errorf("%s links to %s; the headings there are %s", from, link, strings.Join(load(target).anchors, ", "))
			}
		}
	}
}

// TestContents: the table of contents names every page, and each page ends with a link
// to the next one.
func TestContents(t *testing.T) {
	t.Parallel()
	var order []string
	for _, link := range read(t, contents).links {
		if target, _, _ := strings.Cut(link, "#"); path.Ext(target) == ".md" && !strings.Contains(target, "/") && !slices.Contains(order, target) {
			order = append(order, target)
		}
	}
	for _, p := range pages(t) {
		if p != contents && !slices.Contains(order, path.Base(p)) {
			t.Errorf("%s does not link to %s", contents, path.Base(p))
		}
	}
	for i, p := range order[:len(order)-1] {
		text := strings.TrimSpace(string(read(t, "docs/"+p).text))
		if last := text[strings.LastIndex(text, "\n")+1:]; !strings.HasPrefix(last, "Next: [") || !strings.HasSuffix(last, "("+order[i+1]+")") {
			t.Errorf("%s ends with %q, want a link to the next page: Next: […](%s)", p, last, order[i+1])
		}
	}
}

// TestConflicts: no page contains the markers of a merge. They stood in three tables
// unnoticed, because the rows between them are valid Markdown.
func TestConflicts(t *testing.T) {
	t.Parallel()
	for _, p := range append(pages(t), "README.md", "CONTRIBUTING.md", "CHANGELOG.md") {
		n := 0
		for line := range strings.Lines(string(read(t, p).text)) {
			if n++; strings.HasPrefix(line, "<<<<<<<") || strings.HasPrefix(line, ">>>>>>>") {
				t.Errorf("%s:%d: a merge left this marker: %s", p, n, line)
			}
		}
	}
}
