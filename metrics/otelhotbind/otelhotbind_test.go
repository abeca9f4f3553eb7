package otelhotbind_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

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

// A running configuration is scraped over the network: every instrument has the value
// that the program caused, and the histograms exist.
func TestScrape(t *testing.T) {
	live := open(t, rt.WithMetrics(true), rt.WithChannel(channel{}, rt.ChannelOptions{}))
	live.Workers().OnChange(func(_ context.Context, c rt.Change[int]) error {
		if c.New == 6 {
			return errors.New("not today")
		}
		return nil
	})
	m := live.Manager()
	reader := sdkmetric.NewManualReader(sdkmetric.WithProducer(otelhotbind.NewProducer(m)))
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	defer provider.Shutdown(context.Background())
	registration, err := otelhotbind.Register(provider.Meter("shop"), m)
	if err != nil {
		t.Fatal(err)
	}
	defer registration.Unregister()
	for _, n := range []int{5, 6, 500} {
		_, _ = m.Update(t.Context(), rt.Set("workers", n))
	}
	text := scrape(t, reader)
	for _, want := range []string{
		`hotbind.reloads{outcome=reloaded} 1`, `hotbind.reloads{outcome=refused} 1`, `hotbind.reloads{outcome=undone} 1`,
		`hotbind.revision{} 2`, `hotbind.last_reload.successful{} 1`, `hotbind.refused_in_row{} 0`, `hotbind.hooks{} 1`,
		`hotbind.subscriptions{} 0`, `hotbind.pending_restarts{} 0`, `hotbind.sources_behind{} 0`, `hotbind.watch.errors{} 0`,
		`hotbind.notifications{channel=pager,outcome=sent} [0-9]+`, `hotbind.notification.retries{channel=pager} 0`,
		`hotbind.notifications.waiting{channel=pager} [0-9]+`, `hotbind.last_success.time{} 1[0-9.]+e\+09`,
		`hotbind.reload.duration{} 3 in 3`, `hotbind.hook.duration{outcome=succeeded} 1 in 1`,
		`hotbind.hook.duration{outcome=failed} 1 in 1`, `hotbind.subscriber.duration{outcome=succeeded} 0 in 0`,
	} {
		if !regexp.MustCompile("(?m)^" + want + "$").MatchString(text) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "retried") {
		t.Errorf("a try was counted as an outcome:\n%s", text)
	}
}

// scrape returns the answer of a server with the program's metrics.
func scrape(t *testing.T, reader sdkmetric.Reader) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var collected metricdata.ResourceMetrics
		if err := reader.Collect(r.Context(), &collected); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		for _, scope := range collected.ScopeMetrics {
			for _, m := range scope.Metrics {
				writePoints(w, m)
			}
		}
	}))
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

// writePoints writes a line for each point: name{attributes} value, and for a histogram
// the count and the counts of its buckets.
func writePoints(w io.Writer, m metricdata.Metrics) {
	line := func(attributes attribute.Set, value any) {
		fmt.Fprintf(w, "%s{%s} %v\n", m.Name, attributes.Encoded(attribute.DefaultEncoder()), value)
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			line(p.Attributes, p.Value)
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			line(p.Attributes, p.Value)
		}
	case metricdata.Gauge[float64]:
		for _, p := range data.DataPoints {
			line(p.Attributes, p.Value)
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			inside := uint64(0)
			for _, n := range p.BucketCounts {
				inside += n
			}
			line(p.Attributes, fmt.Sprint(p.Count, " in ", inside))
		}
	default:
		line(attribute.Set{}, fmt.Sprintf("is a %T", data))
	}
}

// Without metrics, nothing is registered, and the producer returns the reason.
func TestNoMetrics(t *testing.T) {
	m := open(t).Manager()
	if _, err := otelhotbind.Register(sdkmetric.NewMeterProvider().Meter("shop"), m); !errors.Is(err, rt.ErrNoMetrics) {
		t.Errorf("got %v, want ErrNoMetrics", err)
	}
	if _, err := otelhotbind.NewProducer(m).Produce(t.Context()); !errors.Is(err, rt.ErrNoMetrics) {
		t.Errorf("got %v, want ErrNoMetrics", err)
	}
}
