package runtime

import (
	"fmt"
	"net/url"
	"time"

	"github.com/hotbind/hotbind/internal/format"
)

// A Date is a day of the calendar, without time or zone: the Go type of the format date
// (RFC 3339, full-date).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate parses a date such as 2024-02-29.
func ParseDate(text string) (Date, error) {
	t, err := format.Date(text)
	if err != nil {
		return Date{}, err
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// In returns the beginning of the day in loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String returns the date as 2024-02-29.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText writes what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// A URL is a url.URL as a value: the Go type of the format uri. Two URLs are equal if
// their texts are.
type URL struct{ url.URL }

// Std returns a pointer to a copy, for code that needs a *url.URL.
func (u URL) Std() *url.URL { return &u.URL }

// ParseURL parses a URL.
func ParseURL(text string) (URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return URL{}, err
	}
	return URL{*u}, nil
}

// String returns the URL, including its password.
func (u URL) String() string { return u.URL.String() }

// Equal reports whether both have the same text.
func (u URL) Equal(other URL) bool { return u.String() == other.String() }

// MarshalText writes what String returns.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
