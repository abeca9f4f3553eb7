package main

import (
	"os"
	"strings"
	"testing"
)

// TestOurColumn: every claim that the page makes for hotbind is true, and the page has
// every claim.
func TestOurColumn(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/comparison.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range append(reading, followed...) {
		t.Run(r.claim, func(t *testing.T) {
			t.Parallel()
			cell, err := r.try(contestants[0], t.TempDir())
			if err != nil || cell != "yes" {
				t.Errorf("got %q, %v", cell, err)
			}
			if !strings.Contains(string(page), "| "+r.claim+" | "+cell+" |") {
				t.Errorf("docs/comparison.md does not have this row; run make comparison")
			}
		})
	}
}
