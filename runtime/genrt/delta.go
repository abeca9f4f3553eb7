package genrt

import (
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// appendDelta appends the difference at step between two values of type t. A pointer is
// nil if that side has no such part. A value that becomes null, or was null, is modified:
// it is not absent. If decoded is not nil, only what it lists can differ.
func appendDelta(ds []dispatch.Delta, step dispatch.Step, t Type, before, after any, decoded *fresh) []dispatch.Delta {
	was := before != nil && t.set(before)
	is := after != nil && t.set(after)
	switch {
	case was && is:
		parts, differ := differences(t, before, after, decoded)
		if !differ {
			return ds
		}
		return append(ds, dispatch.Delta{Step: step, Kind: rt.Modified, Old: before, New: after, Parts: parts, Values: t.value, Inside: insideOf(t)})
	case is:
		ds = appendPart(ds, step, t, rt.Added, after)
		if before != nil && t.encoded(before) {
			last := &ds[len(ds)-1]
			last.Kind, last.Old = rt.Modified, before
		}
		return ds
	case was:
		ds = appendPart(ds, step, t, rt.Removed, before)
		if after != nil && t.encoded(after) {
			last := &ds[len(ds)-1]
			last.Kind, last.New = rt.Modified, after
		}
		return ds
	}
	return appendUnset(ds, step, t, before, after)
}

// differences returns the differences below two values of type t that are both set, and
// whether they differ at all.
func differences(t Type, before, after any, decoded *fresh) ([]dispatch.Delta, bool) {
	switch inner := innermost(t).(type) {
	case composite:
		return inner.diff(t.ref(before), t.ref(after), decoded)
	case interface {
		equalAfter(a, b any, decoded *fresh) bool
	}:
		if decoded != nil {
			return nil, !inner.equalAfter(t.ref(before), t.ref(after), decoded)
		}
	case *Union: // no binding leads into it: the parts are for subscribers
		i, x := inner.get(t.ref(before))
		j, y := inner.get(t.ref(after))
		if i == j {
			return differences(inner.Branches[i].Type, x, y, nil)
		}
		return nil, true
	}
	return nil, !t.equal(before, after)
}

// appendUnset appends the difference if neither side has a value: null instead of absent,
// or a new entry of a map that is null.
func appendUnset(ds []dispatch.Delta, step dispatch.Step, t Type, before, after any) []dispatch.Delta {
	d := dispatch.Delta{Step: step, Kind: rt.Modified, Old: before, New: after, Unset: true, Values: t.value}
	switch {
	case before == nil && after == nil:
		return ds
	case before == nil:
		d.Kind = rt.Added
	case after == nil:
		d.Kind = rt.Removed
	case t.equal(before, after):
		return ds
	}
	return append(ds, d)
}

// appendPart appends a part that was added or removed, with everything below it. Null
// makes no difference to a hook.
func appendPart(ds []dispatch.Delta, step dispatch.Step, t Type, kind rt.ChangeKind, p any) []dispatch.Delta {
	if !t.encoded(p) {
		return ds
	}
	d := dispatch.Delta{Step: step, Kind: kind, Values: t.value, Inside: insideOf(t), Unset: !t.set(p)}
	if !d.Unset {
		if c, ok := innermost(t).(composite); ok {
			d.Parts = c.parts(kind, t.ref(p))
		}
	}
	if kind == rt.Added {
		d.New = p
	} else {
		d.Old = p
	}
	return append(ds, d)
}

// diff returns the differences between two values of type t, path by path; nil if there
// are none. If decoded is not nil, only what it lists can differ.
func diff(t Type, before, after any, decoded *fresh) *dispatch.Delta {
	ds := appendDelta(nil, dispatch.Step{}, t, before, after, decoded)
	if len(ds) == 0 {
		return nil
	}
	return &ds[0]
}
