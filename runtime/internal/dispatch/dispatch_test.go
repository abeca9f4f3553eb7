package dispatch

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	rt "github.com/hotbind/hotbind/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tenants is the number of a field in the tests; quota is that of a field of its entries.
const tenants, quota = 13, 0

func quotaPath(key string) []Step {
	return []Step{{Field: tenants, Key: "tenants"}, {Field: Entry, Key: key}, {Field: quota, Key: "quota"}}
}

// quotaDelta returns a change of the quota of some tenants.
func quotaDelta(keys ...string) *Delta {
	d := Delta{Step: Step{Field: tenants, Key: "tenants"}}
	for _, key := range keys {
		d.Parts = append(d.Parts, Delta{
			Step:  Step{Field: Entry, Key: key},
			Parts: []Delta{{Step: Step{Field: quota, Key: "quota"}}},
		})
	}
	return &Delta{Parts: []Delta{d}}
}

func nothing(context.Context, Round) error { return nil }

// named returns the names of the hooks of calls, with the key if there is one.
func named(calls []Call) (names []string) {
	for _, c := range calls {
		names = append(names, c.Hook.Name+c.Key)
	}
	return names
}

// The hooks on and above a change are found, in the order of priority and registration;
// those beside it and removed ones are not.
func TestMatch(t *testing.T) {
	t.Parallel()
	hs := new(Hooks)
	add := func(name string, path []Step, p rt.Priority) *Hook {
		h := &Hook{Name: name, Path: path, Priority: p, Call: nothing}
		hs.Add(h)
		return h
	}
	add("low", quotaPath("a"), rt.PriorityLow)
	add("quota", quotaPath("a"), rt.PriorityNormal)
	add("beside", quotaPath("c"), rt.PriorityNormal)
	add("field", []Step{{Field: 1, Key: "x"}}, rt.PriorityNormal)
	add("root", nil, rt.PriorityNormal)
	gone := add("gone", quotaPath("a"), rt.PriorityNormal)
	entries := &Hook{Name: "entry ", Path: quotaPath("")[:1], Priority: rt.PriorityHigh, Call: nothing, Entries: func(any) []string { return nil }}
	hs.Add(entries)
	prepare := &Hook{Name: "prepare", Path: quotaPath("b")[:2], Prepare: func(context.Context, Round) (commit, abort func(), err error) { return nil, nil, nil }}
	hs.Add(prepare)
	hs.Remove(gone)
	hs.Remove(gone)
	swapped := false
	got := fmt.Sprint(named(hs.Swap(quotaDelta("a", "b"), func() {
		if swapped = true; hs.mu.TryLock() {
			t.Error("a hook could be registered between the swap and the matching")
		}
	})))
	if want := "[entry a entry b quota root low]"; got != want || !swapped {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := fmt.Sprint(named(hs.Preparing(quotaDelta("a", "b")))); got != "[prepare]" {
		t.Errorf("got %s to prepare, want [prepare]", got)
	}
	if n := hs.Len(); n != 7 {
		t.Errorf("got %d hooks, want 7", n)
	}
}

// Adding and removing hooks leaves nothing behind, and a hook that was removed before it
// was added is neither counted nor added.
func TestRemoveLeavesNothing(t *testing.T) {
	t.Parallel()
	hs := new(Hooks)
	for i := range 100 {
		h := &Hook{Path: quotaPath(fmt.Sprint(i)), Call: nothing}
		hs.Add(h)
		hs.Remove(h)
	}
	early := &Hook{Call: nothing}
	hs.Remove(early)
	hs.Add(early)
	if n := hs.Len(); n != 0 || len(hs.root.fields) != 0 || len(hs.root.hooks) != 0 {
		t.Errorf("got %d hooks and %+v, want none", n, hs.root)
	}
}

// A hook that exceeds its time limit never runs twice at a time, and its late return does
// not affect later calls: neither who is inside a hook nor their results.
func TestLateReturn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hs, late := new(Hooks), make(chan struct{}, 1)
		c := NewCaller(hs, time.Second, func() { late <- struct{}{} }, nil)
		defer c.Close()
		release := make(chan struct{})
		slow := &Hook{Name: "slow", Call: func(context.Context, Round) error { <-release; return errors.New("late") }}
		took, err := c.Call(t.Context(), Call{Hook: slow}, Round{})
		if took || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, %v, want that its time is up", took, err)
		}
		if _, err := c.Call(t.Context(), Call{Hook: slow}, Round{}); !errors.Is(err, ErrHanging) {
			t.Errorf("got %v, want ErrHanging", err)
		}
		quick := &Hook{Name: "quick", Call: func(context.Context, Round) error {
			close(release)
			<-late // the slow one has returned
			if !c.Inside(context.Background()) {
				t.Error("after the late return, the running hook counts as outside")
			}
			return nil
		}}
		if took, err := c.Call(t.Context(), Call{Hook: quick}, Round{}); !took || err != nil {
			t.Errorf("got %v, %v", took, err)
		}
		if c.Inside(context.Background()) {
			t.Error("a goroutine is still inside hooks")
		}
		if _, err := c.Call(t.Context(), Call{Hook: slow}, Round{}); err == nil || err.Error() != "the hook on slow () failed: late" {
			t.Errorf("got %v, want a second call", err)
		}
	})
}

// A removing context removes a hook just before it is called.
type removing struct {
	context.Context
	remove func()
}

func (r removing) Err() error {
	r.remove()
	return nil
}

// No call of a hook begins after the hook was removed, even if it was removed while the
// call was prepared, and that is not a failure. A call that has prepared is still
// committed or aborted.
func TestRemovedWhileCalled(t *testing.T) {
	t.Parallel()
	hs := new(Hooks)
	c := NewCaller(hs, time.Second, func() {}, nil)
	defer c.Close()
	called := &Hook{Call: func(context.Context, Round) error { t.Error("called"); return nil }}
	ctx := removing{t.Context(), func() { hs.Remove(called) }}
	if took, err := c.Call(ctx, Call{Hook: called}, Round{}); took || err != nil {
		t.Errorf("got %v, %v, want that it was passed over", took, err)
	}

	ended := 0
	end := func() { ended++ }
	begun := &Hook{Prepare: func(context.Context, Round) (commit, abort func(), err error) { return end, nil, nil }}
	refused := &Hook{Prepare: func(context.Context, Round) (commit, abort func(), err error) {
		t.Error("a removed hook was called to prepare")
		return nil, nil, nil
	}}
	p, err := c.Prepare(t.Context(), []Call{{Hook: begun}}, Round{})
	if err != nil {
		t.Fatal(err)
	}
	hs.Remove(begun)
	if errs := p.Commit(t.Context()); len(errs) > 0 || ended != 1 {
		t.Errorf("got %v and %d, want one commit or abort", errs, ended)
	}
	ctx = removing{t.Context(), func() { hs.Remove(refused) }}
	if _, err := c.Prepare(ctx, []Call{{Hook: refused}}, Round{}); err != nil {
		t.Error(err)
	}
}

// Hanging hooks are found among those that a change concerns, each once.
func TestHanging(t *testing.T) {
	t.Parallel()
	hs := new(Hooks)
	entries := &Hook{Name: "entries", Path: quotaPath("")[:1], Call: nothing, Entries: func(any) []string { return nil }}
	prepare := &Hook{Name: "prepare", Prepare: func(context.Context, Round) (commit, abort func(), err error) { return nil, nil, nil }}
	beside := &Hook{Name: "beside", Path: quotaPath("c"), Call: nothing}
	for _, h := range []*Hook{entries, prepare, beside} {
		hs.Add(h)
	}
	delta := quotaDelta("a", "b")
	if err := hs.Hanging(delta, true); err != nil {
		t.Errorf("got %v, want no hanging hook", err)
	}
	for _, h := range []*Hook{entries, prepare, beside} {
		if err := hs.begin(h, false); err != nil {
			t.Fatal(err)
		}
	}
	for calling, want := range map[bool]string{
		false: "the hook on prepare () failed: " + ErrHanging.Error(),
		true:  "the hook on prepare () failed: " + ErrHanging.Error() + "\nthe hook on entries () failed: " + ErrHanging.Error(),
	} {
		if err := hs.Hanging(delta, calling); !errors.Is(err, ErrHanging) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The ways in which a hook can end without returning are distinguished.
func TestHookEnds(t *testing.T) {
	t.Parallel()
	c := NewCaller(new(Hooks), 0, func() {}, nil) // no limit
	defer c.Close()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx  context.Context
		call func(context.Context, Round) error
		want string
	}{
		"panics": {t.Context(), func(context.Context, Round) error { panic("no luck") }, "the hook on f (x.go:1) failed: panic: no luck"},
		"exits":  {t.Context(), func(context.Context, Round) error { goruntime.Goexit(); return nil }, "the hook on f (x.go:1) failed: ended its goroutine instead of returning"},
		"closed": {ended, func(context.Context, Round) error { t.Error("called"); return nil }, "the hook on f (x.go:1) failed: context canceled"},
	} {
		took, err := c.Call(test.ctx, Call{Hook: &Hook{Name: "f", Where: "x.go:1", Call: test.call}}, Round{})
		if took || err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

// one returns the work of the engine for one change among many hooks: find the hooks that
// prepare or hang, find those to call, call.
func one(t testing.TB, hooks int) (change func()) {
	t.Helper()
	hs := new(Hooks)
	c := NewCaller(hs, 5*time.Second, func() {}, nil)
	t.Cleanup(c.Close)
	for i := range hooks {
		hs.Add(&Hook{Path: quotaPath(fmt.Sprint("t", i)), Call: nothing})
	}
	delta, ctx := quotaDelta("t0"), t.Context()
	return func() {
		if err := hs.Hanging(delta, true); err != nil {
			t.Fatal(err)
		}
		p, err := c.Prepare(ctx, hs.Preparing(delta), Round{})
		if err != nil {
			t.Fatal(err)
		}
		calls := hs.Swap(delta, func() {})
		if errs := p.Commit(ctx); len(calls) != 1 || errs != nil {
			t.Fatalf("got %d calls, want 1; %v", len(calls), errs)
		}
		if _, err := c.Call(ctx, calls[0], Round{}); err != nil {
			t.Fatal(err)
		}
	}
}

// One change costs two allocations: the list of hooks to call, and the call with its
// context.
func TestAllocations(t *testing.T) {
	if got := testing.AllocsPerRun(1000, one(t, 1000)); got > 2 {
		t.Errorf("got %v allocations, want 2", got)
	}
}

// The goal is 2 µs, and no cost for each hook that is not concerned.
func BenchmarkDispatch(b *testing.B) {
	for _, hooks := range []int{1, 1000, 10_000} {
		b.Run(fmt.Sprint("hooks=", hooks), func(b *testing.B) {
			change := one(b, hooks)
			b.ReportAllocs()
			for b.Loop() {
				change()
			}
		})
	}
}
