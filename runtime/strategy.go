package runtime

import (
	"time"

	"github.com/hotbind/hotbind/runtime/internal/seam"
)

// A Strategy decides when a detected change becomes a reload. With every strategy, a
// file that is still being written is awaited, and [Manager].Reload reads at once. The
// zero Strategy is [Immediate].
type Strategy struct{ s seam.Strategy }

// Immediate reloads as soon as the files are quiet. It is the default.
func Immediate() Strategy { return Strategy{} }

// Batched reloads when delay has passed since the first change, or when maxFiles files
// have changed, whichever is first. A maxFiles below 1 is no limit.
func Batched(delay time.Duration, maxFiles int) Strategy {
	return Strategy{seam.Strategy{Kind: seam.Batched, Every: delay, Most: maxFiles}}
}

// Scheduled reloads at fixed intervals, counted from when the strategy was set, if
// something has changed since the last reload.
func Scheduled(interval time.Duration) Strategy {
	return Strategy{seam.Strategy{Kind: seam.Scheduled, Every: interval}}
}

// Manual reloads only when [Manager].Reload is called; until then changes are pending.
func Manual() Strategy { return Strategy{seam.Strategy{Kind: seam.Manual}} }

// String describes the strategy, such as "batched (1s, at most 10 files)".
func (s Strategy) String() string { return s.s.String() }

// MarshalText writes what String returns.
func (s Strategy) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Apply is called by the engine.
func (s Strategy) Apply(resolved *seam.Strategy) { *resolved = s.s }
