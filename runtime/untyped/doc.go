// Package untyped opens a configuration with its schema alone, for tools that have no
// generated package. It behaves like generated code: it builds the same tables from the
// schema at run time. There are two differences:
//
//   - x-go-type is ignored: values are compared and shown as they are in the file, and
//     values that only the Go type would refuse are accepted.
//   - There are no typed bindings. Changes have paths.
package untyped
