package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// logged writes a log of n lines and returns its file.
func logged(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log := must1[*audit.Log](t)(audit.Open(path))
	for i := range n {
		must(t, log.Append(rt.AuditRecord{Decision: rt.DecisionUpdate, Revision: rt.RevisionID(i + 2), Actor: fmt.Sprint("actor ", i)}))
	}
	must(t, log.Close())
	return path
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must1[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T { t.Helper(); must(t, err); return v }
}

func lines(t testing.TB, path string) []string {
	t.Helper()
	return strings.SplitAfter(strings.TrimSuffix(string(must1[[]byte](t)(os.ReadFile(path))), "\n")+"\n", "\n")
}

// Verify reports findings that a person can act on: none in an untouched log, and one for
// each way to change a log.
func TestF136_Verify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(l []string) []string
		want   string
	}{
		"left alone":        {func(l []string) []string { return l }, ""},
		"edited":            {func(l []string) []string { l[2] = strings.Replace(l[2], "actor 2", "actor 9", 1); return l }, "FILE:3:1: the line was edited: its hash does not match"},
		"removed":           {func(l []string) []string { return append(l[:2:2], l[3:]...) }, "FILE:3:1: line 3 was removed"},
		"several removed":   {func(l []string) []string { return append(l[:1:1], l[4:]...) }, "FILE:2:1: lines 2 to 4 were removed"},
		"moved":             {func(l []string) []string { l[1], l[3] = l[3], l[1]; return l }, "FILE:2:1: lines 2 to 3 were removed\nFILE:3:1: line 3 follows line 4: lines were moved or duplicated\nFILE:4:1: line 2 follows line 3: lines were moved or duplicated\nFILE:5:1: lines 3 to 4 were removed"},
		"doubled":           {func(l []string) []string { l[3] = l[2]; return l }, "FILE:4:1: line 3 follows line 3: lines were moved or duplicated\nFILE:5:1: line 4 was removed"},
		"first removed":     {func(l []string) []string { return l[1:] }, "FILE:1:1: the log begins with line 2: earlier lines were removed, or are in a rotated file that was not passed"},
		"last cut off":      {func(l []string) []string { return l[:4] }, "FILE:4:1: the log ends with line 4, but line 5 was written: lines were cut off"},
		"all removed":       {func([]string) []string { return nil }, "FILE: the log ends with line 0, but line 5 was written: lines were cut off"},
		"a part of a line":  {func(l []string) []string { l[4] = l[4][:20]; return l }, "FILE:5:1: the line is incomplete: its writer was stopped, or the file was cut off\nFILE:5:1: the log ends with line 4, but line 5 was written: lines were cut off"},
		"something else":    {func(l []string) []string { l[1] = "not JSON\n"; return l }, "FILE:2:1: not a line of an audit log\nFILE:3:1: line 2 was removed"},
		"edited, hash made": {func(l []string) []string { l[2] = forged(l[2]); return l }, "FILE:4:1: line 4 does not continue line 3"},
		"the last one edited, hash made": {func(l []string) []string {
			l[4] = audit.Forge(strings.Replace(l[4], "actor 4", "actor 9", 1))
			return l
		}, "FILE:5:1: line 5 differs from the one that was written"},
		"a line put in": {func(l []string) []string { return append(l[:2:2], append([]string{l[1]}, l[2:]...)...) }, "FILE:3:1: line 2 follows line 2: lines were moved or duplicated"},
	} {
		path := logged(t, 5)
		text := strings.Join(c.change(lines(t, path)), "")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		result, err := audit.Verify(path)
		must(t, err)
		got := strings.ReplaceAll(strings.ReplaceAll(result.Findings.String(), path, "FILE"), "(audit log): ", "")
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// Verifying a log while it is being written gives no false alarm: lines may follow the
// head that was read, and the last line may be incomplete.
func TestVerifyWhileWritten(t *testing.T) {
	t.Parallel()
	path := logged(t, 3)
	log := must1[*audit.Log](t)(audit.Open(path))
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		writing.Go(func() {
			for i := range 200 {
				if err := log.Append(rt.AuditRecord{Decision: rt.DecisionUpdate, Detail: strings.Repeat("x", 50*i)}); err != nil {
					t.Error(err)
				}
			}
		})
		reading.Go(func() {
			for last := uint64(0); ; {
				result, err := audit.Verify(path)
				if err != nil || len(result.Findings) > 0 || result.Last < last || result.Last != result.Lines {
					t.Errorf("got %+v, %v", result, err)
					return
				}
				last = result.Last
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	must(t, log.Close())
	if result := must1[audit.Result](t)(audit.Verify(path)); result.Last != 403 || len(result.Findings) > 0 {
		t.Errorf("got %+v", result)
	}
}

// A service stopped between writing a line and writing its head leaves an old head. The
// line with the number of that head is still compared.
func TestHeadIsBehind(t *testing.T) {
	t.Parallel()
	path := logged(t, 5)
	for hash, want := range map[string]string{
		hashOf(t, lines(t, path)[2]): "",
		"0123":                       path + ":3:1: (audit log): line 3 differs from the one that was written",
	} {
		must(t, os.WriteFile(path+".head", fmt.Appendf(nil, `{"seq":3,"hash":%q}`, hash), 0o600))
		if got := must1[audit.Result](t)(audit.Verify(path)).Findings.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func hashOf(t *testing.T, line string) string {
	t.Helper()
	var read struct{ Hash string }
	must(t, json.Unmarshal([]byte(line), &read))
	return read.Hash
}

// forged returns an edited line with a hash that matches it.
func forged(line string) string { return audit.Forge(strings.Replace(line, "actor 2", "actor 9", 1)) }

// The chain continues across rotation by rename and by copytruncate, also while no
// process writes. The files verify together, in order. A line written after a rotation is
// in the new file.
func TestF135_AuditIsRotated(t *testing.T) {
	t.Parallel()
	for name, rotate := range map[string]func(path, old string) error{
		"rename":          os.Rename,
		"rename and make": func(path, old string) error { return errors.Join(os.Rename(path, old), os.WriteFile(path, nil, 0o600)) },
		"copytruncate": func(path, old string) error {
			text, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(old, text, 0o600), os.Truncate(path, 0))
		},
	} {
		for _, running := range []bool{true, false} {
			path := logged(t, 3)
			log := must1[*audit.Log](t)(audit.Open(path))
			if !running {
				must(t, log.Close())
			}
			must(t, rotate(path, path+".1"))
			if !running {
				log = must1[*audit.Log](t)(audit.Open(path))
			}
			must(t, log.Append(rt.AuditRecord{Decision: rt.DecisionEnable}))
			must(t, log.Append(rt.AuditRecord{Decision: rt.DecisionDisable}))
			must(t, log.Close())
			result := must1[audit.Result](t)(audit.Verify(path+".1", path))
			if len(result.Findings) > 0 || result.Lines != 5 || result.Last != 5 || len(lines(t, path)) != 3 {
				t.Errorf("%s, running %v: got %+v", name, running, result)
			}
			if alone := must1[audit.Result](t)(audit.Verify(path)); len(alone.Findings) != 1 || !strings.Contains(alone.Findings.String(), "begins with line 4") {
				t.Errorf("%s: got %v of the new file alone", name, alone.Findings)
			}
		}
	}
}

// Each record is one JSON object on one line, whatever it contains, with a number, a time
// and the decision.
func TestF127_AuditLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log := must1[*audit.Log](t)(audit.Open(path))
	evil := "a\nb\rc\u2028d\x00e\x1b[31mf" + `","hash":"`
	must(t, log.Append(rt.AuditRecord{
		Decision: rt.DecisionReload, Revision: 2, Previous: 1, Actor: evil, Environment: evil, Files: []string{evil}, Error: evil, Detail: evil,
		Metadata: map[string]string{evil: evil}, Changes: rt.Changes{{Path: evil, Kind: rt.Modified, Old: evil, New: rt.NewSecret(evil)}},
	}))
	must(t, log.Close())
	text := must1[[]byte](t)(os.ReadFile(path))
	if bytes.Count(text, []byte("\n")) != 1 || bytes.ContainsAny(text[:len(text)-1], "\x00\x1b\r\n\u2028") {
		t.Errorf("got %q", text)
	}
	var read map[string]any
	must(t, json.Unmarshal(text, &read))
	if read["actor"] != evil || read["seq"] != 1.0 || read["changes"].([]any)[0].(map[string]any)["new"] != document.Redacted {
		t.Errorf("got %v", read)
	}
	if result := must1[audit.Result](t)(audit.Verify(path)); len(result.Findings) > 0 {
		t.Error(result.Findings)
	}
	info := must1[fs.FileInfo](t)(os.Stat(path))
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		t.Errorf("got mode %v", mode)
	}
}

// A line lists at most a hundred changes and counts the others, so that it stays
// readable.
func TestManyChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log := must1[*audit.Log](t)(audit.Open(path))
	changes := make(rt.Changes, 5000)
	for i := range changes {
		changes[i] = rt.ValueChange{Path: fmt.Sprint("p", i), Kind: rt.Added, New: strings.Repeat("x", 5000)}
	}
	must(t, log.Append(rt.AuditRecord{Decision: rt.DecisionReload, Changes: changes}))
	must(t, log.Close())
	text := must1[[]byte](t)(os.ReadFile(path))
	if len(text) > 200_000 || !bytes.Contains(text, []byte(`"more_changes":4900`)) || !bytes.Contains(text, []byte(`"shortened":true`)) {
		t.Errorf("got %d bytes", len(text))
	}
}

// A process that is killed while it writes leaves part of a line. The next process cuts
// it off, because that decision was never carried out.
func TestF131_TornLine(t *testing.T) {
	t.Parallel()
	path := logged(t, 3)
	f := must1[*os.File](t)(os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0))
	must1[int](t)(f.WriteString(`{"seq":4,"decision":"rel`))
	must(t, f.Close())
	log := must1[*audit.Log](t)(audit.Open(path))
	if !log.Mended() {
		t.Error("Mended is false after a torn line was cut off")
	}
	must(t, log.Append(rt.AuditRecord{Decision: rt.DecisionEnable}))
	must(t, log.Close())
	if result := must1[audit.Result](t)(audit.Verify(path)); len(result.Findings) > 0 || result.Last != 4 {
		t.Errorf("got %+v", result)
	}
	// If only the line end is missing, nothing is cut off.
	text := must1[[]byte](t)(os.ReadFile(path))
	must(t, os.WriteFile(path, text[:len(text)-1], 0o600))
	must(t, must1[*audit.Log](t)(audit.Open(path)).Close())
	if now := must1[[]byte](t)(os.ReadFile(path)); string(now) != string(text) {
		t.Errorf("got %q", now)
	}
}

// Opening fails with a clear error, and leaves the file as it is, if another process
// writes the log, lines were cut off, the last line was edited, the path is a folder, or
// its folder is missing.
func TestOpenIsRefused(t *testing.T) {
	t.Parallel()
	path := logged(t, 3)
	log := must1[*audit.Log](t)(audit.Open(path))
	refuse := func(path, want string) {
		t.Helper()
		if _, err := audit.Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	refuse(path, "locked by another process")
	must(t, log.Close())
	if err := log.Append(rt.AuditRecord{}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v after Close", err)
	}
	l := lines(t, path)
	must(t, os.WriteFile(path, []byte(l[0]+l[1]), 0o600))
	refuse(path, "the audit log was tampered with: it ends with line 2, but line 3 was written")
	must(t, os.WriteFile(path, []byte(l[0]+l[1]+strings.Replace(l[2], "actor 2", "actor 9", 1)), 0o600))
	refuse(path, "the last line: the audit log was tampered with: the line was edited")
	must(t, os.WriteFile(path+".head", []byte("{"), 0o600))
	refuse(path, "audit.jsonl.head: ")
	for _, text := range []string{"a line", "two\nlines", "two\nlines\n", strings.Repeat("x", 5<<20)} {
		notes := filepath.Join(t.TempDir(), "notes.txt")
		must(t, os.WriteFile(notes, []byte(text), 0o600))
		refuse(notes, "not a")
		if now := must1[[]byte](t)(os.ReadFile(notes)); string(now) != text {
			t.Errorf("a file that is not a log was changed to %.20q", now)
		}
	}
	refuse(t.TempDir(), "is a folder, not a regular file")
	refuse(filepath.Join(t.TempDir(), "none", "audit.jsonl"), "no such file or directory")
}

// Whatever the disk does, a line is complete or absent, the error is returned, and later
// lines continue the chain.
func TestF131_DiskFails(t *testing.T) {
	t.Parallel()
	for step := range audit.Steps {
		path := logged(t, 1)
		disk := &audit.FailingFile{Step: step}
		log := must1[*audit.Log](t)(audit.OpenFailing(path, disk))
		for _, again := range []bool{false, true} {
			if err := log.Append(rt.AuditRecord{Decision: rt.DecisionEnable}); err == nil {
				t.Errorf("step %d, again %v: the failure was not reported", step, again)
			}
		}
		disk.Step = audit.Steps
		must(t, log.Append(rt.AuditRecord{Decision: rt.DecisionDisable}))
		must(t, log.Close())
		result := must1[audit.Result](t)(audit.Verify(path))
		if len(result.Findings) > 0 || result.Last != 2 {
			t.Errorf("step %d: got %+v", step, result)
		}
	}
}

// Lines of several goroutines form one chain.
func TestConcurrentAppend(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log := must1[*audit.Log](t)(audit.Open(path))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if err := log.Append(rt.AuditRecord{Decision: rt.DecisionPrune}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	must(t, log.Close())
	if result := must1[audit.Result](t)(audit.Verify(path)); len(result.Findings) > 0 || result.Lines != 40 {
		t.Errorf("got %+v", result)
	}
}

// Any file is verified or has findings, and is opened, perhaps without its torn end, or
// refused. A log that was opened verifies after more lines.
func FuzzOpen(f *testing.F) {
	path := logged(f, 2)
	text, err := os.ReadFile(path)
	must(f, err)
	f.Add(text, true)
	f.Add(text[:len(text)-7], false)
	f.Add([]byte("\n\n"), false)
	f.Add([]byte(`{"hash":""}`), true)
	f.Fuzz(func(t *testing.T, text []byte, head bool) {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		must(t, os.WriteFile(path, text, 0o600))
		if head {
			must(t, os.WriteFile(path+".head", []byte(`{"seq":2,"hash":"x"}`), 0o600))
		}
		before, err := audit.Verify(path)
		must(t, err)
		log, err := audit.Open(path)
		if err != nil {
			if now, _ := os.ReadFile(path); !strings.HasPrefix(string(text), string(now)) {
				t.Fatal("a log that was refused was changed")
			}
			return
		}
		must(t, log.Append(rt.AuditRecord{Decision: rt.DecisionEnable}))
		must(t, log.Close())
		after, err := audit.Verify(path)
		must(t, err)
		if len(before.Findings) == 0 && len(after.Findings) > 0 {
			t.Fatalf("it was good before and is not now: %v", after.Findings)
		}
	})
}
