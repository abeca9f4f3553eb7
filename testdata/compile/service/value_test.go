package service_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/testdata/compile/service"
)

// The tests of this file are about values that are made in Go and written by it.

// TestYAML: a YAML package writes what encoding/json does, of the whole, of sections
// and of fields; secrets are hidden, and refused when they come back so.
func TestYAML(t *testing.T) {
	t.Parallel()
	c := parse(t, full)
	got, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `counter: 18446744073709551615
database:
    password: '[secret]'
    pool_size: 10
    url: postgres://db/x
hosts:
    - a.example
    - b.example
left: 0
log_level: debug
name: shop
note: null
ratio: 0.25
right: 0
sink:
    kind: http
    retries: 3
    url: https://log.example/in
tenants:
    acme:
        quota: 5
        region: eu
    zeta.io:
        quota: 0
        region: us
timeout: 90s
tls:
    cert: /c.pem
    min_version: "1.2"
tree:
    children:
        - {}
        - value: 3
    left:
        value: 2
    value: 1
verbose: false
workers: 8
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
	if got, want := refused(t, "t.yaml", string(got)), "t.yaml:3:15: database.password: is the placeholder for a hidden secret; write the secret itself"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, v := range []struct {
		value any
		want  string
	}{
		{c.Tenants["acme"], "quota: 5\nregion: eu\n"}, {c.TLS, "cert: /c.pem\nmin_version: \"1.2\"\n"}, {c.Sink, "kind: http\nretries: 3\nurl: https://log.example/in\n"},
		{c.Database.Password, "'[secret]'\n"}, {c.LogLevel, "debug\n"}, {c.Verbose, "false\n"}, {c.Note, "null\n"}, {rt.Optional[int]{}, "null\n"}, {rt.NewSecret("x"), "'[secret]'\n"},
		{struct{ DB *service.Database }{&c.Database}, "db:\n    password: '[secret]'\n    pool_size: 10\n    url: postgres://db/x\n"},
	} {
		if got, err := yaml.Marshal(v.value); err != nil || string(got) != v.want {
			t.Errorf("%T: got %s, %v, want %s", v.value, got, err, v.want)
		}
	}
}

// TestYAMLIsPlain: no type of one YAML package is in what all of them get.
func TestYAMLIsPlain(t *testing.T) {
	t.Parallel()
	v, err := parse(t, full).MarshalYAML()
	if err != nil {
		t.Fatal(err)
	}
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case nil, bool, string, int64, uint64, float64:
		case []any:
			for _, item := range v {
				look(item)
			}
		case map[string]any:
			for _, member := range v {
				look(member)
			}
		default:
			t.Errorf("there is a %T", v)
		}
	}
	look(v)
}

// TestReveal: the one way to write secrets gives a file that is read back, and every
// other way to print what it returns hides them.
func TestReveal(t *testing.T) {
	t.Parallel()
	c := parse(t, full)
	asJSON, err := json.Marshal(service.Reveal(c))
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(service.Reveal(c))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"c.json": asJSON, "c.yaml": asYAML} {
		if !bytes.Contains(text, []byte("hunter22")) {
			t.Errorf("%s has no secret: %s", name, text)
		}
		if again, err := service.Parse(name, text); err != nil || !c.Equal(*again) {
			t.Errorf("%s: %v, or not the same: %s", name, err, text)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("it", "c", service.Reveal(c))
	slog.New(slog.NewJSONHandler(&log, nil)).Info("it", "c", service.Reveal(c))
	printed := []string{log.String(), fmt.Sprint(service.Reveal(c)), service.Reveal(c).String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, service.Reveal(c)), fmt.Sprintf(verb, []any{service.Reveal(c)}), fmt.Sprintf(verb, struct{ c any }{service.Reveal(c)}))
	}
	for _, text := range printed {
		if strings.Contains(text, "hunter22") {
			t.Errorf("the secret is shown: %s", text)
		}
	}
	if text, err := json.Marshal(service.Reveal(nil)); err != nil || string(text) != "null" {
		t.Errorf("of nil: %s, %v", text, err)
	}
}

// TestNew: a new configuration has what Parse gives an empty document, apart from what
// that lacks.
func TestNew(t *testing.T) {
	t.Parallel()
	c := service.New()
	if c.Name != "" || c.Workers != 4 || c.LogLevel != service.LogLevelInfo || c.Database.PoolSize != 10 || c.TLS.IsSet() || c.Hosts != nil {
		t.Errorf("got %v", c)
	}
	c.Name = "x"
	if d := parse(t, "name: x").Diff(c); !d.Empty() {
		t.Errorf("it differs from what is read: %v", d)
	}
	if tenant := service.NewTenant(); tenant.Region != "eu" || tenant.Quota != 0 {
		t.Errorf("got the tenant %v", tenant)
	}
	if sink := service.NewHTTPSink(); sink.Retries != 3 || sink.Kind != service.HTTPSinkKind {
		t.Errorf("got the sink %v", sink)
	}
}

// TestValidate: a value that was made in Go is judged as its file would be: by path,
// every finding at once, and without showing a secret.
func TestValidate(t *testing.T) {
	t.Parallel()
	if err := service.Validate(parse(t, full)); err != nil {
		t.Errorf("what was read is refused: %v", err)
	}
	c := service.New()
	c.Name, c.Workers = "x", 500
	c.Database.Password = rt.Some(rt.NewSecret("abc"))
	c.Tenants = map[string]service.Tenant{"Acme": {Quota: 1}, "b": {Quota: -1}}
	c.Sink = service.FileSink{}
	c.LogLevel = "loud"
	err := service.Validate(c)
	var invalid *rt.ValidationError
	if !errors.As(err, &invalid) || len(invalid.Findings) != 6 {
		t.Fatalf("got %v, want six findings", err)
	}
	want := `(value): log_level: "loud" is not one of debug, info, warn, error
(value): workers: 500 is more than the maximum 100
(value): database.password: is shorter than 4 characters
(value): tenants.Acme: "Acme" does not match the pattern ^[a-z][a-z0-9.-]*$
(value): tenants.b.quota: -1 is less than the minimum 0
(value): sink.path: must not be empty`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
	if err := service.Validate(service.New()); err == nil || err.Error() != "(value): name: must not be empty" {
		t.Errorf("got %v, want the name missed", err)
	}
	if err := service.Validate(nil); err == nil || err.Error() != "(value): the configuration is nil" {
		t.Errorf("of nil: %v", err)
	}
}

// TestYAMLDecoders: a YAML package that decodes into a generated type would check
// nothing, so it gets an error that names the function to call, and the value does not change.
func TestYAMLDecoders(t *testing.T) {
	t.Parallel()
	var c service.Config
	var d struct{ DB service.Database }
	for name, err := range map[string]error{"the whole": yaml.Unmarshal([]byte(full), &c), "a section": yaml.Unmarshal([]byte("db: {url: x}"), &d)} {
		if err == nil || !strings.Contains(err.Error(), "use Parse, Load or Open of their package") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if !c.Equal(service.Config{}) {
		t.Errorf("got %v", c)
	}
}
