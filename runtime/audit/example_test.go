package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hotbind/hotbind/examples/quickstart/config"
	"github.com/hotbind/hotbind/runtime/audit"

	rt "github.com/hotbind/hotbind/runtime"
)

// Every decision is a line of the log before it is carried out; Verify detects lines that
// were removed, edited or moved.
func ExampleFile() {
	dir, err := os.MkdirTemp("", "audit")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	log := filepath.Join(dir, "audit.jsonl")

	live, err := config.Open(context.Background(), rt.From(rt.Bytes("config.yaml", []byte("pool: {workers: 2}"))),
		audit.File(log, audit.Refuse), // without a record nothing happens
		rt.WithLogger(nil))
	if err != nil {
		panic(err)
	}
	ctx := rt.ContextWithMetadata(context.Background(), map[string]string{"actor": "ada"})
	live.Manager().Update(ctx, rt.Set("pool.workers", 4))
	live.Close()

	result, err := audit.Verify(log)
	fmt.Println(result.Lines, "lines,", len(result.Findings), "findings,", err)
	text, _ := os.ReadFile(log)
	os.WriteFile(log, append([]byte("{}\n"), text...), 0o600)
	result, _ = audit.Verify(log)
	fmt.Println(len(result.Findings) > 0)
	// Output:
	// 2 lines, 0 findings, <nil>
	// true
}
