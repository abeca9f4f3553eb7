package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// keep is a service for scripts: keep STORE SCHEMA FILE [PATH=JSON] reads the file and
// saves the revision in the store, then makes an update through the API.
func keep() error {
	args := os.Args[1:]
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	schema, findings := validate.Load(args[1], text, nil)
	if schema == nil {
		return fmt.Errorf("%v", findings)
	}
	ctx := rt.ContextWithMetadata(context.Background(), map[string]string{"by": "ann", "why": "a test"})
	live, err := untyped.Open(ctx, schema, rt.From(rt.File(args[2])), history.Store(args[0], history.MaxBackups(2)),
		rt.WithSettle(0), rt.WithHotReload(false), rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	defer live.Close()
	for _, edit := range args[3:] {
		path, value, _ := strings.Cut(edit, "=")
		if _, err := live.Manager().Update(ctx, rt.Set(path, json.RawMessage(value))); err != nil {
			return err
		}
	}
	return live.Close()
}

// damage changes a byte of a file.
func damage() error {
	name := filepath.Clean(os.Args[1])
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text[len(text)/3] ^= 1
	return os.WriteFile(name, text, 0o600)
}
