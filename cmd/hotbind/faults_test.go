package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"
)

// TestF065_KilledWhileWriting kills the command at random moments while it replaces a
// package by another. Each file is always the old or the new one, complete, and the next
// run leaves no temporary file.
func TestF065_KilledWhileWriting(t *testing.T) {
	t.Parallel()
	tool, folder := buildTool(t), t.TempDir()
	schemas := []string{schemaFile(t, folder, "a", 40), schemaFile(t, folder, "b", 41)}
	out := filepath.Join(folder, "config")
	whole := map[string][][]byte{}
	var slowest time.Duration
	for _, s := range schemas {
		start := time.Now()
		generate(t, tool, out, s)
		slowest = max(slowest, time.Since(start))
		for name, content := range files(t, out) {
			whole[name] = append(whole[name], content)
		}
	}
	for i := range 40 {
		cmd := exec.Command(tool, "generate", "--out", out, schemas[i%2])
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// At any moment, which is the point of the test.
		kill := time.AfterFunc(rand.N(slowest), func() { cmd.Process.Kill() })
		cmd.Wait()
		kill.Stop()
		for name, content := range files(t, out) {
			if strings.HasSuffix(name, ".tmp") {
				continue
			}
			if !bytes.Equal(content, whole[name][0]) && !bytes.Equal(content, whole[name][1]) {
				t.Fatalf("%s is neither the old nor the new file after a kill", name)
			}
		}
	}
	generate(t, tool, out, schemas[0])
	for name, content := range files(t, out) {
		if whole[name] == nil || !bytes.Equal(content, whole[name][0]) {
			t.Errorf("%s is a leftover, or differs from what the last run wrote", name)
		}
	}
}

// TestF065_DiskFull makes every write beyond a few kilobytes fail: the old
// package stays as it was.
func TestF065_DiskFull(t *testing.T) {
	t.Parallel()
	if goruntime.GOOS == "windows" {
		t.Skip("limits the size of files with a shell's ulimit, which Windows does not have")
	}
	tool, folder := buildTool(t), t.TempDir()
	out := filepath.Join(folder, "config")
	generate(t, tool, out, schemaFile(t, folder, "a", 40))
	before := files(t, out)
	cmd := exec.Command("sh", "-c", "ulimit -f 8; exec "+tool+" generate --out "+out+" "+schemaFile(t, folder, "b", 41))
	if text, err := cmd.CombinedOutput(); err == nil {
		t.Fatalf("writing did not fail: %s", text)
	}
	for name, content := range files(t, out) {
		if before[name] != nil && !bytes.Equal(content, before[name]) {
			t.Errorf("%s was changed", name)
		}
	}
	for name := range before {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
}

// TestReaderGone closes the pipe for the results, as head does after its last line: the
// command fails without a message.
func TestReaderGone(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	defer write.Close()
	cmd := exec.Command(buildTool(t), "generate", "--help")
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = write, &stderr
	if err := cmd.Run(); err == nil || goruntime.GOOS != "windows" && stderr.Len() > 0 {
		t.Errorf("%v, %s", err, stderr.String())
	}
}

func buildTool(t *testing.T) string {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "hotbind.exe")
	if text, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return tool
}

// schemaFile writes a schema with fields properties.
func schemaFile(t *testing.T, folder, name string, fields int) string {
	t.Helper()
	text := "properties:\n"
	for i := range fields {
		text += "  field_" + name + strings.Repeat("x", i) + ": {type: integer, default: 1}\n"
	}
	path := filepath.Join(folder, name+".yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func generate(t *testing.T, tool, out, schema string) {
	t.Helper()
	if text, err := exec.Command(tool, "generate", "--out", out, "--package", "config", schema).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

func files(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	content := map[string][]byte{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		content[e.Name()] = text
	}
	return content
}
