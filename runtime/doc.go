// Package runtime is what an application imports beside its generated package:
// where a configuration comes from ([Source]), how it is followed ([Option],
// [Manager]), what a hook is told ([Change]), who else is told ([Subscriber],
// [Channel]) and what can go wrong
// ([ValidationError], [ReloadError], [HookError]).
//
// It is imported as rt, because Go has a package of this name:
//
//	import rt "github.com/hotbind/hotbind/runtime"
//
// Words: a source yields a document; documents are merged by layer into a
// candidate; an accepted candidate is a revision; its typed, immutable value is
// a snapshot; hooks are told the change between two snapshots. A subscriber is told of
// changes by path; its subscription, or a watch, says of which. A notification is a
// record of an event, sent over channels; the audit log has a line for each decision.
//
// Nothing here reads a schema. What a schema says was settled when the package
// of the application was generated; package genrt carries it out.
package runtime
