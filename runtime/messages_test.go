package runtime_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/document/toml"
)

// Each kind of bad input has one clear message: where, what was found, what is
// allowed, and what still runs. DIR stands for the folder of the test.
func TestMessages(t *testing.T) {
	noEnvironment(t)
	dir := folder(t, map[string]string{
		"good.yaml": "name: x\n", "value.yaml": "name: x\nworkers: 500\n", "syntax.yaml": "name: [x\n",
		"letter.toml": "name = 'x'\nworkerz = 3\n", "twice.json": `{"name": "x", "name": "y"}`, "empty.yaml": "# nothing\n", "pipe.ini": "name=x",
		"tree/base.yaml": "name: x\n", "tree/environments/prod.yaml": "workers: many\n", "list.yaml": "- name\n",
		"many.yaml": "name: x\n" + unknownKeys(100),
	})
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	flags := pflag.NewFlagSet("x", pflag.ContinueOnError)
	flags.String("workers", "", "")
	must(t, flags.Parse([]string{"--workers=many"}))
	t.Setenv("MSG_WORKERS", "hunter2")
	good := rt.File(at("good.yaml"))
	for _, c := range []struct {
		name   string
		source rt.Source
		want   string
	}{
		{"a value in a file", rt.File(at("value.yaml")), "DIR/value.yaml:2:10: workers: 500 is more than the maximum 100"},
		{"the syntax of a file", rt.File(at("syntax.yaml")), "DIR/syntax.yaml:1:9: (document): expected \",\" or \"]\" in the list that begins on line 1; found the end of the file"},
		{"a key one letter off", rt.File(at("letter.toml"), rt.WithFormat(toml.Format{})), "DIR/letter.toml:2:1: workerz: unknown property \"workerz\" (did you mean workers?)"},
		{"a key twice", rt.File(at("twice.json")), `DIR/twice.json:1:15: name: the key "name" is already written on line 1 (remove or rename one of them)`},
		{"an empty file", rt.File(at("empty.yaml")), "DIR/empty.yaml:1:1: (document): the file is empty"},
		{"a file that is a list", rt.File(at("list.yaml")), "DIR/list.yaml:1:1: (document): found a list, want an object"},
		{"a file of another kind", rt.File(at("pipe.ini")), `DIR/pipe.ini:1:1: (document): the extension ".ini" is not supported; supported are .yaml, .yml and .json`},
		{"no file", rt.File(at("none.yaml")), "DIR/none.yaml: no such file or directory"},
		{"a folder", rt.File(dir), "DIR: is a folder, not a regular file"},
		{"a layer of a tree", rt.Tree(at("tree"), rt.Environment("prod")), `DIR/tree/environments/prod.yaml:1:10: workers: found the string "many", want a whole number`},
		{"an environment of a tree", rt.Tree(at("tree"), rt.Environment("dev")), "DIR/tree/environments/dev.yaml: file does not exist: there is no file for the environment dev; there are: prod"},
		{"a variable", rt.Env("MSG"), "$MSG_WORKERS: workers: the text is not a number"},
		{"a flag", rt.Flags(flags), `--workers: workers: "many" is not a number`},
	} {
		_, err := service.Load(t.Context(), rt.From(good, c.source))
		if err == nil {
			t.Errorf("%s is accepted", c.name)
			continue
		}
		if diff := cmp.Diff(c.want, strings.ReplaceAll(err.Error(), dir, "DIR")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	_, err := service.Load(t.Context(), rt.From(rt.File(at("many.yaml"))))
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 21 || lines[20] != "80 more" || len(err.Error()) > 8<<10 {
		t.Errorf("got %d lines, %d bytes", len(lines), len(err.Error()))
	}
}

func unknownKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("unknown_" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ": 1\n")
	}
	return b.String()
}

// While a configuration is in use, the messages say what stays in force.
func TestMessagesSayWhatIsKept(t *testing.T) {
	path, store := file(t, config(1)), filepath.Join(t.TempDir(), "store")
	live := mustOpen(t, path, store)
	save(t, live, path, config(2))
	write(t, path, "name: x\nworkers: 500\n")
	_, reload := live.Manager().Reload(t.Context())
	_, update := live.Manager().Update(t.Context(), rt.Set("workers", 500))
	_, rollback := live.Manager().Rollback(t.Context(), rt.To(9))
	_, restore := live.Manager().RestoreBackup(t.Context(), 9)
	damaged := filepath.Join(store, "revisions", "0000000001.json")
	text, err := os.ReadFile(damaged)
	must(t, err)
	must(t, os.WriteFile(damaged, text[:len(text)/2], 0o600))
	must(t, live.Close())
	live = mustOpenKept(t, path, store)
	_, broken := live.Manager().Rollback(t.Context(), rt.To(1))
	for _, c := range []struct {
		err  error
		want string
	}{
		{reload, "configuration refused, revision 2 stays in force: PATH:2:10: workers: 500 is more than the maximum 100"},
		{update, "configuration refused, revision 2 stays in force: (api): workers: 500 is more than the maximum 100"},
		{rollback, "rollback failed, revision 2 is in force: revision not found: 9 is not kept; the last one was 2"},
		{restore, "nothing was restored: backup not found: there is no STORE/backups/0000000009"},
		{broken, "rollback failed, revision 2 is in force: STORE/revisions/0000000001.json cannot be used: it is damaged, its self-check does not match its content; other files are not affected"},
	} {
		got := strings.NewReplacer(path, "PATH", store, "STORE").Replace(c.err.Error())
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
	// What is to be restored over something that is no file is refused before
	// anything is written.
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o700))
	_, err = live.Manager().RestoreBackup(t.Context(), 2)
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "folder") {
		t.Errorf("got the error %v", err)
	}
}

func mustOpenKept(t testing.TB, path, store string) *service.Live {
	t.Helper()
	return mustOpen(t, path, store, history.Store(store, history.Fallback()))
}
