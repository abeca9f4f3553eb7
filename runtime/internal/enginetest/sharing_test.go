package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/suites"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/layers"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A serialSlot is a slot whose versions share nodes, as those of a file do.
type serialSlot struct{ *slot }

// NextDocument implements seam.Serial.
func (s serialSlot) NextDocument(series *document.Series, content []byte, _ document.Shape, l document.Limits) (*document.Node, document.Findings) {
	return series.Parse(s.Name(), content, l)
}

// An opened is a live configuration that describes itself and what its hooks saw.
type opened struct {
	manager rt.Manager
	current func() any
	hooks   *recorded
}

// observe registers hooks for the whole configuration.
func observe[D any](hooks *recorded, onChange func(func(context.Context, D) error, ...rt.HookOption) func(), show func(D) string) {
	onChange(func(_ context.Context, d D) error {
		hooks.add("change: %s", show(d))
		return nil
	})
}

func openService(t *testing.T, sources ...source.Source) opened {
	live, err := service.Open(t.Context(), rt.From(sources...), rt.WithPollInterval(0), quiet())
	must(t, err)
	t.Cleanup(func() { must(t, live.Close()) })
	var hooks recorded
	observe(&hooks, live.OnChange, func(d *service.Diff) string {
		return d.Changes.String() + " from " + written(service.Reveal(d.Old)) + " to " + written(service.Reveal(d.New))
	})
	live.Tenants().OnChange(record[map[string]service.Tenant](&hooks, "tenants"))
	live.Tenants().Key("b").OnChange(record[service.Tenant](&hooks, "tenant b"))
	live.Database().PoolSize().OnChange(record[int](&hooks, "pool size"))
	live.Hosts().OnChange(record[[]string](&hooks, "hosts"))
	return opened{live.Manager(), func() any { return service.Reveal(live.Current()) }, &hooks}
}

func openLayers(t *testing.T, sources ...source.Source) opened {
	live, err := layers.Open(t.Context(), rt.From(sources...), rt.WithPollInterval(0), quiet())
	must(t, err)
	t.Cleanup(func() { must(t, live.Close()) })
	var hooks recorded
	observe(&hooks, live.OnChange, func(d *layers.Diff) string {
		return d.Changes.String() + " from " + written(layers.Reveal(d.Old)) + " to " + written(layers.Reveal(d.New))
	})
	return opened{live.Manager(), func() any { return layers.Reveal(live.Current()) }, &hooks}
}

// manyKeywords is a schema with what the two packages lack.
const manyKeywords = `
type: object
required: [kind]
patternProperties:
  ^x_: {type: integer, minimum: 0}
  _x$: {type: object, properties: {a: {type: string}}}
additionalProperties: {type: object, properties: {n: {type: number}, old: {type: string, deprecated: true}}}
properties:
  kind: {type: string}
  old: {type: [string, integer], deprecated: true}
  open: {type: object, properties: {when: {type: string, format: go-duration}, list: {type: array, items: {type: integer}}}}
  pair: {type: array, prefixItems: [{type: string}, {type: object, properties: {deep: {type: integer}}}], items: {type: boolean}}
  either: {anyOf: [{type: object, required: [a], properties: {a: {type: object, properties: {b: {type: integer}}}}}, {type: object, required: [c], properties: {c: {type: array, items: {type: string}}}}]}
  many: {type: array, uniqueItems: true, items: {type: object, properties: {id: {type: integer}, tags: {type: array, items: {type: string}}}}}
  ruled:
    type: object
    properties: {mode: {enum: [on, off]}, level: {type: integer}, sub: {type: object, properties: {v: {type: integer}}}}
    if: {properties: {mode: {const: 'on'}}, required: [mode]}
    then: {required: [level]}
  maybe: {type: [object, 'null'], properties: {m: {type: object, additionalProperties: {type: array, items: {type: object, properties: {k: {type: integer}}}}}}}
  anything: true
  loose: {properties: {v: {properties: {z: {type: integer}}}, w: {type: integer}}}
`

func openUntyped(t *testing.T, sources ...source.Source) opened {
	schema, findings := validate.Load("many.yaml", []byte(manyKeywords), nil)
	if schema == nil {
		t.Fatal(findings)
	}
	live, err := untyped.Open(t.Context(), schema, rt.From(sources...), rt.WithPollInterval(0), quiet())
	must(t, err)
	t.Cleanup(func() { must(t, live.Close()) })
	var hooks recorded
	observe(&hooks, live.OnChange, func(c rt.Changes) string { return c.String() })
	return opened{live.Manager(), func() any { return live.Current() }, &hooks}
}

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestSharingIsInvisible exists because a reload takes over what did not change, from the
// nodes of the document to the values of the snapshot, and compares only the rest. Whatever
// the edit, the snapshot, the findings, the positions, Explain, the changes and the hooks
// must be those of a configuration that shares nothing.
func TestSharingIsInvisible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		open  func(*testing.T, ...source.Source) opened
		text  string
		edits []rt.Edit
	}{
		{"service", openService, `
name: a service
log_level: info
workers: 12
timeout: 90s
hosts:
  - a.example
  - b.example
database:
  url: postgres://db/x
  pool_size: 20
  password: hunter22
tenants:
  a: {quota: 1}
  b:
    quota: 2
    region: us
  c:
    quota: 3
sink:
  kind: file
  path: /a
tree:
  value: 1
  left:
    value: 2
    children:
      - value: 3
      - {}
      - left:
          value: 4
note: "text"
`, []rt.Edit{rt.Set("workers", 7), rt.Set("tenants.b.quota", 9), rt.Unset("workers")}},
		{"layers", openLayers, `
listen: ':81'
workers: 2
hosts:
  - a
  - b
servers:
  - name: a
    port: 81
    weight: 1.50
  - name: b
    zone: null
    cores: 2
  - name: c
    password: hunter22
plugins:
  - kind: auth
    on: false
  - kind: log
    extra: 1
plain:
  - name: a
  - name: b
    port: 8
limits: {open: 3}
tree:
  - name: a
    below:
      - name: b
        size: 1
      - name: c
  - name: d
extra_ports:
  first: 1
  second: 2
database:
  timeout: 60s
  ratio: 0.250
  replicas:
    - ratio: 1.0
    - password: hunter33
tenants:
  t1:
    quota: 1
    other: [1, 2]
  t2: {quota: 2, token: secret42}
`, []rt.Edit{rt.Set("workers", 7), rt.Set("database.ratio", 1), rt.Unset("workers")}},
		{"untyped", openUntyped, `
kind: k
old: text
x_1: 1
x_2: 2
y_x:
  a: text
other:
  n: 1.50
  old: text
another:
  n: 2
open:
  when: 60s
  list: [1, 2]
  undeclared:
    - 1
pair:
  - text
  - deep: 1
  - true
either:
  a:
    b: 1
many:
  - id: 1
    tags:
      - x
  - id: 2
  - tags: [y, z]
ruled:
  mode: "on"
  level: 1
  sub:
    v: 1
maybe:
  m:
    one:
      - k: 1
      - k: 2
    two: []
anything:
  - {a: 1}
  - b
loose:
  v:
    z: 1
  w: 2
`, []rt.Edit{rt.Set("x_1", 7), rt.Set("many", json.RawMessage(`[{"id": 5}]`)), rt.Unset("x_1")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(3, uint64(len(c.name))))
			for _, below := range []string{"", "{}"} { // alone, and above another layer
				for range 8 {
					p := newPair(t, c.open, c.text, below)
					for range 60 {
						p.reload(string(suites.Edited(r, []byte(p.text))))
						if r.IntN(8) == 0 {
							p.update(c.edits[r.IntN(len(c.edits))])
						}
					}
				}
			}
		})
	}
}

// A pair is a configuration that shares and one that does not.
type pair struct {
	*testing.T
	text         string
	slots        [2]*slot
	shares, cold opened
}

func newPair(t *testing.T, open func(*testing.T, ...source.Source) opened, text, below string) *pair {
	p := &pair{T: t, text: text, slots: [2]*slot{newSlot(text), newSlot(text)}}
	hot, cold := []source.Source{serialSlot{p.slots[0]}}, []source.Source{p.slots[1]}
	if below != "" {
		under := []source.Source{rt.Bytes("below.yaml", []byte(text))}
		hot, cold = append(under, hot...), append(under, cold...)
	}
	p.shares, p.cold = open(t, hot...), open(t, cold...)
	return p
}

// reload puts text into force in both. Text that is refused is not edited further.
func (p *pair) reload(text string) {
	p.Helper()
	p.slots[0].text.Store(&text)
	p.slots[1].text.Store(&text)
	ok := p.compare(text, func(o opened) (rt.ReloadResult, error) { return o.manager.Reload(p.Context()) })
	if ok {
		p.text = text
	}
}

func (p *pair) update(edit rt.Edit) {
	p.Helper()
	p.compare(fmt.Sprint(edit), func(o opened) (rt.ReloadResult, error) { return o.manager.Update(p.Context(), edit) })
}

// compare makes a request of both and compares everything that can be seen.
func (p *pair) compare(what string, request func(opened) (rt.ReloadResult, error)) (ok bool) {
	p.Helper()
	var seen [2]string
	for i, o := range []opened{p.shares, p.cold} {
		*o.hooks = nil
		result, err := request(o)
		ok = err == nil
		var b strings.Builder
		fmt.Fprintf(&b, "%v\n%v %d\n%v\n%v\n%v\n", err, result.Changed, result.Revision.ID, result.Changes, result.PendingRestart, result.Warnings)
		fmt.Fprintln(&b, strings.Join(*o.hooks, "\n"))
		text := written(o.current())
		fmt.Fprintln(&b, text)
		doc, _ := document.ParseJSON("", []byte(text), document.Limits{})
		explain(&b, o.manager, doc, "")
		seen[i] = b.String()
	}
	if seen[0] != seen[1] {
		p.Fatalf("after\n%s\n%s: got\n%s\nwant\n%s", p.text, what, seen[0], seen[1])
	}
	return ok
}

// explain writes where every value of doc comes from.
func explain(b *strings.Builder, m rt.Manager, doc *document.Node, path string) {
	if path != "" {
		e, err := m.Explain(path)
		fmt.Fprintln(b, path, e, err)
	}
	for i, item := range doc.Items() {
		explain(b, m, item, document.IndexPath(path, i))
	}
	for _, member := range doc.Members() {
		explain(b, m, member.Value(), document.KeyPath(path, member.Key()))
	}
}
