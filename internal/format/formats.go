package format

import (
	"errors"
	"fmt"
	"sync"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Format is a row of the table of formats.
type Format struct {
	Name string
	// Kind is the kind of value that the format limits: a string or a number. The
	// format does not apply to values of other kinds.
	Kind document.Kind
	// Like is an example of a valid text, for messages; empty for numbers.
	Like string
	// Type is the Go type for values of the format; empty: the type of any string.
	Type Type
	// Go is the name of the format in Go code, such as DateTime, if it is a format of
	// strings with a Type.
	Go string
	// Lowest and Highest are the bounds of a number. Whole reports that fractions are
	// invalid.
	Lowest, Highest string
	Whole           bool

	check func(text string) error // for strings; nil: every text is valid
}

// A Type is a Go type for values of a format.
type Type string

// The types: time.Time, rt.Date, time.Duration, netip.Addr, netip.Prefix, rt.URL,
// rt.ByteSize, and the number types of Go.
const (
	TypeTime     Type = "time"
	TypeDate     Type = "date"
	TypeDuration Type = "duration"
	TypeAddr     Type = "addr"
	TypePrefix   Type = "prefix"
	TypeURL      Type = "url"
	TypeByteSize Type = "bytesize"

	TypeInt8    Type = "int8"
	TypeInt16   Type = "int16"
	TypeInt32   Type = "int32"
	TypeInt64   Type = "int64"
	TypeUint8   Type = "uint8"
	TypeUint16  Type = "uint16"
	TypeUint32  Type = "uint32"
	TypeUint64  Type = "uint64"
	TypeFloat64 Type = "float64"
)

// formats is the table of all formats.
var formats = []Format{
	{Name: "date-time", Kind: document.String, Like: "2024-02-29T12:30:00Z", Type: TypeTime, Go: "DateTime", check: read(DateTime)},
	{Name: "date", Kind: document.String, Like: "2024-02-29", Type: TypeDate, Go: "Date", check: read(Date)},
	{Name: "time", Kind: document.String, Like: "12:30:00Z", check: clock},
	{Name: "duration", Kind: document.String, Like: "PT30S", Type: TypeDuration, Go: "ISODuration", check: read(ISODuration)},
	{Name: "go-duration", Kind: document.String, Like: "1m30s", Type: TypeDuration, Go: "GoDuration", check: read(GoDuration)},
	{Name: "email", Kind: document.String, Like: "name@example.com", check: email},
	{Name: "idn-email", Kind: document.String, Like: "name@example.com", check: email},
	{Name: "hostname", Kind: document.String, Like: "example.com", check: hostname},
	{Name: "idn-hostname", Kind: document.String, Like: "example.com", check: idnHostname},
	{Name: "ipv4", Kind: document.String, Like: "192.0.2.1", Type: TypeAddr, Go: "IPv4", check: read(IPv4)},
	{Name: "ipv6", Kind: document.String, Like: "2001:db8::1", Type: TypeAddr, Go: "IPv6", check: read(IPv6)},
	{Name: "cidr", Kind: document.String, Like: "192.0.2.0/24", Type: TypePrefix, Go: "CIDR", check: read(CIDR)},
	{Name: "uri", Kind: document.String, Like: "https://example.com", Type: TypeURL, Go: "URI", check: read(URI)},
	{Name: "uri-reference", Kind: document.String, Like: "/a/b", check: func(s string) error { return reference(s, false) }},
	{Name: "iri", Kind: document.String, Like: "https://example.com", check: func(s string) error { return absolute(s, true) }},
	{Name: "iri-reference", Kind: document.String, Like: "/a/b", check: func(s string) error { return reference(s, true) }},
	{Name: "uri-template", Kind: document.String, Like: "/a/{b}", check: shaped(uriTemplateShape, "invalid braces or characters (RFC 6570)")},
	{Name: "json-pointer", Kind: document.String, Like: "/a/b", check: shaped(jsonPointerShape, "want a JSON pointer such as /a/b")},
	{Name: "relative-json-pointer", Kind: document.String, Like: "1/a", check: shaped(relativeShape, "want a relative JSON pointer such as 1/a")},
	{Name: "uuid", Kind: document.String, Like: "123e4567-e89b-12d3-a456-426614174000", check: shaped(uuidShape, "want a UUID such as 123e4567-e89b-12d3-a456-426614174000")},
	{Name: "regex", Kind: document.String, Like: "^[a-z]+$", check: regex},
	{Name: "byte", Kind: document.String, Like: "aG90YmluZA==", check: base64Text},
	{Name: "byte-size", Kind: document.String, Like: "10MB", Type: TypeByteSize, Go: "ByteSize", check: read(ByteSize)},
	{Name: "password", Kind: document.String, Like: "correct horse"},

	{Name: "int8", Kind: document.Number, Type: TypeInt8, Lowest: "-128", Highest: "127", Whole: true},
	{Name: "int16", Kind: document.Number, Type: TypeInt16, Lowest: "-32768", Highest: "32767", Whole: true},
	{Name: "int32", Kind: document.Number, Type: TypeInt32, Lowest: "-2147483648", Highest: "2147483647", Whole: true},
	{Name: "int64", Kind: document.Number, Type: TypeInt64, Lowest: "-9223372036854775808", Highest: "9223372036854775807", Whole: true},
	{Name: "uint8", Kind: document.Number, Type: TypeUint8, Lowest: "0", Highest: "255", Whole: true},
	{Name: "uint16", Kind: document.Number, Type: TypeUint16, Lowest: "0", Highest: "65535", Whole: true},
	{Name: "uint32", Kind: document.Number, Type: TypeUint32, Lowest: "0", Highest: "4294967295", Whole: true},
	{Name: "uint64", Kind: document.Number, Type: TypeUint64, Lowest: "0", Highest: "18446744073709551615", Whole: true},
	{Name: "float", Kind: document.Number, Type: TypeFloat64, Lowest: "-3.4028234663852886e38", Highest: "3.4028234663852886e38"},
	{Name: "double", Kind: document.Number, Type: TypeFloat64, Lowest: "-1.7976931348623157e308", Highest: "1.7976931348623157e308"},
}

// byName maps names to formats.
var byName = sync.OnceValue(func() map[string]*Format {
	index := make(map[string]*Format, len(formats))
	for i := range formats {
		index[formats[i].Name] = &formats[i]
	}
	return index
})

// Named returns the format with the name, or nil. An unknown format allows every value
// (JSON Schema 2020-12 validation, section 7.2.3).
func Named(name string) *Format { return byName()[name] }

// All returns the table of formats. The caller must not change it.
func All() []Format { return formats }

// Limits reports whether the format rejects any value.
func (f *Format) Limits() bool { return f.check != nil || f.Kind == document.Number }

// Check returns what is wrong with text, in words that can end a message, or nil.
// Numbers are passed as written.
func (f *Format) Check(text string) error {
	switch {
	case f.check != nil:
		return f.check(text)
	case f.Kind != document.Number:
	case f.Whole && !document.IsInteger(text):
		return errors.New("want a whole number")
	case document.CompareNumbers(text, f.Lowest) < 0 || document.CompareNumbers(text, f.Highest) > 0:
		return fmt.Errorf("want a number from %s to %s", f.Lowest, f.Highest)
	}
	return nil
}
