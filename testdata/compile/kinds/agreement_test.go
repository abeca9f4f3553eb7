package kinds_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/genrt"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/kinds"

	rt "github.com/hotbind/hotbind/runtime"
)

// values are what the properties of the documents are set to, by name. Two texts of a
// property are never two spellings of one value, except of a number.
var values = map[string][]string{
	"at": {`"2024-02-29T12:30:00Z"`, `"2025-02-28T12:30:00Z"`}, "day": {`"2024-03-01"`}, "every": {`"PT5S"`}, "wait": {`"5s"`},
	"v4": {`"192.0.2.1"`, `"192.0.2.2"`}, "v6": {`"2001:db8::1"`}, "net": {`"192.0.2.0/24"`, `"192.0.0.0/16"`},
	"link": {`"https://a.example/"`, `"https://b.example/"`}, "size": {`"20MB"`}, "listen": {`"[::1]:8080"`},
	"level": {"1", "1.0", "10"}, "step": {"0.5", "1", "1.0"}, "mixed": {`"auto"`, "1", "1.0", "true", "null"}, "version": {"2", "2.0"},
	"ports": {"[]", "[1,2]", "[2,1]"}, "labels": {"{}", `{"a":"x","team":"core"}`}, "limits": {"{}", `{"cpu":1,"memory":2}`, `{"memory":2}`},
	"hosts": {"[]", `["a","b"]`, `["b","a"]`, `"c"`}, "id": {`"1"`, `"2"`}, "either": {"1", "1.0", `"1"`, "null"},
	"free":     {"null", "1", `"1"`, "[1,null]", "[null,1]", `{"a":null,"b":1}`, `{"b":1}`, "0.12345678901234567890123", "100000000000000000000", "1e400"},
	"nullable": {"null", "[]", "[1,null]", "[null,1]"}, "open": {`{"known":"a"}`, `{"x-1":1,"x-2":2}`, `{"other":true,"x-1":1,"known":"a","more":false}`},
	"matched": {"{}", `{"a":{"cpu":1},"b":{}}`, `{"b":{"memory":64}}`}, "tls": {"{}", `{"cert":"a","key":"b"}`, `{"key":"b"}`},
	"old": {`"a"`, `"b"`}, "named": {"1", "1.0", "2"}, "deep": {"[]", "[[],[[]]]", "[[[]],[]]"}, "fromEnv": {"1", "2"},
	"maybe": {"null", `"a"`, `"b"`}, "ratio": {"1", "1.0", "0.5"}, "mode": {`"fast"`, `"safe"`}, "numbers": {"[]", "[1,2]", "[2,1]", "[1.0,2]"},
	"points":  {"[]", `[{"x":1,"y":null},{"x":2}]`, `[{"x":2},{"x":1,"y":2}]`, `[{"x":1},{}]`},
	"servers": {"[]", `[{"name":"a"},{"name":"b","port":81,"zone":null}]`, `[{"name":"b","port":81},{"name":"a","zone":"z"}]`, `[{"name":"b"}]`},
	"pair":    {"[]", `["a"]`, `["a",null]`, `["a",1,1.0,2]`, `["a",1,2,1]`, `["a",null,1]`},
	"sink": {`{"kind":"file","path":"/a"}`, `{"kind":"http","url":"https://a.example","wait":1}`, `{"kind":"http","url":"https://a.example","wait":null}`,
		`{"kind":"http","url":"https://a.example","more":[1,2]}`},
	"password": {`"hunter22"`, `"hunter23"`}, "vault": {"{}", `{"token":"t","turns":1}`, `{"turns":null}`, `{"more":1}`},
	"counts":  {"{}", `{"a":null}`, `{"a":1,"b":null}`, `{"b":1}`},
	"section": {"null", `{"a":1}`, `{"a":1,"b":null,"c":null}`, `{"a":1,"b":true,"c":{"d":1,"e":[1,2]},"list":[1,null,"a"]}`, `{"a":1,"list":[]}`},
	"tree":    {"{}", `{"value":null}`, `{"value":1,"left":{"value":2,"left":{}},"children":[{"value":1},{}]}`, `{"left":{"children":[]},"children":[{},{"value":1}]}`},
	"bag":     {"{}", `{"a":null}`, `{"a":{"b":null,"c":1}}`, `{"a":[1,null],"b":1}`, `{"b":1.0}`},
	// Undeclared.
	"more": {"null", "1", "[1,2]", `{"a":1,"b":[{"c":null}]}`},
}

// keysAt are the keys by which entries are bound, by the path of the map or list.
var keysAt = map[string][]string{
	"labels": {"a", "team"}, "matched": {"a", "b"}, "counts": {"a", "b"}, "bag": {"a", "b"}, "servers": {"a", "b"}, "open": {"x-1", "x-2", "other", "more"},
}

// An editor changes documents a little, in ways that are easily taken for no change,
// or for one.
type editor struct{ *rand.Rand }

// edits are the ways to change a document. Each changes at most one value.
var edits = []func(e editor, doc *document.Node){
	editor.set, editor.set, editor.remove, editor.reorderMembers, editor.reorderItems, editor.respell, editor.null, editor.changeScalar, editor.repeatItem,
}

func pick[T any](e editor, list []T) T { return list[e.IntN(len(list))] }

// any is a value of doc for which fits holds; nil: there is none.
func (e editor) any(doc *document.Node, fits func(*document.Node) bool) *document.Node {
	var found []*document.Node
	var look func(n *document.Node)
	look = func(n *document.Node) {
		if fits(n) {
			found = append(found, n)
		}
		for _, item := range n.Items() {
			look(item)
		}
		for i := range n.Members() {
			look(n.Members()[i].Value())
		}
	}
	look(doc)
	if len(found) == 0 {
		return nil
	}
	return pick(e, found)
}

func withMembers(n *document.Node) bool { return len(n.Members()) > 0 }
func withItems(n *document.Node) bool   { return len(n.Items()) > 0 }
func isNumber(n *document.Node) bool    { return n.Kind() == document.Number }

func (e editor) set(doc *document.Node) {
	key := pick(e, slices.Sorted(maps.Keys(values)))
	setMember(doc, key, parsed(pick(e, values[key])))
}

func setMember(object *document.Node, key string, v *document.Node) {
	object.Set(key, v)
}

func (e editor) remove(doc *document.Node) {
	if n := e.any(doc, withMembers); n != nil {
		i := e.IntN(len(n.Members()))
		n.SetMembers(slices.Delete(n.Members(), i, i+1))
	}
}

func (e editor) reorderMembers(doc *document.Node) {
	if n := e.any(doc, withMembers); n != nil {
		e.Shuffle(len(n.Members()), func(i, j int) { n.Members()[i], n.Members()[j] = n.Members()[j], n.Members()[i] })
	}
}

func (e editor) reorderItems(doc *document.Node) {
	if n := e.any(doc, withItems); n != nil {
		e.Shuffle(len(n.Items()), func(i, j int) { n.Items()[i], n.Items()[j] = n.Items()[j], n.Items()[i] })
	}
}

// respell writes a number otherwise.
func (e editor) respell(doc *document.Node) {
	if n := e.any(doc, isNumber); n != nil && !strings.ContainsAny(n.Text(), "eE") {
		if strings.Contains(n.Text(), ".") {
			respelled(n, n.Text()+pick(e, []string{"0", "e0"}))
		} else {
			respelled(n, n.Text()+pick(e, []string{".0", "e0", ".00"}))
		}
	}
}

// respelled gives the scalar n another text.
func respelled(n *document.Node, text string) {
	*n = *document.NewScalar(n.Kind(), text, n.Pos())
}

// null makes a value null, or one that is null absent.
func (e editor) null(doc *document.Node) {
	if n := e.any(doc, withMembers); n != nil {
		i := e.IntN(len(n.Members()))
		if n.Members()[i].Value().Kind() == document.Null {
			n.SetMembers(slices.Delete(n.Members(), i, i+1))
		} else {
			n.Set(n.Members()[i].Key(), document.NewScalar(document.Null, "", document.Position{}))
		}
	}
}

func (e editor) changeScalar(doc *document.Node) {
	n := e.any(doc, func(n *document.Node) bool {
		return n.Kind() == document.Number || n.Kind() == document.String || n.Kind() == document.Bool
	})
	switch {
	case n == nil:
	case n.Kind() == document.Number:
		respelled(n, pick(e, []string{"1", "2", "0.5", "10"}))
	case n.Kind() == document.Bool:
		respelled(n, pick(e, []string{"true", "false"}))
	default:
		respelled(n, n.Text()+"x")
	}
}

func (e editor) repeatItem(doc *document.Node) {
	if n := e.any(doc, withItems); n != nil && len(n.Items()) < 4 {
		again, _ := document.ParseValue(document.Position{File: "again"}, string(pick(e, n.Items()).AppendJSON(nil)), document.Limits{})
		n.SetItems(append(n.Items(), again))
	}
}

func parsed(text string) *document.Node {
	n, findings := document.ParseJSON("d.json", []byte(text), document.Limits{})
	if n == nil {
		panic(findings)
	}
	return n
}

// A script is a source whose text the test sets.
type script struct{ text []byte }

func (s *script) Name() string                         { return "script.json" }
func (s *script) Read(context.Context) ([]byte, error) { return s.text, nil }
func (s *script) Document(text []byte, _ document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return document.Parse("script.json", text, limits)
}

// A bound is a binding, whatever its type.
type bound struct {
	path     string
	inline   func(key string) bool // the binding is of those members of the object at path
	get      func() (any, bool)
	in       func(d *kinds.Diff) (rt.Change[any], bool)
	recorded []rt.Change[any] // what its hook was recorded
}

// boundAs makes a bound of a binding of values of type T; nil: b is none.
func boundAs[T any](b any) *bound {
	binding, ok := b.(interface {
		genrt.Bound[T]
		Get() (T, bool)
		OnChange(fn func(context.Context, rt.Change[T]) error, opts ...rt.HookOption) func()
	})
	if !ok {
		return nil
	}
	bare := func(c rt.Change[T]) rt.Change[any] {
		return rt.Change[any]{Old: c.Old, New: c.New, OldSet: c.OldSet, NewSet: c.NewSet}
	}
	made := &bound{path: kinds.Unset(binding).Path()}
	made.get = func() (any, bool) { return binding.Get() }
	made.in = func(d *kinds.Diff) (rt.Change[any], bool) {
		c, changed := kinds.ChangeIn(d, binding)
		return bare(c), changed
	}
	binding.OnChange(func(_ context.Context, c rt.Change[T]) error {
		made.recorded = append(made.recorded, bare(c))
		return nil
	})
	return made
}

// boundTypes are the types of all bindings of the package.
var boundTypes = []func(b any) *bound{
	boundAs[string], boundAs[int], boundAs[float64], boundAs[bool], boundAs[any], boundAs[[]any], boundAs[[]int], boundAs[[]string], boundAs[[]float64],
	boundAs[time.Time], boundAs[time.Duration], boundAs[rt.Date], boundAs[rt.URL], boundAs[rt.ByteSize],
	boundAs[netip.Addr], boundAs[netip.Prefix], boundAs[netip.AddrPort],
	boundAs[kinds.Level], boundAs[kinds.Step], boundAs[kinds.Mode], boundAs[kinds.Mixed], boundAs[kinds.Either], boundAs[kinds.Sink],
	boundAs[kinds.ABC], boundAs[kinds.Pair], boundAs[[]kinds.Point], boundAs[[]kinds.Node], boundAs[[]rt.Optional[int]],
	boundAs[rt.Secret[string]], boundAs[rt.Secret[kinds.Vault]], boundAs[kinds.Limits], boundAs[kinds.ConfigOpen], boundAs[kinds.TLS],
	boundAs[kinds.Section], boundAs[kinds.Node], boundAs[kinds.Server], boundAs[[]kinds.Server], boundAs[map[string]kinds.Limits],
	boundAs[map[string]string], boundAs[map[string]bool], boundAs[map[string]int], boundAs[map[string]any], boundAs[map[string]rt.Optional[int]],
}

// A witness is a live configuration with a hook on everything that can have one.
type witness struct {
	testing.TB
	live    *kinds.Live
	bare    *untyped.Live
	source  script
	bounds  []*bound
	entries map[string][]string // the keys that hooks on entries were recorded of, by path
	whole   []*kinds.Diff
	seen    rt.Changes // by a subscriber of all changes
	untyped rt.Changes // by one of the schema alone
}

func watch(t testing.TB) *witness {
	w := &witness{TB: t, source: script{[]byte("{}")}, entries: map[string][]string{}}
	opts := []rt.Option{rt.From(&w.source), rt.WithLogger(slog.New(slog.DiscardHandler)), rt.WithMaxSubscribers(10_000)}
	var err error
	if w.live, err = kinds.Open(t.Context(), opts...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.live.Close() })
	schema, findings := validate.Load("kinds.schema.json", kinds.Schema(), nil)
	if schema == nil {
		t.Fatal(findings)
	}
	if w.bare, err = untyped.Open(t.Context(), schema, opts...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.bare.Close() })
	w.live.OnChange(func(_ context.Context, d *kinds.Diff) error { w.whole = append(w.whole, d); return nil })
	w.bind(reflect.ValueOf(w.live), "", nil, 0)
	w.subscribe(w.live.Manager(), "**", &w.seen)
	w.subscribe(w.bare.Manager(), "**", &w.untyped)
	return w
}

// subscribe records what a subscriber receives.
func (w *witness) subscribe(m rt.Manager, pattern string, recorded *rt.Changes) rt.Handle {
	h, err := m.Values().Watch(pattern, func(_ context.Context, c rt.ValueChange) error { *recorded = append(*recorded, c); return nil })
	if err != nil {
		w.Fatal(err)
	}
	return h
}

// bind registers a hook on every binding that v leads to, and on those of the keys.
func (w *witness) bind(v reflect.Value, above string, keys []string, depth int) {
	for i := range v.NumMethod() {
		name, m := v.Type().Method(i).Name, v.Method(i)
		switch {
		case name == "OnEntry":
			w.bindEntries(m, above)
		case m.Type().NumOut() != 1 || m.Type().Out(0).Kind() != reflect.Pointer || m.Type().Out(0) == reflect.TypeFor[*kinds.Config]() || depth > 3:
		case name == "Key":
			for _, key := range keys {
				w.bindOne(m.Call([]reflect.Value{reflect.ValueOf(key)})[0], name, above, depth)
			}
		case m.Type().NumIn() == 0:
			w.bindOne(m.Call(nil)[0], name, above, depth)
		}
	}
}

func (w *witness) bindOne(v reflect.Value, name, above string, depth int) {
	var made *bound
	for _, as := range boundTypes {
		if made = as(v.Interface()); made != nil {
			break
		}
	}
	if made == nil {
		w.Fatalf("%s below %q is a %s, which boundTypes lacks", name, above, v.Type())
	}
	if made.path == above {
		matching := func(key string) bool { return strings.HasPrefix(key, "x-") }
		made.inline = matching
		if name == "Extra" {
			made.inline = func(key string) bool { return !matching(key) && key != "known" }
		}
	}
	w.bounds = append(w.bounds, made)
	keys := slices.DeleteFunc(slices.Clone(keysAt[made.path]), func(key string) bool { return made.inline != nil && !made.inline(key) })
	w.bind(v, made.path, keys, depth+1)
}

func (w *witness) bindEntries(onEntry reflect.Value, path string) {
	fn := reflect.MakeFunc(onEntry.Type().In(0), func(args []reflect.Value) []reflect.Value {
		w.entries[path] = append(w.entries[path], args[1].FieldByName("Key").String())
		return []reflect.Value{reflect.Zero(reflect.TypeFor[error]())}
	})
	onEntry.Call([]reflect.Value{fn})
}

// effective returns c as a document, with secrets and defaults. One item for a list of one is
// the list.
func (w *witness) effective(c *kinds.Config) *document.Node {
	text, err := json.Marshal(kinds.Reveal(c))
	if err != nil {
		w.Fatal(err)
	}
	n := parsed(string(text))
	if one := n.Get("hosts"); one != nil && one.Kind() == document.String {
		setMember(n, "hosts", document.NewList([]*document.Node{one}, document.Position{}))
	}
	return n
}

// at is the value at a path; nil: there is none.
func at(n *document.Node, path string) *document.Node {
	steps, err := document.ParsePath(path)
	if err != nil {
		panic(err)
	}
	for _, s := range steps {
		switch {
		case n == nil:
			return nil
		case s.Key == nil && s.Index < len(n.Items()):
			n = n.Items()[s.Index]
		case s.Key == nil:
			return nil
		case n.Kind() == document.List:
			i := slices.IndexFunc(n.Items(), func(item *document.Node) bool { key, _ := document.ItemKey(item, "name"); return key == *s.Key })
			if i < 0 {
				return nil
			}
			n = n.Items()[i]
		default:
			n = n.Get(*s.Key)
		}
	}
	return n
}

// value returns the value of b in a document; nil is absent or null.
func (b *bound) value(doc *document.Node) *document.Node {
	n := at(doc, b.path)
	if n != nil && b.inline != nil {
		part := document.NewObject(nil, document.Position{})
		for _, m := range n.Members() {
			if b.inline(m.Key()) {
				part.Set(m.Key(), m.Value())
			}
		}
		if n = part; len(part.Members()) == 0 {
			n = nil
		}
	}
	if n != nil && n.Kind() == document.Null {
		return nil
	}
	return n
}

// paths are all places of the documents: items of a list by their keys where they have
// some, and nothing below a secret.
func paths(docs ...*document.Node) map[string]bool {
	all := map[string]bool{}
	var add func(path string, n *document.Node)
	add = func(path string, n *document.Node) {
		if path != "" {
			all[path] = true
		}
		if path == "vault" {
			return
		}
		for i, item := range n.Items() {
			if path == "servers" {
				add(document.KeyPath(path, item.Get("name").Text()), item)
			} else {
				add(fmt.Sprintf("%s[%d]", path, i), item)
			}
		}
		for _, m := range n.Members() {
			add(document.KeyPath(path, m.Key()), m.Value())
		}
	}
	for _, doc := range docs {
		add("", doc)
	}
	return all
}

// isBelow reports whether a path is another or leads on from it.
func isBelow(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[' || above == "")
}

// try reloads with another text and compares every report of changes with what
// differs in the effective documents. It reports whether the text was accepted.
func (w *witness) try(text []byte) bool {
	before, had := w.live.Current(), map[*bound]any{}
	for _, b := range w.bounds {
		b.recorded = nil
		if v, ok := b.get(); ok {
			had[b] = v
		}
	}
	w.whole, w.seen, w.untyped = nil, nil, nil
	clear(w.entries)
	next, err := kinds.Parse("script.json", text)
	if err != nil {
		return false
	}
	was, is := w.effective(before), w.effective(next)
	recorded, untypedChanges := map[string]*rt.Changes{}, map[string]*rt.Changes{}
	for path := range paths(was, is) {
		recorded[path], untypedChanges[path] = new(rt.Changes), new(rt.Changes)
		defer w.subscribe(w.live.Manager(), path, recorded[path]).Stop()
		defer w.subscribe(w.bare.Manager(), path, untypedChanges[path]).Stop()
	}
	w.source.text = text
	would, err := w.live.Manager().DryRun(w.Context())
	if err != nil {
		w.Errorf("DryRun refuses what Parse accepts: %v", err)
	}
	result, err := w.live.Manager().Reload(w.Context())
	if err != nil {
		w.Errorf("Reload refuses what Parse accepts: %v", err)
	}
	if _, err := w.bare.Manager().Reload(w.Context()); err != nil {
		w.Errorf("the schema alone refuses what Parse accepts: %v", err)
	}
	after := w.live.Current()
	if result.Changed { // else the snapshot stays, and the text is that of the former one
		is = w.effective(after)
	}
	same := document.Equal(was, is)
	diff := before.Diff(after)

	w.expect("Changed of the reload", result.Changed, !same)
	w.expect("Equal", before.Equal(*next), same)
	w.expect("Diff is empty", before.Diff(next).Empty(), same)
	w.expect("Equal of an optional any", before.Free.Equal(next.Free), document.Equal(at(was, "free"), at(is, "free")))
	w.expect("hooks on the whole", len(w.whole), map[bool]int{true: 0, false: 1}[same])
	changes := diff.String()
	for _, d := range w.whole {
		w.expect("changes of the whole hook", d.String(), changes)
		w.expect("snapshots of the whole hook", d.Old == before && d.New == after, true)
	}
	w.expect("changes of the reload", result.Changes.String(), changes)
	w.expect("changes of the dry run", would.Changes.String(), changes)
	w.expect("changes of **", w.seen.String(), changes)
	w.expect("changes of ** by the schema alone", unquoted(w.untyped), unquoted(w.seen))
	w.changes(diff.Changes, was, is)
	for path, changes := range recorded {
		w.subscriber(path, *changes, at(was, path), at(is, path))
		w.expect("what the schema alone reports for "+path, unquoted(*untypedChanges[path]), unquoted(*changes))
	}
	for _, b := range w.bounds {
		w.binding(b, had[b], diff, b.value(was), b.value(is))
	}
	for path, keys := range w.entries {
		if path != "open" { // where two maps share the path
			var want []string
			for key := range paths(orEmpty(at(was, path)), orEmpty(at(is, path))) {
				if !strings.ContainsAny(key, ".[") && !document.Equal(at(was, path+"."+key), at(is, path+"."+key)) {
					want = append(want, key)
				}
			}
			slices.Sort(want)
			w.expect("the entries of "+path, keys, want)
		}
	}
	return true
}

// unquoted is the text of changes in which a value of a Go type of the application looks
// like the string that stands for it.
func unquoted(list rt.Changes) string { return strings.ReplaceAll(list.String(), `"`, "") }

func orEmpty(n *document.Node) *document.Node {
	if n == nil {
		return document.NewObject(nil, document.Position{})
	}
	if n.Kind() == document.List { // with keys
		object := document.NewObject(nil, document.Position{})
		for _, item := range n.Items() {
			key, _ := document.ItemKey(item, "name")
			object.Set(key, item)
		}
		return object
	}
	return n
}

func (w *witness) expect(what string, got, want any) {
	w.Helper()
	if !reflect.DeepEqual(got, want) {
		w.Errorf("%s: got %v, want %v\n%s", what, got, want, cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)))
	}
}

// changes holds a list of changes to the documents: each is of a value that differs,
// and each value that differs is in one.
func (w *witness) changes(list rt.Changes, was, is *document.Node) {
	for _, c := range list {
		before, after := at(was, c.Path), at(is, c.Path)
		if document.Equal(before, after) || !isKind(c.Kind, before, after) {
			w.Errorf("changes contain %v", c)
		}
		w.sides(c, before, after)
	}
	all := paths(was, is)
	for path := range all {
		if document.Equal(at(was, path), at(is, path)) {
			continue
		}
		if !slices.ContainsFunc(list, func(c rt.ValueChange) bool { return isBelow(path, c.Path) || isBelow(c.Path, path) }) {
			w.Errorf("changes lack %s", path)
		}
	}
}

// isKind reports whether a change between two values is of a kind. A property that was
// absent and is null was modified, or was added where only its being there counts.
func isKind(kind rt.ChangeKind, before, after *document.Node) bool {
	if kind == rt.Modified && (before == nil || after == nil) {
		return before == nil && after.Kind() == document.Null || after == nil && before.Kind() == document.Null
	}
	return (kind == rt.Added) == (before == nil) && (kind == rt.Removed) == (after == nil)
}

// sides holds the two values of a change to the documents, as far as whether they are
// absent or null.
func (w *witness) sides(c rt.ValueChange, before, after *document.Node) {
	for _, side := range []struct {
		value any
		node  *document.Node
	}{{c.Old, before}, {c.New, after}} {
		null := false
		if o, ok := side.value.(interface{ IsNull() bool }); ok {
			null = o.IsNull()
		}
		if (side.value == nil) != (side.node == nil) || null != (side.node != nil && side.node.Kind() == document.Null) {
			w.Errorf("%v holds %v, where the document has %v", c, side.value, side.node)
		}
	}
}

// subscriber compares what a subscriber of a path received with what differs there.
func (w *witness) subscriber(path string, recorded rt.Changes, before, after *document.Node) {
	if document.Equal(before, after) {
		w.expect("what a subscriber received for "+path, recorded.String(), "")
		return
	}
	if len(recorded) != 1 || recorded[0].Path != path || !isKind(recorded[0].Kind, before, after) {
		w.Errorf("a subscriber of %s received %v", path, recorded)
		return
	}
	w.sides(recorded[0], before, after)
}

// binding holds a hook and ChangeIn to what differs at their place, where null is as
// good as absent, and to what Get returned before and returns now.
func (w *witness) binding(b *bound, had any, d *kinds.Diff, before, after *document.Node) {
	differs := !document.Equal(before, after)
	c, changed := b.in(d)
	if changed != differs || (len(b.recorded) == 1) != differs || len(b.recorded) > 1 {
		w.Errorf("%s: changed is %v, ChangeIn reports %v, and the hook received %v", b.path, differs, changed, b.recorded)
	}
	has, _ := b.get()
	want := rt.Change[any]{Old: had, New: has, OldSet: before != nil, NewSet: after != nil}
	for _, got := range append(b.recorded, c) {
		if got.OldSet != want.OldSet || got.NewSet != want.NewSet || got.OldSet && !reflect.DeepEqual(got.Old, want.Old) || got.NewSet && !reflect.DeepEqual(got.New, want.New) {
			w.Errorf("%s: got the change %#v, want %#v", b.path, got, want)
		}
	}
}

// TestF191_OneMeaningOfChange: every report of changes has the same idea of what one
// is: hooks on values, sections, entries and the whole, ChangeIn, Equal, Diff, a dry
// run, subscribers, and all of them by the schema alone. The documents of a run
// follow from each other by small edits; null and absent, orders and the spelling of
// numbers are where ideas of equality part. HOTBIND_FULL=1 makes more runs.
func TestF191_OneMeaningOfChange(t *testing.T) {
	t.Parallel()
	runs, steps := 5, 200
	if os.Getenv("HOTBIND_FULL") == "1" {
		runs = 200
	}
	received := map[string]int{}
	for seed := range uint64(runs) {
		// In a bubble, so that no subscriber is too slow to be waited for.
		synctest.Test(t, func(t *testing.T) { walk(t, seed, steps, received) })
	}
	for path, count := range received {
		if count == 0 && !strings.ContainsAny(path, ".[") {
			t.Errorf("%s never changed", path)
		}
	}
}

// walk makes one run, and adds to heard how often the hooks on each path were called.
func walk(t *testing.T, seed uint64, steps int, received map[string]int) {
	w, e := watch(t), editor{rand.New(rand.NewPCG(seed, 191))}
	doc, accepted := parsed("{}"), 0
	for range steps {
		next := parsed(string(doc.AppendJSON(nil)))
		for range 1 + e.IntN(3) {
			pick(e, edits)(e, next)
		}
		text := next.AppendJSON(nil)
		if !w.try(text) {
			continue
		}
		if t.Failed() {
			t.Fatalf("seed %d, from\n%s\nto\n%s", seed, doc.AppendJSON(nil), text)
		}
		for _, b := range w.bounds {
			received[b.path] += len(b.recorded)
		}
		doc, accepted = next, accepted+1
	}
	if accepted < steps/2 {
		t.Errorf("seed %d: only %d of %d documents were accepted", seed, accepted, steps)
	}
}
