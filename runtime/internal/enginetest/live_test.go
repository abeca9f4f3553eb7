package enginetest

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// TestMain allows starting the test binary as a separate process, for faults that would
// break the process of the tests.
func TestMain(m *testing.M) {
	if run, ok := children[os.Getenv("HOTBIND_CHILD")]; ok {
		run(os.Getenv("HOTBIND_FILE"))
		return
	}
	// These tests mostly wait, so more of them than there are cores may run at once.
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		parallel.Value.Set("32")
	}
	goleak.VerifyTestMain(m)
}

// full selects the full number of repetitions instead of a few.
var full = os.Getenv("HOTBIND_FULL") == "1"

// A journal is a log handler that records the messages.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) Enabled(context.Context, slog.Level) bool { return true }
func (j *journal) WithAttrs([]slog.Attr) slog.Handler       { return j }
func (j *journal) WithGroup(string) slog.Handler            { return j }

func (j *journal) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	return nil
}

// all returns the log as text.
func (j *journal) all() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

// A followed is a live configuration under test with its log.
type followed struct {
	*service.Live
	t   testing.TB
	log *journal
}

// follow opens a configuration that is closed at the end of the test. It is followed by
// events alone; a test of the poll turns that on.
func follow(t testing.TB, src source.Source, opts ...rt.Option) *followed {
	t.Helper()
	f := &followed{t: t, log: &journal{}}
	opts = append([]rt.Option{rt.From(src), rt.WithPollInterval(0), rt.WithLogger(slog.New(f.log))}, opts...)
	live, err := service.Open(t.Context(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	f.Live = live
	t.Cleanup(func() {
		if err := live.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return f
}

// quiet opens a configuration without a log.
func quiet() rt.Option { return rt.WithLogger(slog.New(slog.DiscardHandler)) }

// left waits until the value of the file is n and its reload is over.
func (f *followed) left(n int) {
	f.t.Helper()
	testkit.Until(f.t, fmt.Sprintf("left is %d", n), func() bool {
		return f.Current().Left == n && f.Manager().Status().LastError == nil
	})
	// Follow waits for the reload.
	stop, err := f.Left().Follow(func(context.Context, rt.Change[int]) error { return nil })
	must(f.t, err)
	stop()
	if c := f.Current(); c.Left != n || c.Right != n {
		f.t.Fatalf("got left %d and right %d, want %d", c.Left, c.Right, n)
	}
}

// refused waits for an error that contains part.
func (f *followed) refused(part string) error {
	f.t.Helper()
	testkit.Until(f.t, "an error with "+part, func() bool {
		err := f.Manager().Status().LastError
		return err != nil && strings.Contains(err.Error(), part)
	})
	return f.Manager().Status().LastError
}

// logged requires so many lines that contain part.
func (f *followed) logged(part string, want int) {
	f.t.Helper()
	all := f.log.all()
	got := 0
	for line := range strings.Lines(all) {
		if strings.Contains(line, part) {
			got++
		}
	}
	if got != want {
		f.t.Errorf("got %d lines with %q in the log, want %d:\n%s", got, part, want, all)
	}
}

// fence makes one change and waits for it, so that everything before it was detected too.
func (f *followed) fence(path string, n int) {
	f.t.Helper()
	replace(f.t, path, config(n))
	f.left(n)
}

// config returns a file with n in two places that belong together.
func config(n int) string { return fmt.Sprintf("name: service\nleft: %d\nright: %d\n", n, n) }

// file creates a file in a folder of its own.
func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.yaml")
	write(t, path, text)
	return path
}

// write writes in place.
func write(t testing.TB, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

// age makes files old enough for any settle time to have passed.
func age(t testing.TB, paths ...string) {
	t.Helper()
	for _, path := range paths {
		must(t, os.Chtimes(path, time.Time{}, time.Now().AddDate(-1, 0, 0)))
	}
}

// replace writes a new file beside path and renames it over path.
func replace(t testing.TB, path, text string) {
	t.Helper()
	beside := path + ".tmp"
	write(t, beside, text)
	must(t, os.Rename(beside, path))
}

// relink points the link at path to target with one rename, as ln -sfn does.
func relink(t testing.TB, target, path string) {
	t.Helper()
	beside := path + ".lnk"
	must(t, os.Symlink(target, beside))
	must(t, os.Rename(beside, path))
}

// reloadError reloads and returns the error.
func reloadError(ctx context.Context, m rt.Manager) error {
	_, err := m.Reload(ctx)
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A spy is a file source that counts its reads and lets a test change their results.
type spy struct {
	source.Watchable
	reads, loads atomic.Int64
	mu           sync.Mutex
	after        func(n int, content []byte, err error) ([]byte, error) // called after each read
}

func spyOn(path string) *spy { return &spy{Watchable: rt.File(path).(source.Watchable)} }

// meddle sets a function that changes the result of each read.
func (s *spy) meddle(f func(n int, content []byte, err error) ([]byte, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = f
}

func (s *spy) Read(ctx context.Context) ([]byte, error) {
	content, err := s.Watchable.Read(ctx)
	n := int(s.reads.Add(1))
	s.mu.Lock()
	after := s.after
	s.mu.Unlock()
	if after != nil {
		return after(n, content, err)
	}
	return content, err
}

func (s *spy) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	s.loads.Add(1)
	return s.Watchable.Document(content, shape, limits)
}

// A memory is a source whose content the test sets.
type memory struct {
	mu   sync.Mutex
	text string
}

func (m *memory) set(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.text = text
}

func (m *memory) Name() string { return "memory.yaml" }

func (m *memory) Read(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return []byte(m.text), nil
}

func (m *memory) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return rt.Bytes("memory.yaml", nil).Document(content, shape, limits)
}

// noted records calls of hooks, in order.
type noted struct {
	mu   sync.Mutex
	list []string
}

func (n *noted) add(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, fmt.Sprintf(format, args...))
}

func (n *noted) call(_ context.Context, c rt.Change[int]) error {
	n.add("%d→%d", c.Old, c.New)
	return nil
}

func (n *noted) want(t testing.TB, want string) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if got := strings.Join(n.list, " "); got != want {
		t.Errorf("got the calls %q, want %q", got, want)
	}
}

// descriptors counts the open files of the process.
func descriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	return len(entries)
}
