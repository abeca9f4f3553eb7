// Package untyped opens a configuration by its schema alone, for tools that have no
// generated package. It does what generated code does: the tables are the same, made
// at run time from the schema. These differ:
//
//   - x-go-type is not known: the value is compared and shown as it is written, and
//     what only the Go type refuses is accepted.
//   - There are no typed bindings. Changes are by path.
package untyped
