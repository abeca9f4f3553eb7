package runtime

import "github.com/hotbind/hotbind/runtime/internal/seam"

// An UpdateOption is an argument of [Manager].Update: an [Edit], [Edits] or a
// [RequestOption].
type UpdateOption interface {
	DryRunOption
	ofUpdate()
}

// A RequestOption configures one Reload, Update, Rollback or DryRun: [Force],
// [IfRevision].
type RequestOption interface {
	UpdateOption
	ofRequest()
}

// A DryRunOption is an argument of [Manager].DryRun: the edits of an update, the target
// of a rollback, or a [RequestOption].
type DryRunOption interface{ Apply(*seam.Request) }

type requestOption func(*seam.Request)

func (f requestOption) Apply(r *seam.Request) { f(r) }
func (requestOption) ofUpdate()               {}
func (requestOption) ofRequest()              {}

// Force skips the validators of the application and logs a warning. The schema and the
// hooks can still refuse.
func Force() RequestOption { return requestOption(func(r *seam.Request) { r.Force = true }) }

// IfRevision refuses the request with [ErrRevisionChanged] unless the revision is in
// force when the request is carried out. Use it when the decision depends on that
// revision.
func IfRevision(id RevisionID) RequestOption {
	return requestOption(func(r *seam.Request) { r.IfRevision = uint64(id) })
}

// Edits groups several edits into one argument of [Manager].Update or DryRun.
type Edits []Edit

// Apply is called by the engine.
func (e Edits) Apply(r *seam.Request) {
	if r.Edits == nil {
		r.Edits = []seam.Edit{}
	}
	for _, edit := range e {
		edit.Apply(r)
	}
}

func (Edits) ofUpdate() {}

// A RollbackTarget identifies the revision to roll back to.
type RollbackTarget struct{ target seam.Target }

// To returns the target with the given id.
func To(id RevisionID) RollbackTarget { return RollbackTarget{seam.Target{Revision: uint64(id)}} }

// Steps returns the target n revisions before the one in force at the time of the call,
// also inside a hook. A rollback counts as the revision that it restores: Steps(1) twice
// goes two revisions back. Rolling back further than the kept revisions fails with
// [ErrRevisionNotFound].
func Steps(n int) RollbackTarget { return RollbackTarget{seam.Target{Steps: n}} }

// Apply is called by the engine.
func (t RollbackTarget) Apply(r *seam.Request) { r.Target = &t.target }
