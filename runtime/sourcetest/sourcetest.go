// Package sourcetest tests sources: that a type which implements [source.Source], and
// perhaps [source.Follower] or [source.Watchable], does what a live configuration relies on.
//
//	func TestSource(t *testing.T) {
//		sourcetest.Run(t, func(t *testing.T) sourcetest.Source {
//			store := startStore(t)
//			return sourcetest.Source{
//				Source: NewSource(store, "config.yaml"),
//				Put:    func(n int) { store.Set("config.yaml", fmt.Sprintf("value: %d\n", n)) },
//				Delete: func() { store.Delete("config.yaml") },
//			}
//		})
//	}
package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Source is a source under test and the ways to change what it reads.
type Source struct {
	// Source is the source, or a group of sources such as [rt.Tree]. If it has a method
	// Close() error, the test calls it.
	Source source.Source
	// Put sets the content of the source to {"value": n}. It returns when the next Read
	// must return that content, and fails the test if it cannot.
	Put func(n int)
	// Delete removes what the source reads; nil: that cannot happen.
	Delete func()
	// Within limits how long the source may take to report a change, or to return when its
	// context ends. The default is 10 s.
	Within time.Duration
}

// Run runs a subtest for each rule that concerns the source. Open is called for each of
// them; it returns a source whose content was not put yet, and may register cleanups.
// Rules of following are for an [source.Follower], and "followed", in which a live
// configuration follows the source without a poll, also for an [source.Watchable].
//
//	fresh       Read returns what is there
//	stable      Read returns the same bytes as long as nothing changes
//	change      Read and Document show each change
//	delete      Read fails, or Document returns no values, when the content is gone
//	recreate    content that was gone and is there again is read
//	back        content that is the one before again is read, however old
//	kept        bytes that Read returned stay as they are and mean the same
//	concurrent  Read may be called from several goroutines
//	canceled    Read returns when its context has ended, and works afterwards
//	told        Follow calls changed for changes, deletion and the way back
//	gap         and for a change between the last Read and the call of Follow
//	slow        and for a change while changed has not returned
//	burst       and for the last one of many changes
//	quiet       and not again and again when nothing changes
//	ended       Follow returns when its context ends, and calls changed no more
//	again       Follow may be called again after that
//	closed      Follow ends with Close, Read fails afterwards, Close may be repeated
//	followed    a live configuration takes over each change
func Run(t *testing.T, open func(t *testing.T) Source) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			if err := check(t.Context(), r, open(t)); errors.Is(err, errNotConcerned) {
				t.Skip(err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// errNotConcerned reports a rule that a source cannot break.
var errNotConcerned = errors.New("the rule does not concern the source")

// A rule is one thing that sources do.
type rule struct {
	name  string
	check func(ctx context.Context, p *probe) error
}

var rules = []rule{
	{"fresh", fresh}, {"stable", stable}, {"change", change}, {"delete", gone}, {"recreate", recreate}, {"back", back},
	{"kept", kept}, {"concurrent", concurrent}, {"canceled", canceled},
	{"told", told}, {"gap", gap}, {"slow", slow}, {"burst", burst}, {"quiet", quiet}, {"ended", ended}, {"again", again},
	{"closed", closed}, {"followed", followed},
}

// check returns how a source breaks a rule, or nil.
func check(ctx context.Context, r rule, s Source) error {
	if s.Source == nil || s.Put == nil {
		return errors.New("the Source to be tested has no Source or no Put")
	}
	if s.Within <= 0 {
		s.Within = 10 * time.Second
	}
	schema, findings := validate.Load("sourcetest.json", []byte(`{"type": "object", "properties": {"value": {"type": "integer"}}}`), nil)
	if schema == nil {
		return errors.New(findings.String())
	}
	return r.check(ctx, &probe{Source: s, sources: source.Flatten([]source.Source{s.Source}), schema: schema})
}

// A probe is a source while a rule is checked.
type probe struct {
	Source
	sources []source.Source // what Source stands for
	schema  *validate.Schema
}

// read returns the content of each source.
func (p *probe) read(ctx context.Context) ([][]byte, error) {
	var contents [][]byte
	for _, s := range p.sources {
		content, err := s.Read(ctx)
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

// value is what contents say, as text; "": nothing.
func (p *probe) value(contents [][]byte) (string, error) {
	var docs []*document.Node
	for i, s := range p.sources {
		doc, findings := s.Document(contents[i], p.schema.Shape(), document.Limits{})
		if failed := findings.Errors(); len(failed) > 0 {
			return "", &rt.ValidationError{Findings: failed}
		}
		docs = append(docs, doc)
	}
	merged, findings := document.MergeAll(docs, p.schema.Shape())
	if failed := findings.Errors(); len(failed) > 0 {
		return "", &rt.ValidationError{Findings: failed}
	}
	if merged == nil || merged.Get("value") == nil {
		return "", nil
	}
	return merged.Get("value").Text(), nil
}

// says returns an error unless the source is read and says n; what is when.
func (p *probe) says(ctx context.Context, n int, what string) error {
	contents, err := p.read(ctx)
	if err != nil {
		return fmt.Errorf("%s: Read returns the error %w, want the content with value %d", what, err, n)
	}
	got, err := p.value(contents)
	if err != nil {
		return fmt.Errorf("%s: Document finds fault with what Read returned: %w", what, err)
	}
	if got != strconv.Itoa(n) {
		return fmt.Errorf("%s: the source has value %q, want %d", what, got, n)
	}
	return nil
}

// puts puts values one after the other and wants each to be read.
func (p *probe) puts(ctx context.Context, values ...int) error {
	for _, n := range values {
		p.Put(n)
		if err := p.says(ctx, n, fmt.Sprintf("after Put(%d)", n)); err != nil {
			return err
		}
	}
	return nil
}

func fresh(ctx context.Context, p *probe) error {
	for _, s := range p.sources {
		if first, second := s.Name(), s.Name(); first == "" || first != second {
			return fmt.Errorf("Name returns %q and then %q", first, second)
		}
	}
	return p.puts(ctx, 1)
}

func stable(ctx context.Context, p *probe) error {
	p.Put(1)
	first, err := p.read(ctx)
	if err != nil {
		return err
	}
	for range 3 {
		next, err := p.read(ctx)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(first, next, bytes.Equal) {
			return fmt.Errorf("Read returns %q after %q, and nothing has changed", next, first)
		}
	}
	return nil
}

func change(ctx context.Context, p *probe) error { return p.puts(ctx, 1, 2, 3) }

func gone(ctx context.Context, p *probe) error {
	if p.Delete == nil {
		return errNotConcerned
	}
	if err := p.puts(ctx, 1); err != nil {
		return err
	}
	p.Delete()
	contents, err := p.read(ctx)
	if err != nil {
		return nil
	}
	if got, err := p.value(contents); err == nil && got != "" {
		return fmt.Errorf("after Delete: the source has value %q, want an error or nothing", got)
	}
	return nil
}

func recreate(ctx context.Context, p *probe) error {
	if p.Delete == nil {
		return errNotConcerned
	}
	if err := p.puts(ctx, 1); err != nil {
		return err
	}
	p.Delete()
	_, _ = p.read(ctx) // so that the source notices
	return p.puts(ctx, 1)
}

func back(ctx context.Context, p *probe) error { return p.puts(ctx, 1, 2, 1, 3, 1) }

func kept(ctx context.Context, p *probe) error {
	p.Put(1)
	contents, err := p.read(ctx)
	if err != nil {
		return err
	}
	var before [][]byte
	for _, c := range contents {
		before = append(before, bytes.Clone(c))
	}
	if err := p.puts(ctx, 2); err != nil {
		return err
	}
	got, err := p.value(contents)
	switch {
	case !slices.EqualFunc(before, contents, bytes.Equal):
		return fmt.Errorf("what Read returned was %q and is %q after another Read or a Document", before, contents)
	case err != nil:
		return err
	case got != "1":
		return fmt.Errorf("Document has value %q of content that had 1 when it was read", got)
	}
	return nil
}

func concurrent(ctx context.Context, p *probe) error {
	p.Put(1)
	errs := make(chan error)
	for range 8 {
		go func() {
			var err error
			for range 20 {
				err = errors.Join(err, p.says(ctx, 1, "read by several goroutines"))
			}
			errs <- err
		}()
	}
	var err error
	for range 8 {
		err = errors.Join(err, <-errs)
	}
	return err
}

func canceled(ctx context.Context, p *probe) error {
	p.Put(1)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = p.read(ended)
	}()
	if err := p.await(done, "Read has not returned although its context has ended"); err != nil {
		return err
	}
	return p.says(ctx, 1, "after a Read whose context had ended")
}

// await waits for done.
func (p *probe) await(done <-chan struct{}, complaint string) error {
	timer := time.NewTimer(p.Within)
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-timer.C:
		return fmt.Errorf("after %v: %s", p.Within, complaint)
	}
}
