package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/untyped"

	rt "github.com/hotbind/hotbind/runtime"
)

// A following is a running call of Follow for each source.
type following struct {
	calls  atomic.Int64  // of changed
	news   chan struct{} // holds a token after a call of changed
	ended  chan struct{} // closed when all calls of Follow have returned
	cancel context.CancelFunc
}

// follow calls Follow of all sources. Each call of changed first calls before, unless it
// is nil. The caller must call stop.
func (p *probe) follow(ctx context.Context, before func(call int64)) (*following, error) {
	f := &following{news: make(chan struct{}, 1), ended: make(chan struct{})}
	ctx, f.cancel = context.WithCancel(ctx)
	var wait sync.WaitGroup
	some := false
	for _, s := range p.sources {
		follower, ok := s.(source.Follower)
		if !ok {
			continue
		}
		some = true
		wait.Go(func() {
			// The error does not matter: a Follow that ends too early fails the rules.
			_ = follower.Follow(ctx, func() {
				call := f.calls.Add(1)
				if before != nil {
					before(call)
				}
				select {
				case f.news <- struct{}{}:
				default:
				}
			})
		})
	}
	if !some {
		f.cancel()
		return nil, errNotConcerned
	}
	go func() {
		wait.Wait()
		close(f.ended)
	}()
	return f, nil
}

// stop ends the calls of Follow and waits for them.
func (p *probe) stop(f *following) error {
	f.cancel()
	return p.await(f.ended, "Follow has not returned although its context has ended")
}

// started puts 1, reads it and starts to follow.
func (p *probe) started(ctx context.Context, before func(call int64)) (*following, error) {
	if err := p.puts(ctx, 1); err != nil {
		return nil, err
	}
	return p.follow(ctx, before)
}

// observes waits for a call of changed, after the first since calls, for which is returns
// true.
func (p *probe) observes(f *following, since int64, what string, is func() bool) error {
	timer := time.NewTimer(p.Within)
	defer timer.Stop()
	for {
		select {
		case <-f.news:
			if f.calls.Load() > since && is() {
				return nil
			}
		case <-timer.C:
			return fmt.Errorf("after %v: Follow has not called changed %s", p.Within, what)
		}
	}
}

// observesPut puts n and waits for a later call of changed after which the source has value n.
func (p *probe) observesPut(ctx context.Context, f *following, n int, what string) error {
	since := f.calls.Load()
	p.Put(n)
	return p.observes(f, since, what, func() bool { return p.has(ctx, n, what) == nil })
}

func reported(ctx context.Context, p *probe) (err error) {
	f, err := p.started(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop(f)) }()
	if err := p.observesPut(ctx, f, 2, "for a change"); err != nil {
		return err
	}
	if p.Delete != nil {
		since := f.calls.Load()
		p.Delete()
		silent := func() bool {
			contents, err := p.read(ctx)
			if err != nil {
				return true
			}
			value, err := p.value(contents)
			return err != nil || value == ""
		}
		if err := p.observes(f, since, "for a deletion", silent); err != nil {
			return err
		}
		if err := p.observesPut(ctx, f, 3, "for content that is back after a deletion"); err != nil {
			return err
		}
	}
	return p.observesPut(ctx, f, 1, "for content equal to an earlier one")
}

func gap(ctx context.Context, p *probe) error {
	if err := p.puts(ctx, 1); err != nil {
		return err
	}
	p.Put(2)
	f, err := p.follow(ctx, nil)
	if err != nil {
		return err
	}
	const what = "for a change between the last Read and the call of Follow"
	err = p.observes(f, 0, what, func() bool { return p.has(ctx, 2, what) == nil })
	return errors.Join(err, p.stop(f))
}

func slow(ctx context.Context, p *probe) error {
	entered, release := make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(release) })
	defer free()
	var once sync.Once
	var late atomic.Int64 // calls of changed since the last change
	var put atomic.Bool
	f, err := p.started(ctx, func(int64) {
		if put.Load() {
			late.Add(1)
		}
		once.Do(func() {
			close(entered)
			<-release
		})
	})
	if err != nil {
		return err
	}
	p.Put(2)
	if err = p.await(entered, "Follow has not called changed for a change"); err == nil {
		p.Put(3)
		put.Store(true)
		free()
		err = p.observes(f, 0, "for a change while changed had not returned", func() bool { return late.Load() > 0 })
	}
	free()
	return errors.Join(err, p.stop(f))
}

func burst(ctx context.Context, p *probe) error {
	f, err := p.started(ctx, nil)
	if err != nil {
		return err
	}
	for n := 2; n <= 50; n++ {
		p.Put(n)
	}
	err = p.observesPut(ctx, f, 51, "after the last one of many changes")
	return errors.Join(err, p.stop(f))
}

// mostQuiet is how often a source may call changed without a change in quietTime.
const (
	mostQuiet = 10
	quietTime = 100 * time.Millisecond
)

func quiet(ctx context.Context, p *probe) error {
	f, err := p.started(ctx, nil)
	if err != nil {
		return err
	}
	time.Sleep(quietTime) // a good source passes however long this takes
	calls := f.calls.Load()
	if err := p.stop(f); err != nil {
		return err
	}
	if calls > mostQuiet {
		return fmt.Errorf("Follow has called changed %d times although nothing has changed", calls)
	}
	return nil
}

func ended(ctx context.Context, p *probe) error {
	f, err := p.started(ctx, nil)
	if err != nil {
		return err
	}
	if err := p.stop(f); err != nil {
		return err
	}
	calls := f.calls.Load()
	p.Put(2)
	time.Sleep(quietTime) // a good source passes however long this takes
	if more := f.calls.Load() - calls; more > 0 {
		return fmt.Errorf("changed was called %d times after Follow had returned", more)
	}
	return nil
}

func again(ctx context.Context, p *probe) error {
	f, err := p.started(ctx, nil)
	if err != nil {
		return err
	}
	if err := p.stop(f); err != nil {
		return err
	}
	if f, err = p.follow(ctx, nil); err != nil {
		return err
	}
	err = p.observesPut(ctx, f, 2, "when it was called for the second time")
	return errors.Join(err, p.stop(f))
}

func closed(ctx context.Context, p *probe) error {
	closer, ok := p.Source.Source.(io.Closer)
	if !ok {
		return errNotConcerned
	}
	f, err := p.started(ctx, nil)
	if err != nil && !errors.Is(err, errNotConcerned) {
		return err
	}
	if err := closer.Close(); err != nil {
		return fmt.Errorf("Close returns the error %w", err)
	}
	if f != nil {
		defer f.cancel()
		if err := p.await(f.ended, "Follow has not returned although the source is closed"); err != nil {
			return err
		}
	}
	if _, err := p.read(ctx); err == nil {
		return errors.New("Read returns no error although the source is closed")
	}
	_ = closer.Close() // may fail, but must return
	return nil
}

func followed(ctx context.Context, p *probe) (err error) {
	concerned := false
	for _, s := range p.sources {
		_, watchable := s.(source.Watchable)
		_, follower := s.(source.Follower)
		concerned = concerned || watchable || follower
	}
	if !concerned {
		return errNotConcerned
	}
	p.Put(1)
	live, err := untyped.Open(ctx, p.schema, rt.From(p.Source.Source), rt.WithHotReload(true), rt.WithPollInterval(0), rt.WithDebounce(0), rt.WithSettle(0),
		rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("a live configuration cannot be opened: %w", err)
	}
	defer func() { err = errors.Join(err, live.Close()) }()
	value := func() string {
		if n := live.Current().Document().Get("value"); n != nil {
			return n.Text()
		}
		return ""
	}
	if got := value(); got != "1" {
		return fmt.Errorf("a live configuration starts with value %q, want 1", got)
	}
	inForce := func(n int, what string) error {
		p.Put(n)
		return p.until(what, func() bool { return value() == strconv.Itoa(n) && live.Manager().Status().LastError == nil })
	}
	if err := inForce(2, "a change"); err != nil {
		return err
	}
	if p.Delete != nil {
		p.Delete()
		if err := p.until("a deletion", func() bool { return value() == "" || live.Manager().Status().LastError != nil }); err != nil {
			return err
		}
		if err := inForce(3, "content that is back after a deletion"); err != nil {
			return err
		}
	}
	return inForce(1, "content equal to an earlier one")
}

// until waits for a live configuration to satisfy is.
func (p *probe) until(what string, is func() bool) error {
	for start := time.Now(); !is(); time.Sleep(time.Millisecond) {
		if time.Since(start) > p.Within {
			return fmt.Errorf("after %v: a live configuration that does not poll has not noticed %s", p.Within, what)
		}
	}
	return nil
}
