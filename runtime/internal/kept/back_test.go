package kept_test

import (
	"errors"
	"testing"

	"github.com/hotbind/hotbind/runtime/internal/kept"

	rt "github.com/hotbind/hotbind/runtime"
)

// F198: a rollback counts as the revision that it restores, wherever it is met on the way
// back. The revision that it took out of force is no step.
func TestF198_Back(t *testing.T) {
	t.Parallel()
	list := []rt.Revision{{ID: 5}, {ID: 4, Restores: 2}, {ID: 3}, {ID: 2}, {ID: 1}}
	for _, c := range []struct {
		from rt.Revision
		n    int
		want rt.RevisionID // 0: error
	}{
		{rt.Revision{ID: 5}, 1, 4},
		{rt.Revision{ID: 5}, 2, 1},
		{rt.Revision{ID: 5}, 3, 0},
		{rt.Revision{ID: 4, Restores: 2}, 1, 1},
		{rt.Revision{ID: 6}, 1, 5}, // not stored yet
		{rt.Revision{ID: 3}, 2, 1},
		{rt.Revision{ID: 1}, 1, 0},
		{rt.Revision{ID: 5}, 0, 0},
	} {
		got, err := kept.Back(list, c.from, c.n)
		if got != c.want || (c.want == 0) != errors.Is(err, rt.ErrRevisionNotFound) {
			t.Errorf("%d steps back from %d: got %d, %v, want %d", c.n, c.from.ID, got, err, c.want)
		}
	}
}
