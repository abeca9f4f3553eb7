package history_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/part"
)

func lastGood(dir string) part.LastGood { return load.NewOptions(history.LastGood(dir)).LastGood }

// The content saved for a source is returned with its time, also to another process. Each
// source has its own.
func TestLastGood(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "here")
	before := time.Now().Add(-time.Second)
	for source, content := range map[string]string{"etcd:/a": "a: 1\n\nb: 2", "etcd:/b": ""} {
		if _, _, err := lastGood(dir).Load(source); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v before it was saved", err)
		}
		for _, text := range []string{"older", content} {
			if err := lastGood(dir).Save(source, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		got, kept, err := lastGood(dir).Load(source)
		if err != nil || string(got) != content || kept.Before(before) || kept.After(time.Now()) {
			t.Errorf("%s: got %q of %v, %v", source, got, kept, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("got the files %q, %v", files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got the mode %v, %v", f, info.Mode(), err)
		}
	}
}

// A file that was changed or cut, or belongs to another source, is not used.
func TestLastGoodDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := lastGood(dir).Save("s", []byte("a: 1")); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string]string{
		"empty": "", "cut": string(text[:len(text)-1]), "longer": string(text) + " ", "no header": "a: 1",
		"another source": strings.Replace(string(text), `"s"`, `"r"`, 1),
	} {
		if err := os.WriteFile(files[0], []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if content, _, err := lastGood(dir).Load("s"); err == nil || !strings.Contains(err.Error(), "the file is damaged") {
			t.Errorf("%s: got %q, %v", name, content, err)
		}
	}
}

// A folder that others may write is neither read nor written: others could have put the
// content there, and the content has secrets.
func TestLastGoodFolderOfOthers(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such file modes")
	}
	dir := t.TempDir()
	if err := lastGood(dir).Save("s", []byte("a: 1")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	_, _, err := lastGood(dir).Load("s")
	for _, err := range []error{err, lastGood(dir).Save("s", []byte("a: 2"))} {
		if err == nil || !strings.Contains(err.Error(), "other users may write to it") {
			t.Errorf("got %v", err)
		}
	}
}
