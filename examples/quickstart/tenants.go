package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotbind/hotbind/examples/quickstart/config"
)

// tenants holds the customers and the number of jobs that each has per round.
type tenants struct {
	done   atomic.Int64 // jobs since startup
	mu     sync.Mutex
	quotas map[string]int
}

func newTenants() *tenants { return &tenants{quotas: map[string]int{}} }

func (t *tenants) set(name string, quota int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.quotas[name] = quota
}

func (t *tenants) remove(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.quotas, name)
}

// now returns a copy of the current quotas.
func (t *tenants) now() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.quotas)
}

// work submits jobs to the pool, round after round, until ctx ends.
func (t *tenants) work(ctx context.Context, pool *pool, live *config.Live, log *slog.Logger) {
	round := time.NewTicker(250 * time.Millisecond)
	defer round.Stop()
	for {
		var attrs []slog.Attr
		quotas := t.now()
		for _, name := range slices.Sorted(maps.Keys(quotas)) {
			for range quotas[name] {
				select {
				case pool.jobs <- func() { t.job(live) }:
				case <-ctx.Done():
					return
				}
			}
			attrs = append(attrs, slog.Int(name, quotas[name]))
		}
		log.LogAttrs(ctx, slog.LevelDebug, "jobs of this round", attrs...)
		select {
		case <-round.C:
		case <-ctx.Done():
			return
		}
	}
}

// job is one piece of simulated work. A value that is only read needs no hook:
// Current is one atomic load, and the snapshot that it returns never changes.
func (t *tenants) job(live *config.Live) {
	time.Sleep(live.Current().Pool.JobTime)
	t.done.Add(1)
}
