package main

import (
	"fmt"
	"sync"
)

// A pool runs jobs, at most as many at a time as it has workers.
type pool struct {
	jobs    chan func()
	most    int // limit of the host
	mu      sync.Mutex
	quit    []chan struct{} // one for each worker
	workers sync.WaitGroup
}

// newPool returns a pool without workers that allows at most most of them.
func newPool(most int) *pool { return &pool{jobs: make(chan func()), most: most} }

// Resize starts or ends workers until there are n. Ending workers finish their
// jobs, and Resize does not wait for them. If it fails, nothing changes.
func (p *pool) Resize(n int) error {
	if n > p.most {
		return fmt.Errorf("this host allows %d workers, not %d", p.most, n)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.quit) < n {
		quit := make(chan struct{})
		p.quit = append(p.quit, quit)
		p.workers.Go(func() { p.run(quit) })
	}
	for _, quit := range p.quit[n:] {
		close(quit)
	}
	p.quit = p.quit[:n]
	return nil
}

// Size returns the number of workers.
func (p *pool) Size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.quit)
}

// Close ends all workers and waits for their last jobs.
func (p *pool) Close() {
	_ = p.Resize(0) // never fails
	p.workers.Wait()
}

func (p *pool) run(quit <-chan struct{}) {
	for {
		select {
		case <-quit:
			return
		case job := <-p.jobs:
			job()
		}
	}
}
