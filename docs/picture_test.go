package docs_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// measured finds what differs from run to run of the demo: times, with the lengths of the
// texts that have one.
var measured = regexp.MustCompile(`[0-9.]+ ms|(textLength|width|viewBox| x)="[0-9. ]+"`)

// TestPicture: the picture of a reload is what the demo prints now, but for the times.
func TestPicture(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "run", "./picture")
	var problems strings.Builder
	cmd.Stderr = &problems
	now, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, problems.String())
	}
	drawn, err := os.ReadFile("reload.svg")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(measured.ReplaceAll(drawn, nil), measured.ReplaceAll(now, nil)) {
		t.Error("docs/reload.svg is not what the demo prints; run make picture")
	}
}
