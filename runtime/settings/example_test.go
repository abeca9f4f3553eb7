package settings_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hotbind/hotbind/examples/quickstart/config"
	"github.com/hotbind/hotbind/runtime/settings"

	rt "github.com/hotbind/hotbind/runtime"
)

// The settings of an operator override the options of the program.
func ExampleFile() {
	dir, err := os.MkdirTemp("", "settings")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "hotbind.yaml")
	os.WriteFile(file, []byte("strategy: {kind: scheduled, interval: 1h}\n"), 0o600)

	live, err := config.Open(context.Background(), rt.From(rt.Bytes("config.yaml", []byte("{}"))),
		rt.WithStrategy(rt.Batched(time.Second, 0)), settings.File(file), rt.WithLogger(nil))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	fmt.Println(live.Manager().Status().Strategy)
	// Output: scheduled (1h0m0s)
}
