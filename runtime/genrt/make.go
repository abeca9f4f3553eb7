package genrt

import (
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// valueName is the file name in findings about a configuration that is not a document.
const valueName = "(value)"

// New returns a configuration with its defaults; see the New of a generated package.
func New[T any](p *Program) *T { return Fill(p.Type, p.New()).(*T) }

// Fill sets defaults and constants in the zero value that v points to, also in required
// sections, and returns v. Other required values stay zero.
func Fill(t Type, v any) any {
	switch t := t.(type) {
	case *Recursive:
		return Fill(t.Type, v)
	case *Checked:
		return Fill(t.Type, v)
	case *Struct:
		var beside kept
		t.fillAbsent(&decoder{}, document.NewObject(nil, document.Position{}), v, make([]bool, len(t.Fields)), &beside)
		beside.keep(t.At, v)
		fillRequired(t.Fields, t.At, v)
	case *Tuple:
		t.fillAbsent(&decoder{}, document.NewList(nil, document.Position{}), 0, v, true)
		fillRequired(t.Fields, t.At, v)
	case *String:
		t.put(v, t.get(v))
	case keyed: // a map is empty and not absent
		t.decode(&decoder{}, document.NewScalar(t.Kind(), "", document.Position{}), v)
	}
	return v
}

func fillRequired(fields []Field, at func(p any, n int) any, v any) {
	for i := range fields {
		if f := &fields[i]; f.Required && f.Type.set(at(v, i)) {
			Fill(f.Type, at(v, i))
		}
	}
}

// Validate checks the value that v points to like a document with this content; see the
// Validate of a generated package.
func Validate(p *Program, v any) error {
	var findings document.Findings
	if isNil(v) {
		findings = document.Findings{{Pos: document.Position{File: valueName}, Message: "the configuration is nil"}}
	} else {
		findings = judge(p, v)
	}
	if failed := findings.Errors(); len(failed) > 0 {
		return &rt.ValidationError{Findings: failed}
	}
	return nil
}

func judge(p *Program, v any) document.Findings {
	e := encoder{reveal: true} // findings hide them again
	p.Type.encode(&e, v)
	doc, findings := document.ParseValue(document.Position{File: valueName}, string(e.b), writtenLimits)
	if doc == nil {
		return findings
	}
	_, findings = p.Decode(doc)
	return findings
}
