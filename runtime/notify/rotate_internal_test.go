package notify

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Rotated files are named by their time, never overwrite one another, and the newest are
// kept. A file that only looks like one is not removed.
func TestRotation(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	others := []string{"a-2026-01-02T03-04-05.000000000-size.json", "a-2026-01-02T03-04-05.000000000.jsonl", "a-b-size.jsonl", "ab-2026-01-02T03-04-05.000000000-size.jsonl"}
	for _, name := range others {
		write(name, "")
	}
	r := rotation{path: filepath.Join(folder, "a.jsonl"), keep: 3, mode: 0o600}
	at := time.Date(2026, 5, 4, 3, 2, 1, 5, time.FixedZone("", 3600))
	for i, now := range []time.Time{at.Add(-time.Hour), at, at, at.Add(time.Second), at} { // the last time is of a clock that was set back
		write("a.jsonl", string(rune('a'+i)))
		if err := r.rotate(now); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		if text, _ := os.ReadFile(filepath.Join(folder, e.Name())); !slices.Contains(others, e.Name()) {
			got = append(got, e.Name()+" "+string(text))
		}
	}
	want := []string{
		"a-2026-05-04T02-02-01.000000006-size.jsonl c", "a-2026-05-04T02-02-01.000000007-size.jsonl e",
		"a-2026-05-04T02-02-02.000000005-size.jsonl d", "a.jsonl ",
	}
	if !slices.Equal(got, want) || len(entries) != len(want)+len(others) {
		t.Errorf("got %q of %d, want %q", got, len(entries), want)
	}
}
