package engine

import (
	"crypto/sha256"
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/journal"

	rt "github.com/hotbind/hotbind/runtime"
)

// schemaLimits are those of schemas, which are larger than configurations.
var schemaLimits = document.Limits{Bytes: 4 << 20, Depth: 200}

// compareSchema warns where the schema file is not what the package was generated
// from.
func (e *Engine) compareSchema() {
	file := e.opts.Schema
	if file == "" {
		return
	}
	data, err := rt.File(file).Read(e.ctx)
	if err != nil {
		e.journal.Note(journal.Warn("the schema cannot be compared with the generated package", "schema", file, "error", err.Error()))
		return
	}
	doc, findings := document.Parse(file, data, schemaLimits)
	if doc == nil {
		e.journal.Note(journal.Warn("the schema cannot be compared with the generated package", "schema", file, "error", findings.String()))
		return
	}
	if now, then := hash(doc.AppendJSON(nil)), e.schema; now != then {
		e.journal.Note(journal.Warn("the schema is not the one that the package was generated from; run hotbind generate",
			"schema", file, "file_hash", now, "package_hash", then))
	}
}

func hash(text []byte) string { return fmt.Sprintf("%x", sha256.Sum256(text)) }
