package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/watch"

	rt "github.com/hotbind/hotbind/runtime"
)

// Random sequences of every request to an engine: saves of every kind with and without
// events, reloads with and without force, rollbacks, updates, hooks and validators that
// refuse, strategies, enabling and disabling. The model knows what was saved and
// requested, but not how the engine works. Whenever all is quiet, the engine must agree
// with the model.
func TestMachine(t *testing.T) {
	seeds := uint64(60)
	if os.Getenv("HOTBIND_FULL") != "" {
		seeds = 5000
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := riggedOn(t, &fakeProgram{}, sourceText("a"), rt.WithPollInterval(3*time.Second), rt.WithRetention(rt.Retention{Count: 4}), rt.WithHotReload(true))
				defer r.Close()
				m := newMachine(r, rand.New(rand.NewPCG(seed, 11)))
				for range 40 {
					m.step()
				}
			})
		})
	}
}

// A machine is the model: the layers, and what the model knows about them.
type machine struct {
	*rig
	random *rand.Rand
	steps  []string
	serial int

	disk     string // content of the source; "error": reading it fails
	inForce  string // content of the source in force
	edits    map[string]int
	refused  string // content of the source judged last and refused: it is not retried
	held     bool   // a rollback holds
	heldFrom string // content of the source judged last at that time
	judged   string // content of the source judged last
	strategy rt.Strategy
	enabled  bool
	veto     bool // the validator refuses

	calls    []string                        // what the hook received, in order
	recorded [2][]string                     // what a quick and a slow subscriber received
	values   map[rt.RevisionID]string        // of every revision that the hook received
	marks    map[rt.RevisionID]mark          // what was in force whenever all was quiet
	restores map[rt.RevisionID]rt.RevisionID // of rollbacks
}

// A mark holds the contents of a revision.
type mark struct {
	source string
	edits  map[string]int
}

func newMachine(r *rig, random *rand.Rand) *machine {
	m := &machine{rig: r, random: random, disk: "a", inForce: "a", judged: "a", edits: map[string]int{}, enabled: true,
		values: map[rt.RevisionID]string{}, marks: map[rt.RevisionID]mark{}, restores: map[rt.RevisionID]rt.RevisionID{}}
	r.hook(func(ctx context.Context, before, after string) error {
		m.calls = append(m.calls, before, after)
		revision, _ := rt.RevisionFrom(ctx)
		m.values[revision.ID] = after
		return nil
	})
	r.hook(func(_ context.Context, _, after string) error {
		if strings.Contains(after, "hook") {
			return errRefused
		}
		return nil
	})
	for i := range m.recorded {
		m.subscribe(i)
	}
	r.AddValidator(func(snapshot any) []rt.Finding {
		if m.veto && strings.Contains(*snapshot.(*string), "odd") {
			return []rt.Finding{{Message: "is odd"}}
		}
		return nil
	})
	m.mark()
	return m
}

// subscribe adds a subscriber that records what it receives. The second one is slow, so
// that it is busy now and then.
func (m *machine) subscribe(i int) {
	pause := rand.New(rand.NewPCG(uint64(i), 12))
	_, err := m.Values().Watch("", func(_ context.Context, c rt.ValueChange) error {
		m.recorded[i] = append(m.recorded[i], c.Old.(string), c.New.(string))
		time.Sleep(time.Duration(i*pause.IntN(3000)) * time.Millisecond)
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// step makes one random request, waits until all is quiet, and compares.
func (m *machine) step() {
	switch m.random.IntN(12) {
	case 0:
		m.setStrategy()
	case 1:
		m.enable()
	case 2, 3:
		m.reload()
	case 4:
		m.rollback()
	case 5, 6:
		for range 1 + m.random.IntN(4) {
			m.update() // one right after the other: a subscriber may be busy with the first
			m.mark()
		}
	case 7:
		m.veto = !m.veto
		m.note("veto %v", m.veto)
	default:
		for range 1 + m.random.IntN(3) {
			m.change() // right after: content that exists only for a moment may or may not be read
		}
	}
	m.after(40 * time.Second)
	m.settle()
	m.compare()
}

func (m *machine) note(format string, args ...any) {
	m.steps = append(m.steps, fmt.Sprintf(format, args...))
}

func (m *machine) change() {
	m.serial++
	switch m.random.IntN(8) {
	case 0:
		m.disk = "error"
	case 1:
		m.disk = fmt.Sprint("!", m.serial)
	case 2:
		m.disk = fmt.Sprint("hook", m.serial)
	case 3:
		m.disk = fmt.Sprint("odd", m.serial)
	case 4:
		m.disk = m.inForce
	default:
		m.disk = fmt.Sprint("v", m.serial%4)
	}
	m.note("save %s", m.disk)
	if m.disk == "error" {
		m.fail(errors.New("input/output error"))
	} else {
		m.hold(sourceText(m.disk))
	}
	if m.random.IntN(3) > 0 {
		m.event([]watch.Kind{watch.Replaced, watch.Renamed, watch.Written, watch.Overflow}[m.random.IntN(4)])
	}
}

// sourceText returns content of the source with a value.
func sourceText(value string) string {
	if strings.HasPrefix(value, "!") {
		return value
	}
	return fmt.Sprintf(`{"v":%q}`, value)
}

func (m *machine) setStrategy() {
	m.strategy = []rt.Strategy{rt.Immediate(), rt.Batched(2*time.Second, 1+m.random.IntN(3)), rt.Scheduled(10 * time.Second), rt.Manual()}[m.random.IntN(4)]
	m.note("strategy %v", m.strategy)
	if err := m.Watching().SetStrategy(m.strategy); err != nil {
		m.t.Error(err)
	}
}

func (m *machine) enable() {
	m.enabled = !m.enabled
	m.note("enabled %v", m.enabled)
	if !m.enabled {
		m.Watching().Disable()
	} else if err := m.Watching().Enable(); err != nil {
		m.t.Error(err)
	}
}

// good reports whether a value of the source comes into force.
func (m *machine) good(value string, force bool) bool {
	return value != "error" && !strings.HasPrefix(value, "!") && !strings.HasPrefix(value, "hook") &&
		(force || !m.veto || !strings.HasPrefix(value, "odd"))
}

func (m *machine) reload() {
	force := m.random.IntN(4) == 0
	m.note("reload, force %v", force)
	var opts []rt.RequestOption
	if force {
		opts = append(opts, rt.Force())
	}
	_, err := m.Reload(m.t.Context(), opts...)
	// The same content is no candidate: no validator is called.
	good := m.good(m.disk, force) || m.disk == m.inForce
	if (err == nil) != good {
		m.t.Errorf("Reload: got the error %v for %s", err, m.disk)
	}
	if err == nil {
		m.inForce = m.disk
	}
	if m.disk != "error" {
		m.held = false // the content of the source was judged
	}
	m.judge(err == nil)
}

// judge records the result of judging the content of the source.
func (m *machine) judge(accepted bool) {
	switch {
	case accepted:
		m.refused, m.judged = "", m.disk
	case m.disk != "error":
		m.refused, m.judged = m.disk, m.disk
	}
}

func (m *machine) rollback() {
	m.note("rollback")
	result, err := m.Rollback(m.t.Context(), rt.Steps(1))
	switch {
	case errors.Is(err, rt.ErrRevisionNotFound):
		return
	case err != nil && m.veto:
		return // the revision to restore may be odd by now
	case err != nil:
		m.t.Errorf("Rollback: %v", err)
		return
	}
	target := m.before(m.valueOf(result.From.ID))
	m.restores[result.To.ID] = m.valueOf(target)
	back := m.marks[target]
	m.inForce, m.edits = back.source, maps.Clone(back.edits)
	m.held, m.heldFrom = m.judged != m.inForce, m.judged
}

// valueOf returns the revision that a revision has its value from.
func (m *machine) valueOf(id rt.RevisionID) rt.RevisionID { return cmp.Or(m.restores[id], id) }

// before returns the revision before another one, without undone revisions.
func (m *machine) before(id rt.RevisionID) (last rt.RevisionID) {
	for other := range m.marks {
		if other < id {
			last = max(last, other)
		}
	}
	return last
}

func (m *machine) update() {
	key := []string{"x", "y"}[m.random.IntN(2)]
	edits := maps.Clone(m.edits)
	edit := rt.Unset(key)
	if m.random.IntN(3) > 0 {
		edits[key] = m.random.IntN(3)
		edit = rt.Set(key, edits[key])
	} else {
		delete(edits, key)
	}
	m.note("update %v", edits)
	_, err := m.Update(m.t.Context(), edit)
	switch {
	case err == nil:
		m.edits = edits
	case m.veto && strings.HasPrefix(m.inForce, "odd"):
	default:
		m.t.Errorf("Update: %v", err)
	}
}

// settle computes what must have happened by now without a request.
func (m *machine) settle() {
	follows := m.enabled && m.strategy != rt.Manual()
	if m.held && follows && m.disk != "error" && m.disk != m.heldFrom {
		m.held = false
	}
	if m.enabled && m.disk == m.inForce {
		m.held = false // there is no content to compare with
		m.judge(true)
	}
	if follows && !m.held && m.disk != m.refused {
		good := m.good(m.disk, false) || m.disk == m.inForce
		if good {
			m.inForce = m.disk
		}
		m.judge(good)
	}
	m.mark()
}

func (m *machine) mark() {
	m.marks[m.Status().Revision.ID] = mark{m.inForce, maps.Clone(m.edits)}
}

// value returns the value in force, as the engine has it.
func (m *machine) value() (source string, edits map[string]int) {
	text := *m.now().snapshot.(*string)
	if !strings.HasPrefix(text, "{") {
		return text, map[string]int{}
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		m.t.Fatal(err)
	}
	edits = map[string]int{}
	for key, v := range object {
		if n, ok := v.(float64); ok {
			edits[key] = int(n)
		}
	}
	source, _ = object["v"].(string)
	return source, edits
}

func (m *machine) compare() {
	m.t.Helper()
	source, edits := m.value()
	status := m.Status()
	switch {
	case source == "error" || strings.HasPrefix(source, "!") || strings.HasPrefix(source, "hook"):
		m.t.Errorf("got %s in force, which must never be", source)
	case source != m.inForce && source != "":
		m.t.Errorf("got %s in force, want %s", source, m.inForce)
	case !maps.Equal(edits, m.edits):
		m.t.Errorf("got the edits %v in force, want %v", edits, m.edits)
	case status.Enabled != m.enabled:
		m.t.Errorf("got enabled %v", status.Enabled)
	case m.enabled && (status.LastError == nil) != (m.disk == m.inForce):
		m.t.Errorf("got the error %v with %s in force and %s in the source", status.LastError, m.inForce, m.disk)
	}
	m.compareCalls("the hook", m.calls)
	m.compareCalls("the quick subscriber", m.recorded[0])
	m.compareCalls("the slow subscriber", m.recorded[1])
	if slices.ContainsFunc(m.recorded[0], func(value string) bool { return strings.Contains(value, "hook") }) {
		m.t.Errorf("a subscriber received a change that a hook refused: %q", m.recorded[0])
	}
	m.compareRevisions()
	if m.t.Failed() {
		m.t.Fatalf("after %q", m.steps)
	}
}

// compareCalls: the calls lead from the first value to the one in force, without a gap
// and without a call that changes nothing.
func (m *machine) compareCalls(who string, calls []string) {
	last := sourceText("a")
	for i := 0; i < len(calls); i += 2 {
		before, after := calls[i], calls[i+1]
		if before != last || before == after {
			m.t.Errorf("%s received %s to %s after %s", who, before, after, last)
		}
		last = after
	}
	if now := *m.now().snapshot.(*string); last != now {
		m.t.Errorf("%s received %s last, but %s is in force", who, last, now)
	}
}

// compareRevisions: the list is newest first, contains the revision in force, is bounded,
// and every revision in it can be read.
func (m *machine) compareRevisions() {
	list := m.Revisions().List(0, 0)
	if len(list) > 4 || list[0].ID != m.Status().Revision.ID || !slices.IsSortedFunc(list, func(a, b rt.Revision) int { return int(b.ID) - int(a.ID) }) {
		m.t.Errorf("got the revisions %+v, in force is %d", list, m.Status().Revision.ID)
	}
	for _, r := range list {
		if _, err := m.Revisions().Config(r.ID); err != nil {
			m.t.Error(err)
		}
	}
}
