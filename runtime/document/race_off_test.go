//go:build !race

package document_test

// slower is how much longer everything may take under the race detector.
const slower = 1
