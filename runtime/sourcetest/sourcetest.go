// Package sourcetest tests implementations of [source.Source], and of [source.Follower] or
// [source.Watchable], against the rules that a live configuration relies on.
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
	// Delete removes the content of the source. It is nil if that cannot happen.
	Delete func()
	// Within limits how long the source may take to report a change, or to return when its
	// context ends. The default is 10 s.
	Within time.Duration
}

// Run runs a subtest for each rule that applies to the source. For each subtest it calls
// open, which returns a source without content and may register cleanups. The rules about
// Follow apply to a [source.Follower]. In the rule "followed", which also applies to a
// [source.Watchable], a live configuration follows the source without polling.
//
//	fresh       Read returns the current content
//	stable      Read returns the same bytes as long as nothing changes
//	change      Read and Document return each change
//	delete      after a deletion Read fails, or Document returns no values
//	recreate    Read returns content that is back after a deletion
//	back        Read returns content equal to an earlier one
//	kept        bytes that Read returned do not change, nor does their meaning
//	concurrent  several goroutines may call Read
//	canceled    Read returns when its context ends, and works afterwards
//	reported    Follow calls changed for changes, deletions and content that is back
//	gap         and for a change between the last Read and the call of Follow
//	slow        and for a change while changed has not returned
//	burst       and for the last of many changes
//	quiet       and not repeatedly when nothing changes
//	ended       Follow returns when its context ends, and no longer calls changed
//	again       Follow may be called again after that
//	closed      Close ends Follow, Read fails afterwards, Close may be called again
//	followed    a live configuration applies each change
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

// errNotConcerned is returned for a rule that does not apply to a source.
var errNotConcerned = errors.New("the rule does not apply to the source")

// A rule is one requirement for sources.
type rule struct {
	name  string
	check func(ctx context.Context, p *probe) error
}

var rules = []rule{
	{"fresh", fresh}, {"stable", stable}, {"change", change}, {"delete", gone}, {"recreate", recreate}, {"back", back},
	{"kept", kept}, {"concurrent", concurrent}, {"canceled", canceled},
	{"reported", reported}, {"gap", gap}, {"slow", slow}, {"burst", burst}, {"quiet", quiet}, {"ended", ended}, {"again", again},
	{"closed", closed}, {"followed", followed},
}

// check returns how a source violates a rule, or nil.
func check(ctx context.Context, r rule, s Source) error {
	if s.Source == nil || s.Put == nil {
		return errors.New("Source and Put must be set")
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

// A probe is a source under test.
type probe struct {
	Source
	sources []source.Source // Source, or the sources of the group
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

// value returns the value in contents as text, or "" if there is none.
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

// has returns an error unless the source has value n. What names the moment in the error.
func (p *probe) has(ctx context.Context, n int, what string) error {
	contents, err := p.read(ctx)
	if err != nil {
		return fmt.Errorf("%s: Read returns the error %w, want the content with value %d", what, err, n)
	}
	got, err := p.value(contents)
	if err != nil {
		return fmt.Errorf("%s: Document returns an error for the content of Read: %w", what, err)
	}
	if got != strconv.Itoa(n) {
		return fmt.Errorf("%s: the source has value %q, want %d", what, got, n)
	}
	return nil
}

// puts puts values one after the other and checks that Read returns each.
func (p *probe) puts(ctx context.Context, values ...int) error {
	for _, n := range values {
		p.Put(n)
		if err := p.has(ctx, n, fmt.Sprintf("after Put(%d)", n)); err != nil {
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
			return fmt.Errorf("Read returns %q after %q although nothing has changed", next, first)
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
		return fmt.Errorf("the bytes that Read returned changed from %q to %q after another Read or a Document", before, contents)
	case err != nil:
		return err
	case got != "1":
		return fmt.Errorf("Document returns value %q for content that had 1 when it was read", got)
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
				err = errors.Join(err, p.has(ctx, 1, "read by several goroutines"))
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
	return p.has(ctx, 1, "after a Read whose context had ended")
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
