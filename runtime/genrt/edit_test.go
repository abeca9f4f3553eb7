package genrt

import (
	"testing"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

type account struct {
	Key   rt.Optional[rt.Secret[int]]
	Ratio ratio
	kept  Kept
}

type ratio struct {
	Of, Key rt.Optional[rt.Secret[float64]]
}

// TestReveal: the document written for an edit contains the secrets that every other text
// hides: in fields, in undeclared properties, and in values that are kept as written.
func TestReveal(t *testing.T) {
	t.Parallel()
	secretFloat := &Optional{As: &Some[rt.Secret[float64]]{}, Elem: &Secret[float64]{Elem: &Float[float64]{}}}
	ratios := &Struct{
		At: func(p any, n int) any {
			return [...]any{&p.(*ratio).Of, &p.(*ratio).Key}[max(n, 0)]
		},
		Fields: []Field{{Key: "of", Type: secretFloat}, {Key: "key", Type: secretFloat}},
		Closed: true,
	}
	table := &Struct{
		At: func(p any, n int) any {
			v := p.(*account)
			return [...]any{&v.kept, &v.Key, &v.Ratio}[n+1]
		},
		Fields: []Field{
			{Key: "key", Type: &Optional{As: &Some[rt.Secret[int]]{}, Elem: &Secret[int]{Elem: &Int[int]{}}}, Loose: true},
			{Key: "ratio", Type: ratios, Scratch: func() any { return new(ratio) }},
		},
	}
	for text, hidden := range map[string]string{
		`{"key":5,"ratio":{"of":0.5}}`:       `{"key":"[secret]","ratio":{"of":"[secret]"}}`,
		`{"key":"no int","ratio":{"of":1}}`:  `{"key":"[secret]","ratio":{"of":"[secret]"}}`,
		`{"ratio":{"of":1,"key":2},"x":1.0}`: `{"ratio":{"of":"[secret]","key":"[secret]"},"x":1.0}`,
	} {
		n, findings := document.ParseValue(document.Position{File: "t"}, text, document.Limits{})
		var v account
		if findings = append(findings, decode(table, n, &v)...); len(findings.Errors()) > 0 {
			t.Fatal(findings)
		}
		if got := Show(table, &v); got != hidden {
			t.Errorf("got %s, want %s", got, hidden)
		}
		e := encoder{reveal: true}
		if table.encode(&e, &v); string(e.b) != text {
			t.Errorf("revealed it is %s, want %s", e.b, text)
		}
	}
}
