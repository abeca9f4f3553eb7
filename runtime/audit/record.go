package audit

import (
	"encoding/json"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Decision says what was decided.
type Decision string

// The decisions.
const (
	Start    Decision = "start"    // the first revision came into force
	Reload   Decision = "reload"   // what the sources say is put into force
	Refusal  Decision = "refusal"  // a candidate is refused, or was taken out of force again
	Update   Decision = "update"   // values set through the API are put into force
	Rollback Decision = "rollback" // an earlier revision is put into force
	Restore  Decision = "restore"  // the source files of a backup are written back
	Create   Decision = "create"   // a revision is made that changes nothing
	Prune    Decision = "prune"    // revisions are removed
	Enable   Decision = "enable"   // the sources are followed from now on
	Disable  Decision = "disable"  // they are not followed any more
	Strategy Decision = "strategy" // changes become reloads by another strategy from now on
)

// A Record is one line of the log. What was decided is written before it is carried
// out, so that a decision which was undone has a refusal behind it. No secret is in
// it in the clear.
type Record struct {
	Seq         uint64            `json:"seq"` // 1 for the first line, and one more for each
	Time        time.Time         `json:"time"`
	Decision    Decision          `json:"decision"`
	Actor       string            `json:"actor,omitempty"` // who asked, see rt.MetadataActor
	Cause       rt.Cause          `json:"cause,omitempty"`
	Revision    rt.RevisionID     `json:"revision"`           // in force after it
	Previous    rt.RevisionID     `json:"previous,omitempty"` // in force before it, where that differs
	Environment string            `json:"environment,omitempty"`
	Files       []string          `json:"files,omitempty"` // that were read or are written
	Detail      string            `json:"detail,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	Changes     rt.Changes        `json:"changes,omitempty"` // the first 100
	MoreChanges int               `json:"more_changes,omitempty"`
	Error       string            `json:"error,omitempty"`
	// PreviousHash is the Hash of the line before, and Hash the SHA-256, in hex, of
	// the text of this line up to the comma before "hash".
	PreviousHash string `json:"previous_hash"`
	Hash         string `json:"hash"`
}

// limited returns r with as many changes as a line lists.
func (r Record) limited() Record {
	if more := len(r.Changes) - rt.MostRecorded; more > 0 {
		r.Changes, r.MoreChanges = r.Changes[:rt.MostRecorded], more
	}
	return r
}

// sealed is the line of r, which has its place in the chain, without its end of line.
func (r Record) sealed() (line []byte, hash string, err error) {
	type unsealed struct {
		Record
		Hash string `json:"hash,omitempty"`
	}
	text, err := json.Marshal(unsealed{Record: r.limited()})
	if err != nil {
		return nil, "", err
	}
	text = text[:len(text)-1] // the closing brace
	hash = hashOf(text)
	return append(text, `,"hash":"`+hash+`"}`...), hash, nil
}
