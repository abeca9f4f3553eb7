package notify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

func newFile(t *testing.T, path string, opts ...notify.FileOption) rt.Channel {
	t.Helper()
	c, err := notify.File(path, opts...)
	must(t, err)
	t.Cleanup(func() { closed(t, c) })
	return c
}

func send(t *testing.T, c rt.Channel, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		must(t, c.Send(context.Background(), note(i)))
	}
}

// idsIn returns the ids in the lines of files, each of which must be a record.
func idsIn(t *testing.T, paths ...string) (ids []string) {
	t.Helper()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		must(t, err)
		for line := range bytes.Lines(text) {
			var record struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(line, &record); err != nil || line[len(line)-1] != '\n' {
				t.Fatalf("%s: %v: %q", path, err, line)
			}
			ids = append(ids, strings.TrimPrefix(record.ID, "id-"))
		}
	}
	return ids
}

func wantIDs(t *testing.T, got []string, from, to int) {
	t.Helper()
	var want []string
	for i := from; i <= to; i++ {
		want = append(want, fmt.Sprint(i))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// filed returns a notification as a file has it.
func filed(t *testing.T, n rt.Notification) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "n.jsonl")
	must(t, newFile(t, path).Send(context.Background(), n))
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}

// A file is created with mode 0600, has a line for each notification, and continues where
// an earlier process ended, even within a line.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.jsonl")
	c, err := notify.File(path)
	must(t, err)
	send(t, c, 1, 2)
	closed(t, c)
	closed(t, c)
	if err := c.Send(context.Background(), note(3)); !errors.Is(err, rt.ErrClosed) {
		t.Errorf("got %v", err)
	}
	info, err := os.Stat(path)
	must(t, err)
	if perm := info.Mode().Perm(); perm != 0o600 && os.PathSeparator == '/' {
		t.Errorf("mode %v", perm)
	}
	send(t, newFile(t, path), 3, 4)
	wantIDs(t, idsIn(t, path), 1, 4)

	must(t, os.Truncate(path, info.Size()-10))
	send(t, newFile(t, path), 5, 5)
	text, err := os.ReadFile(path)
	must(t, err)
	if lines := strings.Split(string(text), "\n"); len(lines) != 4 || !strings.Contains(lines[2], `"id-5"`) || !json.Valid([]byte(lines[2])) {
		t.Errorf("got %s", text)
	}
}

// F127: one notification is one line, and can be read back.
func TestF127_RecordIsOneLine(t *testing.T) {
	n := evilAll()
	n.Environment += "\U000E0001" // beyond what one \u can say
	got := filed(t, n)
	wantTame(t, strings.TrimSuffix(got, "\n"))
	if strings.Count(got, "\n") != 1 {
		t.Errorf("got %s", got)
	}
	var record struct {
		Message, Environment string
		Files                []string
	}
	must(t, json.Unmarshal([]byte(got), &record))
	text := strings.ToValidUTF8(evil, "\ufffd")
	if record.Message != "message "+text || record.Environment != "production"+text+"\U000E0001" || record.Files[0] != "f"+text {
		t.Errorf("got %q", record)
	}
}

// A file that would become too large is renamed, and a maximum number of renamed files is
// kept. No line is lost among those, and a line longer than the limit is still written.
func TestFileRotates(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "n.jsonl")
	must(t, os.WriteFile(path, nil, 0o640))
	must(t, os.Chmod(path, 0o640))
	line := int64(len(filed(t, note(10))))
	c := newFile(t, path, notify.WithMaxSize(3*line), notify.WithMaxFiles(2))
	send(t, c, 10, 31)
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	must(t, err)
	if len(files) != 3 {
		t.Fatalf("got %v", files)
	}
	wantIDs(t, idsIn(t, files...), 25, 31) // n-<time>… sorts before n.jsonl
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o640 && os.PathSeparator == '/' {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
	long := note(99)
	long.Message = strings.Repeat("x", int(5*line))
	must(t, c.Send(context.Background(), long))
	wantIDs(t, idsIn(t, path), 99, 99)
}

// F135: if the file is renamed from outside, with or without a new file in its place, or
// removed, every later line is in the file of that name.
func TestF135_RotatedByRename(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("an open file cannot be renamed")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "n.jsonl")
	c := newFile(t, path)
	send(t, c, 1, 2)
	must(t, os.Rename(path, path+".1"))
	send(t, c, 3, 4)
	must(t, os.Rename(path, path+".2"))
	must(t, os.WriteFile(path, nil, 0o600))
	send(t, c, 5, 6)
	wantIDs(t, idsIn(t, path+".1"), 1, 2)
	wantIDs(t, idsIn(t, path+".2"), 3, 4)
	wantIDs(t, idsIn(t, path), 5, 6)
	must(t, os.Remove(path))
	send(t, c, 7, 7)
	wantIDs(t, idsIn(t, path), 7, 7)
	must(t, os.Rename(folder, folder+".gone"))
	var retry *notify.RetryError
	if err := c.Send(context.Background(), note(8)); !errors.As(err, &retry) {
		t.Errorf("got %v", err)
	}
	must(t, os.Rename(folder+".gone", folder))
	send(t, c, 8, 8)
	wantIDs(t, idsIn(t, path), 7, 8)
}

// F135: if the file is copied and truncated, it starts again at its first byte. Writing
// at the old end would leave a hole.
func TestF135_RotatedByCopyTruncate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.jsonl")
	c := newFile(t, path)
	send(t, c, 1, 9)
	text, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path+".1", text, 0o600))
	must(t, os.Truncate(path, 0))
	send(t, c, 10, 12)
	wantIDs(t, idsIn(t, path+".1"), 1, 9)
	wantIDs(t, idsIn(t, path), 10, 12)
	// Truncated within a line: the rest of that line stays on its own.
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()-5))
	send(t, c, 13, 13)
	text, err = os.ReadFile(path)
	must(t, err)
	if lines := strings.Split(string(text), "\n"); len(lines) != 5 || !json.Valid([]byte(lines[3])) || strings.ContainsRune(string(text), 0) {
		t.Errorf("got %q", text)
	}
}

// F135: while lines are written, the file is renamed as fast as possible: no line is
// lost, torn or written twice.
func TestF135_RenamedUnderLoad(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("an open file cannot be renamed")
	}
	path := filepath.Join(t.TempDir(), "n.jsonl")
	c := newFile(t, path)
	const lines = 3000
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 1; i <= lines; i++ {
			if err := c.Send(context.Background(), note(i)); err != nil {
				t.Error(err)
			}
		}
	}()
	files := []string{path}
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		default:
			if old := fmt.Sprint(path, ".", len(files)); os.Rename(path, old) == nil {
				files = append(files, old)
			}
		}
	}
	send(t, c, lines+1, lines+1)
	seen := map[string]bool{}
	for _, id := range idsIn(t, files...) {
		if seen[id] {
			t.Errorf("%s twice", id)
		}
		seen[id] = true
	}
	if len(seen) != lines+1 {
		t.Errorf("%d lines: %v", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}

// Anything but a regular file is refused without waiting for it. A link to a file counts
// as that file, and a dangling link is refused.
func TestFileRefuses(t *testing.T) {
	folder := t.TempDir()
	if _, err := notify.File(folder); err == nil || !strings.Contains(err.Error(), "is not a regular file: d") {
		t.Errorf("got %v", err)
	}
	if _, err := notify.File(filepath.Join(folder, "missing", "n.jsonl")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	target, link := filepath.Join(folder, "target"), filepath.Join(folder, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if _, err := notify.File(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	must(t, os.WriteFile(target, nil, 0o600))
	c := newFile(t, link, notify.WithMaxSize(1))
	send(t, c, 1, 3)
	wantIDs(t, idsIn(t, target), 3, 3)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}
}
