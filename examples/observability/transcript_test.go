package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	rt "github.com/hotbind/hotbind/runtime"
)

var update = flag.Bool("update", false, "write the transcript")

// The tests play the story once, as the program does, and check the results.
func TestStory(t *testing.T) {
	recorded := record(t)
	t.Run("transcript", recorded.transcript)
	t.Run("once each", recorded.onceEach)
	t.Run("no secret", recorded.noSecret)
}

// The output, with the lines of the console channel in between, is the same every time.
func (recorded *recorded) transcript(t *testing.T) {
	file := filepath.Join("testdata", "transcript.txt")
	got := steady(recorded.out)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.ReplaceAll(read(t, file), "\r\n", "\n")
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the transcript (-) differs from what happened (+); go test -update writes it:\n%s", diff)
	}
}

// What the story claims is true in the files that it leaves: each notification is in the
// record once, a repeated delivery has the same ID, and nine more refusals are a count.
func (recorded *recorded) onceEach(t *testing.T) {
	ids := map[string]rt.Event{}
	counts := map[rt.Event][]int{}
	for line := range strings.Lines(recorded.files["notifications.jsonl"]) {
		var n struct {
			ID    string
			Event rt.Event
			Count int
		}
		if err := json.Unmarshal([]byte(line), &n); err != nil {
			t.Fatal(err)
		}
		if _, twice := ids[n.ID]; twice || n.ID == "" {
			t.Errorf("the record has %s %q twice, or without an ID", n.Event, n.ID)
		}
		ids[n.ID] = n.Event
		counts[n.Event] = append(counts[n.Event], n.Count)
	}
	want := map[rt.Event][]int{
		rt.EventReloaded: {1, 1, 1, 1}, rt.EventRefused: {1}, rt.EventRecovered: {10}, rt.EventSubscriberFailed: {1}, rt.EventRolledBack: {1},
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("the record (-want +got):\n%s", diff)
	}
	tries := map[rt.Event]int{}
	for id, n := range recorded.receiver.tries {
		tries[ids[id]] += n
	}
	if diff := cmp.Diff(map[rt.Event]int{rt.EventRefused: 2, rt.EventRecovered: 1, rt.EventSubscriberFailed: 1, rt.EventRolledBack: 1}, tries); diff != "" {
		t.Errorf("requests to the webhook (-want +got):\n%s", diff)
	}
	if recorded.receiver.forged != 1 {
		t.Errorf("%d requests were forged, want 1", recorded.receiver.forged)
	}
}

// No output contains a secret. The files that hold the secrets do contain them; otherwise
// this test would prove nothing.
func (recorded *recorded) noSecret(t *testing.T) {
	texts := maps.Clone(recorded.files)
	for page, text := range recorded.pages {
		texts[page] = text
	}
	texts["standard output"], texts["standard error"], texts["requests"] = recorded.out, recorded.problems, strings.Join(recorded.receiver.received, "\n")
	var in []string
	for name, text := range texts {
		if strings.Contains(text, canary) {
			in = append(in, name)
		}
	}
	slices.Sort(in)
	if want := []string{"config.yaml", "hook.key", "settings.yaml"}; !slices.Equal(in, want) {
		t.Errorf("the secrets are in %q, want %q alone", in, want)
	}
	if recorded.problems != "" {
		t.Errorf("standard error has %q", recorded.problems)
	}
	if len(texts) < 15 {
		t.Errorf("searched only %d texts", len(texts))
	}
}

// The story can fail: missing reports are noticed.
func TestStoryFails(t *testing.T) {
	d := &diary{}
	d.note("board", "one")
	for _, who := range [][]string{nil, {"board", "board"}, {"hook"}, {"board", "hook"}} {
		if d.has(who) {
			t.Errorf("one report of the board counts as %q", who)
		}
	}
	if !d.has([]string{"board"}) {
		t.Error("the report of the board does not count")
	}
	s := newStory(newScreen(&bytes.Buffer{}, false))
	if err := s.edit("wrokers", "workers"); err == nil {
		t.Error("edited text that the file does not have")
	}
}

// recorded holds a played story and its output.
type recorded struct {
	*story
	out, problems string
	files         map[string]string // of the working directory
}

// record plays the story. The console channel of the settings writes to standard output.
func record(t *testing.T) *recorded {
	t.Helper()
	for _, name := range []string{"HOTBIND_ENV", "APP_ENV", "ENVIRONMENT", "GO_ENV"} {
		t.Setenv(name, "")
	}
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temp)
	}
	out, problems := capture(t, &os.Stdout), capture(t, &os.Stderr)
	recorded := &recorded{story: newStory(newScreen(os.Stdout, false))}
	err := elsewhere(func() error {
		err := recorded.play(t.Context())
		recorded.files = filesHere(t)
		return err
	})
	recorded.out, recorded.problems = read(t, out), read(t, problems)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, recorded.out, recorded.problems)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	return recorded
}

// filesHere returns the files in the working directory.
func filesHere(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range names {
		files[name] = read(t, name)
	}
	return files
}

// capture replaces a stream with a file until the test ends.
func capture(t *testing.T, stream **os.File) (name string) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	before := *stream
	*stream = f
	t.Cleanup(func() {
		*stream = before
		f.Close()
	})
	return f.Name()
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// steady returns text with everything that varies replaced.
func steady(text string) string {
	for _, r := range []struct{ pattern, with string }{
		{`\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)`, "TIME"},
		{`\b\d\d:\d\d:\d\d\b`, "hh:mm:ss"},
		{`\b[A-Z2-7]{26}\b`, "ID"},
		{`127\.0\.0\.1:\d+`, "127.0.0.1:PORT"},
		{`("duration_ms": )[\d.e-]+`, "${1}N"},
		{`\.go:\d+`, ".go:N"},
		{`(hash is )[0-9a-f]+`, "${1}HASH"},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	return text
}
