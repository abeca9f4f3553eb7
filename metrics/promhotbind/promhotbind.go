// Package promhotbind is a Prometheus collector for the metrics of a configuration. It
// is a module of its own, so that an application without Prometheus does not carry
// it.
//
//	live, err := config.Open(ctx, rt.From(rt.File("config.yaml")), rt.WithMetrics(true))
//	…
//	prometheus.MustRegister(promhotbind.New(live.Manager()))
//
// Several configurations of one process are told apart by a label of theirs:
//
//	prometheus.WrapRegistererWith(prometheus.Labels{"config": "shop"}, registry).MustRegister(…)
package promhotbind

import (
	"github.com/prometheus/client_golang/prometheus"

	rt "github.com/hotbind/hotbind/runtime"
)

// A Source has metrics: the Manager of a live configuration that was opened with
// rt.WithMetrics(true).
type Source interface{ Metrics() (rt.Metrics, error) }

// New returns the collector of a configuration. Where the configuration has no
// metrics, each scrape has the error (rt.ErrNoMetrics) instead.
func New(s Source) prometheus.Collector { return &collector{s} }

type collector struct{ source Source }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("hotbind_"+name, help, labels, nil)
}

var (
	reloads            = desc("reloads_total", "Reloads, updates and rollbacks by what became of them: reloaded, unchanged, refused, undone.", "outcome")
	reloadDuration     = desc("reload_duration_seconds", "How long reloads, updates and rollbacks took.")
	revision           = desc("revision", "The revision in force.")
	lastSuccess        = desc("last_success_timestamp_seconds", "When the sources were last found good, in seconds since 1970; how long ago is time() minus it.")
	lastSuccessful     = desc("last_reload_successful", "1 if the content of the sources is in force, 0 if not.")
	refusedInRow       = desc("refused_in_row", "Candidates refused since the last good one.")
	hookDuration       = desc("hook_duration_seconds", "How long calls of hooks took, by what became of them: succeeded, failed, panicked, timed_out.", "outcome")
	subscriberDuration = desc("subscriber_duration_seconds", "How long calls of subscribers took, by what became of them.", "outcome")
	hooks              = desc("hooks", "Hooks registered.")
	subscriptions      = desc("subscriptions", "Subscriptions and watches.")
	pendingRestarts    = desc("pending_restarts", "Changes that wait for the next start.")
	sourcesBehind      = desc("sources_behind", "Sources that follow a store and may miss changes of it.")
	watchErrors        = desc("watch_errors_total", "How often watching was impaired or a source stopped telling.")
	notifications      = desc("notifications_total", "Notifications by channel and by what became of them: sent, failed, dropped, filtered.", "channel", "outcome")
	retries            = desc("notification_retries_total", "How often a notification was tried again.", "channel")
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

// histogram is h with the counts of all durations up to each bound, in seconds.
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

// valid is m, or what makes the scrape fail with the error: a label may have any text,
// such as the name of a channel, and a panic here would end the process.
func valid(d *prometheus.Desc, m prometheus.Metric, err error) prometheus.Metric {
	if err != nil {
		return prometheus.NewInvalidMetric(d, err)
	}
	return m
}
