package engine

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	rt "github.com/hotbind/hotbind/runtime"
)

// A request based on one revision does nothing if another one is in force. Otherwise an
// operator, or a page, would undo somebody else's change.
func TestIfRevision(t *testing.T) {
	for name, ask := range map[string]func(r *rig, id rt.RevisionID) error{
		"reload": func(r *rig, id rt.RevisionID) error { _, err := r.Reload(r.t.Context(), rt.IfRevision(id)); return err },
		"update": func(r *rig, id rt.RevisionID) error {
			_, err := r.Update(r.t.Context(), rt.Set("a", 3), rt.IfRevision(id))
			return err
		},
		"rollback": func(r *rig, id rt.RevisionID) error {
			_, err := r.Rollback(r.t.Context(), rt.To(1), rt.IfRevision(id))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := shaped(t, nil, `{"a":1}`)
			defer r.Close()
			r.hold(`{"a":2}`)
			if _, err := r.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.hold(`{"a":4}`)
			err := ask(r, 1)
			if !errors.Is(err, rt.ErrRevisionChanged) || r.now().ID != 2 {
				t.Errorf("got %v and revision %d, want the error that another one is in force", err, r.now().ID)
			}
			if s := r.Status(); s.LastError != nil || s.Refusals != 1 {
				t.Errorf("got %v and %d refusals: want none, because the sources were not read", s.LastError, s.Refusals)
			}
			if err := ask(r, 2); err != nil || r.now().ID != 3 {
				t.Errorf("got %v and revision %d, want the request carried out", err, r.now().ID)
			}
		})
	}
}

// A dry run returns the error that its request would return, also that another revision
// is in force.
func TestIfRevisionOfDryRun(t *testing.T) {
	r := shaped(t, nil, `{"a":1}`)
	defer r.Close()
	r.hold(`{"a":2}`)
	for name, opts := range map[string][]rt.DryRunOption{
		"reload": nil, "update": {rt.Set("a", 3)}, "rollback": {rt.To(1)},
	} {
		if _, err := r.DryRun(t.Context(), append(opts, rt.IfRevision(9))...); !errors.Is(err, rt.ErrRevisionChanged) {
			t.Errorf("%s: got %v, want the error that another revision is in force", name, err)
		}
		if _, err := r.DryRun(t.Context(), append(opts, rt.IfRevision(1))...); err != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// The revision condition of a request made inside a hook is checked when the request
// runs, not when the hook makes it.
func TestIfRevisionInsideHook(t *testing.T) {
	bubble(t, func(r *rig) {
		requested := false
		r.hook(func(ctx context.Context, _, _ string) error {
			if requested {
				return nil
			}
			requested = true
			r.Update(ctx, rt.Set("", "late"), rt.IfRevision(2))
			return errors.New("no")
		})
		r.replace("b")
		r.after(time.Second)
		if r.now().ID != 1 || r.log.count("another revision is in force") != 1 {
			t.Errorf("got revision %d and %q", r.now().ID, r.log.lines)
		}
	})
}

// A dry run of each request reports what the request would change, or its error, and does
// nothing.
func TestDryRuns(t *testing.T) {
	r := shaped(t, nil, `{"a":1}`)
	defer r.Close()
	r.hold(`{"a":2}`)
	if _, err := r.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.hold(`{"a":3}`)
	for name, c := range map[string]struct {
		opts []rt.DryRunOption
		want string // the value, or the error
	}{
		"reload":         {nil, `{"a":3}`},
		"update":         {[]rt.DryRunOption{rt.Set("a", 4)}, `{"a":4}`},
		"edits":          {[]rt.DryRunOption{rt.Edits{rt.Set("a", 4), rt.Set("b", 5)}, rt.Set("b", 6)}, `{"a":4,"b":6}`},
		"rollback":       {[]rt.DryRunOption{rt.Steps(1)}, `{"a":1}`},
		"bad update":     {[]rt.DryRunOption{rt.Set("a", "!")}, "configuration refused, revision 2 stays in force: fake:1:1: (document): found !"},
		"no such target": {[]rt.DryRunOption{rt.To(9)}, "rollback failed, revision 2 is in force: revision not found: 9; the last one was 2"},
		"no step":        {[]rt.DryRunOption{rt.Steps(0)}, "rollback failed, revision 2 is in force: revision not found: 0 steps back from revision 2"},
		"no edit":        {[]rt.DryRunOption{rt.Edits(nil)}, ""},
		"both":           {[]rt.DryRunOption{rt.To(1), rt.Set("a", 4)}, "DryRun accepts an update or a rollback, not both"},
	} {
		result, err := r.DryRun(t.Context(), c.opts...)
		got := ""
		if err != nil {
			got = err.Error()
		} else if len(result.Changes) == 1 {
			got = fmt.Sprint(result.Changes[0].New)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if now := r.now(); now.ID != 2 || *now.snapshot.(*string) != `{"a":2}` {
		t.Errorf("got revision %d, %s: a dry run did something", now.ID, *now.snapshot.(*string))
	}
}

// A request inside a hook with a revision condition does not replace an earlier one
// without: the earlier one runs even if the later one is refused.
func TestIfRevisionReplacesNoOtherRequest(t *testing.T) {
	bubble(t, func(r *rig) {
		requested := false
		r.hook(func(ctx context.Context, _, _ string) error {
			if !requested {
				requested = true
				r.hold("c")
				r.Reload(ctx)
				r.Reload(ctx, rt.IfRevision(99))
			}
			return nil
		})
		r.replace("b")
		r.after(time.Second)
		r.published("b", "c")
		r.logged("another revision is in force", 1)
	})
}

// An observer that repeats a refused request when it is notified of the refusal is not
// notified again. Otherwise it would loop forever.
func TestAskingWhenRefused(t *testing.T) {
	for name, ask := range map[string]func(r *rig, ctx context.Context){
		"reload":   func(r *rig, ctx context.Context) { r.Reload(ctx, rt.Force()) },
		"update":   func(r *rig, ctx context.Context) { r.Update(ctx, rt.Set("a", "!")) },
		"rollback": func(r *rig, ctx context.Context) { r.Rollback(ctx, rt.To(99)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := shaped(t, nil, `{"a":1}`)
				defer r.Close()
				recorded := 0
				r.OnReloadError(func(ctx context.Context, _ error, _ rt.Changes) error {
					recorded++
					if recorded%2 == 0 {
						ctx = context.Background() // without the context of the call
					}
					ask(r, ctx)
					return nil
				})
				for n := 1; n <= 2; n++ {
					r.hold(fmt.Sprintf(`{"a":"!","b":%d}`, n))
					if _, err := r.Reload(t.Context()); err == nil {
						t.Error("it was accepted")
					}
					time.Sleep(time.Minute)
					synctest.Wait()
					if recorded != n {
						t.Fatalf("notified %d times of %d refusals of other requests", recorded, n)
					}
				}
				if s := r.Status(); s.Refusals != 4 {
					t.Errorf("got %d refusals, want 4: two requests, and one of the observer after each", s.Refusals)
				}
			})
		})
	}
}
