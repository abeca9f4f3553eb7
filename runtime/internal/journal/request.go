package journal

import (
	rt "github.com/hotbind/hotbind/runtime"
)

// A Request is what a caller requested or a source did. It decides the wording of
// outcomes.
type Request uint8

// The requests.
const (
	FileChange Request = iota // a source changed
	Reload
	Update
	Rollback
	Restore // of a backup
	Start
	Enable
	Disable
	SetStrategy
)

// requests holds the name of each request, its log lines, and its decision in the audit
// log.
var requests = [...]struct {
	name, done, refused string
	decision            rt.Decision
}{
	FileChange:  {"change", "configuration reloaded", "configuration refused", rt.DecisionReload},
	Reload:      {"reload", "configuration reloaded", "reload refused", rt.DecisionReload},
	Update:      {"update", "configuration updated", "update refused", rt.DecisionUpdate},
	Rollback:    {"rollback", "configuration rolled back", "rollback refused", rt.DecisionRollback},
	Restore:     {"restore", "configuration restored", "restore refused", rt.DecisionReload},
	Start:       {"start", "", "start refused", rt.DecisionStart},
	Enable:      {"enable", "following enabled", "enable refused", rt.DecisionEnable},
	Disable:     {"disable", "following disabled", "disable refused", rt.DecisionDisable},
	SetStrategy: {"strategy", "strategy changed", "strategy refused", rt.DecisionStrategy},
}

// String returns the name of the request.
func (r Request) String() string { return requests[r].name }

// OfSources reports whether the request applies the content of the sources. If such a
// request is refused, the refusal is the reason why the sources are not in force.
func (r Request) OfSources() bool {
	switch r {
	case FileChange, Reload, Restore, Start:
		return true
	}
	return false
}

// Decision returns the decision that the audit log records for the request.
func (r Request) Decision() rt.Decision { return requests[r].decision }

// Cause returns the cause of a revision that the request makes.
func (r Request) Cause() rt.Cause {
	switch r {
	case Update:
		return rt.CauseAPIUpdate
	case Rollback:
		return rt.CauseRollback
	case FileChange, Start:
		return rt.CauseFileChange
	}
	return rt.CauseManual
}
