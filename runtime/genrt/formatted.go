package genrt

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"time"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Format converts text of a format to a Go value and back.
type Format[T any] struct {
	Name  string
	like  string // an example
	parse func(string) (T, error)
	write func(T) string
	same  func(a, b T) bool
}

// The formats with Go types of their own.
var (
	DateTime    = Format[time.Time]{"date-time", "2024-02-29T12:30:00Z", format.DateTime, func(t time.Time) string { return t.Format(time.RFC3339Nano) }, time.Time.Equal}
	Date        = Format[rt.Date]{"date", "2024-02-29", rt.ParseDate, rt.Date.String, same[rt.Date]}
	GoDuration  = Format[time.Duration]{"go-duration", "1m30s", format.GoDuration, time.Duration.String, same[time.Duration]}
	ISODuration = Format[time.Duration]{"duration", "PT30S", format.ISODuration, format.FormatISODuration, same[time.Duration]}
	IPv4        = Format[netip.Addr]{"ipv4", "192.0.2.1", format.IPv4, netip.Addr.String, same[netip.Addr]}
	IPv6        = Format[netip.Addr]{"ipv6", "2001:db8::1", format.IPv6, netip.Addr.String, same[netip.Addr]}
	CIDR        = Format[netip.Prefix]{"cidr", "192.0.2.0/24", format.CIDR, netip.Prefix.String, same[netip.Prefix]}
	URI         = Format[rt.URL]{"uri", "https://example.com", parseURI, rt.URL.String, func(a, b rt.URL) bool { return a.String() == b.String() }}
	ByteSize    = Format[rt.ByteSize]{"byte-size", "10MB", rt.ParseByteSize, rt.ByteSize.String, same[rt.ByteSize]}
)

func parseURI(text string) (rt.URL, error) {
	u, err := format.URI(text)
	if err != nil {
		return rt.URL{}, err
	}
	return rt.URL{URL: *u}, nil
}

func same[T comparable](a, b T) bool { return a == b }

// A Formatted is the table of a string that is decoded into a Go value. Text has the
// other rules for the string; Format has its format.
type Formatted[T any] struct {
	leaf
	Text   Text
	Format *Format[T]
}

func (t *Formatted[T]) Kind() document.Kind { return document.String }

func (t *Formatted[T]) decode(d *decoder, n *document.Node, p any) {
	if n.Kind() != document.String {
		d.WrongType(n, false, "text such as "+format.Named(t.Format.Name).Like)
		return
	}
	t.Text.Check(&d.Report, n)
	v, err := t.Format.parse(n.Text())
	if err != nil {
		d.Find(n, wording.Format(n, d.Hides(n), t.Format.Name, err.Error()))
		return
	}
	*p.(*T) = v
}

func (t *Formatted[T]) encode(e *encoder, p any) { e.text(t.Format.write(*p.(*T))) }
func (t *Formatted[T]) equal(a, b any) bool      { return t.Format.same(*a.(*T), *b.(*T)) }
func (t *Formatted[T]) clone(dst, src any)       { *dst.(*T) = *src.(*T) }
func (t *Formatted[T]) value(p any) any          { return *p.(*T) }

// A Custom is the table of a type named by x-go-type. Check has the rules of the schema
// for the value. encoding/json decodes and encodes the type itself, by its UnmarshalJSON
// or UnmarshalText.
type Custom[T any] struct {
	leaf
	Check Type
	New   func() any // a scratch value for Check
}

func (t *Custom[T]) Kind() document.Kind { return t.Check.Kind() }

func (t *Custom[T]) decode(d *decoder, n *document.Node, p any) {
	found := d.try(t.Check, n, t.New())
	d.Findings = append(d.Findings, found...)
	if len(found.Errors()) > 0 {
		return
	}
	if err := json.Unmarshal(n.AppendJSON(nil), p); err != nil {
		d.Find(n, wording.GoType(n, d.Hides(n), err.Error()))
	}
}

func (t *Custom[T]) encode(e *encoder, p any) { e.marshal(p) }

func (t *Custom[T]) equal(a, b any) bool {
	return bytes.Equal(encode(t, a), encode(t, b))
}

func (t *Custom[T]) clone(dst, src any) {
	// encoding/json reads its own output again. A type for which that fails shares its
	// value, as an assignment does.
	if json.Unmarshal(encode(t, src), dst) != nil {
		*dst.(*T) = *src.(*T)
	}
}
func (t *Custom[T]) value(p any) any { return *p.(*T) }
