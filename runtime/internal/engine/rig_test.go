package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/load"
	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeSource holds a text. Its value is the part before a #. A text that begins with !
// is refused, and one that begins with { is JSON.
type fakeSource struct {
	name    string // fake, if empty
	mu      sync.Mutex
	text    string
	err     error
	reads   int
	reading func(n int) // called by each read, after it has its content
	parsing func()
}

func (s *fakeSource) Name() string { return cmp.Or(s.name, "fake") }

func (s *fakeSource) Read(context.Context) ([]byte, error) {
	s.mu.Lock()
	s.reads++
	n, text, err, reading := s.reads, s.text, s.err, s.reading
	s.mu.Unlock()
	if reading != nil {
		reading(n)
	}
	return []byte(text), err
}

func (s *fakeSource) Document(content []byte, _ document.Shape, _ document.Limits) (*document.Node, document.Findings) {
	s.mu.Lock()
	parsing := s.parsing
	s.mu.Unlock()
	if parsing != nil {
		parsing()
	}
	pos := document.Position{File: "fake", Line: 1, Column: 1}
	text, _, _ := strings.Cut(string(content), "#")
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, document.Findings{{Pos: pos, Message: "the file is empty", Empty: true}}
	case strings.HasPrefix(text, "!"):
		return nil, document.Findings{{Pos: pos, Message: text + " is bad"}}
	}
	if strings.HasPrefix(text, "{") {
		return document.ParseJSON(s.Name(), []byte(text), document.Limits{})
	}
	return document.NewScalar(document.String, text, pos), nil
}

// A fakeProgram has a text, or the JSON of an object, as its snapshot, and no fields. It
// refuses an object with a value ! anywhere in it.
type fakeProgram struct {
	mu        sync.Mutex
	published []string
	shape     document.Shape
	refuse    string // a value that is refused
}

func (p *fakeProgram) Shape() document.Shape { return p.shape }

func (p *fakeProgram) DecodeAfter(doc *document.Node, _ any) (snapshot, memory any, findings document.Findings) {
	text := doc.Text()
	if doc.Kind() == document.Object {
		text = string(doc.AppendJSON(nil))
	}
	if strings.Contains(text, `"!"`) || p.refuse != "" && text == p.refuse {
		return nil, nil, document.Findings{{Pos: doc.Pos(), Message: "found !"}}
	}
	return &text, &text, nil
}

func (*fakeProgram) Diff(before, after any) *dispatch.Delta {
	text := func(p any) any { return *p.(*string) }
	switch {
	case before == nil:
		return &dispatch.Delta{Kind: rt.Added, New: after, Values: text}
	case *before.(*string) == *after.(*string):
		return nil
	}
	return &dispatch.Delta{Kind: rt.Modified, Old: before, New: after, Values: text}
}

func (*fakeProgram) At(snapshot any, steps []document.Step) (any, bool) {
	return *snapshot.(*string), len(steps) == 0
}

func (*fakeProgram) Marshal(snapshot any) []byte {
	text := *snapshot.(*string)
	if strings.HasPrefix(text, "{") {
		return []byte(text)
	}
	return (document.NewScalar(document.String, text, document.Position{})).AppendJSON(nil)
}

func (p *fakeProgram) Schema() string                              { return "{}" }
func (p *fakeProgram) AllowsNull() bool                            { return false }
func (p *fakeProgram) DiffAfter(before, after any) *dispatch.Delta { return p.Diff(before, after) }

func (p *fakeProgram) Publish(snapshot any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published = append(p.published, *snapshot.(*string))
}

// A fakeWatcher reports what the test makes it report.
type fakeWatcher struct {
	notify func(watch.Event)
	once   sync.Once
	done   chan struct{}
	mu     sync.Mutex
	rearms int
	set    []string
	// setting is called at the beginning of each Set.
	setting func(paths []string)
}

func (w *fakeWatcher) Set(paths []string) {
	if w.setting != nil {
		w.setting(paths)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.set = paths
}

func (w *fakeWatcher) paths() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.set
}

func (w *fakeWatcher) Unseen() []string        { return nil }
func (w *fakeWatcher) Admit(func(string) bool) {}
func (w *fakeWatcher) Rearm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rearms++
}
func (w *fakeWatcher) Close() error          { w.once.Do(func() { close(w.done) }); return nil }
func (w *fakeWatcher) Done() <-chan struct{} { return w.done }

// A logbook is a log handler that records the messages.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (j *logbook) Enabled(context.Context, slog.Level) bool { return true }
func (j *logbook) WithAttrs([]slog.Attr) slog.Handler       { return j }
func (j *logbook) WithGroup(string) slog.Handler            { return j }
func (j *logbook) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" {
			line += ": " + a.Value.String()
		}
		return true
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	return nil
}

// count returns the number of lines that contain part.
func (j *logbook) count(part string) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range j.lines {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

// A rig is an engine surrounded by fakes.
type rig struct {
	*Engine
	t       testing.TB
	source  *fakeSource
	program *fakeProgram
	watcher *fakeWatcher
	log     *logbook
	seen    int // published before
}

// rigged opens an engine on the text a. The poll is off unless opts say else.
func rigged(t testing.TB, opts ...rt.Option) *rig {
	t.Helper()
	return riggedOn(t, &fakeProgram{}, "a", opts...)
}

// riggedOn opens an engine on a text.
func riggedOn(t testing.TB, p *fakeProgram, text string, opts ...rt.Option) *rig {
	t.Helper()
	r := &rig{t: t, source: &fakeSource{text: text}, program: p, log: &logbook{}}
	opts = append([]rt.Option{rt.From(r.source), rt.WithPollInterval(0), rt.WithLogger(slog.New(r.log))}, opts...)
	e, err := Open(t.Context(), r.program, load.NewOptions(opts...), func(notify func(watch.Event)) Watcher {
		r.watcher = &fakeWatcher{notify: notify, done: make(chan struct{})}
		return r.watcher
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Engine = e
	r.seen = 1
	return r
}

// bubble runs a test with a fake clock and an engine that is closed at its end.
func bubble(t *testing.T, test func(r *rig), opts ...rt.Option) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := rigged(t, opts...)
		test(r)
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

// reading makes each read of the source call f; parsing does so for each parse.
func (r *rig) reading(f func(n int)) {
	r.source.mu.Lock()
	defer r.source.mu.Unlock()
	r.source.reading = f
}

func (r *rig) parsing(f func()) {
	r.source.mu.Lock()
	defer r.source.mu.Unlock()
	r.source.parsing = f
}

// hold sets what the source holds and sends no event.
func (r *rig) hold(text string) {
	r.source.mu.Lock()
	defer r.source.mu.Unlock()
	r.source.text, r.source.err = text, nil
}

// fail makes the source fail and sends no event.
func (r *rig) fail(err error) {
	r.source.mu.Lock()
	defer r.source.mu.Unlock()
	r.source.text, r.source.err = "", err
}

func (r *rig) event(k watch.Kind) { r.watcher.notify(watch.Event{Kind: k, Path: "fake"}) }

// write saves in place, replace creates a file that may be incomplete, and rename renames
// a complete one.
func (r *rig) write(text string)   { r.hold(text); r.event(watch.Written) }
func (r *rig) replace(text string) { r.hold(text); r.event(watch.Replaced) }
func (r *rig) rename(text string)  { r.hold(text); r.event(watch.Renamed) }
func (r *rig) remove()             { r.fail(fs.ErrNotExist); r.event(watch.Replaced) }

func (r *rig) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// published requires that exactly these values came into force since the last call.
func (r *rig) published(want ...string) {
	r.t.Helper()
	r.program.mu.Lock()
	defer r.program.mu.Unlock()
	if got := r.program.published[r.seen:]; !slices.Equal(got, want) {
		r.t.Errorf("got %q in force, want %q", got, want)
	}
	r.seen = len(r.program.published)
}

// logged requires that n lines with part were logged in all.
func (r *rig) logged(part string, n int) {
	r.t.Helper()
	if got := r.log.count(part); got != n {
		r.t.Errorf("got %d times %q in the log, want %d: %q", got, part, n, r.log.lines)
	}
}

// lastError requires an error that contains want, or no error if want is empty.
func (r *rig) lastError(want string) {
	r.t.Helper()
	err := r.Status().LastError
	if (want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), want)) {
		r.t.Errorf("got the last error %v, want %q", err, want)
	}
}

// hook registers a hook on everything.
func (r *rig) hook(f func(ctx context.Context, before, after string) error) (stop func()) {
	return r.Add(onAll(f))
}

func onAll(f func(ctx context.Context, before, after string) error) *dispatch.Hook {
	return &dispatch.Hook{Where: "hook.go:1", Call: func(ctx context.Context, round dispatch.Round) error {
		before := ""
		if round.Old != nil {
			before = *round.Old.(*string)
		}
		return f(ctx, before, *round.New.(*string))
	}}
}

// notes are the texts that hooks recorded, in order.
type notes struct {
	mu   sync.Mutex
	list []string
}

func (n *notes) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, text)
}

func (n *notes) call(_ context.Context, before, after string) error {
	n.add(before + "→" + after)
	return nil
}

// calls registers a hook that records its changes as old→new.
func (r *rig) calls() *notes {
	n := new(notes)
	r.hook(n.call)
	return n
}

func (r *rig) recorded(n *notes, want ...string) {
	r.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Equal(n.list, want) {
		r.t.Errorf("got the notes %q, want %q", n.list, want)
	}
}

var errRefused = errors.New("refused by the hook")

func wantIs(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("got the error %v, want %v", err, target)
	}
}

func wantAs[E error](t testing.TB, err error) (as E) {
	t.Helper()
	if !errors.As(err, &as) {
		t.Errorf("got the error %v, want a %s", err, fmt.Sprintf("%T", as))
	}
	return as
}

// bubbleOf is bubble for a test that closes the engine itself.
func bubbleOf(t *testing.T, test func(r *rig), opts ...rt.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(rigged(t, opts...)) })
}

func noWatcher(notify func(watch.Event)) Watcher {
	return &fakeWatcher{notify: notify, done: make(chan struct{})}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
