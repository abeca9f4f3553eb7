package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"
)

const watchedSchema = `
type: object
additionalProperties: false
required: [name]
properties:
  name: {type: string}
  level: {enum: [debug, info, warn], default: info}
  listen: {type: string, default: ':80', x-reload: restart}
  password: {type: string, minLength: 8, writeOnly: true}
`

// A watched is a running command whose output is read line by line.
type watched struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  chan string // lines of both streams
	seen []string
}

func watching(t *testing.T, args ...string) *watched {
	t.Helper()
	w := &watched{t: t, cmd: exec.Command(buildTool(t), append([]string{"watch"}, args...)...), out: make(chan string, 1000)}
	read, write := io.Pipe()
	w.cmd.Stdout, w.cmd.Stderr = write, write
	w.cmd.Env = append(os.Environ(), "HOTBIND_ENV=production") // a tool follows there too
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(read)
		for lines.Scan() {
			w.out <- lines.Text()
		}
	}()
	t.Cleanup(func() { w.cmd.Process.Kill(); w.cmd.Wait(); write.Close() })
	return w
}

// until waits for a line that contains all of the texts.
func (w *watched) until(texts ...string) string {
	w.t.Helper()
	limit := time.After(30 * time.Second) // only a deadlock takes this long
	for {
		select {
		case line := <-w.out:
			w.seen = append(w.seen, line)
			if strings.Contains(line, "CANARY") {
				w.t.Errorf("a secret is shown: %s", line)
			}
			has := true
			for _, text := range texts {
				has = has && strings.Contains(line, text)
			}
			if has {
				return line
			}
		case <-limit:
			w.t.Fatalf("no line has %q:\n%s", texts, strings.Join(w.seen, "\n"))
		}
	}
}

func (w *watched) interrupt() {
	w.t.Helper()
	if goruntime.GOOS == "windows" {
		return // a process cannot receive an interrupt there
	}
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		w.t.Fatal(err)
	}
	if err := w.cmd.Wait(); err != nil {
		w.t.Errorf("interrupted: %v, want exit status 0", err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// TestWatch edits a file step by step: missing, invalid, valid, changed, refused, valid
// again, a change that needs a restart. F128: no output shows a secret.
func TestWatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	schema, file := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "config.yaml")
	put(t, schema, watchedSchema)
	w := watching(t, "--schema", schema, file)
	w.until("refused, waiting for a valid one: ", "config.yaml: no such file")
	put(t, file, "name: 5\npassword: CANARY\n")
	w.until("refused, waiting for a valid one:")
	w.until("config.yaml:1:7: name: found the number 5, want a string")
	w.until("config.yaml:2:11: password: is shorter than 8 characters")
	put(t, file, "name: shop\npassword: CANARY-1\n")
	w.until("revision 1: read from ", "config.yaml")
	put(t, file, "name: shop\nlevel: debug\npassword: CANARY-1\n")
	w.until("revision 2: level: info → debug")
	put(t, file, "name: shop\nlevel: loud\npassword: CANARY-1\n")
	w.until("refused, revision 2 stays in force:")
	w.until(`config.yaml:2:8: level: "loud" is not one of debug, info, warn`)
	put(t, file, "name: shop\nlevel: debug\npassword: CANARY-1\n")
	w.until("valid again: same content as revision 2, which is in force")
	put(t, file, "name: other\nlevel: warn\npassword: CANARY-2\nlisten: ':81'\n")
	w.until("revision 3: 3 changes: 3 modified")
	w.until(`  ~ name: "shop" → "other"`)
	w.until("  ~ password: [secret] → [secret]")
	w.until(`waiting for a restart: listen: ":80" → ":81"`)
	put(t, file, "name: other\nlevel: warn\npassword: CANARY-2\n")
	w.until("no change waits for a restart any more")
	put(t, file, "name: [\n")
	w.until("refused, revision 3 stays in force:")
	put(t, file, "name: last\nlevel: warn\npassword: CANARY-2\nlisten: ':82'\n")
	w.until(`revision 4: name: "other" → "last"`)
	w.until(`waiting for a restart: listen: ":80" → ":82"`)
	w.interrupt()
	if text := strings.Join(w.seen, "\n"); strings.Count(text, "refused") != 4 || strings.Count(text, "valid again") != 1 {
		t.Errorf("want each event once:\n%s", text)
	}
}

// TestWatchForMachines: with --format json every line is one object.
func TestWatchForMachines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	schema, base := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "tree", "base.yaml")
	put(t, schema, watchedSchema)
	if err := os.MkdirAll(filepath.Dir(base), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, base, "name: shop\npassword: CANARY-1\n")
	w := watching(t, "--schema", schema, "--environment", "", "--format", "json", filepath.Dir(base))
	w.until(`"event":"revision"`, `"revision":1`)
	put(t, base, "name: [\n")
	w.until(`"event":"refused"`, `"revision":1`, `"line":`)
	put(t, base, "name: shop\npassword: CANARY-1\n")
	w.until(`"event":"recovered"`)
	put(t, base, "name: shop\npassword: CANARY-2\nlisten: ':81'\n")
	w.until(`"changes":[{"path":"password","kind":"modified","old":"[secret]","new":"[secret]"}]`)
	w.until(`"event":"restart_pending"`, `"path":"listen"`)
	w.interrupt()
	for _, line := range w.seen {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}
