package untyped_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

func serviceSchema(t testing.TB) *validate.Schema {
	t.Helper()
	return schema(t, "../../testdata/compile/service/service.schema.yaml")
}

func schema(t testing.TB, file string) *validate.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, findings := validate.Load(file, text, nil)
	if s == nil {
		t.Fatal(findings)
	}
	return s
}

// documents are layers, the weakest first, separated by ---.
var documents = []string{
	"name: x",
	"{name: x, log_level: debug, workers: 9, verbose: true}",
	"{name: x, ratio: 0.250, left: 1e1, right: 10.0, counter: 18446744073709551615}",
	"{name: x, ratio: 0.25, left: 10, right: 10}",
	"{name: x, timeout: 60s}",
	"{name: x, timeout: 1m}",
	"{name: x, timeout: 1m30s, hosts: [a.example, b.example]}",
	"{name: x, hosts: []}",
	"{name: x, hosts: [a.example]}",
	"{name: x, note: null}",
	"{name: x, note: text}",
	"{name: x, note: 'a <b> & c'}",
	"{name: x, database: {}}",
	"{name: x, database: {pool_size: 20, password: hunter22}}",
	"{name: x, database: {pool_size: 20, password: hunter23, url: 'postgres://db/x'}}",
	"{name: x, tls: {cert: /c.pem}}",
	"{name: x, tls: {cert: /c.pem, min_version: '1.3'}}",
	"{name: x, tenants: {}}",
	"{name: x, tenants: {zeta: {quota: 1}, acme: {quota: 5, region: us}}}",
	"{name: x, tenants: {zeta.io: {quota: 1}, acme: {quota: 6}}}",
	"{name: x, sink: {kind: file, path: /a}}",
	"{name: x, sink: {kind: file, path: /b}}",
	"{name: x, sink: {kind: http, url: 'https://a.example/in'}}",
	"{name: x, sink: {kind: http, url: 'https://b.example/in', retries: 5}}",
	"{name: x, tree: {}}",
	"{name: x, tree: {value: 1, left: {value: 2}, children: [{}, {value: 3}]}}",
	"{name: x, tree: {value: 1, left: {value: 4, right: {}}, children: [{value: 3}]}}",
	"{name: x, workers: 8, tenants: {a: {quota: 1}, b: {quota: 2}}}\n---\n{workers: null, tenants: {a: null, b: {region: us}}}\n---\n{log_level: error, hosts: [z.example]}",
	"{name: x, database: {password: abcd}}\n---\n{database: null}",
	"name: " + strings.Repeat("long ", 40) + "end",
	"name: " + strings.Repeat("long ", 40) + "other",
	// What neither accepts:
	"", "[]", "null", "{}", "name: 5", "name: ''", "{name: x, workers: 0}", "{name: x, workers: 1.5}", "{name: x, nope: 1}",
	"{name: x, hosts: [a_b]}", "{name: x, tls: {}}", "{name: x, tls: null}", "{name: x, sink: {kind: other}}", "{name: x, sink: {kind: file}}",
	"{name: x, tenants: {Acme: {quota: 1}}}", "{name: x, timeout: soon}", "{name: x, counter: 18446744073709551616}", "{name: x, database: {password: abc}}",
	"{name: x, ratio: 0}", "name: [", "{name: x}\n---\nnull", "{name: x, tree: {left: {left: {value: x}}}}",
}

func layers(text string) (sources []rt.Source) {
	for i, layer := range strings.Split(text, "\n---\n") {
		sources = append(sources, rt.Bytes(fmt.Sprintf("%d.yaml", i), []byte(layer)))
	}
	return sources
}

// The tools and the services are to agree: the same documents are refused, the
// effective configuration is the same, and between any two of them the changes
// have the same text.
func TestAgreesWithGeneratedCode(t *testing.T) {
	t.Parallel()
	schema := serviceSchema(t)
	var typed []*service.Config
	var ours []*untyped.Config
	refused := 0
	for _, text := range documents {
		c, err := service.Load(t.Context(), layers(text)...)
		u, fault := untyped.Load(t.Context(), schema, layers(text)...)
		if (err == nil) != (fault == nil) {
			t.Errorf("%s: generated code says %v, untyped %v", text, err, fault)
		}
		var invalid *rt.ValidationError
		if fault != nil && !errors.As(fault, &invalid) {
			t.Errorf("%s: got %T", text, fault)
		}
		if err != nil || fault != nil {
			refused++
			continue
		}
		typed, ours = append(typed, c), append(ours, u)
		want, _ := json.Marshal(c)
		got, _ := json.Marshal(u)
		if !document.Equal(parsed(t, want), parsed(t, got)) || (!strings.Contains(text, "1e1") && string(want) != string(got)) {
			t.Errorf("%s: got\n%s, want\n%s", text, got, want)
		}
	}
	if refused < 20 || len(ours) < 30 {
		t.Fatalf("%d were refused and %d accepted", refused, len(ours))
	}
	for i := range ours {
		for j := range ours {
			want, got := typed[i].Diff(typed[j]).Changes.String(), ours[i].Diff(ours[j]).String()
			if got != want {
				t.Errorf("from %s to %s: got\n%s\nwant\n%s", documents[i], documents[j], got, want)
			}
		}
	}
}

func parsed(t testing.TB, text []byte) *document.Node {
	t.Helper()
	n, findings := document.ParseJSON("effective", text, document.Limits{})
	if n == nil {
		t.Fatal(findings)
	}
	return n
}
