package load

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// schemaLimits are the limits of schemas, which are larger than configurations.
var schemaLimits = document.Limits{Bytes: 4 << 20, Depth: 200}

// CompareSchema warns if the schema in a file differs from generatedFrom, the schema that
// a package was generated from, as compact JSON.
func CompareSchema(ctx context.Context, file, generatedFrom string, warn func(text string, attrs ...any)) {
	const text = "cannot compare the schema file with the generated package"
	data, err := rt.File(file).Read(ctx)
	if err != nil {
		warn(text, "schema", file, "error", err.Error())
		return
	}
	doc, findings := document.Parse(file, data, schemaLimits)
	if doc == nil {
		warn(text, "schema", file, "error", findings.String())
		return
	}
	if now, then := SchemaHash(string(doc.AppendJSON(nil))), SchemaHash(generatedFrom); now != then {
		warn("the schema file differs from the one the package was generated from: run hotbind generate", "schema", file, "file_hash", now, "package_hash", then)
	}
}

// SchemaHash returns the SHA-256 of a schema in hexadecimal.
func SchemaHash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
