// Package genrt implements generated packages. Generated code is types, tables and
// numbers. A table lists the fields of a struct and what the schema allows in them. From
// the tables, this package decodes, checks, compares, copies, encodes and binds values.
// It uses reflection where a function for each type would make large packages slow to
// build and speed does not matter: for the branches of unions, the items of keyed lists,
// whole copies, values that loose fields do not hold, and values of no fixed type.
//
// Applications import package runtime instead; they may name [Binding] where a function
// of their own takes one. Everything else here is for generated code, of the generator of
// the same release or of an older one that the level marks still support (see
// [GeneratedLevel3]).
package genrt

// GeneratedLevel3 marks generated code of level 3. A generated package names
// the level it was written for, so that building it with a runtime that is too
// old, or no longer supports it, fails with an error that names the mark.
const GeneratedLevel3 = true
