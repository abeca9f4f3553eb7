// Package runtime is what an application imports beside its generated package. It is
// imported as rt, because Go has a package of this name:
//
//	import rt "github.com/hotbind/hotbind/runtime"
//
// A generated package has Open, which takes options ([From], [WithStrategy] and others)
// and returns a live configuration:
//
//	live, err := config.Open(ctx, rt.From(rt.File("config.yaml"), rt.Env("SHOP")))
//
// # Vocabulary
//
// A source yields a document. Documents are merged by layer into a candidate. An accepted
// candidate is a [Revision]; its typed, immutable value is a snapshot. A hook is a typed
// function that is called with the [Change] between two snapshots. A [Subscriber] observes
// changes by path, untyped. A [Notification] records an event and is sent over a
// [Channel]. The audit log has one line per decision.
//
// # Sources
//
// [File], [Tree], [Env], [Dotenv] and [Bytes] return sources; pass them to [From], weakest
// first. Package pflags has a source for command-line flags, package source the interface
// for a source of your own.
//
// # Following
//
// Open reads, validates and then follows the sources. A change is read, validated as a
// whole and compared with the current snapshot; then the new snapshot is swapped in
// atomically and the hooks of changed fields are called. An error anywhere leaves or puts
// back the last good snapshot. [Manager] is the untyped side for operators: reload,
// dry run, update, rollback, status and more.
//
// # Errors
//
// A configuration with findings is a [*ValidationError], a refused candidate a
// [*ReloadError], a failed hook a [*HookError]. All work with errors.Is and errors.As.
package runtime
