package document_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/toml"
)

// parse reads data and checks what holds for every input: the result is a node or an
// error, and the text of the findings fits on a page, one line each.
func parse(t testing.TB, name string, data []byte) (*document.Node, document.Findings) {
	t.Helper()
	node, findings := document.Parse(name, data, document.Limits{}, toml.Format{})
	checkResult(t, node, findings)
	return node, findings
}

func checkResult(t testing.TB, node *document.Node, findings document.Findings) {
	t.Helper()
	if refused := len(findings.Errors()) > 0; refused == (node != nil) {
		t.Fatalf("got node %v with findings %v, want exactly one of them", node, findings)
	}
	if len(findings) == 0 {
		return
	}
	text := findings.String()
	if len(text) >= 8<<10 {
		t.Fatalf("got %d bytes of findings, want less than 8 KB:\n%s", len(text), text)
	}
	for i, line := range strings.Split(text, "\n") {
		if i == document.Shown {
			break
		}
		for _, word := range []string{"yaml:", "did not find", "unmarshal", "while scanning", "interface {}", "goroutine"} {
			if strings.Contains(findings[i].Message, word) {
				t.Fatalf("got a library's words %q in %q", word, line)
			}
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7F }); i >= 0 {
			t.Fatalf("got control character %q in %q", line[i], line)
		}
	}
}

// bounded is parse with the limits on time and memory that hold for every file: 2
// seconds, and 64 MB plus 40 times the size of the file.
func bounded(t *testing.T, name string, data []byte) (*document.Node, document.Findings) {
	t.Helper()
	stop := watchHeap()
	start := time.Now()
	node, findings := parse(t, name, data)
	took := time.Since(start)
	if peak := stop(); peak > 64<<20+40*uint64(len(data)) {
		t.Errorf("took %d MB of memory for %d bytes", peak>>20, len(data))
	}
	if took > slower*2*time.Second {
		t.Errorf("took %v for %d bytes, want less than 2s", took, len(data))
	}
	return node, findings
}

// watchHeap measures the largest growth of the heap until stop is called.
func watchHeap() (stop func() uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for running := true; running; {
			select {
			case <-done:
				running = false
			case <-time.After(2 * time.Millisecond):
			}
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > before.HeapAlloc {
				most = max(most, now.HeapAlloc-before.HeapAlloc)
			}
		}
		peak <- most
	}()
	return func() uint64 {
		close(done)
		return <-peak
	}
}

// accept parses data that must be accepted without findings.
func accept(t testing.TB, name, data string) *document.Node {
	t.Helper()
	node, findings := parse(t, name, []byte(data))
	if len(findings) > 0 {
		t.Fatalf("%.80q: got %v, want no findings", data, findings)
	}
	return node
}

// refuse parses data that must be refused with one finding that begins with
// where ("3:1", line and column), and contains the other texts.
func refuse(t testing.TB, name, data, where string, contains ...string) document.Finding {
	t.Helper()
	node, findings := parse(t, name, []byte(data))
	if node != nil || len(findings) != 1 {
		t.Fatalf("%.80q: got %s and findings %v, want one finding", data, node.AppendJSON(nil), findings)
	}
	text := findings.String()
	if !strings.HasPrefix(text, name+":"+where+": ") {
		t.Errorf("%.80q: got %s, want it at %s", data, text, where)
	}
	for _, part := range contains {
		if !strings.Contains(text, part) {
			t.Errorf("%.80q: got %s, want in it %q", data, text, part)
		}
	}
	return findings[0]
}

// shared reads a file of the test data beside the repository.
func shared(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, path...)...))
	if err != nil {
		t.Skip("the data beside the repository is not there: ", filepath.Join(path...))
	}
	return data
}
