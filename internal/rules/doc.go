// Package rules judges documents by what a schema says. Its [Rules] are schemas as
// static data that refer to each other by number; [Report.Obey] evaluates them on a
// value and reports every fault with its place and its sentence. The checks of
// numbers, counts, texts, patterns and formats stand here once, for rules and for
// the typed decoders of generated packages alike.
//
// Package compile turns a schema into rules. It stands apart because applications
// link the machine and not the reader of schemas.
package rules
