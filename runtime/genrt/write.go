package genrt

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"reflect"

	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// Marshal writes a value as JSON: the effective configuration, with defaults,
// secrets hidden.
func Marshal(t Type, v any) ([]byte, error) { return encode(t, v), nil }

// MarshalYAML returns the output of Marshal as maps, lists and scalars for a YAML package
// to write; see [document.YAMLValue].
func MarshalYAML(t Type, v any) (any, error) { return asYAML(encode(t, v)) }

// Show returns a value as JSON with its secrets hidden.
func Show(t Type, v any) string { return string(encode(t, v)) }

// writtenLimits are the largest possible, because a value may exceed the default limits by
// an option, by its defaults or in Go.
var writtenLimits = document.Limits{Bytes: math.MaxInt, Nodes: math.MaxInt, Depth: maxDepth}

func asYAML(text []byte) (any, error) {
	n, findings := document.ParseJSON("(value)", text, writtenLimits)
	if n == nil { // a type named by x-go-type can write JSON that no document may contain
		return nil, fmt.Errorf("the value cannot be written as YAML: %s", findings)
	}
	return document.YAMLValue(n), nil
}

// Unmarshal reads the value that v points to from JSON, checked and completed as
// a file would be. On an error v is as before.
func Unmarshal(t Type, data []byte, v any) error {
	doc, findings := document.ParseJSON("(json)", data, document.Limits{})
	read := reflect.New(reflect.TypeOf(v).Elem())
	if len(findings.Errors()) == 0 {
		findings = decode(t, doc, read.Interface())
	}
	if failed := findings.Errors(); len(failed) > 0 {
		return &rt.ValidationError{Findings: failed}
	}
	reflect.ValueOf(v).Elem().Set(read.Elem())
	return nil
}

// ErrYAML is the error for a YAML package that decodes into a generated type. Such
// decoding would neither check the value nor fill in defaults.
var ErrYAML = errors.New("generated types do not support YAML packages for decoding: use Parse, Load or Open of their package")

// Revealed is a configuration whose secrets encoders write in the clear; see the
// Reveal of a generated package. Everything else that prints it hides them.
type Revealed struct{ show func(reveal bool) []byte }

// Reveal makes a Revealed of the value that v points to.
func Reveal(t Type, v any) Revealed {
	return Revealed{func(reveal bool) []byte {
		if isNil(v) {
			return []byte("null")
		}
		e := encoder{reveal: reveal}
		t.encode(&e, v)
		return e.b
	}}
}

// MarshalJSON writes the configuration with its secrets.
func (r Revealed) MarshalJSON() ([]byte, error) {
	if r.show == nil {
		return nil, errNothing
	}
	return r.show(true), nil
}

// MarshalYAML returns the configuration with its secrets, for a YAML package.
func (r Revealed) MarshalYAML() (any, error) {
	if r.show == nil {
		return nil, errNothing
	}
	return asYAML(r.show(true))
}

var errNothing = errors.New("a zero Revealed holds no configuration")

// String returns the configuration as JSON with its secrets hidden.
func (r Revealed) String() string {
	if r.show == nil {
		return ""
	}
	return string(r.show(false))
}

// Format writes the result of String for every verb and flag.
func (r Revealed) Format(f fmt.State, _ rune) { io.WriteString(f, r.String()) }

// LogValue returns the result of String.
func (r Revealed) LogValue() slog.Value { return slog.StringValue(r.String()) }
