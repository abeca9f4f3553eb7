package genrt

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Keyed is the table of a list whose items are identified by a property (x-key). Its
// parts are the items by their keys, like the entries of a map. The order of the items
// belongs to the list as a whole. It is separate from [List] and accesses its items by
// reflection, so that it costs other lists nothing.
type Keyed struct {
	Type        // a List of a Struct
	Key  string // the property: required, a string
}

// The ways to merge lists, for tables.
const (
	AppendList = document.AppendList
	KeyList    = document.KeyList
)

func (t *Keyed) Lists() document.ListRule {
	return document.ListRule{Merge: t.Type.Lists().Merge, Key: t.Key}
}

func (t *Keyed) inside() []Type        { return []Type{t.Type} }
func (t *Keyed) at(dispatch.Step) Type { return t.item() }
func (t *Keyed) item() Type            { return t.Item().(Type) }
func (t *Keyed) keys(p any) []string   { return slices.Sorted(maps.Keys(t.items(p))) }
func (t *Keyed) length(p any) int      { return reflect.ValueOf(p).Elem().Len() }
func (t *Keyed) nth(p any, i int) any  { return reflect.ValueOf(p).Elem().Index(i).Addr().Interface() }
func (t *Keyed) isUnique(p any) bool   { return len(t.items(p)) == t.length(p) }
func (t *Keyed) keyOf(item any) string {
	s := innermost(t.item()).(*Struct)
	f, _ := s.lookup(t.Key)
	return innermost(s.Fields[f].Type).(*String).get(s.At(t.item().ref(item), f))
}

// items returns pointers to the items by their keys. If several have the same key, which
// only code can cause, it returns the first.
func (t *Keyed) items(p any) map[string]any {
	items := make(map[string]any, t.length(p))
	for i := range t.length(p) {
		item := t.nth(p, i)
		if key := t.keyOf(item); items[key] == nil {
			items[key] = item
		}
	}
	return items
}

func (t *Keyed) step(p any, s dispatch.Step) any {
	for i := range t.length(p) {
		if item := t.nth(p, i); t.keyOf(item) == s.Key {
			return item
		}
	}
	return nil
}

func (t *Keyed) decode(d *decoder, n *document.Node, p any) {
	t.Type.decode(d, n, p)
	if n.Kind() != document.List {
		return
	}
	first := map[string]*document.Node{}
	for i, item := range n.Items() {
		key, ok := document.ItemKey(item, t.Key)
		if !ok {
			continue
		}
		written := item.Get(t.Key)
		if before := first[key]; before != nil {
			t.findAgain(d, i, written, before)
		} else {
			first[key] = written
		}
	}
}

// findAgain reports that item i has the same key as an earlier item.
func (t *Keyed) findAgain(d *decoder, i int, key, before *document.Node) {
	if d.InSecret() { // not even the names of properties are shown
		d.Find(key, wording.SameKeyInside)
		return
	}
	d.EnterIndex(i)
	d.EnterKey(t.Key)
	d.Find(key, wording.SameKey(key, before, d.Hides(key), t.Key))
	d.Leave()
	d.Leave()
}

// diff compares the items by their keys. If only their order differs, the list differs as
// a whole.
func (t *Keyed) diff(before, after any, decoded *fresh) (ds []dispatch.Delta, differ bool) {
	if decoded != nil && t.length(before) == t.length(after) {
		if ds, ok := t.diffItems(before, after, decoded); ok {
			return ds, len(ds) > 0
		}
	}
	if t.equal(before, after) {
		return nil, false
	}
	if !t.isUnique(before) || !t.isUnique(after) {
		return nil, true
	}
	was, is := t.items(before), t.items(after)
	for _, key := range unionKeys(was, is) {
		ds = appendDelta(ds, dispatch.Step{Field: dispatch.Entry, Key: key}, t.item(), was[key], is[key], nil)
	}
	return ds, true
}

// diffItems compares the items that were decoded. It gives up if one has another key than
// before.
func (t *Keyed) diffItems(before, after any, decoded *fresh) (ds []dispatch.Delta, ok bool) {
	for _, part := range decoded.parts {
		was, is := t.nth(before, part.step.Field), t.nth(after, part.step.Field)
		key := t.keyOf(was)
		if key != t.keyOf(is) {
			return nil, false
		}
		ds = appendDelta(ds, dispatch.Step{Field: dispatch.Entry, Key: key}, t.item(), was, is, part.below)
	}
	slices.SortFunc(ds, func(a, b dispatch.Delta) int { return strings.Compare(a.Step.Key, b.Step.Key) })
	return ds, true
}

func (t *Keyed) parts(kind rt.ChangeKind, p any) (ds []dispatch.Delta) {
	items := t.items(p)
	for _, key := range slices.Sorted(maps.Keys(items)) {
		ds = appendPart(ds, dispatch.Step{Field: dispatch.Entry, Key: key}, t.item(), kind, items[key])
	}
	return ds
}

// unionKeys returns the keys of both maps, sorted.
func unionKeys[T any](x, y map[string]T) []string {
	keys := slices.Collect(maps.Keys(x))
	for key := range y {
		if _, ok := x[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
