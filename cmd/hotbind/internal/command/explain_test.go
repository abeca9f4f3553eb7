package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkExplainAll explains all values of a file: the time for each must not grow
// with their number.
func BenchmarkExplainAll(b *testing.B) {
	for _, entries := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(entries), func(b *testing.B) {
			dir := b.TempDir()
			schema, file := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "c.yaml")
			var text strings.Builder
			for i := range entries {
				fmt.Fprintf(&text, "k%d: {a: %d}\n", i, i)
			}
			for name, content := range map[string]string{
				schema: "additionalProperties: {type: object, properties: {a: {type: integer}}}", file: text.String(),
			} {
				if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if status := Run([]string{"explain", "--schema", schema, file}, io.Discard, os.Stderr); status != exitFine {
					b.Fatal("exit status", status)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*entries), "ns/value")
		})
	}
}
