package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A rollback lasts until the content changes, also where the new content is the
// value rolled back to, and holds nothing against what the sources say anyway.
func TestRollbackIsHeld(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		r.published("b")
		result, err := r.Rollback(r.t.Context(), rt.Steps(1))
		if err != nil || result.To.ID != 3 || result.To.Cause != rt.CauseRollback {
			t.Errorf("got %+v, %v", result, err)
		}
		r.published("a")
		r.lastError("held")
		r.write("b")
		r.after(time.Minute)
		r.published()
		r.lastError("held")

		if _, err := r.Rollback(r.t.Context(), rt.To(2)); err != nil {
			t.Error(err)
		}
		r.published("b")
		r.lastError("")

		if _, err := r.Rollback(r.t.Context(), rt.To(1)); err != nil {
			t.Error(err)
		}
		r.replace("a")
		r.after(time.Second)
		r.published("a")
		r.lastError("")
		r.replace("c")
		r.after(time.Second)
		r.published("c")

		_, err = r.Rollback(r.t.Context(), rt.To(99))
		wantIs(t, err, rt.ErrRevisionNotFound)
		_, err = r.Rollback(r.t.Context(), rt.Steps(0))
		wantIs(t, err, rt.ErrRevisionNotFound)
	}, rt.WithPollInterval(time.Second))
}

// While a rollback holds, it stays visible why the newest content is refused, and
// how often somebody rolls back does not matter.
func TestHeldAgainstRefused(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		r.replace("!")
		r.after(time.Second)
		for id := rt.RevisionID(3); id < 5; id++ {
			if _, err := r.Rollback(r.t.Context(), rt.To(id-2)); err != nil {
				t.Error(err)
			}
			r.lastError("! is bad")
			r.lastError(fmt.Sprintf("revision %d was put into force on request and is held", id))
			err := r.Status().LastError
			wantAs[*rt.ValidationError](t, err)
			if kept := wantAs[*rt.ReloadError](t, err); kept != nil && kept.Kept != id {
				t.Errorf("got revision %d kept, want %d", kept.Kept, id)
			}
			if n := strings.Count(err.Error(), "held"); n != 1 {
				t.Errorf("got %v, want that it is held once", err)
			}
		}
		r.replace("c")
		r.after(time.Second)
		r.lastError("")
		if _, err := r.Rollback(r.t.Context(), rt.Steps(1)); err != nil {
			t.Error(err)
		}
		if text := r.Status().LastError.Error(); strings.Contains(text, "bad") || !strings.Contains(text, "held") {
			t.Errorf("got %s, want only that it is held", text)
		}
	})
}

// A reload after a rollback puts the newest content into force again.
func TestReloadAfterRollback(t *testing.T) {
	bubble(t, func(r *rig) {
		r.replace("b")
		r.after(time.Second)
		if _, err := r.Rollback(r.t.Context(), rt.Steps(1)); err != nil {
			t.Error(err)
		}
		if _, err := r.Reload(r.t.Context()); err != nil {
			t.Error(err)
		}
		r.published("b", "a", "b")
		r.lastError("")
	})
}
