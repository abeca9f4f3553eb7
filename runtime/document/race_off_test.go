//go:build !race

package document_test

// slower is the factor by which time limits grow under the race detector.
const slower = 1
