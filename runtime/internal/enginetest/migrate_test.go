package enginetest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/migrate"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// migrations returns a folder with a migration that renames a key, and a function for the
// next one.
func migrations(t testing.TB) []rt.Option {
	t.Helper()
	dir := testkit.Folder(t, map[string]string{"1-to-2.yaml": "from: 1\nto: 2\nversion_at: note\nsteps:\n  - rename: {path: old_left, to: left}\n  - scale: {path: right, by: 10}\n"})
	return []rt.Option{migrate.With(dir, migrate.Func("2", "3", func(doc *document.Node) (*document.Node, error) {
		for i := range doc.Members() {
			if m := &doc.Members()[i]; m.Key() == "right" && m.Value().Text() == "13" {
				return nil, errors.New("13 is unlucky")
			}
		}
		return doc, nil
	}))}
}

// A file of an older version is migrated each time it is read, and stays as it is.
// Findings point into it.
func TestMigrationsOnReload(t *testing.T) {
	path := file(t, "note: \"1\"\nname: service\nold_left: 5\nright: 5\n")
	opts := append(migrations(t), rt.WithSettle(0))
	f := follow(t, rt.File(path), opts...)
	if f.Current().Left != 5 || f.Current().Note.Or("") != "3" {
		t.Errorf("got %+v", f.Current())
	}
	text, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff("note: \"1\"\nname: service\nold_left: 5\nright: 5\n", string(text)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct{ text, want string }{
		{"note: \"1\"\nname: service\nold_left: x\n", path + `:3:11: left: found the string "x", want a whole number`},
		{"note: \"4\"\nname: service\n", path + `:1:7: note: config version 4 is newer than 3, the newest this program knows`},
		{"note: \"1\"\nname: service\nold_left: 1\nleft: 2\n", path + `:3:11: old_left: `},
		{"note: \"2\"\nname: service\nright: 13\n", path + `:1:1: (document): migration from 2 to 3 (in Go): 13 is unlucky`},
	} {
		replace(t, path, c.text)
		_, err := f.Manager().Reload(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if f.Current().Left != 5 {
		t.Error("something changed")
	}
	replace(t, path, "note: \"3\"\nname: service\nleft: 6\nright: 6\n")
	if _, err := f.Manager().Reload(t.Context()); err != nil {
		t.Error(err)
	}
}

// The files of a tree have the version of the weakest one. Variables, in a file or not,
// are written for this program: the right value from them is not scaled.
func TestMigrationsOfTrees(t *testing.T) {
	testkit.NoEnvironment(t)
	t.Setenv("M_WORKERS", "7")
	dir := testkit.Folder(t, map[string]string{"base.yaml": "note: \"1\"\nname: x\n", "environments/dev.yaml": "old_left: 8\n"})
	write(t, filepath.Join(dir, ".env"), "M_RIGHT=2\n")
	opts := append(migrations(t), rt.From(rt.Tree(dir, rt.Environment("dev")), rt.Dotenv(filepath.Join(dir, ".env"), "M"), rt.Env("M")), quiet())
	live, err := service.Open(t.Context(), opts...)
	must(t, err)
	defer live.Close()
	if live.Current().Left != 8 || live.Current().Workers != 7 || live.Current().Right != 2 {
		t.Errorf("got %+v", live.Current())
	}
}

// A program without files beside it embeds its migrations. Their findings name the file.
func TestEmbeddedMigrations(t *testing.T) {
	path := file(t, "note: \"1\"\nname: x\nold_left: 8\nright: 8\n")
	files := fstest.MapFS{
		"1.yaml": {Data: []byte("from: 1\nto: 2\nversion_at: note\nsteps:\n  - rename: {path: old_left, to: left}\n")},
	}
	live, err := service.Open(t.Context(), rt.From(rt.File(path)), migrate.WithFS(files), quiet())
	must(t, err)
	defer live.Close()
	if live.Current().Left != 8 {
		t.Errorf("got %+v", live.Current())
	}
	files["1.yaml"].Data = []byte("from: 1\n")
	if _, err := service.Open(t.Context(), rt.From(rt.File(path)), migrate.WithFS(files), quiet()); err == nil || !strings.HasPrefix(err.Error(), "migrations/1.yaml:1:1: ") {
		t.Errorf("got %v", err)
	}
}

// Errors in migrations are reported by Open.
func TestMigrationsAreWrong(t *testing.T) {
	path := file(t, config(1))
	dir := testkit.Folder(t, map[string]string{"a.yaml": "from: 1\nto: 2\nsteps:\n  - rename: {path: x}\n"})
	_, err := service.Open(t.Context(), rt.From(rt.File(path)), migrate.With(dir), quiet())
	if want := filepath.Join(dir, "a.yaml") + ":4:13: steps[0].rename.to: is required but missing"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = service.Open(t.Context(), rt.From(rt.File(path)), migrate.With(filepath.Join(dir, "none")), quiet())
	if want := filepath.Join(dir, "none") + ": the folder with migrations cannot be read: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
