package runtime_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/document/toml"
	"github.com/hotbind/hotbind/runtime/pflags"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// Each kind of bad input has one clear message: where, what was found, what is allowed,
// and what stays in force. DIR stands for the folder of the test.
func TestMessages(t *testing.T) {
	testkit.NoEnvironment(t)
	dir := testkit.Folder(t, map[string]string{
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
		name string
		src  source.Source
		want string
	}{
		{"a value in a file", rt.File(at("value.yaml")), "DIR/value.yaml:2:10: workers: 500 is more than the maximum 100"},
		{"the syntax of a file", rt.File(at("syntax.yaml")), "DIR/syntax.yaml:1:9: (document): expected \",\" or \"]\" in the list that begins on line 1; found the end of the file"},
		{"a key one letter off", rt.File(at("letter.toml"), rt.WithFormat(toml.Format{})), "DIR/letter.toml:2:1: workerz: unknown property \"workerz\" (did you mean workers?)"},
		{"a key twice", rt.File(at("twice.json")), `DIR/twice.json:1:15: name: duplicate key "name", first written on line 1 (remove or rename one of them)`},
		{"an empty file", rt.File(at("empty.yaml")), "DIR/empty.yaml:1:1: (document): the file is empty"},
		{"a file that is a list", rt.File(at("list.yaml")), "DIR/list.yaml:1:1: (document): found a list, want an object"},
		{"a file of another kind", rt.File(at("pipe.ini")), `DIR/pipe.ini:1:1: (document): the extension ".ini" is not supported; supported are .yaml, .yml and .json`},
		{"no file", rt.File(at("none.yaml")), "DIR/none.yaml: no such file or directory"},
		{"a folder", rt.File(dir), "DIR: is a folder, not a regular file"},
		{"a layer of a tree", rt.Tree(at("tree"), rt.Environment("prod")), `DIR/tree/environments/prod.yaml:1:10: workers: found the string "many", want a whole number`},
		{"an environment of a tree", rt.Tree(at("tree"), rt.Environment("dev")), "DIR/tree/environments/dev.yaml: file does not exist: no file for the environment dev; there are: prod"},
		{"a variable", rt.Env("MSG"), "$MSG_WORKERS: workers: the text is not a number"},
		{"a flag", pflags.Source(flags), `--workers: workers: "many" is not a number`},
	} {
		_, err := service.Load(t.Context(), rt.From(good, c.src))
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

// A finding must let its reader correct the file without looking anything up: position,
// path, what was found, what is allowed, in our own words.
func TestF033_FindingsSayAll(t *testing.T) {
	t.Parallel()
	text := "log_level: loud\nworkers: 500\nratio: 0\nverbose: 1\nleft: one\n" +
		"database:\n  pool_size: 0\ntenants:\n  acme: {quota: -1}\nworkerz: 3\n"
	_, err := service.Parse("conf/app.yaml", []byte(text))
	want := `conf/app.yaml:1:1: name: is required but missing
conf/app.yaml:1:12: log_level: "loud" is not one of debug, info, warn, error
conf/app.yaml:2:10: workers: 500 is more than the maximum 100
conf/app.yaml:3:8: ratio: 0 must be more than 0
conf/app.yaml:4:10: verbose: found the number 1, want true or false
conf/app.yaml:5:7: left: found the string "one", want a whole number
conf/app.yaml:7:14: database.pool_size: 0 is less than the minimum 1
conf/app.yaml:9:17: tenants.acme.quota: -1 is less than the minimum 0
conf/app.yaml:10:1: workerz: unknown property "workerz" (did you mean workers?)`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// For a hundred mistakes, the error has the first twenty and a count.
func TestF034_ManyFindings(t *testing.T) {
	t.Parallel()
	text := "name: service\ntenants:\n"
	for i := range 100 {
		text += fmt.Sprintf("  t%d: {quota: -1}\n", i)
	}
	_, err := service.Parse("app.yaml", []byte(text))
	if err == nil {
		t.Fatal("got no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 21 || lines[20] != "80 more" || len(err.Error()) > 8<<10 {
		t.Errorf("got %d lines, the last %q, %d bytes", len(lines), lines[len(lines)-1], len(err.Error()))
	}
	for i, line := range lines[:20] {
		if !strings.HasPrefix(line, fmt.Sprintf("app.yaml:%d:", i+3)) {
			t.Errorf("line %d is not in the order of the file: %s", i, line)
		}
	}
	var all *rt.ValidationError
	if !errors.As(err, &all) || len(all.Findings) != 100 {
		t.Errorf("got %d findings in the error, want 100", len(all.Findings))
	}
}
