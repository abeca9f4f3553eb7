package genrt

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"
	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Program is the table of a generated package.
type Program struct {
	Type Type       // of the root
	New  func() any // a new zero root
	Text string     // the schema, as JSON
	// Null is set if the schema allows null as the configuration. Then a file with only
	// comments is valid.
	Null bool
}

// Schema implements the loader's view of a program: the schema as compact JSON, so that
// its hash does not depend on its layout.
func (p *Program) Schema() string {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(p.Text)); err != nil { // no generator wrote it
		return p.Text
	}
	return b.String()
}

// AllowsNull implements the loader's view of a program.
func (p *Program) AllowsNull() bool { return p.Null }

// Shape implements the loader's view of a program.
func (p *Program) Shape() document.Shape { return p.Type }

// Decode turns a document into a snapshot.
func (p *Program) Decode(doc *document.Node) (snapshot any, findings document.Findings) {
	snapshot, _, findings = p.DecodeAfter(doc, nil)
	return snapshot, findings
}

// DecodeAfter is Decode. It takes over what it can from an earlier decoding, which left the
// memory before, and leaves a memory for a later one.
func (p *Program) DecodeAfter(doc *document.Node, before any) (snapshot, after any, findings document.Findings) {
	snapshot = p.New()
	if earlier, ok := before.(*memory); ok {
		now, findings := decodeAfter(p.Type, doc, snapshot, earlier)
		if now.steps <= maxSteps {
			return snapshot, now, findings
		}
		snapshot = p.New() // all of it may take fewer steps than the memory fears
	}
	now, findings := decodeAfter(p.Type, doc, snapshot, nil)
	return snapshot, now, findings
}

// Marshal returns a snapshot as JSON with its secrets hidden.
func (p *Program) Marshal(snapshot any) []byte { return encode(p.Type, snapshot) }

// Diff returns the differences between two snapshots.
func (p *Program) Diff(before, after any) *dispatch.Delta { return diff(p.Type, before, after, nil) }

// DiffAfter is Diff for the snapshot whose decoding left the memory after. If that took over
// values of an earlier snapshot, before must be equal to that one; then only the others are
// compared.
func (p *Program) DiffAfter(before, after any) *dispatch.Delta {
	now := after.(*memory)
	return diff(p.Type, before, now.snapshot, now.decoded)
}

// At returns the value that steps lead to in a snapshot, and whether there is one.
func (p *Program) At(snapshot any, steps []document.Step) (value any, ok bool) {
	return valueAtSteps(p.Type, snapshot, steps)
}

// decode fills the zero value at v from n. The findings are sorted.
func decode(t Type, n *document.Node, v any) document.Findings { return new(decoder).run(t, n, v) }

// run is decode.
func (d *decoder) run(t Type, n *document.Node, v any) (findings document.Findings) {
	defer func() {
		// Types named by x-go-type run code of the application. Any other panic is a
		// fault in hotbind.
		if r := recover(); r != nil {
			d := &decoder{}
			d.Find(n, document.Finding{Rule: "panic", Message: "decoding panicked, in hotbind or in a type named by x-go-type"})
			findings = d.Finish(n, false)
		}
	}()
	t.decode(d, n, v)
	findings = d.Finish(n, d.steps > maxSteps)
	findings.Cover(n, t)
	return findings
}

// Document returns a snapshot as a document, secrets in the clear.
func (p *Program) Document(snapshot any) *document.Node {
	e := encoder{reveal: true}
	p.Type.encode(&e, snapshot)
	doc, _ := document.ParseValue(document.Position{File: "(effective)"}, string(e.b), writtenLimits)
	return doc
}

// Unchecked returns the paths of values in doc that only Go types could check which the
// program does not have.
func (p *Program) Unchecked(doc *document.Node) []string {
	d := &decoder{}
	p.Type.decode(d, doc, p.New())
	return d.unchecked
}

// Parse reads one document; see the Parse of a generated package.
func Parse[T any](p *Program, name string, data []byte) (*T, error) {
	snapshot, err := load.Parse(p, name, data)
	if err != nil {
		return nil, err
	}
	return snapshot.(*T), nil
}

// Load reads sources once; see the Load of a generated package.
func Load[T any](ctx context.Context, p *Program, opts []rt.Option) (*T, error) {
	snapshot, err := load.Once(ctx, p, load.NewOptions(opts...))
	if err != nil {
		return nil, err
	}
	return snapshot.(*T), nil
}

// Equal reports whether the values that a and b point to, of type t, are the same
// configuration. The order of keys and the way a value was written make no difference.
func Equal(t Type, a, b any) bool { return t.equal(a, b) }

// Clone returns a pointer to a copy of the value that v points to. The copy shares
// nothing with it that could be written.
func Clone(t Type, v any) any {
	if isNil(v) {
		return v
	}
	c := reflect.New(reflect.TypeOf(v).Elem()).Interface()
	t.clone(c, v)
	return c
}

// Diff returns the differences between two configurations.
func Diff[T any](t Type, before, after *T) *rt.Diff[T] {
	return &rt.Diff[T]{Old: before, New: after, Changes: Changes(t, before, after)}
}

// Changes returns the changes between two values, pointers of the same type.
func Changes(t Type, before, after any) rt.Changes {
	if isNil(before) || isNil(after) {
		return nil
	}
	return diff(t, before, after, nil).Changes("")
}

func isNil(p any) bool { return reflect.ValueOf(p).IsNil() }

// IsOneOf reports whether the value that v points to is one of the values that its type
// t, an enum, allows.
func IsOneOf(t Type, v any) bool {
	text := Show(t, v)
	if plain, ok := rules.Unquote(text); ok {
		text = plain
	}
	n := document.NewScalar(t.Kind(), text, document.Position{})
	found := (&decoder{}).try(t, n, v) // it reads the value that is there already
	return len(found.Errors()) == 0
}
