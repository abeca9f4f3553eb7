package format_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/runtime/document"
)

// TestFormats: texts on both sides of the limits of each format. The checks name the
// sources of the rules.
func TestFormats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ valid, invalid []string }{
		"date-time": {[]string{"2024-02-29T12:30:00Z", "2024-02-29t12:30:00.123z", "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "2024-01-01T00:00:00+23:59"},
			[]string{"2023-02-29T12:30:00Z", "2024-02-29 12:30:00Z", "2024-02-29T12:30:00", "2024-02-29T24:00:00Z", "1998-12-31T22:59:60Z", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00,5Z", "2024-02-29T1:30:00+01:00", ""}},
		"date":                  {[]string{"2024-02-29"}, []string{"2023-02-29", "2024-2-9", "20240229", ""}},
		"time":                  {[]string{"12:30:00Z", "23:59:60Z", "12:30:00+01:00"}, []string{"12:30:00", "24:00:00Z", "12:30Z", "1:30:00+01:00", ""}},
		"duration":              {[]string{"P1D", "PT30S", "P1DT12H", "P2W", "PT1H30M"}, []string{"P", "PT", "1D", "P1D2H", "P2W1D", "PT1H30S", "P1.5D", "P4Y", "P1M", ""}},
		"go-duration":           {[]string{"10s", "1h30m", "300ms", "0"}, []string{"10", "s", "1 h", ""}},
		"email":                 {[]string{"a@example.com", "a+b@example.com", `"a b"@example.com`, "a@[127.0.0.1]", "a@[IPv6:::1]", "ü.a-b_c~d@example.com", `"a\"\\@<"@example.com`, `""@example.com`}, []string{"a", "@example.com", "a@", ".a@example.com", "a.@example.com", "a..b@example.com", "a b@example.com", "a(c)@example.com", `"a"b"@example.com`, `"a\"@example.com`, `"a"b@example.com`, "\"a\nb\"@example.com", "A <a@example.com>", "<a@example.com>", "a@exa mple.com", ""}},
		"hostname":              {[]string{"example", "a-b.example.com", "1.example", "ab--c", "XN--Mnchen-3ya"}, []string{"-a", "a-", "a..b", "a_b", "é", "a.", "xn--", "xn--a", "xn--é-a", "xn--99999999", ""}},
		"idn-hostname":          {[]string{"é.example", "É", "l·l", "a。b", "xn--mnchen-3ya", strings.Repeat("ü", 57)}, []string{"a b", "l·", "é.", "ab--é", strings.Repeat("ü", 58), strings.Repeat("é.", 127) + "a", ""}},
		"ipv4":                  {[]string{"192.0.2.1"}, []string{"192.0.2", "256.0.0.1", "192.0.2.01", "+192.0.2.1", "192.0.2.+1", "::1", ""}},
		"ipv6":                  {[]string{"::1", "2001:db8::1", "::ffff:192.0.2.1"}, []string{"192.0.2.1", "fe80::1%eth0", ":1", ""}},
		"cidr":                  {[]string{"192.0.2.0/24", "2001:db8::/32"}, []string{"192.0.2.0", "192.0.2.0/33", ""}},
		"uri":                   {[]string{"https://example.com/a?b#c", "urn:a:b", "http://[::1]:80/", "http://a@[::1]", "http://a/b@c@d"}, []string{"/a", "a b", "http://a b", "http://example.com/é", `\\a\b`, "http://a#b#c", "http://[v1.a]", "http:/[::1]", "http://a/?b[]=1", "http://a[::1]", "http://[::1]a[", "http://[a]@b", "http://a@b@c", "http://::1", ""}},
		"uri-reference":         {[]string{"/a", "a", "#a", "", "https://example.com", "//a/b", "//[v1.a:b]:1/"}, []string{"a b", `\a`, "http://[::1", "//[v1]", "/[a]"}},
		"iri":                   {[]string{"http://example.com/é", "http://[V1.fe]"}, []string{"/é", "http://a b", "1a:b"}},
		"uri-template":          {[]string{"/a/{b}", "{?x,y*}", "a'b", "{a.b:3}", "{%20}", ""}, []string{"/a/{b", "{}", "a b", "{a..b}", "{.a.}", "a\x7fb"}},
		"json-pointer":          {[]string{"", "/a/~0~1/0"}, []string{"a", "/~2", "#/a"}},
		"relative-json-pointer": {[]string{"0", "1/a", "0#"}, []string{"/a", "-1", "01", ""}},
		"uuid":                  {[]string{"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"}, []string{"123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", ""}},
		"regex":                 {[]string{"^a+$", ""}, []string{"(", "a{2,1}"}},
		"byte":                  {[]string{"", "aG90YmluZA==", "/+8="}, []string{"a", "aG90YmluZA", "aG90YmluZB==", "_-8=", "aG90\nYmluZA==", " "}},
		"password":              {[]string{"", "x"}, nil},
		"int8":                  {[]string{"-128", "127", "1.0", "1e2"}, []string{"-129", "128", "1.5", "1e3"}},
		"uint64":                {[]string{"0", "18446744073709551615"}, []string{"-1", "18446744073709551616"}},
		"int32":                 {[]string{"-2147483648"}, []string{"2147483648"}},
		"float":                 {[]string{"1.5", "-3.4028234663852886e38"}, []string{"1e39", "-1e39"}},
		"double":                {[]string{"1.5", "1.7976931348623157e308"}, []string{"1e309"}},
		"byte-size":             {[]string{"10", "10MB", "1.5 GiB", "0B", "1kb"}, []string{"MB", "-1", "1.5B", "10 parsecs", "9EiB", ""}},
	} {
		check := format.Named(name).Check
		for _, text := range c.valid {
			if err := check(text); err != nil {
				t.Errorf("%s: %q is refused: %v", name, text, err)
			}
		}
		for _, text := range c.invalid {
			if check(text) == nil {
				t.Errorf("%s: %q is accepted", name, text)
			}
		}
	}
	if format.Named("no-such") != nil {
		t.Error("an unknown format is in the table")
	}
}

// TestTable: each format has one row. A format of strings has a valid example, and one of
// numbers has valid bounds.
func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range format.All() {
		if seen[f.Name] {
			t.Errorf("%s has two rows", f.Name)
		}
		seen[f.Name] = true
		texts := []string{f.Like}
		if f.Kind == document.Number {
			texts = []string{f.Lowest, f.Highest}
		}
		for _, text := range texts {
			if err := f.Check(text); text == "" || err != nil {
				t.Errorf("%s: %q: %v", f.Name, text, err)
			}
		}
		if named := f.Kind == document.String && f.Type != ""; named != (f.Go != "") {
			t.Errorf("%s: its name in Go is %q and its type %q", f.Name, f.Go, f.Type)
		}
	}
}

// TestISODuration: a duration is read exactly, written in its shortest form and read
// again. A duration without a fixed length, or too long, is refused.
func TestISODuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"PT0S": 0, "PT90S": 90 * time.Second, "PT1H1S": 0, "P1DT12H": 36 * time.Hour, "P2W": 14 * 24 * time.Hour, "PT1H0M1S": time.Hour + time.Second,
	} {
		got, err := format.ISODuration(text)
		if text == "PT1H1S" { // RFC 3339, appendix A: minutes cannot be left out between
			if err == nil {
				t.Errorf("%s is accepted", text)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s is %v, %v, want %v", text, got, err, want)
		}
		if again, err := format.ISODuration(format.FormatISODuration(got)); err != nil || again != got {
			t.Errorf("%v is written as %s, which is read as %v, %v", got, format.FormatISODuration(got), again, err)
		}
	}
	for d, want := range map[time.Duration]string{1500 * time.Millisecond: "PT1.5S", -time.Second: "PT-1S", 1: "PT0.000000001S"} {
		text := format.FormatISODuration(d)
		if _, err := format.ISODuration(text); err == nil || text != want {
			t.Errorf("%v is written as %s, want %s, which is refused: %v", d, text, want, err)
		}
	}
	for _, text := range []string{"P1Y", "P1M", "P999999999999D"} {
		if _, err := format.ISODuration(text); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}
