package kept

import (
	"cmp"
	"fmt"

	rt "github.com/hotbind/hotbind/runtime"
)

// Back returns the revision n before from. List holds the stored revisions, newest first;
// from need not be among them. A rollback counts as the revision that it restores. The
// error matches rt.ErrRevisionNotFound.
func Back(list []rt.Revision, from rt.Revision, n int) (rt.RevisionID, error) {
	at, left := ValueOf(from), n
	for _, r := range list {
		if r.ID >= at {
			continue
		}
		if left--; left == 0 {
			return r.ID, nil
		}
		at = ValueOf(r)
	}
	return 0, fmt.Errorf("%w: %d steps back from revision %d", rt.ErrRevisionNotFound, n, from.ID)
}

// ValueOf returns the revision that the value of r comes from: r itself, or the revision
// that it restores.
func ValueOf(r rt.Revision) rt.RevisionID { return cmp.Or(r.Restores, r.ID) }
