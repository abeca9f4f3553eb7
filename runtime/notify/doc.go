// Package notify provides channels. A channel delivers notifications: records about
// reloads, refusals, rollbacks and failures of a live configuration.
//
//	Console        lines for people, on a terminal or in the log of a container
//	Log            records of a slog.Logger
//	File           lines of JSON in a rotated file
//	NewQueue       a queue in memory that the application reads
//	Callback       a function, called for one notification at a time
//	AsyncCallback  a function, called for several notifications at a time
//
// The subpackage webhook sends signed requests to a URL; it links net/http.
//
// Pass a channel to [rt.WithChannel], or later to Channels().Add of the manager, with a
// filter, a queue length and time limits ([rt.ChannelOptions]). The channels of one
// configuration have different names; [WithName] sets one.
//
// The configuration never waits for a channel. Each has a bounded queue that drops and
// counts the oldest notifications; see Channels().Stats. The log reports a failing channel
// once when it begins to fail and once when it works again; failures of channels are never
// notifications. Repeated refusals produce one notification immediately and then one per
// minute, with a count. Closing the configuration closes its channels.
//
// Secrets are hidden in notifications. All other content is untrusted: values, keys, names
// of files. Console and Log escape each character that could break a line or control a
// terminal, and so does the JSON of File and of webhooks.
package notify
