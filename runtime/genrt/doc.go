// Package genrt carries out what generated packages describe. Generated code is
// types, tables and numbers: a table says which fields a struct has and what the
// schema allows in them, and this package decodes, checks, compares, copies,
// encodes and binds by it. Reflection is used where a function for each type would
// make large packages slow to build and nothing waits for it: for the branches of
// unions, the items of keyed lists, whole copies and values that loose fields do
// not hold; and for values of no settled type.
//
// Generated code imports this package, and only code written by the generator of
// the same release or an older one that the level marks still name (see
// [GeneratedLevel3]). An application imports package runtime; it may name [Binding]
// where a function of its own takes one. Everything else here is for generated code
// alone.
package genrt

// GeneratedLevel3 marks generated code of level 3. A generated package names
// the level it was written for, so that building it with a runtime that is too
// old, or no longer supports it, fails with an error that names the mark.
const GeneratedLevel3 = true
