package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// Validators run for every candidate that differs. All their findings together refuse it,
// unless the reload is forced.
func TestValidators(t *testing.T) {
	bubble(t, func(r *rig) {
		finding := func(text string) func(any) []rt.Finding {
			return func(snapshot any) []rt.Finding {
				if strings.Contains(*snapshot.(*string), "odd") {
					return []rt.Finding{{Pos: document.Position{File: "fake"}, Message: text}}
				}
				return nil
			}
		}
		stop := r.AddValidator(finding("is odd"))
		r.AddValidator(finding("is very odd"))
		r.replace("odd")
		r.after(time.Second)
		r.published()
		r.lastError("fake: is odd\nfake: is very odd")
		wantAs[*rt.ValidationError](t, r.Status().LastError)
		if _, err := r.Reload(r.t.Context(), rt.Force()); err != nil {
			t.Error(err)
		}
		r.published("odd")
		r.lastError("")
		r.logged("validators skipped", 1)
		stop()
		r.replace("odd too")
		r.after(time.Second)
		r.lastError("fake: is very odd")
	})
}

// A validator's finding that names a path gets the position of its value, or of what
// encloses a missing value.
func TestValidatorNamesPath(t *testing.T) {
	r := shaped(t, nil, `{"a":1}`)
	defer r.Close()
	r.AddValidator(func(any) []rt.Finding {
		return []rt.Finding{{Path: "b.c", Message: "is odd"}, {Path: "b.none", Message: "is missing"}, {Message: "is odd as a whole"}}
	})
	r.hold(`{"b":{"c":1}}`)
	_, err := r.Reload(t.Context())
	want := "configuration refused, revision 1 stays in force: fake:1:11: b.c: is odd\nfake:1:6: b.none: is missing\nfake:1:1: (document): is odd as a whole"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A validator that panics or hangs refuses the candidate, is named, and has no other
// effect.
func TestValidatorFails(t *testing.T) {
	bubble(t, func(r *rig) {
		hang := make(chan struct{})
		defer close(hang)
		stop := r.AddValidator(func(any) []rt.Finding { panic("oops") })
		r.replace("b")
		r.after(time.Second)
		r.lastError("the validator (engine/validator_test.go:")
		wantAs[*rt.PanicError](t, r.Status().LastError)
		stop()
		r.AddValidator(func(any) []rt.Finding { <-hang; return nil })
		r.replace("c")
		r.after(10 * time.Second)
		r.lastError("did not return within 5s")
		wantIs(t, r.Status().LastError, context.DeadlineExceeded)
		r.published()
	})
}

// A validator may make any request; requests that need the turn are queued.
func TestValidatorAsks(t *testing.T) {
	bubble(t, func(r *rig) {
		r.AddValidator(func(any) []rt.Finding {
			if result, err := r.Reload(context.Background()); err != nil || !result.Queued {
				t.Errorf("got %+v, %v", result, err)
			}
			if _, err := r.DryRun(context.Background()); !errors.Is(err, rt.ErrInsideHook) {
				t.Errorf("got the error %v", err)
			}
			if _, err := r.Revisions().Create(context.Background()); !errors.Is(err, rt.ErrInsideHook) {
				t.Errorf("got the error %v", err)
			}
			return nil
		})
		r.replace("b")
		r.after(time.Second)
		r.published("b")
	})
}
