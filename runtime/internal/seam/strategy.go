package seam

import (
	"errors"
	"fmt"
	"time"
)

// A Strategy decides when pending changes are read.
type Strategy struct {
	Kind  StrategyKind
	Every time.Duration // the delay of Batched, the interval of Scheduled
	Most  int           // files of Batched; below 1: no limit
}

// A StrategyKind is one of the strategies.
type StrategyKind uint8

// The strategies, as package runtime documents them.
const (
	Immediate StrategyKind = iota
	Batched
	Scheduled
	Manual
)

// String describes the strategy, such as "batched (1s, at most 10 files)".
func (s Strategy) String() string {
	switch s.Kind {
	case Batched:
		if s.Most < 1 {
			return fmt.Sprintf("batched (%v)", s.Every)
		}
		return fmt.Sprintf("batched (%v, at most %d files)", s.Every, s.Most)
	case Scheduled:
		return fmt.Sprintf("scheduled (%v)", s.Every)
	case Manual:
		return "manual"
	}
	return "immediate"
}

// Check returns why the strategy is invalid, or nil.
func (s Strategy) Check() error {
	switch {
	case s.Kind == Batched && s.Every < 0:
		return errors.New("the delay of a batched strategy is negative")
	case s.Kind == Scheduled && s.Every <= 0:
		return errors.New("the interval of a scheduled strategy is not positive")
	}
	return nil
}

// Release returns the earliest time at which pending changes may be read: first is when
// the first of them was detected, start when the strategy was set, and files how many
// files have changed. Never reports that only a request reads them.
func (s Strategy) Release(start, first time.Time, files int) (at time.Time, never bool) {
	switch s.Kind {
	case Batched:
		if s.Most > 0 && files >= s.Most {
			return first, false
		}
		return first.Add(s.Every), false
	case Scheduled:
		missed := first.Sub(start) / s.Every
		at = start.Add(missed * s.Every)
		if at.Before(first) {
			at = at.Add(s.Every)
		}
		return at, false
	case Manual:
		return time.Time{}, true
	}
	return first, false
}
