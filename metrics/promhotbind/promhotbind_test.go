package promhotbind_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/hotbind/hotbind/metrics/promhotbind"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

func open(t *testing.T, opts ...rt.Option) *service.Live {
	t.Helper()
	quiet := rt.WithLogger(slog.New(slog.DiscardHandler))
	live, err := service.Open(t.Context(), append([]rt.Option{rt.From(rt.Bytes("app.yaml", []byte("name: shop"))), quiet}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { live.Close() })
	return live
}

type channel struct{}

func (channel) Name() string                                { return "pager" }
func (channel) Send(context.Context, rt.Notification) error { return nil }

// scrape returns the answer of a server to a request like that of Prometheus.
func scrape(t *testing.T, registry *prometheus.Registry) (status int, text string) {
	t.Helper()
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// A running configuration is scraped: every metric has the value that the program caused,
// in a form that passes the linter of Prometheus.
func TestScrape(t *testing.T) {
	live := open(t, rt.WithMetrics(true), rt.WithChannel(channel{}, rt.ChannelOptions{Events: []rt.Event{rt.EventReloaded}}))
	live.Workers().OnChange(func(_ context.Context, c rt.Change[int]) error {
		if c.New == 6 {
			return errors.New("not today")
		}
		return nil
	})
	m := live.Manager()
	if _, err := m.Values().Watch("**", func(context.Context, rt.ValueChange) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{5, 6, 500} {
		_, _ = m.Update(t.Context(), rt.Set("workers", n))
	}
	if _, err := m.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.Channels().Remove("pager") // what waits is delivered before it is counted
	if err := m.Channels().Add(channel{}, rt.ChannelOptions{}); err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewPedanticRegistry()
	collector := promhotbind.New(m)
	prometheus.WrapRegistererWith(prometheus.Labels{"config": "shop"}, registry).MustRegister(collector)
	status, text := scrape(t, registry)
	if status != http.StatusOK {
		t.Fatalf("got status %d: %s", status, text)
	}
	for _, want := range []string{
		`hotbind_reloads_total{config="shop",outcome="reloaded"} 1`,
		`hotbind_reloads_total{config="shop",outcome="refused"} 1`,
		`hotbind_reloads_total{config="shop",outcome="undone"} 1`,
		`hotbind_reloads_total{config="shop",outcome="unchanged"} 1`,
		`hotbind_reload_duration_seconds_count{config="shop"} 4`,
		`hotbind_reload_duration_seconds_bucket{config="shop",le="+Inf"} 4`,
		`hotbind_hook_duration_seconds_count{config="shop",outcome="succeeded"} 1`,
		`hotbind_hook_duration_seconds_count{config="shop",outcome="failed"} 1`,
		`hotbind_hook_duration_seconds_count{config="shop",outcome="timed_out"} 0`,
		`hotbind_subscriber_duration_seconds_count{config="shop",outcome="succeeded"} 1`,
		`hotbind_revision{config="shop"} 2`,
		`hotbind_last_reload_successful{config="shop"} 1`,
		`hotbind_refused_in_row{config="shop"} 0`,
		`hotbind_hooks{config="shop"} 1`,
		`hotbind_subscriptions{config="shop"} 1`,
		`hotbind_pending_restarts{config="shop"} 0`,
		`hotbind_sources_behind{config="shop"} 0`,
		`hotbind_watch_errors_total{config="shop"} 0`,
		`hotbind_notifications_total{channel="pager",config="shop",outcome="sent"} 0`,
		`hotbind_notifications_total{channel="pager",config="shop",outcome="filtered"} 0`,
		`hotbind_notification_retries_total{channel="pager",config="shop"} 0`,
		`hotbind_notifications_waiting{channel="pager",config="shop"} 0`,
	} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if !regexp.MustCompile(`(?m)^hotbind_last_success_timestamp_seconds{config="shop"} [0-9][0-9.e+-]*$`).MatchString(text) {
		t.Errorf("when the sources were last good is not in\n%s", text)
	}
	problems, err := testutil.CollectAndLint(collector)
	if err != nil || len(problems) > 0 {
		t.Errorf("got %v, %v", problems, err)
	}
}

// Without metrics, a scrape fails with the reason, so that it does not look like a
// program in which nothing happens.
func TestNoMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(promhotbind.New(open(t).Manager()))
	if status, text := scrape(t, registry); status != http.StatusInternalServerError || !strings.Contains(text, "metrics are not collected") {
		t.Errorf("got status %d: %s", status, text)
	}
}

// fixed is a source of constant metrics.
type fixed rt.Metrics

func (f fixed) Metrics() (rt.Metrics, error) { return rt.Metrics(f), nil }

// A label that Prometheus does not allow fails the scrape, not the program.
func TestInvalidName(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(promhotbind.New(fixed{
		Channels: []rt.ChannelStats{{Name: "pager\xff"}},
		Hooks:    map[rt.Outcome]rt.Histogram{"\xff": {}},
	}))
	if status, text := scrape(t, registry); status != http.StatusInternalServerError || !strings.Contains(text, "not valid UTF-8") {
		t.Errorf("got status %d: %s", status, text)
	}
}

// The outcomes of notifications add up to the number of notifications: a try is not an
// outcome.
func TestOutcomesSum(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(promhotbind.New(fixed{Channels: []rt.ChannelStats{{Name: "pager", Sent: 1, Failed: 2, Retried: 40, Dropped: 4, Filtered: 8}}}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			sums[f.GetName()] += m.GetCounter().GetValue()
		}
	}
	if sums["hotbind_notifications_total"] != 15 || sums["hotbind_notification_retries_total"] != 40 {
		t.Errorf("got %v", sums)
	}
}
