// Package enginetest tests the engine as applications use it: through generated packages,
// with files and stores on a disk. It has no code beside its tests. Tests of the engine's
// own steps are in package engine.
package enginetest
