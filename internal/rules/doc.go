// Package rules checks documents against a schema. Its [Rules] are schemas as static
// data that refer to each other by number. [Report.Check] evaluates them on a value and
// reports every violation with its place and message. Rules and the typed decoders of
// generated packages share the checks of numbers, counts, texts, patterns and formats.
//
// Package compile turns a schema into rules. It is separate so that applications do not
// link the reader of schemas.
package rules
