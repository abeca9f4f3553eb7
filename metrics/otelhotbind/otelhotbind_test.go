package otelhotbind_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/hotbind/hotbind/metrics/otelhotbind"
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

// A running configuration is scraped through an exporter: every instrument has the
// value that the program made it have, and the histograms are there.
func TestScrape(t *testing.T) {
	live := open(t, rt.WithMetrics(true), rt.WithChannel(channel{}))
	live.Workers().OnChange(func(_ context.Context, c rt.Change[int]) error {
		if c.New == 6 {
			return errors.New("not today")
		}
		return nil
	})
	m := live.Manager()
	registry := prom.NewRegistry()
	exporter, err := prometheus.New(prometheus.WithRegisterer(registry), prometheus.WithProducer(otelhotbind.NewProducer(m)))
	if err != nil {
		t.Fatal(err)
	}
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter))
	defer provider.Shutdown(context.Background())
	registration, err := otelhotbind.Register(provider.Meter("shop"), m)
	if err != nil {
		t.Fatal(err)
	}
	defer registration.Unregister()
	for _, n := range []int{5, 6, 500} {
		_, _ = m.Update(t.Context(), rt.Set("workers", n))
	}
	text := scrape(t, registry)
	for _, want := range []string{
		`hotbind_reloads_total{.*outcome="reloaded".*} 1`, `hotbind_reloads_total{.*outcome="refused".*} 1`, `hotbind_reloads_total{.*outcome="undone".*} 1`,
		`hotbind_revision{.*} 2`, `hotbind_last_reload_successful{.*} 1`, `hotbind_refused_in_row{.*} 0`, `hotbind_hooks{.*} 1`,
		`hotbind_subscriptions{.*} 0`, `hotbind_pending_restarts{.*} 0`, `hotbind_watch_errors_total{.*} 0`,
		`hotbind_notifications_total{channel="pager",.*outcome="sent".*} [0-9]+`, `hotbind_notifications_waiting{channel="pager",.*} [0-9]+`,
		`hotbind_last_success_age_seconds{.*} [0-9.e-]+`,
		`hotbind_reload_duration_seconds_count{.*} 3`, `hotbind_reload_duration_seconds_bucket{.*le="\+Inf".*} 3`,
		`hotbind_hook_duration_seconds_count{.*outcome="succeeded".*} 1`, `hotbind_hook_duration_seconds_count{.*outcome="failed".*} 1`,
		`hotbind_subscriber_duration_seconds_count{.*outcome="succeeded".*} 0`,
	} {
		if !regexp.MustCompile("(?m)^" + want + "$").MatchString(text) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

// scrape is what a server answers to a request as Prometheus makes it.
func scrape(t *testing.T, registry *prom.Registry) string {
	t.Helper()
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("got status %d, %v: %s", answer.StatusCode, err, body)
	}
	return string(body)
}

// Without metrics nothing is registered, and the producer says why it has none.
func TestNoMetrics(t *testing.T) {
	m := open(t).Manager()
	if _, err := otelhotbind.Register(sdkmetric.NewMeterProvider().Meter("shop"), m); !errors.Is(err, rt.ErrNoMetrics) {
		t.Errorf("got %v, want ErrNoMetrics", err)
	}
	if _, err := otelhotbind.NewProducer(m).Produce(t.Context()); !errors.Is(err, rt.ErrNoMetrics) {
		t.Errorf("got %v, want ErrNoMetrics", err)
	}
}
