package enginetest

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

var sink int

// The cost of reading a field in an application.
func BenchmarkCurrentRead(b *testing.B) {
	live, err := service.Open(b.Context(), rt.From(&memory{text: config(1)}), quiet())
	must(b, err)
	b.Cleanup(func() { live.Close() }) // a defer would change the loop
	b.ReportAllocs()
	for b.Loop() {
		sink = live.Current().Workers
	}
}

// The minimum cost of a read: the goal is at most 1.05 times this.
func BenchmarkAtomicPointerRead(b *testing.B) {
	current := new(atomic.Pointer[service.Config]) // reached through a pointer, as in a Live
	config, err := service.Parse("a.yaml", []byte(config(1)))
	must(b, err)
	current.Store(config)
	b.ReportAllocs()
	for b.Loop() {
		sink = current.Load().Workers
	}
}

// A reload of a change that concerns one of a thousand hooks, from the bytes to the
// return of the hook. A benchmark of package engine measures the part that depends on the
// number of hooks.
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

// tenants returns a file with a thousand tenants; the first one has the quota n.
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

// One change in a tree of five layers and 10,000 keys, among a thousand hooks. The
// metrics are parts of the reload in µs: parse is reading the changed layer twice and
// parsing it, decode is merging all layers and checking the result, diff is comparing
// both snapshots, and dispatch is everything from the swap to the return of the last
// hook.
func BenchmarkReloadFiveLayers(b *testing.B) {
	layers, changed, texts := fiveLayers()
	live, err := service.Open(b.Context(), rt.From(layers...), quiet())
	must(b, err)
	defer live.Close()
	var swapped, dispatched time.Duration
	var start time.Time
	live.Prepare(func(context.Context, *service.Diff) (commit, abort func(), err error) {
		start = time.Now()
		return nil, nil, nil
	}, rt.PriorityLow)
	for i := range 1000 {
		live.Tenants().Key(fmt.Sprintf("t%04d", i)).Quota().OnChange(func(context.Context, rt.Change[int]) error {
			dispatched += time.Since(start)
			return nil
		})
	}
	n := 0
	for b.Loop() {
		n++
		changed.set(texts[n%2])
		result, err := live.Manager().Reload(b.Context())
		if err != nil || !result.Changed {
			b.Fatal(result, err)
		}
		swapped += result.Duration
	}
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(n) / 1000 }
	b.ReportMetric(per(dispatched), "dispatch-µs")
	b.ReportMetric(per(timed(b, func() { service.Parse("a.yaml", []byte("name: x\n"+strings.TrimPrefix(texts[0], "name: service\n"))) })), "parse-and-decode-2000-µs")
	before, after := live.Current(), live.Current().Clone()
	tenant := after.Tenants["t0000"]
	tenant.Quota++
	after.Tenants["t0000"] = tenant
	b.ReportMetric(per(timed(b, func() { before.Diff(after) })), "diff-µs")
}

// timed returns how long b.N calls of f would take, for a metric per loop.
func timed(b *testing.B, f func()) time.Duration {
	b.StopTimer()
	defer b.StartTimer()
	const times = 20
	start := time.Now()
	for range times {
		f()
	}
	return time.Since(start) / times * time.Duration(b.N)
}

// fiveLayers returns sources with 1,000 tenants each, of two keys. The texts are the
// alternating contents of the one in the middle.
func fiveLayers() (layers []source.Source, changed *memory, texts [2]string) {
	text := func(layer, n int) string {
		var s strings.Builder
		s.WriteString("name: service\ntenants:\n")
		for i := range 1000 {
			quota := 5
			if i == 0 {
				quota = n
			}
			fmt.Fprintf(&s, "  t%04d: {quota: %d, region: eu}\n", (layer+3)%5*1000+i, quota)
		}
		return s.String()
	}
	for layer := range 5 {
		m := &memory{text: text(layer, 0)}
		layers = append(layers, m)
		if layer == 2 {
			changed, texts = m, [2]string{text(layer, 0), text(layer, 1)}
		}
	}
	return layers, changed, texts
}

// One change among 5,000 fields, for the four subscribers with a matching pattern. The
// goal is 200 µs from the swap to the return of the last one, with 10,000 other
// subscribers or none.
func BenchmarkSubscribers(b *testing.B) {
	for _, others := range []int{0, 10_000} {
		b.Run(fmt.Sprint("others=", others), func(b *testing.B) { benchmarkSubscribers(b, others) })
	}
}

func benchmarkSubscribers(b *testing.B, others int) {
	var text strings.Builder
	text.WriteString("name: service\ntenants:\n")
	for i := range 2500 {
		fmt.Fprintf(&text, "  t%04d: {quota: 5, region: eu}\n", i)
	}
	live, err := service.Open(b.Context(), rt.From(rt.Bytes("app.yaml", []byte(text.String()))), quiet(), rt.WithMaxSubscribers(others+4))
	must(b, err)
	defer live.Close()
	m := live.Manager()
	recorded, wrong := 0, 0
	var start time.Time
	var took time.Duration
	for _, pattern := range []string{"tenants.t0000.quota", "tenants.t0000.*", "tenants.*.quota", "**.quota"} {
		_, err := m.Values().Watch(pattern, func(context.Context, rt.ValueChange) error {
			recorded++
			took += time.Since(start) // including the matching for the last one
			start = time.Now()
			return nil
		})
		must(b, err)
	}
	patterns := []string{"tenants.t%04d.quota", "tenants.t%04d.region", "tenants.t%04d.**", "**.t%04d.*"}
	for i := range others {
		pattern := fmt.Sprintf(patterns[i%4], 1+i/4%2499)
		_, err := m.Values().Watch(pattern, func(context.Context, rt.ValueChange) error { wrong++; return nil })
		must(b, err)
	}
	live.OnChange(func(context.Context, *service.Diff) error { start = time.Now(); return nil }, rt.PriorityLow)
	n := 0
	for b.Loop() {
		n++
		_, err := m.Update(b.Context(), rt.Set("tenants.t0000.quota", 10+n))
		must(b, err)
	}
	if recorded != 4*n || wrong > 0 {
		b.Fatalf("%d changes were delivered %d times, and %d times to others", n, recorded, wrong)
	}
	b.ReportMetric(float64(took.Nanoseconds())/float64(n)/1000, "dispatch-µs")
}
