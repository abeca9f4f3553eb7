package engine

import (
	"context"
	"errors"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// AddValidator implements [rt.Manager].
func (e *Engine) AddValidator(fn func(snapshot any) []rt.Finding) (stop func()) {
	if fn == nil {
		panic("hotbind: AddValidator needs a function")
	}
	h := &dispatch.Hook{Where: dispatch.Where(), Validator: true}
	h.Call = func(_ context.Context, r dispatch.Round) error {
		if findings := fn(r.New); len(findings) > 0 {
			return &findingsError{findings}
		}
		return nil
	}
	e.validators.Add(h)
	return func() { e.validators.Remove(h) }
}

// findingsError carries the findings of a validator.
type findingsError struct{ document.Findings }

func (f *findingsError) Error() string { return f.Findings.String() }

// validate calls the validators for a candidate and returns all their findings.
func (e *Engine) validate(c *candidate, delta *dispatch.Delta) error {
	round := dispatch.Round{Old: e.now().snapshot, New: c.Snapshot}
	var errs []error
	var all document.Findings
	for _, call := range e.validators.Matching(delta) {
		_, err := e.checker.Call(e.ctx, call, round)
		if f := (*findingsError)(nil); errors.As(err, &f) {
			all = append(all, load.Placed(f.Findings, c.Origin.Doc, e.program.Shape())...)
		} else if err != nil {
			errs = append(errs, err)
		}
	}
	if e.ctx.Err() != nil {
		return rt.ErrClosed
	}
	c.Warnings = append(c.Warnings, all.Warnings()...)
	if failed := all.Errors(); len(failed) > 0 {
		errs = append(errs, &rt.ValidationError{Findings: failed})
	}
	return errors.Join(errs...)
}
