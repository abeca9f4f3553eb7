package runtime

// A Request holds what one call of [Manager] asks for.
type Request struct {
	Force      bool
	IfRevision RevisionID      // the revision that must be in force; 0: any
	Edits      []Edit          // nil: none were given, not even an empty list
	Target     *RollbackTarget // nil: none was given
}

// A RequestOption configures one request.
type RequestOption interface{ Apply(*Request) }

// NewRequest resolves options.
func NewRequest[O RequestOption](opts ...O) (r Request) {
	for _, opt := range opts {
		opt.Apply(&r)
	}
	return r
}

// A ReloadOption configures one reload: [Force], [IfRevision].
type ReloadOption interface {
	RequestOption
	ofReload()
}

// An UpdateOption is an edit, several of them, or [IfRevision].
type UpdateOption interface {
	RequestOption
	ofUpdate()
}

// A RollbackOption configures one rollback: [IfRevision].
type RollbackOption interface {
	RequestOption
	ofRollback()
}

// A DryRunOption says what a dry run is of: edits of an update, or the target of a
// rollback.
type DryRunOption interface {
	RequestOption
	ofDryRun()
}

// Force skips the validators of the application, with a warning in the log. What
// the schema does not allow is refused all the same, and hooks may refuse too.
func Force() ReloadOption { return forced{} }

type forced struct{}

func (forced) Apply(r *Request) { r.Force = true }
func (forced) ofReload()        {}

// A Condition is what must hold for a request to be carried out.
type Condition struct{ revision RevisionID }

// IfRevision has a request refused (ErrRevisionChanged) unless the revision is in force
// when its turn comes: whoever decided by what that revision says decides anew.
func IfRevision(id RevisionID) Condition { return Condition{id} }

// Apply implements [RequestOption].
func (c Condition) Apply(r *Request) { r.IfRevision = c.revision }

func (Condition) ofReload()   {}
func (Condition) ofUpdate()   {}
func (Condition) ofRollback() {}

// Edits are several edits as one option of [Manager.Update] or a dry run.
type Edits []Edit

// Apply implements [RequestOption].
func (e Edits) Apply(r *Request) {
	if r.Edits == nil {
		r.Edits = []Edit{}
	}
	r.Edits = append(r.Edits, e...)
}

func (Edits) ofUpdate() {}
func (Edits) ofDryRun() {}

// A RollbackTarget names the revision to go back to.
type RollbackTarget struct {
	id    RevisionID
	steps int
}

// To names a revision by its id.
func To(id RevisionID) RollbackTarget { return RollbackTarget{id: id} }

// Steps names the revision n before the one in force when it is asked for, also
// inside a hook; Steps(1) is the one before it. A rollback counts as the revision that
// it restores: Steps(1) twice goes two revisions back, and ErrRevisionNotFound is
// returned where there is none before it.
func Steps(n int) RollbackTarget { return RollbackTarget{steps: n} }

// ID is the revision named, or 0 where it is named by steps.
func (t RollbackTarget) ID() RevisionID { return t.id }

// Count is the number of steps, or 0 where the revision is named by id.
func (t RollbackTarget) Count() int { return t.steps }

// Apply implements [RequestOption].
func (t RollbackTarget) Apply(r *Request) { r.Target = &t }

func (RollbackTarget) ofDryRun() {}
