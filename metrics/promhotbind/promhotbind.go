// Package promhotbind provides a Prometheus collector for the metrics of a live
// configuration. It is a separate module, so that other applications do not depend on
// Prometheus.
//
//	live, err := config.Open(ctx, rt.From(rt.File("config.yaml")), rt.WithMetrics(true))
//	…
//	prometheus.MustRegister(promhotbind.New(live.Manager()))
//
// If a process has several configurations, give each a label:
//
//	prometheus.WrapRegistererWith(prometheus.Labels{"config": "shop"}, registry).MustRegister(…)
package promhotbind

import (
	"github.com/prometheus/client_golang/prometheus"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Source has metrics, like the Manager of a live configuration opened with
// rt.WithMetrics(true).
type Source interface{ Metrics() (rt.Metrics, error) }

// New returns a collector for the metrics of s. If the configuration has no metrics, each
// scrape fails with rt.ErrNoMetrics.
func New(s Source) prometheus.Collector { return &collector{s} }

type collector struct{ source Source }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("hotbind_"+name, help, labels, nil)
}

var (
	reloads            = desc("reloads_total", "Reloads, updates and rollbacks, by outcome: reloaded, unchanged, refused, undone.", "outcome")
	reloadDuration     = desc("reload_duration_seconds", "Duration of reloads, updates and rollbacks.")
	revision           = desc("revision", "The revision in force.")
	lastSuccess        = desc("last_success_timestamp_seconds", "When the sources were last valid, in seconds since 1970; the age is time() minus it.")
	lastSuccessful     = desc("last_reload_successful", "1 if the content of the sources is in force, 0 if not.")
	refusedInRow       = desc("refused_in_row", "Candidates refused since the last accepted one.")
	hookDuration       = desc("hook_duration_seconds", "Duration of hook calls, by outcome: succeeded, failed, panicked, timed_out.", "outcome")
	subscriberDuration = desc("subscriber_duration_seconds", "Duration of subscriber calls, by outcome.", "outcome")
	hooks              = desc("hooks", "Registered hooks.")
	subscriptions      = desc("subscriptions", "Subscriptions and watches.")
	pendingRestarts    = desc("pending_restarts", "Changes that wait for a restart.")
	sourcesBehind      = desc("sources_behind", "Sources that follow a store and may be missing changes.")
	watchErrors        = desc("watch_errors_total", "How often watching was impaired or a source stopped reporting changes.")
	notifications      = desc("notifications_total", "Notifications, by channel and outcome: sent, failed, dropped, filtered.", "channel", "outcome")
	retries            = desc("notification_retries_total", "Retried deliveries of notifications.", "channel")
	waiting            = desc("notifications_waiting", "Notifications that wait for a channel.", "channel")
	failed             = desc("metrics_error", "The metrics cannot be read.")
)

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		reloads, reloadDuration, revision, lastSuccess, lastSuccessful, refusedInRow, hookDuration,
		subscriberDuration, hooks, subscriptions, pendingRestarts, sourcesBehind, watchErrors, notifications, retries, waiting,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	m, err := c.source.Metrics()
	if err != nil {
		ch <- prometheus.NewInvalidMetric(failed, err)
		return
	}
	value := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		m, err := prometheus.NewConstMetric(d, kind, v, labels...)
		ch <- valid(d, m, err)
	}
	gauge := func(d *prometheus.Desc, v float64) { value(d, prometheus.GaugeValue, v) }
	for outcome, n := range m.Reloads {
		value(reloads, prometheus.CounterValue, float64(n), string(outcome))
	}
	ch <- histogram(reloadDuration, m.ReloadDuration)
	for outcome, h := range m.Hooks {
		ch <- histogram(hookDuration, h, string(outcome))
	}
	for outcome, h := range m.Subscribers {
		ch <- histogram(subscriberDuration, h, string(outcome))
	}
	gauge(revision, float64(m.Revision))
	if !m.LastSuccess.IsZero() {
		gauge(lastSuccess, float64(m.LastSuccess.UnixNano())/1e9)
	}
	gauge(lastSuccessful, oneIf(m.LastReloadSuccessful))
	gauge(refusedInRow, float64(m.RefusedInRow))
	gauge(hooks, float64(m.RegisteredHooks))
	gauge(subscriptions, float64(m.Subscriptions))
	gauge(pendingRestarts, float64(m.PendingRestarts))
	gauge(sourcesBehind, float64(m.SourcesBehind))
	value(watchErrors, prometheus.CounterValue, float64(m.WatchErrors))
	for _, s := range m.Channels {
		for outcome, n := range map[string]uint64{"sent": s.Sent, "failed": s.Failed, "dropped": s.Dropped, "filtered": s.Filtered} {
			value(notifications, prometheus.CounterValue, float64(n), s.Name, outcome)
		}
		value(retries, prometheus.CounterValue, float64(s.Retried), s.Name)
		value(waiting, prometheus.GaugeValue, float64(s.Waiting), s.Name)
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// histogram converts h to cumulative counts, with bounds in seconds.
func histogram(d *prometheus.Desc, h rt.Histogram, labels ...string) prometheus.Metric {
	buckets := make(map[float64]uint64, len(h.Bounds))
	count := uint64(0)
	for i, bound := range h.Bounds {
		count += h.Counts[i]
		buckets[bound.Seconds()] = count
	}
	m, err := prometheus.NewConstHistogram(d, h.Count, h.Sum.Seconds(), buckets, labels...)
	return valid(d, m, err)
}

// valid returns m, or a metric that makes the scrape fail with err: a label may be an
// invalid text, such as the name of a channel, and must not cause a panic.
func valid(d *prometheus.Desc, m prometheus.Metric, err error) prometheus.Metric {
	if err != nil {
		return prometheus.NewInvalidMetric(d, err)
	}
	return m
}
