package runtime

import (
	"errors"
	"fmt"
	"time"
)

// A Strategy says when a change that was seen becomes a reload. Whatever it is,
// a file that is still being written is waited for, and what is asked for with
// Reload happens at once. The zero Strategy is [Immediate].
type Strategy struct {
	kind  strategyKind
	every time.Duration
	most  int
}

type strategyKind uint8

const (
	immediate strategyKind = iota
	batched
	scheduled
	manual
)

// Immediate reloads as soon as the files are quiet. It is the default.
func Immediate() Strategy { return Strategy{} }

// Batched reloads when delay has passed since the first change, or when most
// files have changed, whichever is first. Most below 1 is no limit.
func Batched(delay time.Duration, most int) Strategy { return Strategy{batched, delay, most} }

// Scheduled reloads at fixed intervals, counted from when the strategy was set,
// and only if something has changed since the last one.
func Scheduled(interval time.Duration) Strategy { return Strategy{scheduled, interval, 0} }

// Manual reloads only when Reload is called; until then changes are pending.
func Manual() Strategy { return Strategy{kind: manual} }

// String is the strategy in words, such as "batched (1s, at most 10 files)".
func (s Strategy) String() string {
	switch s.kind {
	case batched:
		if s.most < 1 {
			return fmt.Sprintf("batched (%v)", s.every)
		}
		return fmt.Sprintf("batched (%v, at most %d files)", s.every, s.most)
	case scheduled:
		return fmt.Sprintf("scheduled (%v)", s.every)
	case manual:
		return "manual"
	}
	return "immediate"
}

// MarshalText writes what String returns.
func (s Strategy) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Check returns what is wrong with the strategy, nil for nothing.
func (s Strategy) Check() error {
	switch {
	case s.kind == batched && s.every < 0:
		return errors.New("the delay of a batched strategy is negative")
	case s.kind == scheduled && s.every <= 0:
		return errors.New("the interval of a scheduled strategy is not positive")
	}
	return nil
}

// Release is when changes may be read of which the first was seen at first, when
// the strategy is in use since start and files changes are known. Never reports
// that only a request reads them.
func (s Strategy) Release(start, first time.Time, files int) (at time.Time, never bool) {
	switch s.kind {
	case batched:
		if s.most > 0 && files >= s.most {
			return first, false
		}
		return first.Add(s.every), false
	case scheduled:
		missed := first.Sub(start) / s.every
		at = start.Add(missed * s.every)
		if at.Before(first) {
			at = at.Add(s.every)
		}
		return at, false
	case manual:
		return time.Time{}, true
	}
	return first, false
}
