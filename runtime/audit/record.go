package audit

import (
	"encoding/json"

	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// limited returns r with at most as many changes as a line may have.
func limited(r rt.AuditRecord) rt.AuditRecord {
	if more := len(r.Changes) - seam.MaxRecorded; more > 0 {
		r.Changes, r.MoreChanges = r.Changes[:seam.MaxRecorded], more
	}
	return r
}

// sealed returns the line and the hash of r, which already has its number and the previous
// hash. The line has no newline.
func sealed(r rt.AuditRecord) (line []byte, hash string, err error) {
	type unsealed struct {
		rt.AuditRecord
		Hash string `json:"hash,omitempty"`
	}
	text, err := json.Marshal(unsealed{AuditRecord: limited(r)})
	if err != nil {
		return nil, "", err
	}
	text = text[:len(text)-1] // the closing brace
	hash = hashOf(text)
	return append(text, `,"hash":"`+hash+`"}`...), hash, nil
}
