// Package format holds the formats of JSON Schema and some of our own. It is the only
// place that decides whether a text is a valid date, address or size, and which numbers
// an int32 holds.
//
// It differs from the specifications in these points:
//
//   - duration: years and months are invalid, since they have no fixed length. So
//     is a duration of more than 292 years.
//   - hostname, idn-hostname, and the domain of an e-mail address: the rules on
//     mixing writing directions (RFC 5893), on normalisation (NFC) and on the
//     scripts in which a character may join others (RFC 5892, appendix A.1) are
//     not checked.
//   - uri: an address of a later version of IP (RFC 3986, IPvFuture) is invalid,
//     as in net/url; iri, uri-reference and iri-reference allow it.
//   - iri, iri-reference: every character beyond ASCII is allowed.
package format

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hotbind/hotbind/internal/pattern"
)

// dateTimeShape requires what time.Parse does not: two digits for the hour, a point
// before a fraction, and an offset of at most 23:59.
var dateTimeShape = regexp.MustCompile(`^(.*[Tt]\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$`)

// DateTime parses a date-time of RFC 3339, section 5.6. A leap second, which time.Parse
// does not know, becomes the second after it.
func DateTime(text string) (time.Time, error) {
	m := dateTimeShape.FindStringSubmatch(text)
	leap := m != nil && m[2] == "60"
	if leap {
		text = m[1] + ":59" + m[3] + m[4]
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
	if m == nil || err != nil {
		return time.Time{}, errors.New("want a date-time such as 2024-02-29T12:30:00Z")
	}
	if leap {
		if u := t.UTC(); u.Hour() != 23 || u.Minute() != 59 {
			return time.Time{}, errors.New("a leap second is at 23:59:60 UTC")
		}
		t = t.Add(time.Second)
	}
	return t, nil
}

func clock(text string) error {
	if _, err := DateTime("2016-12-31T" + text); err != nil {
		return errors.New("want a time such as 12:30:00Z")
	}
	return nil
}

// GoDuration parses a duration in Go's notation, such as 1m30s.
func GoDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	return valid(d, err == nil, "want a duration such as 300ms, 10s or 1h30m")
}

var (
	isoShape = regexp.MustCompile(`^P(?:(\d+)W|(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$`)
	// RFC 3339, appendix A: units follow each other without a gap.
	isoGap = regexp.MustCompile(`\dYT?\d+D|T\d+H\d+S`)
)

// ISODuration parses a duration of RFC 3339, appendix A. Days have 24 hours. Years and
// months are invalid, since they have no fixed length.
func ISODuration(text string) (time.Duration, error) {
	m := isoShape.FindStringSubmatch(text)
	if m == nil || strings.HasSuffix(text, "T") || text == "P" || isoGap.MatchString(text) {
		return 0, errors.New("want an ISO 8601 duration such as P1DT12H or PT30S")
	}
	if m[2] != "" || m[3] != "" {
		return 0, errors.New("years and months have no fixed length; use days, hours, minutes and seconds")
	}
	var total time.Duration
	for i, unit := range map[int]time.Duration{
		1: 7 * 24 * time.Hour, 4: 24 * time.Hour, 5: time.Hour, 6: time.Minute, 7: time.Second,
	} {
		if m[i] == "" {
			continue
		}
		n, err := strconv.ParseInt(m[i], 10, 64)
		if err != nil || n > int64((1<<63-1-total)/unit) {
			return 0, errors.New("want at most 292 years")
		}
		total += time.Duration(n) * unit
	}
	return total, nil
}

// FormatISODuration returns d in the notation of [ISODuration]. The format has no
// fractions of a second and no negative durations; ISODuration fails on the result for
// these.
func FormatISODuration(d time.Duration) string {
	if d < 0 || d%time.Second != 0 {
		return "PT" + strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "S"
	}
	text := strings.ToUpper(d.String())
	if minutes, whole := strings.CutSuffix(text, "M0S"); whole {
		text = minutes + "M"
	}
	if hours, whole := strings.CutSuffix(text, "H0M"); whole {
		text = hours + "H"
	}
	return "PT" + text
}

// IPv4 parses an address in dotted decimal (RFC 2673, section 3.2).
func IPv4(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	return valid(a, err == nil && a.Is4(), "want an IPv4 address such as 192.0.2.1")
}

// IPv6 parses an address of RFC 4291, section 2.2, without a zone.
func IPv6(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	return valid(a, err == nil && a.Is6() && a.Zone() == "", "want an IPv6 address such as 2001:db8::1")
}

// CIDR parses an address with the length of its prefix.
func CIDR(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	return valid(p, err == nil, "want a network such as 192.0.2.0/24 or 2001:db8::/32")
}

// URI parses an absolute URI of RFC 3986.
func URI(text string) (*url.URL, error) {
	if err := absolute(text, false); err != nil {
		return nil, err
	}
	u, err := url.Parse(text)
	if err != nil { // an address in a form of later versions of IP
		return nil, errUnreadable
	}
	return u, nil
}

// Date parses a full-date of RFC 3339, section 5.6, such as 2024-02-29, and returns the
// start of the day in UTC.
func Date(text string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	return valid(t, err == nil, "want a date such as 2024-02-29")
}

func absolute(text string, international bool) error {
	if err := reference(text, international); err != nil {
		return err
	}
	if !schemeShape.MatchString(text) {
		return errors.New("the scheme is missing, as in https://example.com")
	}
	return nil
}

func reference(text string, international bool) error {
	for i, r := range text {
		if r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>\\^`{|}", r) || (r > 0x7f && !international) {
			return fmt.Errorf("%q at character %d is not allowed", r, i+1)
		}
	}
	if strings.Count(text, "#") > 1 {
		return errors.New("only one # is allowed")
	}
	before, authority, after := text, "", ""
	if m := authorityShape.FindStringSubmatchIndex(text); m != nil {
		before, authority, after = text[:m[2]], text[m[2]:m[3]], text[m[3]:]
	}
	if strings.Count(authority, "@") > 1 {
		return errors.New("only one @ is allowed in the authority")
	}
	at := strings.IndexByte(authority, '@') + 1
	user, address, port := authority[:at], "", authority[at:]
	if end := strings.IndexByte(port, ']'); end > 0 && port[0] == '[' {
		address, port = port[:end+1], port[end+1:]
	}
	if strings.ContainsAny(before+user+port+after, "[]") {
		return errors.New("brackets are allowed only around an IPv6 address after //")
	}
	if strings.Count(port, ":") > 1 {
		return errors.New("an IPv6 address needs brackets")
	}
	if futureAddress.MatchString(address) { // net/url does not know it
		text = before + "[::]" + port + after
	}
	if _, err := url.Parse(text); err != nil {
		return errUnreadable
	}
	return nil
}

var errUnreadable = errors.New("it cannot be parsed")

var (
	schemeShape    = regexp.MustCompile(`^[A-Za-z][-+.A-Za-z0-9]*:`)
	authorityShape = regexp.MustCompile(`^(?:[A-Za-z][-+.A-Za-z0-9]*:)?//([^/?#]*)`)
	// RFC 3986, section 3.2.2.
	futureAddress = regexp.MustCompile(`^\[[vV][0-9A-Fa-f]+\.[-._~A-Za-z0-9!$&'()*+,;=:]+\]$`)
)

// localPart matches the part before the @ (RFC 5321, section 4.1.2), with the letters
// of RFC 6531.
var localPart = func() *regexp.Regexp {
	const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x{80}-\\x{10FFFF}-]+"
	return regexp.MustCompile(`^(?:` + atom + `(?:\.` + atom + `)*|"(?:[^"\\\x00-\x1F\x7F]|\\[ -~])*")$`)
}()

// email checks an address by RFC 5321, section 4.1.2.
func email(text string) error {
	wrong := errors.New("want an e-mail address such as name@example.com")
	at := strings.LastIndexByte(text, '@')
	if at < 1 || at > 64 || !localPart.MatchString(text[:at]) {
		return wrong
	}
	domain := text[at+1:]
	inner, bracketed := strings.CutPrefix(domain, "[")
	if !bracketed {
		return idnHostname(domain)
	}
	inner, closed := strings.CutSuffix(inner, "]")
	parse := IPv4
	if v6, ok := strings.CutPrefix(inner, "IPv6:"); ok {
		inner, parse = v6, IPv6
	}
	if !closed {
		return wrong
	}
	_, err := parse(inner)
	return err
}

// uriTemplateShape follows RFC 6570, section 2, and erratum 6937, which allows an
// apostrophe.
var uriTemplateShape = func() *regexp.Regexp {
	const (
		literal = `[^\x00-\x20"%<>\\^\x60{|}\x7f-\x{9f}]|%[0-9A-Fa-f]{2}`
		char    = `(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})`
		name    = char + `(?:\.?` + char + `)*(?::[1-9][0-9]{0,3}|\*)?`
	)
	return regexp.MustCompile(`^(?:` + literal + `|\{[+#./;?&=,!@|]?` + name + `(?:,` + name + `)*\})*$`)
}()

var (
	jsonPointerShape = regexp.MustCompile(`^(?:/(?:[^~/]|~[01])*)*$`)
	relativeShape    = regexp.MustCompile(`^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~[01])*)*)$`)
	uuidShape        = regexp.MustCompile(`^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// valid returns v if ok, or else an error with the text wrong.
func valid[T any](v T, ok bool, wrong string) (T, error) {
	if !ok {
		return *new(T), errors.New(wrong)
	}
	return v, nil
}

// shaped returns a check that text matches shape; its error is wrong.
func shaped(shape *regexp.Regexp, wrong string) func(string) error {
	return func(text string) error {
		if !shape.MatchString(text) {
			return errors.New(wrong)
		}
		return nil
	}
}

// read returns a check that read accepts the text.
func read[T any](read func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := read(text)
		return err
	}
}

func regex(text string) error {
	foreign, err := pattern.Check(text)
	if err != nil {
		return err
	}
	if foreign != "" {
		return errors.New(foreign + " is not ECMAScript")
	}
	return nil
}

// base64Text checks text by RFC 4648, section 4.
func base64Text(text string) error {
	if _, err := base64.StdEncoding.Strict().DecodeString(text); err != nil || strings.ContainsAny(text, "\r\n") {
		return errors.New("want base64 text such as aG90YmluZA==")
	}
	return nil
}
