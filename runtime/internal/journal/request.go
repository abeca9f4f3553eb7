package journal

import (
	"github.com/hotbind/hotbind/runtime/audit"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Request is what somebody asked for, or what a source did. Outcomes are worded after
// it.
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

// requests hold how each request is called, what the log says of it, and how the audit
// log calls the decision to do it.
var requests = [...]struct {
	name, done, refused string
	decision            audit.Decision
}{
	FileChange:  {"change", "configuration reloaded", "configuration refused", audit.Reload},
	Reload:      {"reload", "configuration reloaded", "reload refused", audit.Reload},
	Update:      {"update", "configuration updated", "update refused", audit.Update},
	Rollback:    {"rollback", "configuration rolled back", "rollback refused", audit.Rollback},
	Restore:     {"restore", "configuration restored", "restore refused", audit.Reload},
	Start:       {"start", "", "start refused", audit.Start},
	Enable:      {"enable", "following enabled", "enable refused", audit.Enable},
	Disable:     {"disable", "following disabled", "disable refused", audit.Disable},
	SetStrategy: {"strategy", "strategy changed", "strategy refused", audit.Strategy},
}

// String returns the name of the request.
func (r Request) String() string { return requests[r].name }

// Decision returns what the audit log calls the decision to do what was requested.
func (r Request) Decision() audit.Decision { return requests[r].decision }

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
