package genrt

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/seam"

	rt "github.com/hotbind/hotbind/runtime"
)

// Set returns an edit that sets the value of a binding; see the Set of a generated
// package. Unless it is called, it costs a package nothing.
func Set[T any](b Bound[T], v T) rt.Edit {
	p := b.bound().place
	if err := p.editable(); err != nil {
		return rt.Set(p.String(), seam.Edit{Path: p.String(), Err: err})
	}
	e := encoder{reveal: true}
	innermost(p.typ).encode(&e, &v)
	return rt.Set(p.String(), json.RawMessage(e.b))
}

// Unset returns an edit that removes the value set before; see the Unset of a generated
// package.
func Unset[T any](b Bound[T]) rt.Edit {
	p := b.bound().place
	if err := p.editable(); err != nil {
		return rt.Set(p.String(), seam.Edit{Path: p.String(), Err: err})
	}
	return rt.Unset(p.String())
}

// editable returns why the value at p cannot be edited by its path, or nil if it can. An
// item of a list cannot: an edit is a layer, and a layer has whole lists.
func (p *place) editable() error {
	if p.inline {
		return errors.New("undeclared properties have no common path: edit them one by one")
	}
	for at := p; at.parent != nil; at = at.parent {
		if _, ok := innermost(at.parent.typ).(*Keyed); ok && at.step.Field == dispatch.Entry {
			return fmt.Errorf("part of an item of the list %s: edit the whole list", at.parent)
		}
	}
	return nil
}
