package audit

import (
	"encoding/json"

	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// limited returns r with as many changes as a line lists.
func limited(r rt.AuditRecord) rt.AuditRecord {
	if more := len(r.Changes) - seam.MaxRecorded; more > 0 {
		r.Changes, r.MoreChanges = r.Changes[:seam.MaxRecorded], more
	}
	return r
}

// sealed is the line of r, which has its place in the chain, without its end of line.
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
