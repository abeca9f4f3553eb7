package enginetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// A telling source reports its changes.
type telling struct {
	memory
	changed chan struct{}
	failed  chan error
}

func newTelling(text string) *telling {
	return &telling{memory: memory{text: text}, changed: make(chan struct{}, 1), failed: make(chan error, 1)}
}

func (s *telling) record(text string) {
	s.set(text)
	s.changed <- struct{}{}
}

// fail makes the source stop reporting.
func (s *telling) fail(err error) { s.failed <- err }

func (s *telling) Follow(ctx context.Context, changed func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.failed:
			return err
		case <-s.changed:
			changed()
		}
	}
}

// Get returns the value in force at a path, with the type that it has in a change, for
// every possible path. An absent value is not an error.
func TestGet(t *testing.T) {
	t.Parallel()
	const text = "name: shop\nnote: null\ndatabase: {password: hunter22}\ntenants: {a.b: {quota: 2}}\nhosts: [a.example]\nsink: {kind: http, url: 'https://a.example'}\ntree: {children: [{value: 5}]}\n"
	for name, m := range managers(t, text) {
		for path, want := range map[string]string{
			"name": "shop", "workers": "4", "timeout": "10s", "log_level": "info", "hosts[0]": "a.example", "database.password": "[secret]",
			`tenants["a.b"].region`: "eu", "sink.url": "https://a.example", "sink.retries": "3", "tree.children[0].value": "5",
			"verbose": "absent", "hosts[1]": "absent", "tenants.none.quota": "absent", "tls.cert": "absent", "tree.left.value": "absent", "sink.path": "absent",
		} {
			value, ok, err := m.Values().Get(path)
			got := fmt.Sprint(value)
			if !ok {
				got = "absent"
			}
			if err != nil || got != want {
				t.Errorf("%s: %s: got %s, %v, want %s", name, path, got, err, want)
			}
		}
		if v, _, _ := m.Values().Get("workers"); name == "typed" && v != 4 {
			t.Errorf("got %T, want an int", v)
		}
		if v, ok, err := m.Values().Get(""); !ok || err != nil || strings.Contains(fmt.Sprintf("%+v", v), "hunter22") {
			t.Errorf("%s: got %v, %v, %v for the whole", name, v, ok, err)
		}
	}
}
