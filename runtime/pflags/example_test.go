package pflags_test

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/examples/quickstart/config"
	"github.com/hotbind/hotbind/runtime/pflags"

	rt "github.com/hotbind/hotbind/runtime"
)

// A flag that was given sets the field of its name.
func ExampleSource() {
	set := pflag.NewFlagSet("shop", pflag.ContinueOnError)
	set.Int("pool.workers", 0, "how many jobs run at once")
	set.String("log-level", "", "debug, info, warn or error")
	if err := set.Parse([]string{"--pool.workers", "12"}); err != nil {
		panic(err)
	}
	cfg, err := config.Load(context.Background(), rt.From(
		rt.Bytes("config.yaml", []byte("log_level: warn")),
		pflags.Source(set), // stronger than the file
	))
	if err != nil {
		panic(err)
	}
	fmt.Println(cfg.Pool.Workers, cfg.LogLevel)
	// Output: 12 warn
}
