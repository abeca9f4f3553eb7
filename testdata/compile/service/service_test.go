package service_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// The tests of this file hold the generated package to its contract: what
// Parse makes of a document, and what the values can do. Reloading is tested
// with the runtime.

func parse(t *testing.T, text string) *service.Config {
	t.Helper()
	c, err := service.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refused returns the findings for a document that must not be accepted.
func refused(t *testing.T, name, text string) string {
	t.Helper()
	c, err := service.Parse(name, []byte(text))
	var invalid *rt.ValidationError
	if c != nil || !errors.As(err, &invalid) {
		t.Fatalf("got %v, %v, want a *rt.ValidationError", c, err)
	}
	return invalid.Error()
}

const full = `
name: shop
log_level: debug
workers: 8
ratio: 0.250
verbose: false
timeout: 90s
hosts: [a.example, b.example]
counter: 18446744073709551615
note: null
database: {url: "postgres://db/x", password: hunter22}
tls: {cert: /c.pem}
tenants:
  acme: {quota: 5}
  zeta.io: {quota: 0, region: us}
sink: {kind: http, url: "https://log.example/in"}
tree: {value: 1, left: {value: 2}, children: [{}, {value: 3}]}
`

// TestParse: every kind of field has the value of its file, and what the file
// leaves out has its default or is absent.
func TestParse(t *testing.T) {
	t.Parallel()
	c := parse(t, full)
	check(t, "name", c.Name, "shop")
	check(t, "log level", c.LogLevel, service.LogLevelDebug)
	check(t, "workers", c.Workers, 8)
	check(t, "ratio", c.Ratio, 0.25)
	check(t, "timeout", c.Timeout, 90*time.Second)
	check(t, "counter", c.Counter.Or(0), uint64(math.MaxUint64))
	check(t, "pool size, by default", c.Database.PoolSize, 10)
	check(t, "url", c.Database.URL, "postgres://db/x")
	check(t, "quota", c.Tenants["acme"].Quota, 5)
	check(t, "region, by default", c.Tenants["acme"].Region, "eu")
	check(t, "tree", c.Tree.Or(service.Node{}).Children[1].Value.Or(0), 3)
	if v, ok := c.Verbose.Get(); v || !ok {
		t.Errorf("verbose is %v, %v, want false and given", v, ok)
	}
	if !c.Note.IsNull() || c.Note.IsSet() {
		t.Errorf("note is %v, want null", c.Note)
	}
	sink, ok := c.Sink.(service.HTTPSink)
	if !ok || sink.URL.Host != "log.example" || sink.Retries != 3 || sink.Kind != service.HTTPSinkKind {
		t.Errorf("sink is %#v", c.Sink)
	}

	small := parse(t, "name: x")
	check(t, "log level, by default", small.LogLevel, service.LogLevelInfo)
	check(t, "a section filled by defaults", small.Database.PoolSize, 10)
	if small.TLS.IsSet() || small.Sink != nil || small.Tenants != nil || small.Hosts != nil || small.Verbose.IsSet() || small.Note.IsSet() || small.Note.IsNull() {
		t.Errorf("something that was not given is there: %+v", small)
	}
	empty := parse(t, "{name: x, hosts: [], tenants: {}}")
	if empty.Hosts == nil || empty.Tenants == nil {
		t.Error("an empty list or map looks absent")
	}
}

func check[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestRefused: each rule of the schema, with the exact text of the finding.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, text, want string }{
		{"required", "workers: 4", "t.yaml:1:1: name: is required but missing"},
		{"minLength", "name: ''", "t.yaml:1:7: name: must not be empty"},
		{"a number for a string", "name: 1.10", `t.yaml:1:7: name: found the number 1.10, want a string (write "1.10", in quotes)`},
		{"enum", "{name: x, log_level: inof}", `t.yaml:1:22: log_level: "inof" is not one of debug, info, warn, error (did you mean info?)`},
		{"maximum", "{name: x, workers: 500}", "t.yaml:1:20: workers: 500 is more than the maximum 100"},
		{"minimum", "{name: x, workers: 0}", "t.yaml:1:20: workers: 0 is less than the minimum 1"},
		{"exclusiveMinimum", "{name: x, ratio: 0}", "t.yaml:1:18: ratio: 0 must be more than 0"},
		{"text for a number", "{name: x, workers: four}", `t.yaml:1:20: workers: found the string "four", want a whole number`},
		{"a fraction for an integer", "{name: x, workers: 1.5}", "t.yaml:1:20: workers: found the number 1.5, want a whole number"},
		{"yes for a boolean", "{name: x, verbose: yes}", `t.yaml:1:20: verbose: found the string "yes", want true or false (write true)`},
		{"F018: past uint64", "{name: x, counter: 18446744073709551616}", "t.yaml:1:20: counter: 18446744073709551616 is out of range, want 0 to 18446744073709551615"},
		{"F018: past int64", "{name: x, left: 9223372036854775808}", "t.yaml:1:17: left: 9223372036854775808 is out of range, want -9223372036854775808 to 9223372036854775807"},
		{"F018: past float64", "{name: x, ratio: 1e400}", "t.yaml:1:18: ratio: 1e400 is out of range, want -1.8e308 to 1.8e308"},
		{"F019: not a number", "{name: x, ratio: .nan}", `t.yaml:1:18: ratio: found the string ".nan", want a number`},
		{"F019: infinity", "{name: x, ratio: .inf}", `t.yaml:1:18: ratio: found the string ".inf", want a number`},
		{"F026: octal as people write it", "{name: x, left: 0777}", `t.yaml:1:17: left: found the string "0777", want a whole number`},
		{"null where it is not allowed", "name: null", "t.yaml:1:7: name: found null, want a string"},
		{"format", "{name: x, timeout: soon}", `t.yaml:1:20: timeout: "soon" is not a valid go-duration: want a duration such as 300ms, 10s or 1h30m`},
		{"format of an item", "{name: x, hosts: [a, -b]}", `t.yaml:1:22: hosts[1]: "-b" is not a valid hostname: no part may begin or end with a hyphen`},
		{"F032: a letter off", "{name: x, workrs: 4}", `t.yaml:1:11: workrs: unknown property "workrs" (did you mean workers?)`},
		{"F032: in a section", "{name: x, database: {pool-size: 4}}", `t.yaml:1:22: database.pool-size: unknown property "pool-size" (did you mean pool_size?)`},
		{"propertyNames", "{name: x, tenants: {Acme: {quota: 1}}}", `t.yaml:1:21: tenants.Acme: "Acme" does not match the pattern ^[a-z][a-z0-9.-]*$`},
		{"inside a map", "{name: x, tenants: {a.b: {}}}", `t.yaml:1:26: tenants["a.b"].quota: is required but missing`},
		{"a scalar for a section", "{name: x, database: 3}", "t.yaml:1:21: database: found the number [secret], want an object"},
		{"F012: a list at the top", "[1, 2]", "t.yaml:1:1: (document): found a list, want an object"},
		{"F012: a scalar at the top", "text", `t.yaml:1:1: (document): found the string [secret], want an object`},
		{"no alternative, of another kind", "{name: x, sink: 3}", "t.yaml:1:17: sink: found the number 3, want an object"},
		{"an alternative by its kind", "{name: x, sink: {kind: http, path: x}}", "t.yaml:1:17: sink.url: is required but missing\nt.yaml:1:30: sink.path: unknown property \"path\" (allowed: kind, url, retries)"},
		{"an alternative of no known kind", "{name: x, sink: {kind: htp, path: x}}", `t.yaml:1:24: sink.kind: "htp" is not one of file, http (did you mean http?)`},
		{"a required key misspelled", "{name: x, tenants: {a: {qouta: 1}}}", `t.yaml:1:25: tenants.a.qouta: unknown property "qouta" (did you mean quota?)`},
		{"a number for a duration", "{name: x, timeout: 2}", "t.yaml:1:20: timeout: found the number 2, want text such as 1m30s"},
		{"nothing for a section", "name: x\ntenants:", "t.yaml:2:9: tenants: found null, want an object (write {} for an empty one)"},
		{"F011: an empty file", "# nothing\n", "t.yaml:1:1: (document): the file is empty"},
		{"F011: null", "null\n", "t.yaml:1:1: (document): found null, want an object (write {} for an empty one)"},
		{"F009: a key twice", "name: x\nname: y", ""},
	} {
		got := refused(t, "t.yaml", c.text)
		if c.want != "" && !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.why, got, c.want)
		}
		if c.want != "" && strings.Contains(got, "\n") && c.why != "an alternative by its kind" {
			t.Errorf("%s: more than one finding for one fault:\n%s", c.why, got)
		}
	}
}

// TestF032_DidYouMean: a property that is nearly a declared one is refused with
// its path, its position and the probable name. One that resembles none is refused with
// the allowed names.
func TestF032_DidYouMean(t *testing.T) {
	t.Parallel()
	got := refused(t, "t.yaml", "name: x\nlogLevel: info\ndatabase:\n  pol_size: 3\n  zzz: 1\n")
	want := `t.yaml:2:1: logLevel: unknown property "logLevel" (did you mean log_level?)
t.yaml:4:3: database.pol_size: unknown property "pol_size" (did you mean pool_size?)
t.yaml:5:3: database.zzz: unknown property "zzz" (allowed: url, pool_size, password)`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
}

// TestF018_OutOfRange: a number that its field cannot hold is refused with what
// the field holds.
func TestF018_OutOfRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{name: x, counter: 18446744073709551616}":          "18446744073709551616 is out of range, want 0 to 18446744073709551615",
		"{name: x, left: -9223372036854775809}":             "-9223372036854775809 is out of range, want -9223372036854775808 to 9223372036854775807",
		"{name: x, ratio: 1e400}":                           "1e400 is out of range, want -1.8e308 to 1.8e308",
		"{name: x, left: " + strings.Repeat("9", 400) + "}": "…",
	} {
		if got := refused(t, "t.yaml", text); !strings.Contains(got, want) {
			t.Errorf("got %q, want it to contain %q", got, want)
		}
	}
}

// TestF017_ExactNumbers: whole numbers go through unrounded.
func TestF017_ExactNumbers(t *testing.T) {
	t.Parallel()
	c := parse(t, "{name: x, left: 9007199254740993, right: 9223372036854775807, counter: 18446744073709551615}")
	check(t, "2^53+1", c.Left, 9007199254740993)
	check(t, "int64 max", c.Right, math.MaxInt64)
	encoded, _ := json.Marshal(c)
	for _, want := range []string{`"left":9007199254740993`, `"right":9223372036854775807`, `"counter":18446744073709551615`} {
		if !strings.Contains(string(encoded), want) {
			t.Errorf("%s is not in %s", want, encoded)
		}
	}
	again := parse(t, string(encoded))
	if !c.Equal(*again) {
		t.Errorf("differs after encoding: %v", c.Diff(again))
	}
}

// TestF022_TextStaysText: dates and words of YAML 1.1 stay what was written
// where the schema wants a string.
func TestF022_TextStaysText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2024-01-02", "2001-12-14t21:59:43.10-05:00", "yes", "NO", "off", "0777", "08", "1_000", "12:30:45"} {
		check(t, text, parse(t, "name: "+text).Name, text)
	}
}

// TestJSON: what was read and is declared comes back, absent and null and empty
// apart; values come back as they were written; secrets do not.
func TestJSON(t *testing.T) {
	t.Parallel()
	encoded, err := json.Marshal(parse(t, full))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"shop","log_level":"debug","workers":8,"left":0,"right":0,"ratio":0.250,"verbose":false,"timeout":"90s",` +
		`"hosts":["a.example","b.example"],"counter":18446744073709551615,"note":null,` +
		`"database":{"url":"postgres://db/x","pool_size":10,"password":"[secret]"},"tls":{"cert":"/c.pem","min_version":"1.2"},` +
		`"tenants":{"acme":{"quota":5,"region":"eu"},"zeta.io":{"quota":0,"region":"us"}},` +
		`"sink":{"kind":"http","url":"https://log.example/in","retries":3},` +
		`"tree":{"value":1,"left":{"value":2},"children":[{},{"value":3}]}}`
	if diff := cmp.Diff(want, string(encoded)); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
	small, _ := json.Marshal(parse(t, "{name: x, hosts: [], tenants: {}}"))
	for _, absent := range []string{"tls", "sink", "note", "verbose", "tree"} {
		if strings.Contains(string(small), absent) {
			t.Errorf("%s is absent and was written: %s", absent, small)
		}
	}
	if !strings.Contains(string(small), `"hosts":[],"database"`) || !strings.Contains(string(small), `"tenants":{}`) {
		t.Errorf("an empty list or map was not written: %s", small)
	}
	section, _ := json.Marshal(parse(t, full).Tenants["acme"])
	check(t, "a section", string(section), `{"quota":5,"region":"eu"}`)

	var read service.Config
	if err := json.Unmarshal([]byte(`{"name": "x"}`), &read); err != nil || read.Workers != 4 {
		t.Errorf("unmarshalled %+v, %v, want the defaults filled in", read, err)
	}
	if err := json.Unmarshal([]byte(`{"name": 3}`), &read); err == nil || read.Name != "x" {
		t.Errorf("an invalid value gave %v and left the name %q", err, read.Name)
	}
}

// TestEqualCloneDiff: copies are independent, and a diff names each path with
// both values, maps entry by entry.
func TestEqualCloneDiff(t *testing.T) {
	t.Parallel()
	a := parse(t, full)
	b := a.Clone()
	if !a.Equal(*b) || !a.Diff(b).Empty() {
		t.Fatalf("a clone differs: %v", a.Diff(b))
	}
	b.Hosts[0] = "c.example"
	b.Tenants["new"] = service.Tenant{Quota: 1}
	delete(b.Tenants, "zeta.io")
	b.Database.PoolSize = 20
	b.Sink = service.FileSink{Kind: service.FileSinkKind, Path: "/log"}
	b.TLS = rt.Optional[service.TLS]{}
	b.Verbose = rt.Some(true)
	if a.Hosts[0] != "a.example" || len(a.Tenants) != 2 || a.Equal(*b) {
		t.Fatal("writing the clone changed the original")
	}
	var got []string
	for _, c := range a.Diff(b).Changes {
		got = append(got, c.String())
	}
	want := []string{
		`verbose: false → true`,
		`hosts: ["a.example","b.example"] → ["c.example","b.example"]`,
		`database.pool_size: 10 → 20`,
		`tls: removed {"cert":"/c.pem","min_version":"1.2"}`,
		`tenants.new: added {"quota":1,"region":""}`,
		`tenants["zeta.io"]: removed {"quota":0,"region":"us"}`,
		`sink: {"kind":"http","url":"https://log.example/in","retries":3} → {"kind":"file","path":"/log"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
	if d := a.Tenants["acme"]; !d.Equal(service.Tenant{Quota: 5, Region: "eu"}) {
		t.Error("equal sections differ")
	}
}

// TestF081_SameValues: the order of keys, the style of the text and the spelling
// of numbers make no difference.
func TestF081_SameValues(t *testing.T) {
	t.Parallel()
	a := parse(t, "name: shop\nworkers: 8\nratio: 0.5\ndatabase:\n  url: x\n  pool_size: 3\n")
	b := parse(t, `{"database": {"pool_size": 3, "url": "x"}, "ratio": 5e-1, "workers": 8.0, "name": "shop"}`)
	if !a.Equal(*b) {
		t.Errorf("differs: %v", a.Diff(b))
	}
}

// TestSecret: the value is nowhere but behind Reveal: not in any verb, log,
// encoding, diff or finding.
func TestSecret(t *testing.T) {
	t.Parallel()
	const canary = "hunter22"
	a := parse(t, full)
	b := parse(t, strings.Replace(full, canary, "other-"+canary, 1))
	if v, _ := a.Database.Password.Get(); v.Reveal() != canary {
		t.Fatalf("the secret is %q", v.Reveal())
	}
	var outputs []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		outputs = append(outputs, fmt.Sprintf(verb, a.Database.Password), fmt.Sprintf(verb, a.Database), fmt.Sprintf(verb, *a))
	}
	encoded, _ := json.Marshal(a)
	outputs = append(outputs, string(encoded), a.Diff(b).String(), fmt.Sprintf("%+v", a.Diff(b).Changes))
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "password", a.Database.Password, "database", a.Database)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "password", a.Database.Password, "database", a.Database)
	outputs = append(outputs, log.String(), refused(t, "t.yaml", "{name: x, database: {password: 12345678}}"), refused(t, "t.yaml", "{name: x, database: {password: abc}}"))
	for _, text := range outputs {
		for _, secret := range []string{canary, "12345678", "abc"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q shows the secret %q", text, secret)
			}
		}
	}
	if a.Equal(*b) || len(a.Diff(b).Changes) != 1 {
		t.Error("a changed secret is no change")
	}
}

// TestRedactedIsNoSecret: what was written with secrets hidden is refused where it
// comes back, or the text that hides them would become the secret.
func TestRedactedIsNoSecret(t *testing.T) {
	t.Parallel()
	encoded, _ := json.Marshal(parse(t, full))
	want := "t.json:1:252: database.password: is the placeholder for a hidden secret; write the secret itself"
	if got := refused(t, "t.json", string(encoded)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestUnionPointer: the compiler lets a pointer to a branch into a union; it
// counts as the value it points to.
func TestUnionPointer(t *testing.T) {
	t.Parallel()
	a, b := parse(t, "name: x"), parse(t, "name: x")
	a.Sink, b.Sink = service.FileSink{Kind: "file", Path: "p"}, &service.FileSink{Kind: "file", Path: "p"}
	encoded, _ := json.Marshal(b)
	if !a.Equal(*b) || !strings.Contains(string(encoded), `"sink":{"kind":"file","path":"p"}`) || b.Clone().Sink == nil {
		t.Errorf("the pointer was lost: %v, %s", a.Diff(b), encoded)
	}
}

// TestUnionSwitches: a stronger layer chooses another alternative without taking away
// every member of the weaker one, and an update may choose the first one again.
func TestUnionSwitches(t *testing.T) {
	t.Parallel()
	below := rt.Bytes("base.yaml", []byte("{name: x, sink: {kind: http, url: 'https://x.example/', retries: 7}}"))
	above := rt.Bytes("above.yaml", []byte("sink: {kind: file, path: /x}"))
	live, err := service.Open(t.Context(), rt.From(below, above), rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = live.Close() }()
	check(t, "sink", live.Current().Sink, service.Sink(service.FileSink{Kind: "file", Path: "/x"}))
	sink := service.NewHTTPSink()
	sink.URL, err = rt.ParseURL("https://y.example/")
	if _, updateErr := live.Manager().Update(t.Context(), service.Set(live.Sink(), service.Sink(sink))); err != nil || updateErr != nil {
		t.Fatal(err, updateErr)
	}
	check(t, "sink", live.Current().Sink.(service.HTTPSink).Retries, 3)
}

// TestConstant: a property with one allowed value is set by construction: a branch
// that was built without its tag is the one that was read, also as a change.
func TestConstant(t *testing.T) {
	t.Parallel()
	a, b := parse(t, "{name: x, sink: {kind: file, path: /x}}"), parse(t, "name: x")
	b.Sink = service.FileSink{Path: "/x"}
	if !a.Equal(*b) || !b.Equal(*a) || !a.Diff(b).Empty() {
		t.Errorf("they differ: %v", a.Diff(b))
	}
	encoded, err := json.Marshal(b)
	if err != nil || !strings.Contains(string(encoded), `"sink":{"kind":"file","path":"/x"}`) {
		t.Errorf("got %s, %v", encoded, err)
	}
	if sink, ok := b.Clone().Sink.(service.FileSink); !ok || sink.Kind != service.FileSinkKind {
		t.Errorf("the copy is %#v", b.Clone().Sink)
	}
	b.Sink = service.FileSink{Kind: "http", Path: "/x"}
	if a.Equal(*b) {
		t.Error("another tag makes no difference")
	}
}

// TestLongChange: a change of a long value shows the part that differs.
func TestLongChange(t *testing.T) {
	t.Parallel()
	a, b := parse(t, "name: x"), parse(t, "name: x")
	for i := range 20 {
		a.Hosts = append(a.Hosts, fmt.Sprintf("host-%d.example", i))
	}
	b.Hosts = append(append(b.Hosts, a.Hosts[:15]...), "other.example")
	want := `hosts: …,"host-14.example","host-15.example","host-16.example","host-17.example","host-… → …,"host-14.example","other.example"]`
	if diff := cmp.Diff(want, a.Diff(b).String()); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
}

// TestString: a value prints as its JSON, so that nothing inside shows.
func TestString(t *testing.T) {
	t.Parallel()
	tenant := service.Tenant{Quota: 1, Region: "eu"}
	for _, verb := range []string{"%v", "%+v", "%s"} {
		if got := fmt.Sprintf(verb, tenant); got != `{"quota":1,"region":"eu"}` {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

// TestEnum: constants, String and IsValid.
func TestEnum(t *testing.T) {
	t.Parallel()
	check(t, "String", service.LogLevelWarn.String(), "warn")
	if !service.LogLevelWarn.IsValid() || service.LogLevel("loud").IsValid() {
		t.Error("IsValid tells values apart wrongly")
	}
}

// TestLoad: sources are merged, the later one winning, and the environment is
// read by the types of the schema.
func TestLoad(t *testing.T) {
	t.Setenv("SVC_DATABASE_POOL_SIZE", "33")
	t.Setenv("SVC_VERBOSE", "true")
	t.Setenv("SVC_LOG_LEVEL", "warn")
	t.Setenv("SVC_HOSTS", `["e.example"]`)
	c, err := service.Load(t.Context(),
		rt.From(rt.Bytes("base.yaml", []byte("name: base\nworkers: 2\ndatabase: {url: base}")),
			rt.Bytes("over.json", []byte(`{"workers": 3, "database": {"pool_size": 7}}`)),
			rt.Env("SVC")))
	if err != nil {
		t.Fatal(err)
	}
	check(t, "from the base", c.Name, "base")
	check(t, "from the base, merged", c.Database.URL, "base")
	check(t, "from the second", c.Workers, 3)
	check(t, "from the environment", c.Database.PoolSize, 33)
	check(t, "from the environment", c.LogLevel, service.LogLevelWarn)
	check(t, "from the environment", c.Hosts[0], "e.example")

	for _, layers := range [][]source.Source{
		{rt.Bytes("base.yaml", []byte("name: base")), rt.Bytes("null.yaml", []byte("~"))},
		{rt.Bytes("null.yaml", []byte("~")), rt.Bytes("over.yaml", []byte("name: over"))},
	} {
		_, err = service.Load(t.Context(), rt.From(layers...))
		if err == nil || err.Error() != "null.yaml:1:1: (document): found null, which cannot be merged with other layers (write {} for an empty layer)" {
			t.Errorf("got %v, want the null layer refused", err)
		}
	}

	t.Setenv("SVC_WORKERS", "many-secrets")
	_, err = service.Load(t.Context(), rt.From(rt.Bytes("base.yaml", []byte("name: base")), rt.Env("SVC")))
	if err == nil || err.Error() != "$SVC_WORKERS: workers: the text is not a number" {
		t.Errorf("got %v, want the variable named and its value not", err)
	}
	t.Setenv("SVC_WORKERS", "500")
	_, err = service.Load(t.Context(), rt.From(rt.Bytes("base.yaml", []byte("name: base")), rt.Env("SVC")))
	if err == nil || err.Error() != "$SVC_WORKERS: workers: the value is more than the maximum 100" {
		t.Errorf("got %v, want a finding at the variable", err)
	}
}

// TestSchema: the schema travels with the package.
func TestSchema(t *testing.T) {
	t.Parallel()
	var s struct {
		Title string `json:"title"`
	}
	if err := json.Unmarshal(service.Schema(), &s); err != nil || s.Title != "Test service" {
		t.Errorf("got %+v, %v", s, err)
	}
}
