package config_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hotbind/hotbind/examples/quickstart/config"

	rt "github.com/hotbind/hotbind/runtime"
)

// Parse reads one document: for tests and tools.
func ExampleParse() {
	cfg, err := config.Parse("config.yaml", []byte("tenants: {acme: {quota: 5}}"))
	if err != nil {
		panic(err)
	}
	text, _ := json.Marshal(cfg) // the effective configuration, secrets hidden
	fmt.Println(string(text))
	// Output: {"log_level":"info","pool":{"workers":2,"job_time":"5ms"},"tenants":{"acme":{"quota":5}}}
}

// New fills in the defaults; Validate checks a value that was made in Go.
func ExampleValidate() {
	cfg := config.New()
	cfg.Pool.Workers = 100
	fmt.Println(config.Validate(cfg))
	// Output: (value): pool.workers: 100 is more than the maximum 64
}

// FollowEntries calls a hook for each entry of a map, and then for each that is added,
// removed or changed.
func ExampleLive_Tenants() {
	live, err := config.Open(context.Background(), rt.From(rt.Bytes("config.yaml", []byte("tenants: {acme: {quota: 5}}"))), rt.WithLogger(nil))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	_, err = live.Tenants().FollowEntries(func(_ context.Context, c rt.EntryChange[string, config.Tenant]) error {
		fmt.Println(c.Key, c.Old.Quota, "→", c.New.Quota)
		return nil
	})
	live.Manager().Update(context.Background(), rt.Set("tenants.globex.quota", 3))
	live.Manager().Update(context.Background(), config.Set(live.Tenants().Key("acme").Quota(), 6))
	fmt.Println(err)
	// Output:
	// acme 0 → 5
	// globex 0 → 3
	// acme 5 → 6
	// <nil>
}

// OnReloadError observes refusals, ChangeIn finds the change of one field in a diff.
func ExampleLive_OnReloadError() {
	live, err := config.Open(context.Background(), rt.From(rt.Bytes("config.yaml", []byte("pool: {workers: 2}"))), rt.WithLogger(nil))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	live.OnChange(func(_ context.Context, d *config.Diff) error {
		if c, changed := config.ChangeIn(d, live.Pool().Workers()); changed && c.New > 8 {
			return errors.New("too many workers")
		}
		return nil
	})
	refused := make(chan rt.Changes, 1)
	live.OnReloadError(func(_ context.Context, err error, changes rt.Changes) error {
		refused <- changes
		return nil
	})
	live.Manager().Update(context.Background(), rt.Set("pool.workers", 9))
	fmt.Println("refused:", <-refused)
	// Output: refused: pool.workers: 2 → 9
}
