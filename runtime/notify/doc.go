// Package notify has the channels that take notifications somewhere: what a
// configuration did, and what went wrong with it.
//
//	Console        lines for people, on a terminal or in the log of a container
//	Log            records of a slog.Logger
//	File           lines of JSON in a file, which is rotated
//	NewQueue       a queue in memory that the application reads
//	Callback       a function, called for one notification after the other
//	AsyncCallback  a function, called for several at once
//
// Package webhook, below this one, has a signed request to a web address: it links net/http.
//
// A channel is given to [rt.WithChannel] when a configuration is opened, or later to
// AddChannel of its manager, each with a filter, a length of its queue and limits of
// time of its own. Channels of one configuration differ in their names; [WithName]
// tells two of a kind apart.
//
// The configuration never waits for a channel. Each has a bounded queue, which drops
// its oldest and counts them; see ChannelStats of the manager. A channel that fails is
// told in the log, once when it begins and once when it is over, and never as a
// notification. What is refused again and again is one notification at once and one a
// minute, with a count. When the configuration is closed, so are its channels.
//
// No secret is in a notification. Everything else in it comes from outside: values,
// keys, the names of files. Console and Log write each character that could break a
// line or command a terminal as an escape, and so does the JSON of File and of webhooks,
// in which it says the same.
package notify
