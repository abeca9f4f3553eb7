package kinds_test

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/testdata/compile/kinds"
)

// The tests of this file hold the kinds of field that the test service has not:
// what they hold, what they write back and what they refuse.

func parse(t *testing.T, text string) *kinds.Config {
	t.Helper()
	c, err := kinds.Parse("t.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestDefaults: defaults of every kind are there when nothing is given.
func TestDefaults(t *testing.T) {
	t.Parallel()
	c := parse(t, "{}")
	for _, field := range []struct{ got, want any }{
		{c.Day, rt.Date{Year: 2024, Month: 2, Day: 29}},
		{c.Every, 90 * time.Second},
		{c.Wait, 90 * time.Second},
		{c.Size, rt.ByteSize(10_000_000)},
		{c.Listen, netip.MustParseAddrPort("127.0.0.1:80")},
		{c.Level, kinds.Level2},
		{c.Ports, []int{80, 443}},
		{c.Labels, map[string]string{"team": "core"}},
		{c.Limits.CPU.Or(0), 1.5},
		{c.Limits.Memory, 64},
	} {
		if !reflect.DeepEqual(field.got, field.want) {
			t.Errorf("got %v, want %v", field.got, field.want)
		}
	}
	encoded, _ := json.Marshal(c)
	want := `{"day":"2024-02-29","every":"PT1M30S","wait":"1m30s","size":"10MB","listen":"127.0.0.1:80","level":2,"ports":[80,443],` +
		`"labels":{"team":"core"},"limits":{"cpu":1.50,"memory":64}}`
	if diff := cmp.Diff(want, string(encoded)); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
}

// TestRoundTrip: each document comes back as it was written: texts of formats,
// spellings of numbers, one for many, null, what is not declared.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	defaults := map[string]any{}
	encoded, _ := json.Marshal(parse(t, "{}"))
	if err := json.Unmarshal(encoded, &defaults); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`{"at":"2024-02-29T12:30:00.500Z"}`, `{"at":"1998-12-31T23:59:60Z"}`, `{"every":"P1DT0S"}`, `{"wait":"90s"}`, `{"wait":"1h0m"}`,
		`{"v4":"192.0.2.1"}`, `{"v6":"2001:0db8::1"}`, `{"net":"192.0.2.1/24"}`, `{"link":"HTTPS://example.com/%7e"}`, `{"size":"1.5 GiB"}`,
		`{"listen":"[::1]:8080"}`, `{"level":10}`, `{"step":0.50}`, `{"mixed":"auto"}`, `{"mixed":1}`, `{"mixed":null}`, `{"version":2}`,
		`{"ports":[]}`, `{"labels":{}}`, `{"limits":{"cpu":1e-1}}`, `{"hosts":"a"}`, `{"hosts":["a"]}`, `{"hosts":[]}`, `{"id":"123"}`,
		`{"either":1}`, `{"either":"1"}`, `{"either":null}`, `{"free":null}`, `{"free":[1.50,{"a":12345678901234567890}]}`,
		`{"nullable":null}`, `{"nullable":[1,null]}`, `{"open":{"known":"a","x-1":2,"other":true}}`, `{"matched":{"a":{"cpu":0.5}}}`,
		`{"tls":{"cert":"a","key":"b"}}`, `{"tls":{"key":"b"}}`, `{"undeclared":{"kept":[1.0,null]},"another":"b"}`, `{"deep":[[],[[]]]}`,
	} {
		c := parse(t, text)
		encoded, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var was, is map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &was) != nil || json.Unmarshal(encoded, &is) != nil {
			t.Fatalf("%s became %s", text, encoded)
		}
		for key, value := range was {
			if key != "limits" && key != "matched" && string(is[key]) != string(value) {
				t.Errorf("%s: %s became %s", key, value, is[key])
			}
		}
		for key := range is {
			if _, given := was[key]; !given && defaults[key] == nil {
				t.Errorf("%s: %s is there too", text, key)
			}
		}
		again := parse(t, string(encoded))
		if !c.Equal(*again) || !c.Diff(again).Empty() || !c.Equal(*c.Clone()) {
			t.Errorf("%s: read again it differs: %v", text, c.Diff(again))
		}
	}
}

// TestRefused: what these kinds do not allow.
func TestRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{v4: '::1'}":          `t.yaml:1:6: v4: "::1" is not a valid ipv4: want an IPv4 address such as 192.0.2.1`,
		"{every: P1M}":         `t.yaml:1:9: every: "P1M" is not a valid duration: years and months have no fixed length; use days, hours, minutes and seconds`,
		"{size: big}":          `t.yaml:1:8: size: "big" is not a valid byte-size: want a number and a unit, such as 10MB or 1.5GiB`,
		"{level: 3}":           "t.yaml:1:9: level: 3 is not one of 1, 2, 10",
		"{mixed: false}":       "t.yaml:1:9: mixed: false is not one of auto, 1, true",
		"{version: 3}":         "t.yaml:1:11: version: 3 is not 2, the only value allowed",
		"{ports: [1, 2, 1.0]}": "t.yaml:1:16: ports: items 0 and 2 are equal; all items must differ",
		"{hosts: {a: 1}}":      "t.yaml:1:9: hosts: found an object, want a string or a list",
		"{hosts: [1]}":         `t.yaml:1:10: hosts[0]: found the number 1, want a string (write "1", in quotes)`,
		"{id: x}":              `t.yaml:1:6: id: "x" is not a valid uuid: want a UUID such as 123e4567-e89b-12d3-a456-426614174000`,
		"{either: true}":       "t.yaml:1:10: either: found the boolean true, want a number or a string",
		"{open: {}}":           "t.yaml:1:8: open: must not be empty",
		"{open: {x-1: a}}":     `t.yaml:1:14: open.x-1: found the string "a", want a whole number`,
		"{open: {other: 1}}":   "t.yaml:1:16: open.other: found the number 1, want true or false",
		"{matched: {A: {}}}":   `t.yaml:1:12: matched.A: the property name "A" does not match ^[a-z]+$`,
		"{tls: {cert: a}}":     "t.yaml:1:7: tls.key: is required but missing (because cert is set)",
		"{named: 0}":           "t.yaml:1:9: named: 0 must be more than 0",
		"{deep: [[1]]}":        "t.yaml:1:10: deep[0][0]: found the number 1, want a list",
		"{listen: 'nowhere'}":  `t.yaml:1:10: listen: "nowhere" is not a valid value for its Go type`,
	} {
		c, err := kinds.Parse("t.yaml", []byte(text))
		if c != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}

// TestEnvironment: x-env names the variable, with no prefix.
func TestEnvironment(t *testing.T) {
	t.Setenv("KINDS_NUMBER", "42")
	t.Setenv("K_PORTS", "[1,2]")
	t.Setenv("K_EITHER", "text")
	t.Setenv("K_NULLABLE", "null")
	c, err := kinds.Load(t.Context(), rt.From(rt.Env("K")))
	if err != nil {
		t.Fatal(err)
	}
	if c.FromEnv.Or(0) != 42 || len(c.Ports) != 2 || c.Either.Or(nil) != kinds.EitherString("text") || !c.Nullable.IsNull() {
		t.Errorf("got %+v", c)
	}
}

// TestDurationNoFileCanSay: a value of Go that the format has no text for is refused,
// not rounded.
func TestDurationNoFileCanSay(t *testing.T) {
	for _, d := range []time.Duration{1500 * time.Millisecond, -time.Second} {
		c := kinds.New()
		c.Every = d
		if err := kinds.Validate(c); err == nil || !strings.Contains(err.Error(), "every: ") {
			t.Errorf("%v: got %v", d, err)
		}
	}
}

// TestEntriesAreApart: the value of an entry of a map holds nothing of the entry before
// it, neither a property that only that one has nor one that is not declared.
func TestEntriesAreApart(t *testing.T) {
	t.Parallel()
	c := parse(t, "matched: {a: {cpu: 2, memory: 1, other: 3}, b: {}}")
	encoded, err := json.Marshal(c.Matched)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":{"cpu":2,"memory":1,"other":3},"b":{"memory":64}}`
	if diff := cmp.Diff(want, string(encoded)); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
}
