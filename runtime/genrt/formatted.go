package genrt

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"time"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/dispatch"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Format says how text of a format becomes a Go value and back.
type Format[T any] struct {
	Name  string
	parse func(string) (T, error)
	write func(T) string
	same  func(a, b T) bool
}

// The formats that have Go types of their own.
var (
	DateTime    = Format[time.Time]{"date-time", format.DateTime, func(t time.Time) string { return t.Format(time.RFC3339Nano) }, time.Time.Equal}
	Date        = Format[rt.Date]{"date", rt.ParseDate, rt.Date.String, same[rt.Date]}
	GoDuration  = Format[time.Duration]{"go-duration", format.GoDuration, time.Duration.String, same[time.Duration]}
	ISODuration = Format[time.Duration]{"duration", format.ISODuration, format.FormatISODuration, same[time.Duration]}
	IPv4        = Format[netip.Addr]{"ipv4", format.IPv4, netip.Addr.String, same[netip.Addr]}
	IPv6        = Format[netip.Addr]{"ipv6", format.IPv6, netip.Addr.String, same[netip.Addr]}
	CIDR        = Format[netip.Prefix]{"cidr", format.CIDR, netip.Prefix.String, same[netip.Prefix]}
	URI         = Format[rt.URL]{"uri", parseURI, rt.URL.String, func(a, b rt.URL) bool { return a.String() == b.String() }}
	ByteSize    = Format[rt.ByteSize]{"byte-size", rt.ParseByteSize, rt.ByteSize.String, same[rt.ByteSize]}
)

func parseURI(text string) (rt.URL, error) {
	u, err := format.URI(text)
	if err != nil {
		return rt.URL{}, err
	}
	return rt.URL{URL: *u}, nil
}

func same[T comparable](a, b T) bool { return a == b }

// A Formatted is the table of a string that is read into a Go value. Text
// carries what else the schema says of the string; its format is Format's.
type Formatted[T any] struct {
	leaf
	Text   Text
	Format *Format[T]
}

func (t *Formatted[T]) Kind() document.Kind { return document.String }

func (t *Formatted[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind != document.String {
		d.wrongType(n, "text such as "+format.Named(t.Format.Name).Like)
		return
	}
	if !t.Text.check(d, n) {
		return
	}
	v, err := t.Format.parse(n.Text)
	if err != nil {
		d.find(n, wording.Format(n, d.hides(n), t.Format.Name, d.why(n, err)), "")
		return
	}
	*p.(*T) = v
}

func (t *Formatted[T]) encode(e *encoder, p any) { e.text(t.Format.write(*p.(*T))) }
func (t *Formatted[T]) equal(a, b any) bool      { return t.Format.same(*a.(*T), *b.(*T)) }
func (t *Formatted[T]) clone(dst, src any)       { *dst.(*T) = *src.(*T) }
func (t *Formatted[T]) value(p any) any          { return *p.(*T) }
func (t *Formatted[T]) diff(ds []dispatch.Delta, a, b any) ([]dispatch.Delta, bool) {
	return ds, !t.equal(a, b)
}

// A Custom is the table of a type that x-go-type names. Check is what the
// schema says of the value; the type itself is read and written by
// encoding/json, which honours its UnmarshalJSON or UnmarshalText.
type Custom[T any] struct {
	leaf
	Check Type
	New   func() any // a scratch value for Check
}

func (t *Custom[T]) Kind() document.Kind { return t.Check.Kind() }

func (t *Custom[T]) decode(d *decoder, n *document.Node, p any) {
	found := d.try(t.Check, n, t.New())
	d.findings = append(d.findings, found...)
	if len(found.Errors()) > 0 {
		return
	}
	if err := json.Unmarshal(n.AppendJSON(nil), p); err != nil {
		d.find(n, wording.Format(n, d.hides(n), "value for its Go type", d.why(n, err)), "")
	}
}

func (t *Custom[T]) encode(e *encoder, p any) { e.marshal(p) }

func (t *Custom[T]) equal(a, b any) bool {
	return bytes.Equal(encode(t, a), encode(t, b))
}

func (t *Custom[T]) clone(dst, src any) {
	// What encoding/json wrote it reads again; a type for which that fails
	// shares its value, as an assignment does.
	if json.Unmarshal(encode(t, src), dst) != nil {
		*dst.(*T) = *src.(*T)
	}
}
func (t *Custom[T]) value(p any) any { return *p.(*T) }
func (t *Custom[T]) diff(ds []dispatch.Delta, a, b any) ([]dispatch.Delta, bool) {
	return ds, !t.equal(a, b)
}
