package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// A cost is what one execution of some work takes.
type cost struct{ ns, bytes float64 }

// A trial measures one contestant once, with everything that it sets up and removes.
type trial func() (cost, error)

// compete runs the trials in turn: each round begins with the next one, so that none always
// runs after the same one. A trial is nil for a contestant that does not take part. Unless
// there is only one round, another one before it warms up and does not count.
func compete(trials []trial, rounds int, progress func(round int)) ([][]cost, error) {
	costs := make([][]cost, len(trials))
	first := 0
	if rounds == 1 {
		first = 1
	}
	for round := first; round <= rounds; round++ {
		progress(round)
		for i := range trials {
			at := (i + round) % len(trials)
			if trials[at] == nil {
				continue
			}
			runtime.GC()
			c, err := trials[at]()
			if err != nil {
				return nil, err
			}
			if round > 0 {
				costs[at] = append(costs[at], c)
			}
		}
	}
	return costs, nil
}

// repeated measures work that takes at least this long together. Less disturbs the
// clock, more takes time.
func repeated(atLeast time.Duration, work func(n int) error) (cost, error) {
	for n := 1; ; {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		err := work(n)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err != nil {
			return cost{}, err
		}
		if took >= atLeast {
			return cost{float64(took) / float64(n), float64(after.TotalAlloc-before.TotalAlloc) / float64(n)}, nil
		}
		n = more(n, took, atLeast)
	}
}

// more returns how often to repeat work after n times took too little time.
func more(n int, took, atLeast time.Duration) int {
	fit := float64(n) * 1.2 * float64(atLeast) / float64(max(took, 1))
	return int(min(fit, 100*float64(n))) + 1
}

// loading measures loads of a file.
func (b *bench) loading(c contestant, path string) trial {
	return func() (cost, error) {
		return repeated(b.atLeast, func(n int) error {
			for range n {
				if _, err := c.load(path); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// lost is how long a change may take before it counts as lost.
const lost = time.Minute

// errLost is the error for a change that was not reported.
var errLost = errors.New("a change was not reported")

// reloading measures the median time from the rename of a file to the call of the hook.
func (b *bench) reloading(c contestant, f input, changes int) trial {
	return func() (cost, error) {
		type call struct {
			poolSize int
			at       time.Time
		}
		calls := make(chan call, 16)
		own, stop, err := b.following(c, f, func(poolSize int) { calls <- call{poolSize, time.Now()} })
		if err != nil {
			return cost{}, err
		}
		defer stop()
		var took []float64
		for poolSize := firstPool + 1; len(took) <= changes; poolSize++ {
			// koanf ignores a second event of the same kind within 5 ms.
			time.Sleep(6 * time.Millisecond)
			next := own + ".next"
			if err := f.write(next, poolSize); err != nil {
				return cost{}, err
			}
			start := time.Now()
			if err := os.Rename(next, own); err != nil {
				return cost{}, err
			}
			select {
			case got := <-calls:
				if got.poolSize != poolSize {
					return cost{}, fmt.Errorf("the hook got %d, want %d", got.poolSize, poolSize)
				}
				took = append(took, float64(got.at.Sub(start)))
			case <-time.After(lost):
				return cost{}, errLost
			}
		}
		return cost{ns: median(took[1:])}, nil // the first change warms up
	}
}

// following follows a copy of a file in a folder of its own, which stop removes: viper
// stops when its file is removed.
func (b *bench) following(c contestant, f input, changed func(int)) (path string, stop func(), err error) {
	dir, err := os.MkdirTemp(b.dir, "follow")
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, filepath.Base(f.path))
	if err := f.write(path, firstPool); err != nil {
		return "", nil, err
	}
	stopContestant, err := c.follow(path, changed)
	if err != nil {
		return "", nil, err
	}
	return path, func() {
		stopContestant()
		os.RemoveAll(dir)
	}, nil
}

// keeping measures the memory in use while a file is followed.
func (b *bench) keeping(c contestant, f input) trial {
	return func() (cost, error) {
		before := live()
		_, stop, err := b.following(c, f, func(int) {})
		if err != nil {
			return cost{}, err
		}
		defer stop()
		return cost{bytes: live() - before}, nil
	}
}

// live returns the bytes of memory in use. The second collection frees what finalizers and
// pools held.
func live() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// reading measures reads of the pool size.
func (b *bench) reading(c contestant, path string) trial {
	return func() (cost, error) {
		read, err := c.read(path)
		if err != nil {
			return cost{}, err
		}
		return repeated(b.atLeast, func(n int) error {
			if sum := read(n); sum != n*firstPool {
				return fmt.Errorf("the sum of %d reads is %d", n, sum)
			}
			return nil
		})
	}
}

// comparing measures comparisons of two configurations in memory.
func (b *bench) comparing(c contestant, before, after string) trial {
	if c.compare == nil {
		return nil
	}
	return func() (cost, error) {
		differ, err := c.compare(before, after)
		if err != nil {
			return cost{}, err
		}
		return repeated(b.atLeast, func(n int) error {
			for range n {
				if found := differ(); found != 1 {
					return fmt.Errorf("found %d differences, want 1", found)
				}
			}
			return nil
		})
	}
}

// dispatching measures changes in memory, with many hooks.
func (b *bench) dispatching(c contestant, path string) trial {
	if c.hooks == nil {
		return nil
	}
	return func() (cost, error) {
		called := 0
		set, stop, err := c.hooks(path, 1000, func() { called++ })
		if err != nil {
			return cost{}, err
		}
		defer stop()
		poolSize := firstPool
		return repeated(b.atLeast, func(n int) error {
			called = 0
			for range n {
				poolSize = 1 + poolSize%100
				if err := set(poolSize); err != nil {
					return err
				}
			}
			if called != n {
				return fmt.Errorf("%d changes led to %d calls", n, called)
			}
			return nil
		})
	}
}

// median returns the middle of some numbers.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
