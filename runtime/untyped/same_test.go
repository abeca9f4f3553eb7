package untyped_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/layers"
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

// documents holds layers, the weakest first, separated by ---.
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
	// Documents that both refuse:
	"", "[]", "null", "{}", "name: 5", "name: ''", "{name: x, workers: 0}", "{name: x, workers: 1.5}", "{name: x, nope: 1}",
	"{name: x, hosts: [a_b]}", "{name: x, tls: {}}", "{name: x, tls: null}", "{name: x, sink: {kind: other}}", "{name: x, sink: {kind: file}}",
	"{name: x, tenants: {Acme: {quota: 1}}}", "{name: x, timeout: soon}", "{name: x, counter: 18446744073709551616}", "{name: x, database: {password: abc}}",
	"{name: x, ratio: 0}", "name: [", "{name: x}\n---\nnull", "{name: x, tree: {left: {left: {value: x}}}}",
}

func sources(text string) (list []source.Source) {
	for i, layer := range strings.Split(text, "\n---\n") {
		list = append(list, rt.Bytes(fmt.Sprintf("%d.yaml", i), []byte(layer)))
	}
	return list
}

// layered holds documents of testdata/compile/layers: lists that merge, and items
// identified by keys.
var layered = []string{
	"{}",
	"{listen: ':81', note: x}",
	"{hosts: [a]}\n---\n{hosts: [b], paths: [x]}",
	"{paths: [x, y]}\n---\n{paths: [z]}",
	"servers: [{name: a, zone: null}, {name: b, port: 81}]",
	"servers: [{name: a}, {name: b, port: 81}]\n---\nservers: [{name: b, weight: 1.50}, {name: c}]",
	"servers: [{name: b, port: 81}, {name: a}]",
	"servers: []",
	"plugins: []",
	"plain: [{name: a}, {name: b}]",
	"plain: [{name: b}, {name: a}]",
	"plain: [{name: a, zone: eu}, {name: a}]",
	"limits: null",
	"limits: {open: 3}",
	"limits: {}",
	"tree: [{name: a, below: [{name: b, size: 1}]}]",
	"tree: [{name: a, below: [{name: b, size: 2}, {name: c}]}, {name: d}]",
	"tree: [{name: a, below: [{name: b}]}]\n---\ntree: [{name: a, below: [{name: b, size: 3}]}]",
	"extra_ports: {first: 1, second: 2}",
	"extra_ports: {third: 3, second: 3}",
	"extra_ports: {}",
	"add_validator: true",
	// Documents that both refuse:
	"servers: [{name: a}, {name: a}]", "servers: [{port: 1}]", "tree: [{name: a, below: [{name: b}, {name: b}]}]", "hosts: a", "limits: 3",
	"extra_ports: {second: x}", "servers: [{name: a, extra: 1}]",
}

// A loader reads sources as a generated package does. It returns the snapshot or the
// error, and the differences between two snapshots.
type loader struct {
	load func(ctx context.Context, sources ...source.Source) (any, error)
	diff func(before, after any) string
}

// Tools and services must agree: they refuse the same documents, the effective
// configuration is the same, and the changes between any two have the same text.
func TestAgreesWithGeneratedCode(t *testing.T) {
	t.Parallel()
	agree(t, serviceSchema(t), documents, 30, loader{
		func(ctx context.Context, s ...source.Source) (any, error) { return service.Load(ctx, rt.From(s...)) },
		func(a, b any) string { return a.(*service.Config).Diff(b.(*service.Config)).Changes.String() },
	})
}

func TestAgreesWithGeneratedLayers(t *testing.T) {
	t.Parallel()
	agree(t, schema(t, "../../testdata/compile/layers/layers.schema.yaml"), layered, 20, loader{
		func(ctx context.Context, s ...source.Source) (any, error) { return layers.Load(ctx, rt.From(s...)) },
		func(a, b any) string { return a.(*layers.Config).Diff(b.(*layers.Config)).Changes.String() },
	})
}

func agree(t *testing.T, schema *validate.Schema, documents []string, least int, generated loader) {
	var typed []any
	var ours []*untyped.Config
	var accepted []string
	for _, text := range documents {
		c, err := generated.load(t.Context(), sources(text)...)
		u, fault := untyped.Load(t.Context(), schema, rt.From(sources(text)...))
		if (err == nil) != (fault == nil) {
			t.Errorf("%s: generated code returns %v, untyped %v", text, err, fault)
		}
		var invalid *rt.ValidationError
		if fault != nil && !errors.As(fault, &invalid) {
			t.Errorf("%s: got %T", text, fault)
		}
		if err != nil || fault != nil {
			continue
		}
		typed, ours, accepted = append(typed, c), append(ours, u), append(accepted, text)
		want, _ := json.Marshal(c)
		got, _ := json.Marshal(u)
		if !document.Equal(parsed(t, want), parsed(t, got)) || (!strings.Contains(text, "1e1") && string(want) != string(got)) {
			t.Errorf("%s: got\n%s, want\n%s", text, got, want)
		}
	}
	if len(accepted) < least || len(accepted) == len(documents) {
		t.Fatalf("%d of %d were accepted", len(accepted), len(documents))
	}
	for i := range ours {
		for j := range ours {
			want, got := generated.diff(typed[i], typed[j]), ours[i].Diff(ours[j]).String()
			if got != want {
				t.Errorf("from %s to %s: got\n%s\nwant\n%s", accepted[i], accepted[j], got, want)
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
