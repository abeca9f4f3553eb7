// Package otelhotbind exports the metrics of a live configuration to OpenTelemetry. It is
// a separate module, so that other applications do not depend on OpenTelemetry.
//
//	live, err := config.Open(ctx, rt.From(rt.File("config.yaml")), rt.WithMetrics(true))
//	…
//	producer := otelhotbind.NewProducer(live.Manager())
//	reader := sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithProducer(producer))
//	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
//	registration, err := otelhotbind.Register(provider.Meter("shop"), live.Manager())
//
// Both are needed. [Register] creates instruments for counters and gauges. OpenTelemetry
// has no instrument for existing histograms, so the durations of reloads, hooks and
// subscribers come from the [Producer], which is passed to a reader of the SDK.
package otelhotbind

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Source has metrics, like the Manager of a live configuration opened with
// rt.WithMetrics(true).
type Source interface{ Metrics() (rt.Metrics, error) }

// instruments holds the instruments of one configuration.
type instruments struct {
	reloads, watchErrors, notifications, retries                                   metric.Int64ObservableCounter
	revision, successful, refused, hooks, subscriptions, restarts, behind, waiting metric.Int64ObservableGauge
	lastSuccess                                                                    metric.Float64ObservableGauge
}

// Register creates the instruments with a meter and registers a callback that reads them
// at each collection, until Unregister, even after the configuration is closed. It returns
// rt.ErrNoMetrics if the configuration has no metrics, or an error of the meter.
func Register(meter metric.Meter, s Source) (metric.Registration, error) {
	if _, err := s.Metrics(); err != nil {
		return nil, err
	}
	m := maker{meter: meter}
	i := instruments{
		reloads:       m.counter("hotbind.reloads", "{reload}", "Reloads, updates and rollbacks, by outcome."),
		watchErrors:   m.counter("hotbind.watch.errors", "{error}", "How often watching was impaired or a source stopped reporting changes."),
		notifications: m.counter("hotbind.notifications", "{notification}", "Notifications, by channel and outcome: sent, failed, dropped, filtered."),
		retries:       m.counter("hotbind.notification.retries", "{try}", "Retried deliveries of notifications, by channel."),
		revision:      m.gauge("hotbind.revision", "{revision}", "The revision in force."),
		successful:    m.gauge("hotbind.last_reload.successful", "{reload}", "1 if the content of the sources is in force, 0 if not."),
		refused:       m.gauge("hotbind.refused_in_row", "{candidate}", "Candidates refused since the last accepted one."),
		hooks:         m.gauge("hotbind.hooks", "{hook}", "Registered hooks."),
		subscriptions: m.gauge("hotbind.subscriptions", "{subscription}", "Subscriptions and watches."),
		restarts:      m.gauge("hotbind.pending_restarts", "{change}", "Changes that wait for a restart."),
		behind:        m.gauge("hotbind.sources_behind", "{source}", "Sources that follow a store and may be missing changes."),
		waiting:       m.gauge("hotbind.notifications.waiting", "{notification}", "Notifications that wait for a channel."),
		lastSuccess:   m.seconds("hotbind.last_success.time", "When the sources were last valid, in seconds since 1970."),
	}
	if m.err != nil {
		return nil, m.err
	}
	return meter.RegisterCallback(func(_ context.Context, o metric.Observer) error { return i.observe(o, s) }, m.made...)
}

// A maker creates instruments and remembers the first error.
type maker struct {
	meter metric.Meter
	made  []metric.Observable
	err   error
}

func (m *maker) keep(i metric.Observable, err error) {
	m.made = append(m.made, i)
	if m.err == nil {
		m.err = err
	}
}

func (m *maker) counter(name, unit, help string) metric.Int64ObservableCounter {
	i, err := m.meter.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(help))
	m.keep(i, err)
	return i
}

func (m *maker) gauge(name, unit, help string) metric.Int64ObservableGauge {
	i, err := m.meter.Int64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(help))
	m.keep(i, err)
	return i
}

func (m *maker) seconds(name, help string) metric.Float64ObservableGauge {
	i, err := m.meter.Float64ObservableGauge(name, metric.WithUnit("s"), metric.WithDescription(help))
	m.keep(i, err)
	return i
}

func (i *instruments) observe(o metric.Observer, s Source) error {
	m, err := s.Metrics()
	if err != nil {
		return err
	}
	for outcome, n := range m.Reloads {
		o.ObserveInt64(i.reloads, int64(n), metric.WithAttributes(attribute.String("outcome", string(outcome))))
	}
	for _, c := range m.Channels {
		channel := attribute.String("channel", c.Name)
		for outcome, n := range map[string]uint64{"sent": c.Sent, "failed": c.Failed, "dropped": c.Dropped, "filtered": c.Filtered} {
			o.ObserveInt64(i.notifications, int64(n), metric.WithAttributes(channel, attribute.String("outcome", outcome)))
		}
		o.ObserveInt64(i.retries, int64(c.Retried), metric.WithAttributes(channel))
		o.ObserveInt64(i.waiting, int64(c.Waiting), metric.WithAttributes(channel))
	}
	successful := int64(0)
	if m.LastReloadSuccessful {
		successful = 1
	}
	o.ObserveInt64(i.successful, successful)
	o.ObserveInt64(i.watchErrors, int64(m.WatchErrors))
	o.ObserveInt64(i.revision, int64(m.Revision))
	o.ObserveInt64(i.refused, int64(m.RefusedInRow))
	o.ObserveInt64(i.hooks, int64(m.RegisteredHooks))
	o.ObserveInt64(i.subscriptions, int64(m.Subscriptions))
	o.ObserveInt64(i.restarts, int64(m.PendingRestarts))
	o.ObserveInt64(i.behind, int64(m.SourcesBehind))
	if !m.LastSuccess.IsZero() {
		o.ObserveFloat64(i.lastSuccess, float64(m.LastSuccess.UnixNano())/1e9)
	}
	return nil
}

// A Producer provides the durations of reloads, hook calls and subscriber calls to a reader
// of the SDK, as cumulative histograms in seconds.
type Producer struct {
	source Source
	start  time.Time
}

var _ sdkmetric.Producer = (*Producer)(nil)

// NewProducer returns a producer for the metrics of s.
func NewProducer(s Source) *Producer { return &Producer{s, time.Now()} }

// Produce implements the Producer interface of the SDK. It returns rt.ErrNoMetrics if the
// configuration has no metrics.
func (p *Producer) Produce(context.Context) ([]metricdata.ScopeMetrics, error) {
	m, err := p.source.Metrics()
	if err != nil {
		return nil, err
	}
	return []metricdata.ScopeMetrics{{
		Scope: instrumentation.Scope{Name: "github.com/hotbind/hotbind/metrics/otelhotbind"},
		Metrics: []metricdata.Metrics{
			p.histogram("hotbind.reload.duration", "Duration of reloads, updates and rollbacks.", map[rt.Outcome]rt.Histogram{"": m.ReloadDuration}),
			p.histogram("hotbind.hook.duration", "Duration of hook calls, by outcome.", m.Hooks),
			p.histogram("hotbind.subscriber.duration", "Duration of subscriber calls, by outcome.", m.Subscribers),
		},
	}}, nil
}

func (p *Producer) histogram(name, help string, byOutcome map[rt.Outcome]rt.Histogram) metricdata.Metrics {
	data := metricdata.Histogram[float64]{Temporality: metricdata.CumulativeTemporality}
	for outcome, h := range byOutcome {
		point := metricdata.HistogramDataPoint[float64]{StartTime: p.start, Time: time.Now(), Count: h.Count, Sum: h.Sum.Seconds(), BucketCounts: h.Counts}
		if outcome != "" {
			point.Attributes = attribute.NewSet(attribute.String("outcome", string(outcome)))
		}
		for _, bound := range h.Bounds {
			point.Bounds = append(point.Bounds, bound.Seconds())
		}
		data.DataPoints = append(data.DataPoints, point)
	}
	return metricdata.Metrics{Name: name, Description: help, Unit: "s", Data: data}
}
