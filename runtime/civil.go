package runtime

import (
	"fmt"
	"net/url"
	"time"

	"github.com/hotbind/hotbind/internal/format"
)

// A Date is a day of the calendar, without a time or a zone: what a schema's
// format date is read into (RFC 3339, full-date).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date such as 2024-02-29.
func ParseDate(text string) (Date, error) {
	t, err := format.Date(text)
	if err != nil {
		return Date{}, err
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// In is the moment at which the date begins in loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String is the date as 2024-02-29.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText is the text of [Date.String].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// A URL is a uri as a value: what a schema's format uri is read into. The
// fields and methods of url.URL are its own; two URLs are the same where their
// texts are.
type URL struct{ url.URL }

// Std returns a url.URL of its own for code that wants a pointer.
func (u URL) Std() *url.URL { return &u.URL }

// ParseURL reads a URL.
func ParseURL(text string) (URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return URL{}, err
	}
	return URL{*u}, nil
}

// String is the text of the URL, its password included.
func (u URL) String() string { return u.URL.String() }

// Equal reports whether both are written the same.
func (u URL) Equal(other URL) bool { return u.String() == other.String() }

// MarshalText is the text of [URL.String].
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
