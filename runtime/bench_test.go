package runtime_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

var sink int

// What an application pays for reading a field.
func BenchmarkCurrentRead(b *testing.B) {
	live, err := service.Open(b.Context(), rt.From(&memory{text: config(1)}), quiet())
	must(b, err)
	b.Cleanup(func() { live.Close() }) // a defer makes another loop of it
	b.ReportAllocs()
	for b.Loop() {
		sink = live.Current().Workers
	}
}

// The least that reading can cost: the goal is at most 1.05 times this.
func BenchmarkAtomicPointerRead(b *testing.B) {
	current := new(atomic.Pointer[service.Config]) // beyond a pointer, as in a Live
	config, err := service.Parse("a.yaml", []byte(config(1)))
	must(b, err)
	current.Store(config)
	b.ReportAllocs()
	for b.Loop() {
		sink = current.Load().Workers
	}
}

// A reload of a change that one of a thousand hooks is about, from the bytes to
// the return of the hook. The part that depends on the number of hooks is
// measured in package engine.
func BenchmarkReloadAmongHooks(b *testing.B) {
	for _, hooks := range []int{1, 1000} {
		b.Run(fmt.Sprint("hooks=", hooks), func(b *testing.B) {
			texts := [2]string{tenants(0), tenants(1)}
			m := &memory{text: texts[0]}
			live, err := service.Open(b.Context(), rt.From(m), quiet())
			must(b, err)
			defer live.Close()
			calls := 0
			for i := range hooks {
				live.Tenants().Key(fmt.Sprintf("t%03d", i)).Quota().OnChange(func(context.Context, rt.Change[int]) error {
					calls++
					return nil
				})
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				m.set(texts[n%2])
				if _, err := live.Manager().Reload(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			if calls != n {
				b.Errorf("got %d calls of hooks in %d reloads", calls, n)
			}
		})
	}
}

// tenants is a file with a thousand of them; the first has the quota n.
func tenants(n int) string {
	var b strings.Builder
	b.WriteString("name: service\ntenants:\n")
	for i := range 1000 {
		quota := 5
		if i == 0 {
			quota = n
		}
		fmt.Fprintf(&b, "  t%03d: {quota: %d}\n", i, quota)
	}
	return b.String()
}
