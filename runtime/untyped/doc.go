// Package untyped opens a configuration by its schema alone, for tools that have no
// generated package.
//
// It is held to what generated code does by differential tests. The same are: which
// documents are refused, the effective configuration with its defaults, where
// layers meet, what is secret, what waits for a restart, and the paths and the text
// of changes. These differ:
//
//   - The words of some findings, which are those of the reference validator, and
//     warnings of deprecated properties, which only generated code has.
//   - A value that stands for a list of one is compared as it is written: "a" and
//     ["a"] differ here.
//   - x-go-type is not known: the value is compared and shown as it is written.
//   - Lists in a change show their items as they are written, also those that have
//     a Go type such as time.Duration.
//   - Of alternatives that no constant tells apart, a document may be read as
//     another one than generated code takes; and the sections of a tuple are not
//     completed by defaults.
package untyped
