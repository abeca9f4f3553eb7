package service_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/testdata/compile/service"
)

// TestCmp: go-cmp compares values and pointers, of the whole, of sections and of
// fields, as Equal does, and shows no secret, also where only the secret differs.
func TestCmp(t *testing.T) {
	t.Parallel()
	const canary = "hunter22"
	variants := []string{
		full,
		strings.Replace(full, canary, "other-"+canary, 1),
		strings.Replace(full, "timeout: 90s", "timeout: 1m30s", 1), // written otherwise
		strings.Replace(full, "workers: 8", "workers: 9", 1),
		strings.Replace(full, "quota: 5", "quota: 6", 1),
		strings.Replace(full, "note: null\n", "", 1),
		strings.Replace(full, "hosts: [a.example, b.example]", "hosts: []", 1),
		strings.Replace(full, "value: 3", "value: 4", 1),
		"name: x",
		"{name: x, sink: {kind: file, path: /x}}",
	}
	for i, x := range variants {
		for j, y := range variants {
			a, b := parse(t, x), parse(t, y)
			what := fmt.Sprintf("%d and %d", i, j)
			for _, c := range []struct {
				name  string
				equal bool
				diff  func() string
			}{
				{"pointers", a.Equal(*b), func() string { return cmp.Diff(a, b) }},
				{"values", a.Equal(*b), func() string { return cmp.Diff(*a, *b) }},
				{"values in any", a.Equal(*b), func() string { return cmp.Diff(any(*a), any(*b)) }},
				{"a section", a.Database.Equal(b.Database), func() string { return cmp.Diff(a.Database, b.Database) }},
				{"a pointer to a section", a.Database.Equal(b.Database), func() string { return cmp.Diff(&a.Database, &b.Database) }},
				{"an optional section", a.TLS.Equal(b.TLS), func() string { return cmp.Diff(a.TLS, b.TLS) }},
				{"an optional that contains itself", a.Tree.Equal(b.Tree), func() string { return cmp.Diff(a.Tree, b.Tree) }},
				{"a secret", a.Database.Password.Equal(b.Database.Password), func() string { return cmp.Diff(a.Database.Password, b.Database.Password) }},
				{"a secret alone", a.Database.Password.Or(rt.NewSecret("")).Equal(b.Database.Password.Or(rt.NewSecret(""))), func() string {
					return cmp.Diff(a.Database.Password.Or(rt.NewSecret("")), b.Database.Password.Or(rt.NewSecret("")))
				}},
				{"a map", equalMaps(a.Tenants, b.Tenants), func() string { return cmp.Diff(a.Tenants, b.Tenants) }},
				{"a union", !strings.Contains(a.Diff(b).String(), "sink"), func() string { return cmp.Diff(a.Sink, b.Sink) }},
			} {
				diff := c.diff()
				if (diff == "") != c.equal {
					t.Errorf("%s: %s: Equal returns %v, cmp.Diff %s", what, c.name, c.equal, diff)
				}
				if strings.Contains(diff, canary) {
					t.Errorf("%s: %s: the secret is shown:\n%s", what, c.name, diff)
				}
			}
		}
	}
	built := parse(t, "name: x")
	built.Sink = &service.FileSink{Path: "/x"}
	if diff := cmp.Diff(parse(t, variants[9]), built); diff != "" {
		t.Errorf("a branch that was built differs:\n%s", diff)
	}
}

func equalMaps(a, b map[string]service.Tenant) bool {
	if len(a) != len(b) || (a == nil) != (b == nil) {
		return false
	}
	for key, v := range a {
		if !v.Equal(b[key]) {
			return false
		}
	}
	return true
}

// TestCmpNil: a nil pointer, also inside the compared values, is a difference
// and no panic.
func TestCmpNil(t *testing.T) {
	t.Parallel()
	c := parse(t, full)
	tenant := c.Tenants["acme"]
	type expectation struct{ Want *service.Config }
	for name, diff := range map[string]string{
		"a section and nil":         cmp.Diff(&c.Database, (*service.Database)(nil)),
		"nil and a section":         cmp.Diff((*service.Database)(nil), &c.Database),
		"a field that is nil":       cmp.Diff(expectation{c}, expectation{}),
		"an entry that is nil":      cmp.Diff(map[string]*service.Tenant{"a": nil}, map[string]*service.Tenant{"a": &tenant}),
		"an alternative and none":   cmp.Diff(c.Sink, service.Sink(nil)),
		"an alternative by pointer": cmp.Diff(service.Sink(service.FileSink{Path: "/x"}), service.Sink((*service.FileSink)(nil))),
	} {
		if diff == "" {
			t.Errorf("%s: no difference", name)
		}
	}
	for name, diff := range map[string]string{
		"two sections that are nil": cmp.Diff((*service.Database)(nil), (*service.Database)(nil)),
		"two fields that are nil":   cmp.Diff(expectation{}, expectation{}),
		"two by pointer":            cmp.Diff(service.Sink(&service.FileSink{Path: "/x"}), service.Sink(&service.FileSink{Path: "/x"})),
	} {
		if diff != "" {
			t.Errorf("%s: got %s", name, diff)
		}
	}
}
